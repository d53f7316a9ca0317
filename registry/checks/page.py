"""The page of all checks in the documentation, written from the catalogue."""

from __future__ import annotations

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from registry import completeness
from registry.applicability import CONDITIONS, Condition
from registry.checks.catalogue import CHECKS, EVERY_FORM, Check
from registry.errors import Severity
from registry.models import CaseStatus

_HEAD = """# Checks

Written by `manage.py checks_page` from the code; do not edit by hand.

Every check looks at the whole case of a patient, at entry, on import and over what is there
already. Its id never changes its meaning.

| strength | what happens | checks |
|---|---|---|
| impossible | the value is refused | {impossible} |
| unlikely | a person confirms it with a reason; another value is asked about anew | {unlikely} |
| incomplete | the item stays open until it has a value or a reason why not | {incomplete} |

Besides these, each item that a study's protocol requires is incomplete while it has neither value
nor reason (`required-by-` and the key of the study), unless the question does not apply.

A date known to the month or the year counts as earlier or later only where that is certain.
"""

_STRENGTHS: tuple[Severity, ...] = ("impossible", "unlikely", "incomplete")


def checks_page() -> str:
    """The whole page as Markdown."""
    count = Counter(check.severity for check in CHECKS)
    parts = [_HEAD.format(**{strength: count[strength] for strength in _STRENGTHS})]
    for module, checks in groupby(CHECKS, key=lambda check: check.run.__module__):
        parts.append(_theme(module, list(checks)))
    parts.append(_questions())
    parts.append(_states())
    return "\n".join(parts)


def _theme(module: str, checks: list[Check]) -> str:
    title = (sys.modules[module].__doc__ or "").strip().splitlines()[0].rstrip(".")
    lines = [f"## {title}\n", "| check | strength | what it holds | forms |", "|---|---|---|---|"]
    lines += [
        f"| `{check.id}` | {check.severity} | {check.what} | {_forms(check)} |" for check in checks
    ]
    return "\n".join([*lines, ""])


def _forms(check: Check) -> str:
    if check.forms == EVERY_FORM:
        return "every form"
    return ", ".join(_form(name) for name in check.forms.split())


def _form(name: str) -> str:
    field: Any = CaseStatus._meta.get_field(name)
    return str(field.verbose_name)


def _questions() -> str:
    lines = [
        "## Questions that do not always apply\n",
        "A field that does not apply is not required and does not count as missing.\n",
        "| table | field | asked |",
        "|---|---|---|",
    ]
    for entity, fields in CONDITIONS.items():
        lines += [
            f"| `{entity}` | `{field}` | {_asked(condition)} |"
            for field, condition in fields.items()
        ]
    lines += [
        "",
        "Operations, systemic therapy and earlier radiotherapy are asked for unless the treatment "
        "history says “no”.",
    ]
    return "\n".join([*lines, ""])


_LONG_LIST = 6


def _asked(condition: Condition) -> str:
    field = f"`{condition.field}`"
    if condition.above is not None:
        return f"when {field} is above {condition.above}"
    if condition.values:
        return f"when {field} is {_codes(condition.values)}"
    if len(condition.unless) > _LONG_LIST:
        return f"unless {field} has no side"
    if condition.unless:
        return f"unless {field} is {_codes(condition.unless)}"
    return f"when {field} is given"


def _codes(codes: frozenset[str]) -> str:
    return " or ".join(f"`{code}`" for code in sorted(codes))


def _states() -> str:
    """The rules of completeness, as the module that keeps them says them."""
    return "\n".join(["## How complete a case is\n", *_rules(), ""])


def _rules() -> Iterator[str]:
    text = inspect.cleandoc(completeness.__doc__ or "")
    # Its first paragraph is a title; the rest is the text of this section.
    yield text.partition("\n\n")[2].strip()
