"""Loads the demo registry: centres, accounts, studies, and the cohorts through the import."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from django.contrib.auth.hashers import make_password

from registry.audit import recorded
from registry.demo.between_people import leave_between_people
from registry.demo.centres import CENTRES, PATIENTS
from registry.demo.cohorts import SEED, write_cohorts
from registry.demo.logins import MEMBERSHIPS, PASSWORD
from registry.demo.loose_ends import leave_loose_ends
from registry.demo.marks import leave_marks
from registry.demo.plans import activate_centres
from registry.exchange.importer import Job, Outcome, run_import
from registry.exchange.ledger import HELD_BACK, WITH_PATIENT
from registry.models import Centre, Membership, Study, User
from registry.protocols import preset
from registry.services.studies import add_centre_to_study, create_study_from_preset

_YEARS_BEFORE = 20
"""The protocols are in force since so many years: before the first synthetic patient."""

_MONTHS_OF_ACCRUAL = 60
"""The plan of each centre: its patients within five years."""

_DAYS_SINCE_GRANTS = 15
"""Days between one account's roles and the next one's: the first of 14 are due for review."""

_NOTE = (
    "Synthetic patients, made for demonstration after the figures of a published series. "
    "Nobody of them exists. See docs/demo-cohorts.md."
)

Tell = Callable[[str], None]


class DemoProblem(Exception):
    """The demo registry cannot be loaded; the message says why."""


def is_loaded() -> bool:
    """True when the studies of the demo are there.

    Raises:
        DemoProblem: some of them are, or real studies bear their keys.
    """
    there = {study.key: study for study in Study.objects.filter(key__in=PATIENTS)}
    real = [key for key, study in there.items() if not study.is_synthetic]
    if real:
        raise DemoProblem(f"there are studies that are not synthetic: {', '.join(real)}")
    if there and len(there) < len(PATIENTS):
        missing = [key for key in PATIENTS if key not in there]
        raise DemoProblem(f"a part of the demo is there, but not {', '.join(missing)}")
    return bool(there)


def load_demo(*, today: dt.date, tell: Tell, seed: int = SEED) -> None:
    """Write the whole demo registry, or nothing of it.

    Raises:
        DemoProblem: the import refuses a row.
        CohortError: the cohorts do not meet their published figures (another seed than the demo's).
    """
    with tempfile.TemporaryDirectory(prefix="demo-cohorts-") as folder:
        folders = write_cohorts(
            Path(folder), today=today, seed=seed, told=lambda study: tell(f"Making {study}")
        )
        with recorded(by=None, reason="demo registry loaded", origin="load_demo"):
            tell("Centres, studies and accounts")
            _create_centres()
            _create_studies(today)
            _create_accounts(today)
            for place, cohort in enumerate(folders, start=1):
                outcome = _import(cohort)
                counted = f"{outcome.ledger.patients_in} synthetic patients"
                tell(
                    f"Imported {cohort.parent.name}, centre {cohort.name}: {counted} "
                    f"({place} of {len(folders)})"
                )
            activate_centres()
            leave_loose_ends()
            leave_marks()
            leave_between_people()
            tell("Follow-up schedules")


def _create_centres() -> None:
    for centre in CENTRES:
        Centre.objects.get_or_create(
            code=centre.code,
            defaults={
                "name": centre.name,
                "country": centre.country,
                "timezone": centre.timezone,
            },
        )


def _create_studies(today: dt.date) -> None:
    since = dt.date(today.year - _YEARS_BEFORE, 1, 1)
    for key, patients in PATIENTS.items():
        study = create_study_from_preset(
            key=key,
            by=None,
            effective_on=since,
            title=f"{preset(key).title} (synthetic)",
            is_synthetic=True,
            target_accrual=sum(patients.values()),
            note=_NOTE,
        )
        for code, count in patients.items():
            add_centre_to_study(
                study=study,
                centre=Centre.objects.get(code=code),
                by=None,
                activated_on=since,
                target_accrual=count,
                planned_per_month=Decimal(count) / _MONTHS_OF_ACCRUAL,
            )


def _create_accounts(today: dt.date) -> None:
    centres = {centre.code: centre for centre in Centre.objects.all()}
    studies = {study.key: study for study in Study.objects.all()}
    # One hash for all: they share the password, and hashing is slow on purpose.
    password = make_password(PASSWORD)
    for place, (login, memberships) in enumerate(MEMBERSHIPS.items()):
        granted_on = today - dt.timedelta(days=_DAYS_SINCE_GRANTS * (place + 1))
        user, is_new = User.objects.get_or_create(
            username=login.username,
            defaults={
                "display_name": login.role_label,
                "email": f"{login.username}@demo.invalid",
                "password": password,
            },
        )
        if not is_new:
            raise DemoProblem(f"there is an account “{login.username}” already")
        Membership.objects.bulk_create(
            Membership(
                user=user,
                role=one.role,
                centre=centres.get(one.centre),
                study=studies.get(one.study),
                granted_on=granted_on,
            )
            for one in memberships
        )


def _import(cohort: Path) -> Outcome:
    study, centre = cohort.parent.name, cohort.name
    label = f"synthetic cohort {study}, centre {centre}"
    job = Job(paths=[cohort], study=study, centre=centre, label=label)
    outcome = run_import(job, by=None)
    refused = [
        f"{file}, row {line}: {row.column}: {row.reason}"
        for file, account in outcome.ledger.files.items()
        for line, rows in account.refused.items()
        for row in rows
        if row.reason not in (HELD_BACK, WITH_PATIENT)
    ]
    if refused:
        raise DemoProblem(f"{job.study}, centre {job.centre}: {refused[0]} ({len(refused)} in all)")
    return outcome
