"""The demo has rules of the safety watch, set once."""

import pytest

from analytics.models import RuleKind, SafetyRule
from analytics.safety.demo import RULES, STUDY, set_demo_rules
from registry.models import Study
from registry.scope import system_scope
from tests.analytics.extract.cohort import study_of
from tests.analytics.safety.watched import alerts, followed, had
from tests.factories import coordinator

pytestmark = pytest.mark.django_db


def test_the_rules_are_set_once_and_look_at_once():
    study = study_of(STUDY)
    Study.objects.filter(pk=study.pk).update(is_synthetic=True)
    person = coordinator(study, username="coordinator")
    had(followed(study, 1)[0], 4)
    for _start in range(2):
        set_demo_rules()
    with system_scope():
        rules = list(SafetyRule.objects.filter(study=study))
    assert [rule.kind for rule in rules] == [kind for kind, _parameters in RULES]
    assert {rule.made_by for rule in rules} == {person}
    assert [alert.rule.kind for alert in alerts(study)] == [RuleKind.SEVERE_TOXICITY]


def test_a_study_that_is_not_synthetic_gets_none():
    study_of(STUDY)
    with pytest.raises(Study.DoesNotExist):
        set_demo_rules()
