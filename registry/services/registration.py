"""Rules of taking a person in: pseudonym, record number, part of the centre in the study.

They look beyond the case, so the checks over a case cannot hold them. Services and forms ask here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from registry.errors import Finding
from registry.models import (
    Centre,
    ClinicalRow,
    Enrolment,
    Identity,
    Patient,
    Screening,
    Study,
    Transfer,
)
from registry.models.choices import TransferState
from registry.scope import system_scope
from registry.services.cases import Pseudonyms
from registry.services.identity_index import record_number_index

_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>[0-9]{1,9})", re.DOTALL)


def refusals(rows: Iterable[ClinicalRow]) -> list[Finding]:
    """Why these rows of one patient cannot be written, each at its field; empty when they can."""
    found: list[Finding] = []
    for row in rows:
        if isinstance(row, Patient):
            found += _pseudonym(row)
        elif isinstance(row, Identity):
            found += _record_number(row)
        elif isinstance(row, Enrolment):
            found += _participation(row, row.study, row.patient.centre)
        elif isinstance(row, Screening):
            found += _participation(row, row.study, row.centre)
    return found


def next_pseudonym(study: Study, centre: Centre) -> str:
    """The next free pseudonym in the pattern of the centre's newest patient in the study.

    Without a patient whose pseudonym ends with a number: STUDY-CENTRE-001. Patients who came from
    another centre bear that one's pattern: they do not count.
    """
    with system_scope():
        came = Transfer.objects.filter(state=TransferState.ACCEPTED, to_centre=centre)
        of_centre = Patient.objects.filter(centre=centre, enrolments__study=study)
        of_centre = of_centre.exclude(pk__in=came.values("patient"))
        last = of_centre.order_by("-pk").values_list("pseudonym", flat=True).first()
        match = _NUMBERED.fullmatch(last or "")
        stem = match["stem"] if match else f"{study.key}-{centre.code}-".upper()
        width = len(match["number"]) if match else 3
        taken = Patient.objects.filter(pseudonym__istartswith=stem)
        ends = (name[len(stem) :] for name in taken.values_list("pseudonym", flat=True))
        highest = max((int(end) for end in ends if re.fullmatch("[0-9]{1,9}", end)), default=0)
    return f"{stem}{highest + 1:0{width}d}"


def next_screening_number(study: Study, centre: Centre) -> int:
    """One more than any screening of the centre for the study has or had."""
    with system_scope():
        held = Screening.objects.filter(study=study, centre=centre).order_by("-number")
        return int(held.values_list("number", flat=True).first() or 0) + 1


def pseudonym_problem(text: str) -> str:
    """What is wrong with a pseudonym, which is part of addresses and file names; "" for nothing."""
    if any(unicodedata.category(sign).startswith("C") for sign in text):
        return _("Type it anew: it holds a sign that cannot be seen.")
    if set(text.split("/")) & {"", ".", ".."}:
        return _("Use letters, digits and hyphens.")
    return ""


def _pseudonym(patient: Patient) -> Iterator[Finding]:
    if not patient._state.adding:
        return
    problem = pseudonym_problem(patient.pseudonym)
    if problem:
        yield _finding(patient, "pseudonym", "pseudonym", problem)
        return
    with system_scope():
        taken = Patient.objects.filter(pseudonym=patient.pseudonym).exists()
    if taken:
        message = _("“{name}” is taken: choose another one").format(name=patient.pseudonym)
        yield _finding(patient, "pseudonym", "pseudonym", message)
        return
    other = Pseudonyms().look_alike(patient.pseudonym)
    if other is not None:
        message = _("looks like the pseudonym “{other}”: choose another one").format(other=other)
        yield _finding(patient, "pseudonym", "pseudonym", message)


def _record_number(identity: Identity) -> Iterator[Finding]:
    index = record_number_index(identity.record_number, identity.patient.centre)
    if index is None:
        return
    with system_scope():
        others = Identity.objects.filter(record_number_index=index).exclude(pk=identity.pk)
        taken = others.exists()
    if taken:
        message = _("another patient of this centre has this record number")
        yield _finding(identity, "record-number", "record_number", message)


def _participation(row: Enrolment | Screening, study: Study, centre: Centre) -> Iterator[Finding]:
    if not study.participations.filter(centre=centre).exists():
        message = _("the patient's centre does not take part in {study}").format(study=study.key)
        yield _finding(row, "participation", "study", message)


def _finding(row: ClinicalRow, check_id: str, field: str, message: str) -> Finding:
    return Finding(check_id, "impossible", message, row.entity(), None, field, row)
