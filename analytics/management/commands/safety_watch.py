"""``manage.py safety_watch --study KEY``: what the safety rules of a study find now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.management.arguments import study_of
from analytics.models import SafetyRule
from analytics.safety.facts import read_safety_facts
from analytics.safety.looks import Look
from analytics.safety.watching import active_rules, looks_of
from analytics.safety.words import case_words, found_words, method_words, rule_words
from registry.models import ProtocolVersion
from registry.scope import system_scope


class Command(BaseCommand):
    """Looks and prints; nothing is raised and nobody is told."""

    help = (
        "Print what the safety rules of a study find in its facts now, over all centres. Nothing "
        "is stored: no alert is raised, nobody is told. Definitions: docs/analysis-plan.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study and format."""
        parser.add_argument("--study", required=True, metavar="KEY", help="key of the study")
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and print."""
        study = study_of(options["study"])
        with system_scope():
            rules = active_rules(study)
            try:
                looks = looks_of(rules, read_safety_facts(study)) if rules else {}
            except ProtocolVersion.DoesNotExist:
                raise CommandError(f"study {study.key} has no protocol yet") from None
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_json(study.key, looks), indent=2, allow_nan=False))
        elif not looks:
            self.stdout.write(f"Study {study.key} has no safety rule.")
        else:
            self.stdout.write("\n".join(as_lines(study.key, looks)))


def as_json(study_key: str, looks: Mapping[SafetyRule, Look]) -> dict[str, Any]:
    """Rules with their parameters and findings; rates are shares between 0 and 1."""
    return {
        "study": study_key,
        "rules": [
            {
                "rule": rule.pk,
                "kind": rule.kind,
                "words": rule_words(rule),
                "is_met": look.is_met,
                "rate": look.rate.as_json() if look.rate else None,
                "cases": [{"pseudonym": case.pseudonym, **case.facts} for case in look.cases],
                "counted": [one.pseudonym for one in look.counted],
            }
            for rule, look in looks.items()
        ],
    }


def as_lines(study_key: str, looks: Mapping[SafetyRule, Look]) -> Iterator[str]:
    """The same for people."""
    yield f"Safety watch, study {study_key}"
    for rule, look in looks.items():
        yield ""
        yield f"{'MET' if look.is_met else 'not met'}: {rule_words(rule)}"
        yield f"  {method_words(rule)}"
        yield f"  {found_words(rule, look.as_json())}"
        yield from (f"    {case.pseudonym}: {case_words(case.facts)}" for case in look.cases)
        yield from (f"    {one.pseudonym}: {one.event}" for one in look.counted)
