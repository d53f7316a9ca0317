"""The five synthetic cohorts, and the one function that makes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from random import Random

from registry.demo.cams import cams
from registry.demo.cnao import cnao
from registry.demo.draw import CohortError
from registry.demo.jinling import jinling
from registry.demo.miyakojima import miyakojima
from registry.demo.placing import monday_of
from registry.demo.preop import preop
from registry.demo.rows import Folder, state_histories

SEED = 11
"""The seed of the demo. With others the search may take longer."""

_ATTEMPTS = 100

Make = Callable[[Random, dt.date], list[Folder]]

COHORTS: dict[str, Make] = {
    "miyakojima": miyakojima,
    "jinling": jinling,
    "cnao": cnao,
    "cams": cams,
    "preop": preop,
}


def make_cohort(study: str, *, today: dt.date, seed: int = SEED) -> list[Folder]:
    """The tables of one cohort, one folder per centre.

    Same seed and same week of ``today``, same tables; another week moves every date by the same
    number of days.

    Raises:
        CohortError: no attempt meets the published figures.
    """
    for attempt in range(_ATTEMPTS):
        try:
            rng = Random(f"{seed}/{study}/{attempt}")  # noqa: S311 - nothing secret
            folders = COHORTS[study](rng, monday_of(today))
        except CohortError as error:
            last = error
            continue
        for folder in folders:
            state_histories(folder)
        return folders
    raise CohortError(f"{study}: {last}")


def write_cohorts(
    parent: Path,
    *,
    today: dt.date,
    seed: int = SEED,
    told: Callable[[str], None] = lambda study: None,
) -> list[Path]:
    """Write every cohort as ``parent/<study>/<centre>/*.csv``; returns the folders in order.

    ``told`` hears of each study before its cohort is made.

    Raises:
        CohortError: no attempt meets the published figures of a cohort.
    """
    folders = []
    for study in COHORTS:
        told(study)
        folders += [folder.write(parent) for folder in make_cohort(study, today=today, seed=seed)]
    return folders
