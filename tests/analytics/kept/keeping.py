"""A study at three centres with patients of every fate, and its tables kept."""

from __future__ import annotations

from django.utils import timezone

from analytics.kept import refreshing
from analytics.kept.counts import day_counts
from analytics.kept.reading import rows_in_sight
from analytics.models import Ending, KeptRow, StudyState
from registry.models import Centre, Patient, Study, User
from registry.scope import scoped_to, system_scope
from registry.services import records
from tests.analytics.extract.cohort import (
    add_lesion,
    after,
    die,
    enrol,
    follow,
    irradiate,
    see,
    study_of,
)
from tests.factories import ImagingStudyFactory, ParticipationFactory, ProgressionFactory

CENTRES = ("A", "B", "C")


def study_with_patients(key: str = "jinling") -> Study:
    """Five patients at each of three centres: by lesion and by patient every outcome occurs."""
    study = study_of(key)
    for centre in CENTRES:
        follow(study, f"{centre}-1", 300, died=True, centre=centre)
        _failed(study, f"{centre}-2", centre)
        enrol(study, f"{centre}-3", centre=centre)
        _failed_before(study, f"{centre}-4", centre)
        partial = enrol(study, f"{centre}-5", centre=centre)
        irradiate(partial, lesions=[add_lesion(partial, 1)])
        ImagingStudyFactory.create(
            assessment=see(partial, 700), performed_on="2021-12", region="treated_site"
        )
        ParticipationFactory.create(study=study, centre=Centre.objects.get(code=centre))
    return study


def _failed(study: Study, pseudonym: str, centre: str) -> None:
    """Two lesions, one of which fails."""
    patient = enrol(study, pseudonym, centre=centre)
    first, second = add_lesion(patient, 1), add_lesion(patient, 2)
    irradiate(patient, lesions=[first, second])
    ProgressionFactory.create(patient=patient, lesion=second, occurred_on=after(120))
    see(patient, 500)


def _failed_before(study: Study, pseudonym: str, centre: str) -> None:
    """A failure before the origin, which does not count."""
    patient = enrol(study, pseudonym, centre=centre)
    irradiate(patient, lesions=[add_lesion(patient, 1)])
    ProgressionFactory.create(patient=patient, occurred_on=after(-60))
    see(patient, 200)
    die(patient, 400)


def keep(study: Study) -> None:
    """Make the tables as a worker does."""
    StudyState.objects.get_or_create(study=study)
    refreshing.refresh(study.pk, clock=timezone.now)


def state_of(study: Study) -> StudyState:
    return StudyState.objects.get(study=study)


def kept_rows(study: Study, code: str) -> int:
    """How many rows are kept of an endpoint."""
    with system_scope():
        return KeptRow.objects.filter(state=study.pk, endpoint_code=code).count()


def local_failures(study: Study) -> int:
    """Events of local control among the kept rows."""
    with system_scope():
        kept = KeptRow.objects.filter(state=study.pk, endpoint_code="LC")
        return kept.filter(ending=Ending.EVENT).count()


def kept_codes(study: Study) -> set[str]:
    """Endpoints of which rows are kept."""
    with system_scope():
        return set(KeptRow.objects.filter(state=study.pk).values_list("endpoint_code", flat=True))


def kept_centres(study: Study, code: str) -> set[str]:
    """Whose centres' rows are seen in the scope in force."""
    counts = day_counts(study, code, stratum="centre")
    assert counts.stratum is not None
    return set(counts.stratum)


def kept_pseudonyms(study: Study, code: str, user: User) -> set[str]:
    """Whose rows the person sees."""
    with scoped_to(user):
        return set(rows_in_sight(study, code).values_list("pseudonym", flat=True))


def save_local_failure(patient: Patient, by: User, *, number: int = 1, days: int = 150) -> None:
    """As the form does: a new local failure of the patient through the service."""
    from registry.models import Lesion, Progression

    with system_scope():
        lesion = Lesion.objects.filter(patient=patient).first()
    records.create(
        Progression,
        by=by,
        patient=patient,
        lesion=lesion,
        number=number,
        kind="local",
        occurred_on=after(days),
    )
