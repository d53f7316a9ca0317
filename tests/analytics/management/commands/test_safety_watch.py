"""``manage.py safety_watch``: what the rules find, and nothing is stored by it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics.models import RuleKind
from tests.analytics.extract.cohort import study_of
from tests.analytics.safety.watched import alerts, followed, had, set_rule

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("safety_watch", **{"study": "cnao"} | options, stdout=out)
    return out.getvalue()


@pytest.fixture
def study():
    study = study_of("cnao")
    for one in followed(study, 10)[:4]:
        had(one, 4, attribution="definite")
    return study


def test_cases_and_rates_are_told_and_no_alert_is_raised(study):
    set_rule(study, RuleKind.SEVERE_TOXICITY)
    set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    set_rule(study, RuleKind.LOCAL_FAILURE)
    text = run()
    assert "MET: Toxicity of grade 4 or more, possibly of radiotherapy" in text
    assert "A-03: Fibrosis deep connective tissue, grade 4, late" in text
    assert "4 of 10 (40.0 %), lower bound 15.0 %, limit 10.0 %" in text
    assert "not met: LC at 24 months below the planned 85 %" in text
    assert alerts(study) == []


def test_the_json_holds_the_figures_at_full_precision(study):
    rule = set_rule(study, RuleKind.LATE_TOXICITY_RATE)
    (told,) = json.loads(run(format="json"))["rules"]
    assert (told["rule"], told["kind"], told["is_met"]) == (rule.pk, "late_toxicity_rate", True)
    # R: binom.test(4, 10, alternative = "greater").
    assert told["rate"]["bound"] == pytest.approx(0.15002824080667998, abs=1e-12)
    assert told["counted"] == ["A-01", "A-02", "A-03", "A-04"]


def test_a_study_without_rules_and_an_unknown_one_say_so(study):
    assert run() == "Study cnao has no safety rule.\n"
    with pytest.raises(CommandError, match="there is no study 'nowhere'; studies: cnao"):
        run(study="nowhere")
