"""The figures that the papers behind the protocols published: ``papers/<protocol>.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from analytics.covariates import Condition, CovariateError
from analytics.published.figures import (
    NEEDS,
    UNITS,
    FigureUnit,
    Frame,
    Group,
    Measure,
    Paper,
    PaperFigure,
    Recompute,
)
from registry.protocols.section import ProtocolError, Section
from registry.protocols.vocabulary import ToxicityPhase, Unit

FOLDER = Path(__file__).parent / "papers"


@cache
def paper(key: str) -> Paper | None:
    """The paper behind a protocol; None where no figures of one are on file.

    Raises:
        ProtocolError: a file that cannot be accepted; names file, key path and reason.
    """
    path = FOLDER / f"{key}.toml"
    return read_paper(path.read_text(encoding="utf-8"), key) if path.exists() else None


def read_paper(text: str, key: str) -> Paper:
    """A paper from TOML text; ``key`` names it in errors.

    Raises:
        ProtocolError: naming file, key path and reason.
    """
    try:
        section = Section(tomllib.loads(text), name=f"{key}.toml")
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{key}.toml", "", str(error)) from error
    found = Paper(
        note=section.text("note") if section.has("note") else "",
        groups=tuple(_group(one) for one in section.sections("groups")),
    )
    section.close()
    return found


def _group(section: Section) -> Group:
    found = Group(section.text("title"), tuple(_figure(one) for one in section.sections("figures")))
    section.close()
    return found


def _figure(section: Section) -> PaperFigure:
    unit = section.word("unit", FigureUnit)
    found = PaperFigure(
        name=section.text("name"),
        value=section.number_from_0("value"),
        lower=section.number_from_0("lower") if section.has("lower") else None,
        upper=section.number_from_0("upper") if section.has("upper") else None,
        unit=unit,
        reference=section.text("reference"),
        recompute=_recompute(section.section("recompute")) if section.has("recompute") else None,
        remark=section.text("remark") if section.has("remark") else "",
    )
    if found.recompute is None and not found.remark:
        section.refuse("recompute", "is missing: then the remark must say why")
    wanted = UNITS.get(found.recompute.measure) if found.recompute else None
    if wanted is not None and unit not in wanted:
        section.refuse("unit", f"must be one of {', '.join(wanted)} here, found {unit}")
    section.close()
    return found


def _recompute(section: Section) -> Recompute:
    measure = section.word("measure", Measure)
    for needed in NEEDS[measure]:
        if not section.has(needed):
            section.refuse(needed, f"is missing: {measure} needs {', '.join(NEEDS[measure])}")
    found = Recompute(
        measure=measure,
        endpoint=section.text("endpoint") if section.has("endpoint") else "",
        months=section.number("months") if section.has("months") else 0.0,
        by=section.word("by", Unit) if section.has("by") else Unit.PATIENT,
        frame=section.word("frame", Frame) if section.has("frame") else Frame.PATIENTS,
        column=section.text("column") if section.has("column") else "",
        grade=section.whole("grade", at_least=1, at_most=5) if section.has("grade") else 1,
        phase=section.word("phase", ToxicityPhase) if section.has("phase") else None,
        concepts=section.texts("concepts") if section.has("concepts") else (),
        regions=section.texts("regions") if section.has("regions") else (),
        where=_where(section),
    )
    section.close()
    return found


def _where(section: Section) -> Condition | None:
    if not section.has("where"):
        return None
    try:
        return Condition.parse(section.text("where"))
    except CovariateError as error:
        section.refuse("where", str(error))
