"""Loads the terminology that ships with the registry into its tables."""

from __future__ import annotations

from django.db import transaction

from registry.models import Code, CtcaeGrade, CtcaeTerm
from registry.terminology import codes, ctcae


def load_shipped_terminology(*, using: str = "default") -> None:
    """Add the terms and codes that the tables do not hold yet; safe to repeat.

    What is there stays as it is, with the official texts that a site has loaded.
    """
    with transaction.atomic(using=using):
        for release in ctcae.RELEASES:
            _load_release(release, using)
        for system in codes.SYSTEMS:
            _load_codes(system, using)


def _load_release(release: str, using: str) -> None:
    shipped = ctcae.terms(release)
    known = set(
        CtcaeTerm.objects.using(using).filter(release=release).values_list("term", flat=True)
    )
    missing = [term for term in shipped if term.term not in known]
    if not missing:
        return
    rows = CtcaeTerm.objects.using(using).bulk_create(
        CtcaeTerm(release=term.release, soc=term.soc, term=term.term) for term in missing
    )
    CtcaeGrade.objects.using(using).bulk_create(
        CtcaeGrade(term=row, grade=grade)
        for row, term in zip(rows, missing, strict=True)
        for grade in term.grades
    )


def _load_codes(system: str, using: str) -> None:
    known = set(Code.objects.using(using).filter(system=system).values_list("code", flat=True))
    Code.objects.using(using).bulk_create(
        Code(system=system, code=row.code, name=row.name, group=row.group)
        for row in codes.codes(system)
        if row.code not in known
    )
