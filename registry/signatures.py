"""What a signature is bound to: the content of a form, and who signed what, when, as what.

Content is written down in one way only, so that the same form always has the same digest. Empty
columns are not written, so that a column added to a table later changes no form that was signed
before. Keys and versions of the database and the centre are no content: a form that was restored
from a backup, or went with its patient to another centre, is still the form that was signed.

Both digests are keyed. Without a key, the digest of a form of few values — sex and birth date of a
patient — would give them away to whoever tries all of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Field

from registry.case import Case
from registry.case_forms import FormKey, rows_of
from registry.models import Centre, ClinicalRow, FormMark, Patient
from registry.models.choices import MarkKind
from registry.services.case_drafts import natural_key

SHOWN_DIGITS = 16
"""So many digits of a digest are shown: enough to compare two print-outs."""


def content_of(rows: Iterable[ClinicalRow]) -> str:
    """The rows of a form as text, a line each: the same for the same content in any database."""
    return "\n".join(sorted(_written(row) for row in rows))


def digest_of(case: Case, key: FormKey) -> str:
    """Digest of a form of the case: HMAC-SHA-256 of its content.

    The case is fresh from the database: a number that was just typed is written otherwise.
    """
    return _keyed("form content", content_of(rows_of(case, key)))


def code_of(mark: FormMark) -> str:
    """The code that belongs to a signature: over person, time, meaning, patient, form, content."""
    bound = [
        mark.by_id,
        mark.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        mark.meaning,
        mark.patient_id,
        mark.entity,
        mark.row_id,
        mark.content_sha256,
    ]
    return _keyed("form signature", json.dumps(bound, ensure_ascii=False))


def is_authentic(mark: FormMark) -> bool:
    """True when nothing of the mark itself was altered or taken over from another one.

    Only signatures carry a code; what other marks say rests on the audit trail.
    """
    return mark.kind != MarkKind.SIGNED or hmac.compare_digest(mark.code, code_of(mark))


def is_intact(mark: FormMark, case: Case) -> bool:
    """True when the mark is authentic and the form holds now what it held when it was marked."""
    digest = digest_of(case, FormKey(mark.entity, mark.row_id))
    return is_authentic(mark) and hmac.compare_digest(mark.content_sha256, digest)


def _keyed(purpose: str, text: str) -> str:
    key = settings.SIGNATURE_KEY.encode()
    return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def _written(row: ClinicalRow) -> str:
    values = {}
    for field, leads_to_row in _columns(type(row)):
        held = getattr(row, field.attname)
        if held is None or held == "":
            continue
        if leads_to_row:
            held = natural_key(getattr(row, field.name))
        elif isinstance(held, Decimal):
            # 4, 4.0 and 4.00 are one number, whatever database it comes from.
            held = format(held.normalize(), "f")
        elif not isinstance(held, bool | int | float):
            held = str(held)
        values[field.name] = held
    written = [row.entity(), *natural_key(row)], values, row.missing
    return json.dumps(written, ensure_ascii=False, sort_keys=True)


@cache
def _columns(model: type[ClinicalRow]) -> tuple[tuple[Field[Any, Any], bool], ...]:
    """Columns that are content, and whether they point to a row of the case."""
    found = []
    for field in model.content_fields():
        parent = field.related_model
        if parent not in (Patient, Centre):
            found.append((field, isinstance(parent, type) and issubclass(parent, ClinicalRow)))
    return tuple(found)
