"""A case as a document: every form with its values, marks and signatures, under the pseudonym."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registry.case import Case
from registry.case_forms import whole_case
from registry.models import Enrolment
from registry.models.choices import MarkKind
from registry.pdf.typesetting import typeset
from registry.selectors.form_contents import FormContent, contents_of
from registry.selectors.marks import PatientMarks, ShownMark
from registry.selectors.patient_sections import KINDS, section_of


def case_document(case: Case, marks: PatientMarks, *, at: dt.datetime) -> bytes:
    """The case as PDF. Pseudonymised for every reader: the birth date is a year.

    Args:
        at: the moment whose data it shows.
    """
    return typeset("case.typ", case_data(case, marks, at=at), at=at)


def case_data(case: Case, marks: PatientMarks, *, at: dt.datetime) -> dict[str, Any]:
    """What the template is given: texts only."""
    patient = case.patient
    key = whole_case(patient)
    contents = contents_of(case, key, own_centre=False)
    enrolments = case.of(Enrolment)
    studies = ", ".join(f"{row.study.title} ({row.study.key})" for row in enrolments)
    return {
        "language": get_language() or "en",
        "title": _("Case %(pseudonym)s") % {"pseudonym": patient.pseudonym},
        "words": {
            "page": _("Page"),
            "of": _("of"),
            "blank": _("Not recorded:"),
            "marks": _("Signatures and marks"),
            "nothing": _("Nothing is signed, verified or locked."),
            "whole": _("Whole case"),
            "form": _("Form"),
            "mark": _("Mark"),
            "person": _("By"),
            "time": _("Time (UTC)"),
            "state": _("Today"),
            "digest": _("Digest of the content"),
            "note": _(
                "Pseudonymised research data. A digest is the same on two print-outs exactly when "
                "the form held the same."
            ),
        },
        "facts": [
            [_("Pseudonym"), patient.pseudonym],
            [_("Centre"), patient.centre.name],
            [_("Study"), studies or "–"],
            [_("Data as of"), _moment(at)],
        ],
        "running": f"{patient.pseudonym} · {studies or patient.centre.name} · {_moment(at)}",
        "sections": _sections(contents, marks),
        "marks": [_mark(one) for one in marks.shown],
    }


def _sections(contents: list[FormContent], marks: PatientMarks) -> list[dict[str, Any]]:
    """Forms in the sections of the patient's page, in its order."""
    found = []
    for kind in KINDS:
        forms = [one for one in contents if section_of(one.key.entity) == kind.ident]
        if forms:
            shown = [_form(one, marks) for one in forms]
            found.append({"title": str(kind.title), "forms": shown})
    return found


def _form(content: FormContent, marks: PatientMarks) -> dict[str, Any]:
    return {
        "words": content.words,
        "rows": [
            {
                "words": row.words.removeprefix(f"{content.words}, ").capitalize(),
                "items": [[item.label, item.text, item.is_missing] for item in row.items],
                "blank": ", ".join(row.blank),
            }
            for row in content.rows
        ],
        "marks": [_sentence(one) for one in marks.of(content.key)],
    }


def _sentence(one: ShownMark) -> str:
    """A mark under its form: "Signed: Investigator, 2026-11-20 14:05 UTC"."""
    parts = [str(one.mark.by or "–"), _moment(one.mark.at)]
    words = f"{_kind(one)}: {', '.join(parts)}"
    return words if one.is_intact else f"{words} – {_state(one)}"


def _mark(one: ShownMark) -> dict[str, str]:
    return {
        "form": one.words,
        "mark": _kind(one),
        "person": str(one.mark.by or "–"),
        "time": _moment(one.mark.at),
        "meaning": one.mark.meaning,
        "digest": one.digest,
        "state": _state(one),
    }


def _kind(one: ShownMark) -> str:
    return str(MarkKind(one.mark.kind).label)


def _state(one: ShownMark) -> str:
    if not one.in_force:
        assert one.mark.ended_at is not None, "what is not in force was ended"
        ended = _("ended %(at)s") % {"at": _moment(one.mark.ended_at)}
        return f"{ended}: {one.mark.end_reason}"
    return _("intact") if one.is_intact else _("not intact: the content was changed")


def _moment(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
