"""When a rate crosses its limit: bounds and borders of R, patients typed by hand."""

import datetime as dt
import json
from pathlib import Path

import pytest

from analytics.safety.rate_rules import LateToxicityRate, LocalFailure, local_endpoints
from registry.protocols import preset
from tests.analytics.extract.by_hand import death, lesions, progression, toxicity
from tests.analytics.safety.by_hand import RT_START, event, facts, patient

ANSWERS = json.loads(
    (Path(__file__).parents[2] / "data" / "r" / "safety.json").read_text(encoding="utf-8")
)["data_sets"]
BORDERS = [ANSWERS[name] for name in ANSWERS if name.startswith("n")]


def with_late_toxicity(k, n, grade=3):
    """n patients followed for two years, of whom k had late toxicity of that grade."""
    people = [patient(f"P-{number:03}") for number in range(n)]
    for one in people[:k]:
        one.toxicities.append(toxicity("2025-03-01", grade, "late"))
    return facts(people)


def late(limit=0.1, *, grade=3, least=10):
    return LateToxicityRate(grade=grade, limit=limit, least_patients=least)


@pytest.mark.parametrize("answers", BORDERS, ids=lambda one: str(one["n"]))
def test_the_bound_is_that_of_rs_one_sided_exact_test(answers):
    n = answers["n"]
    for k in {0, 1, 2, n // 5, n // 2, n - 1, n}:
        rate = late().look(with_late_toxicity(k, n)).rate
        assert (rate.n, rate.k, rate.estimate) == (n, k, k / n)
        assert rate.bound == pytest.approx(answers["bounds"][k], abs=1e-12)


@pytest.mark.parametrize("answers", BORDERS, ids=lambda one: str(one["n"]))
def test_the_rule_is_met_from_as_many_patients_on_as_rs_test_rejects_the_limit(answers):
    n = answers["n"]
    for limit, first in zip(answers["limits"], answers["met_from"], strict=True):
        met = [late(limit).look(with_late_toxicity(k, n)).is_crossed for k in (first - 1, first)]
        assert met == [False, True], (n, limit)


def test_with_fewer_patients_than_asked_for_nothing_is_judged():
    nine = late(least=10).look(with_late_toxicity(9, 9))
    assert (nine.rate.reason, nine.is_crossed) == ("too_few", False)
    assert late(least=10).look(with_late_toxicity(10, 10)).is_crossed
    nobody = late().look(facts([]))
    assert (nobody.rate.n, nobody.rate.bound, nobody.rate.reason) == (0, None, "too_few")


def test_only_late_toxicity_of_the_grade_counts_and_each_patient_once():
    people = [patient(f"P-{number}") for number in range(5)]
    people[0].toxicities += [toxicity("2025-03-01", 3, "late"), toxicity("2025-04-01", 4, "late")]
    people[1].toxicities.append(toxicity("2025-03-01", 2, "late"))
    people[2].toxicities.append(toxicity("2024-02-01", 4, "acute"))
    people[3].toxicities.append(toxicity(None, 4, ""))
    rate = late().look(facts(people)).rate
    assert (rate.n, rate.k) == (5, 1)
    assert late(grade=2).look(facts(people)).rate.k == 2


def test_who_was_not_followed_beyond_the_border_is_not_in_the_denominator():
    # Acute up to day 90 from the first day of radiotherapy.
    people = [patient("P-1", last_seen=90), patient("P-2", last_seen=91), patient("P-3")]
    assert late().look(facts(people)).rate.n == 2
    # Who died early neither; who had late toxicity is, whatever else is on file.
    early = patient("P-4", death=death("2024-03-01"))
    odd = patient("P-5", last_seen=30)
    odd.toxicities.append(toxicity("2024-08-01", 3, "late"))
    rate = late().look(facts([*people, early, odd])).rate
    assert (rate.n, rate.k) == (3, 1)


def test_without_a_border_in_the_protocol_nobody_knows():
    study = with_late_toxicity(9, 10)
    no_border = facts(study.study.patients, key="tcga_sarc")
    look = late().look(no_border)
    assert (look.rate.reason, look.rate.is_known, look.is_crossed) == ("no_border", False, False)


def test_the_patients_that_count_are_named_with_their_worst_late_event():
    one, other = patient("P-1"), patient("P-2")
    for each in (one, other):
        each.toxicities.append(toxicity("2025-03-01", 3, "late"))
    events = [
        event(one, 3, term="Fatigue"),
        event(one, 4, term="Fibrosis deep connective tissue", onset="2025-05"),
        event(one, 5, term="Sepsis", said="unrelated"),
        event(one, 5, term="Nausea", phase="acute"),
        event(other, 3, term="Pneumonitis"),
    ]
    counted = late().look(facts([one, other], events)).counted
    assert [(row.pseudonym, row.event, row.grade, row.since) for row in counted] == [
        ("P-1", "Fibrosis deep connective tissue", 4, "2025-05"),
        ("P-2", "Pneumonitis", 3, "2025-03-01"),
    ]


def day(days):
    return (RT_START + dt.timedelta(days)).isoformat()


def curve_of(answers, key="cnao"):
    """The patients of R, each with one lesion or more."""
    by_patient: dict[int, list[tuple[int, int]]] = {}
    for number, days, failed in zip(
        answers["patient"], answers["days"], answers["event"], strict=True
    ):
        by_patient.setdefault(number, []).append((days, failed))
    people = []
    for number, rows in by_patient.items():
        last = max(days for days, _failed in rows)
        one = patient(f"P-{number:02}", last_seen=last, lesions=lesions(*[[1]] * len(rows)))
        one.progressions = [
            progression(day(days), lesion=place)
            for place, (days, failed) in enumerate(rows, start=1)
            if failed
        ]
        people.append(one)
    return facts(people, key=key)


def failure(planned=0.85, *, code="LC", months=24, least=5):
    return LocalFailure(code, months=months, planned=planned, least_patients=least)


def test_the_upper_limit_is_that_of_rs_curve():
    answers = ANSWERS["patients"]
    look = failure().look(curve_of(answers))
    assert look.rate.estimate == pytest.approx(answers["estimate"], abs=1e-12)
    assert look.rate.bound == pytest.approx(answers["upper"], abs=1e-9)
    assert (look.rate.n, look.rate.k, look.rate.at_months) == (20, 8, 24)


@pytest.mark.parametrize(("planned", "is_met"), [(0.742, True), (0.7419, False)])
def test_the_rule_is_met_when_the_upper_limit_is_below_the_plan(planned, is_met):
    # R: 0.74196.
    assert failure(planned).look(curve_of(ANSWERS["patients"])).is_crossed is is_met


def test_failures_after_the_time_do_not_count():
    look = failure(months=12).look(curve_of(ANSWERS["patients"]))
    # By day 365.25: days 60, 120, 150, 240 and 300.
    assert look.rate.k == 5
    assert [row.since for row in look.counted] == [day(d) for d in (60, 120, 150, 240, 300)]
    assert {row.event for row in look.counted} == {"progression in field"}


def everybody_fails(n):
    """One patient fails every ten days, and nobody else is followed."""
    return facts(
        patient(
            f"P-{number:02}", last_seen=10 * number, progressions=[progression(day(10 * number))]
        )
        for number in range(1, n + 1)
    )


def test_where_nobody_is_left_without_failure_the_last_known_limit_counts():
    rate = failure().look(everybody_fails(10)).rate
    # The curve has reached 0, where the log-log scale has no limit. Before the last failure it was
    # 0.1; its limit by hand: se of log(-log S) is sqrt(Greenwood) / |log 0.1|.
    greenwood = sum(1 / (at_risk * (at_risk - 1)) for at_risk in range(2, 11))
    se = greenwood**0.5 / 2.302585092994046
    assert rate.estimate == 0
    assert rate.bound == pytest.approx(0.1 ** (2.718281828459045 ** (-1.959963984540054 * se)))
    assert failure(planned=0.5).look(everybody_fails(10)).is_crossed


def test_nobody_followed_so_long_leaves_what_the_curve_says_at_its_end():
    seen = everybody_fails(12).study.patients[:8]
    alive = [patient(f"Q-{number}", last_seen=100) for number in range(4)]
    rate = failure(months=24).look(facts([*seen, *alive])).rate
    assert rate.at_months == pytest.approx(100 / 30.4375)
    assert rate.estimate == pytest.approx(4 / 12)
    assert rate.is_crossed


def test_before_the_first_failure_nothing_is_below_any_plan():
    rate = failure(planned=0.999).look(facts(patient(f"P-{n}") for n in range(30))).rate
    assert (rate.estimate, rate.bound, rate.is_crossed) == (1, 1, False)


def test_few_patients_are_not_judged_however_many_lesions_they_have():
    one = patient("P-1", lesions=lesions(*[[1]] * 12))
    one.progressions = [progression(day(30 * lesion), lesion=lesion) for lesion in range(1, 13)]
    others = [patient(f"P-{number}", lesions=lesions([1])) for number in range(2, 5)]
    rate = failure(least=5).look(facts([one, *others], key="jinling")).rate
    assert (rate.n, rate.k, rate.bound, rate.reason) == (15, 12, None, "too_few")


def test_lesions_of_one_patient_are_not_taken_for_independent():
    answers = ANSWERS["lesions"]
    rate = failure().look(curve_of(answers, key="jinling")).rate
    assert rate.estimate == pytest.approx(answers["estimate"], abs=1e-12)
    assert rate.bound == pytest.approx(answers["upper"], abs=1e-9)


@pytest.mark.parametrize(
    ("key", "codes"),
    [("jinling", ["LC", "LC_PT"]), ("cnao", ["LC"]), ("miyakojima", ["LC", "LC_PT", "PFS"])],
)
def test_endpoints_of_local_control_are_those_of_local_failure_alone(key, codes):
    assert sorted(local_endpoints(preset(key))) == codes


def test_an_endpoint_that_the_protocol_has_not_is_not_judged():
    look = failure(code="LC_PT").look(with_late_toxicity(0, 10))
    assert (look.rate.reason, look.rate.is_known) == ("no_endpoint", False)
