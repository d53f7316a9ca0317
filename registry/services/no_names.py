"""Free text about a case must not say who the patient is: names and record numbers are refused.

Messages, questions and reasons are read by people who may not see identities, and stand in the
trail for good. What is compared is the patient's own identity, without case, marks and signs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from registry.errors import Finding, Refused
from registry.models import Identity, Patient, User
from registry.scope import scoped_to, system_scope
from registry.selectors.own_centre import is_own_centre
from registry.services.identity_looks import Place, record_look

LONGEST = 4000
"""Characters of one text."""

SHORT = 3
"""Names of so few letters are words of their own ("so", "may"): they count as spelled only."""

LONG_PART = 4
"""Parts of a name of so many letters count by themselves ("von der Leyen": Leyen)."""


def checked_text(
    text: str, *, patient: Patient, by: User, model: str, field: str, empty: str
) -> str:
    """The text as it is stored; ``empty`` says what to write where there is none.

    To refuse a name is to say that it is the patient's. For people of other centres that is a look
    at the identity, which is written down: call this outside of a transaction that a refusal
    takes back.

    Raises:
        Refused: at the field: the text is empty, too long, or names the patient.
    """
    text = text.replace("\0", "").strip()
    if not text:
        raise Refused([_finding(model, field, empty)])
    if len(text) > LONGEST:
        message = _("at most {count} characters").format(count=LONGEST)
        raise Refused([_finding(model, field, message)])
    if names_patient(text, patient):
        with scoped_to(by):
            if not is_own_centre(patient):
                record_look(patient, place=Place.TEXT)
        message = _("Write it without the patient's name or record number.")
        raise Refused([_finding(model, field, message)])
    return text


def names_patient(text: str, patient: Patient) -> bool:
    """True when the text holds a name or the record number of the patient, however spelled."""
    with system_scope():
        identity = Identity.objects.filter(patient=patient).first()
    if identity is None:
        return False
    words = _words(text)
    return any(_holds(words, name) for name in _names(identity))


def _names(identity: Identity) -> Iterator[str]:
    for name in (identity.family_name, identity.given_names):
        yield name
        yield from (part for part in name.split() if len(part) >= LONG_PART)
    yield identity.record_number


def _words(text: str) -> list[str]:
    """Runs of letters and digits, without marks; upper and lower case as they are."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    kept = (sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Cf"))
    return "".join(sign if sign.isalnum() else " " for sign in kept).split()


def _holds(words: Sequence[str], name: str) -> bool:
    """True when the letters of the name stand in the words, from the start of one to an end."""
    wanted = "".join(_words(name))
    if not wanted:
        return False
    if len(wanted) > SHORT:
        words, wanted = [word.casefold() for word in words], wanted.casefold()
    for start in range(len(words)):
        joined = ""
        for word in words[start:]:
            joined += word
            if joined == wanted:
                return True
            if not wanted.startswith(joined):
                break
    return False


def _finding(model: str, field: str, message: str) -> Finding:
    return Finding("text", "impossible", message, model, None, field)
