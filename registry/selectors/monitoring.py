"""A monitor's round: what is not verified yet at which centre, and which answers wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from registry.case import Case, load_cases
from registry.case_forms import FormKey, first_rows, whole_case
from registry.models import Centre, CorrectionRequest, FormMark, Patient, Study, User
from registry.models.choices import CorrectionState, MarkKind
from registry.models.marks import WHOLE_CASE
from registry.scope import ScopedQuerySet
from registry.selectors.mark_counts import has_form_without

Place = tuple[int, int]
"""Keys of a study and a centre."""


@dataclass(frozen=True)
class RoundLine:
    """One centre of one study.

    Attributes:
        patients: enrolled in the study.
        unverified: of them, those with a form that is not verified.
        lapsed: of these, those with a form that was verified once and is no more: it was changed,
            or its verification was withdrawn.
        asked, answered: the reader's own requests for correction without and with an answer.
    """

    study: Study
    centre: Centre
    patients: int = 0
    unverified: int = 0
    lapsed: int = 0
    asked: int = 0
    answered: int = 0

    @property
    def has_work(self) -> bool:
        """True when something is to be done here."""
        return bool(self.unverified or self.answered)


@dataclass(frozen=True)
class CaseToVerify:
    """One case with the state of its forms."""

    pseudonym: str
    forms: int
    verified: int
    lapsed: int
    asked: int
    answered: int

    @property
    def left(self) -> int:
        """Forms that are not verified."""
        return self.forms - self.verified


def monitoring_round(user: User, studies: Collection[int]) -> list[RoundLine]:
    """The centres of these studies that have patients, in a fixed number of queries."""
    patients = _counts(_patients(studies))
    unverified = _counts(_patients(studies).filter(has_form_without(MarkKind.VERIFIED)))
    lapsed = _counts(_patients(studies).filter(_has_lapsed()))
    asked, answered = _own_questions(user, studies)
    titles = Study.objects.in_bulk(studies)
    centres = Centre.objects.in_bulk({centre for _study, centre in patients})
    lines = [
        RoundLine(
            study=titles[study],
            centre=centres[centre],
            patients=count,
            unverified=unverified.get((study, centre), 0),
            lapsed=lapsed.get((study, centre), 0),
            asked=asked.get((study, centre), 0),
            answered=answered.get((study, centre), 0),
        )
        for (study, centre), count in patients.items()
    ]
    return sorted(lines, key=lambda line: (line.study.key, line.centre.code))


def cases_to_verify(study: Study, centre: Centre) -> QuerySet[Patient]:
    """Patients of the centre with a form that is not verified, by pseudonym."""
    patients = _patients([study.pk]).filter(centre=centre)
    return patients.filter(has_form_without(MarkKind.VERIFIED)).order_by("pseudonym")


def centres_of(study: Study) -> QuerySet[Centre]:
    """The centres that have patients of the study."""
    return Centre.objects.filter(pk__in=_patients([study.pk]).order_by().values("centre"))


def with_forms(user: User, patients: Iterable[Patient]) -> list[CaseToVerify]:
    """These patients with the figures of their forms, in their order and a fixed number of queries.

    Call it with one page of patients: their whole cases are read.
    """
    patients = list(patients)
    keys = [patient.pk for patient in patients]
    standing: dict[int, set[FormKey]] = {key: set() for key in keys}
    ended: dict[int, set[FormKey]] = {key: set() for key in keys}
    marks = FormMark.objects.filter(patient__in=keys, kind=MarkKind.VERIFIED)
    for patient, entity, row, end in marks.values_list(
        "patient_id", "entity", "row_id", "ended_at"
    ).order_by():
        (standing if end is None else ended)[patient].add(FormKey(entity, row))
    own = CorrectionRequest.objects.filter(patient__in=keys, asked_by=user)
    states = {(p, s): n for p, s, n in _by_state(own, "patient_id")}
    return [
        _case_to_verify(case, standing[case.patient.pk], ended[case.patient.pk], states)
        for case in load_cases(patients)
    ]


def _case_to_verify(
    case: Case, standing: set[FormKey], ended: set[FormKey], states: dict[tuple[int, str], int]
) -> CaseToVerify:
    forms, whole, key = set(first_rows(case)), whole_case(case.patient), case.patient.pk
    verified = forms if whole in standing else forms & standing
    once = forms if whole in ended else forms & ended
    return CaseToVerify(
        pseudonym=case.patient.pseudonym,
        forms=len(forms),
        verified=len(verified),
        lapsed=len(once - verified),
        asked=states.get((key, CorrectionState.OPEN), 0),
        answered=states.get((key, CorrectionState.ANSWERED), 0),
    )


def _has_lapsed() -> Q:
    """Condition on patients: a form was verified once, by itself or with the case, and is no more.

    Those with an ended verification are few, which spares the look at the forms of all others.
    """
    ended = FormMark.objects.filter(
        patient=OuterRef("pk"), kind=MarkKind.VERIFIED, ended_at__isnull=False
    ).order_by()
    of_case = Q(Exists(ended.filter(entity=WHOLE_CASE))) & has_form_without(MarkKind.VERIFIED)
    return Q(Exists(ended)) & (of_case | has_form_without(MarkKind.VERIFIED, once_marked=True))


def _patients(studies: Collection[int]) -> ScopedQuerySet[Patient]:
    return Patient.objects.live().filter(
        enrolments__study__in=studies, enrolments__voided_at__isnull=True
    )


def _counts(patients: QuerySet[Patient]) -> dict[Place, int]:
    rows = patients.order_by().values_list("enrolments__study", "centre")
    return {(study, centre): n for study, centre, n in rows.annotate(count=Count("pk"))}


def _own_questions(
    user: User, studies: Collection[int]
) -> tuple[dict[Place, int], dict[Place, int]]:
    """The reader's requests that wait for the centre, and those that wait for the reader."""
    own = CorrectionRequest.objects.filter(
        asked_by=user,
        patient__voided_at__isnull=True,
        patient__enrolments__study__in=studies,
        patient__enrolments__voided_at__isnull=True,
    )
    found: dict[str, dict[Place, int]] = {CorrectionState.OPEN: {}, CorrectionState.ANSWERED: {}}
    for study, centre, state, n in _by_state(own, "patient__enrolments__study", "patient__centre"):
        if state in found:
            found[state][study, centre] = n
    return found[CorrectionState.OPEN], found[CorrectionState.ANSWERED]


def _by_state(rows: QuerySet[CorrectionRequest], *columns: str) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(*columns, "state").annotate(count=Count("pk"))
