"""Files to import, and a study and centre to import them into."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from registry.exchange.importer import Job, Outcome, run_import
from registry.exchange.mapping_reader import read_mapping
from registry.models import Centre, Study
from tests.factories import CentreFactory, ParticipationFactory, ProtocolVersionFactory

Write = Callable[..., Path]
Run = Callable[..., Outcome]


@pytest.fixture
def centre(db: None) -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def study(centre: Centre) -> Study:
    version = ProtocolVersionFactory.create(study__key="cams")
    ParticipationFactory.create(study=version.study, centre=centre)
    return version.study


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes texts as CSV files of a folder: ``write(patients="…", courses="…")``."""

    def write_tables(tables: Mapping[str, str] | None = None, **more: str) -> Path:
        folder = tmp_path / "input"
        folder.mkdir(exist_ok=True)
        for name, text in {**(tables or {}), **more}.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return write_tables


@pytest.fixture
def run(study: Study, centre: Centre, tmp_path: Path) -> Run:
    """Imports a folder into the study; a mapping is given as TOML text."""

    def run_job(folder: Path, *, mapping: str = "", **how: Any) -> Outcome:
        read = None
        if mapping:
            path = tmp_path / "mapping.toml"
            path.write_text(mapping, encoding="utf-8")
            read = read_mapping(path)
        job = Job(paths=[folder], study=study.key, centre=centre.code, mapping=read, **how)
        return run_import(job, by=None)

    return run_job
