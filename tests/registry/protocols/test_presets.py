"""The presets say what the papers say (facts from the papers, not from the files)."""

import datetime as dt

import pytest

from registry.protocols import PRESETS, ProtocolError, preset, preset_text, read_protocol
from registry.protocols.vocabulary import (
    Calendar,
    Censoring,
    CtcaeRelease,
    DoseUnit,
    EndKind,
    EventKind,
    Form,
    Item,
    Population,
    RbeModel,
    Region,
    StudyKind,
    TimePoint,
    ToxicityPhase,
    Unit,
)

PAPERS = ("jinling", "cnao", "cams", "miyakojima", "preop")
LATE = ("LATE_G2", "LATE_G3")
IMPORTED = ("tcga_sarc", "sts_mcgill")


@pytest.mark.parametrize("key", PRESETS)
def test_a_preset_carries_its_own_key(key):
    assert preset(key).key == key


@pytest.mark.parametrize("key", PRESETS)
def test_every_endpoint_prints_a_sentence_that_names_its_origin_and_its_censoring(key):
    words = {
        TimePoint.FIRST_RT_DAY: "from the first day of radiotherapy",
        TimePoint.SURGERY: "from surgery",
        TimePoint.DIAGNOSIS: "from the initial diagnosis",
    }
    for endpoint in preset(key).endpoints:
        assert words[endpoint.origin] in endpoint.definition
        assert "censored" in endpoint.definition
        assert endpoint.definition.endswith(".")


@pytest.mark.parametrize("key", PRESETS)
def test_the_sentence_speaks_of_death_where_death_is_an_event(key):
    for endpoint in preset(key).endpoints:
        if EventKind.DEATH_ANY in endpoint.events:
            assert "death from any cause" in endpoint.definition


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("jinling", ["LC", "LC_PT", "OS", "PFS", *LATE]),
        ("cnao", ["LC", "DPFS", "OS", *LATE]),
        ("cams", ["LC", "OS", "DFS", "DMFS", *LATE]),
        ("miyakojima", ["LC", "LC_PT", "PFS", "OS", "DFS", *LATE]),
        ("preop", ["LC", "OS", "MFS", "AFS", "WOUND120", *LATE]),
        ("tcga_sarc", ["OS", "PFS", "LC"]),
        ("sts_mcgill", ["OS", "PFS", "LC"]),
    ],
)
def test_a_preset_has_the_endpoints_of_its_source(key, codes):
    assert [endpoint.code for endpoint in preset(key).endpoints] == codes


@pytest.mark.parametrize(
    ("key", "unit", "origin"),
    [
        ("jinling", Unit.LESION, TimePoint.FIRST_RT_DAY),
        ("miyakojima", Unit.LESION, TimePoint.FIRST_RT_DAY),
        ("cnao", Unit.PATIENT, TimePoint.FIRST_RT_DAY),
        ("cams", Unit.PATIENT, TimePoint.SURGERY),
        ("preop", Unit.PATIENT, TimePoint.FIRST_RT_DAY),
        ("tcga_sarc", Unit.PATIENT, TimePoint.DIAGNOSIS),
        ("sts_mcgill", Unit.PATIENT, TimePoint.DIAGNOSIS),
    ],
)
def test_local_control_counts_what_the_source_counts_from_where_it_counts(key, unit, origin):
    local_control = preset(key).endpoint("LC")
    assert (local_control.unit, local_control.origin) == (unit, origin)
    assert local_control.competing == (EventKind.DEATH_ANY,)
    assert local_control.censoring is Censoring.LAST_FOLLOW_UP


@pytest.mark.parametrize("key", ["jinling", "miyakojima"])
def test_where_lesions_are_counted_patients_are_counted_too(key):
    by_patient = preset(key).endpoint("LC_PT")
    assert by_patient.unit is Unit.PATIENT
    assert (by_patient.events, by_patient.competing) == (
        (EventKind.LOCAL_PROGRESSION,),
        (EventKind.DEATH_ANY,),
    )


@pytest.mark.parametrize("key", PAPERS)
def test_late_toxicity_counts_from_the_origin_of_the_protocol_with_death_competing(key):
    for grade, kind in ((2, EventKind.LATE_TOXICITY_GRADE_2), (3, EventKind.LATE_TOXICITY_GRADE_3)):
        endpoint = preset(key).endpoint(f"LATE_G{grade}")
        assert endpoint.origin is preset(key).time_origin
        assert (endpoint.events, endpoint.competing) == ((kind,), (EventKind.DEATH_ANY,))
        assert f"grade {grade} or more" in endpoint.definition
        assert preset(key).assumptions_about(f"endpoints.LATE_G{grade}")


def test_cnao_counts_local_failure_within_and_distant_failure_outside_of_the_ptv():
    assert preset("cnao").endpoint("LC").events == (EventKind.IN_FIELD_PROGRESSION,)
    assert preset("cnao").endpoint("DPFS").events == (EventKind.OUT_OF_FIELD_PROGRESSION,)


def test_miyakojima_counts_disease_free_survival_in_patients_with_one_viable_site():
    assert preset("miyakojima").endpoint("DFS").population is Population.SINGLE_VIABLE_SITE


def test_wound_complications_count_for_120_days_after_surgery():
    wound = preset("preop").endpoint("WOUND120")
    assert (wound.origin, wound.horizon_days) == (TimePoint.SURGERY, 120)
    assert preset("preop").toxicity.wound_days_after_surgery == 120


@pytest.mark.parametrize("key", PRESETS)
def test_overall_survival_ends_with_death_from_any_cause(key):
    overall = preset(key).endpoint("OS")
    assert overall.events == (EventKind.DEATH_ANY,)
    assert overall.unit is Unit.PATIENT


def test_an_endpoint_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(LookupError, match="jinling has no endpoint DPFS; it has LC, LC_PT, OS"):
        preset("jinling").endpoint("DPFS")


@pytest.mark.parametrize(
    ("key", "release"),
    [("jinling", "4.03"), ("cnao", "4.03"), ("cams", "3.0"), ("miyakojima", "3.0")],
)
def test_toxicity_is_graded_on_the_scale_of_the_paper(key, release):
    assert preset(key).toxicity.release == CtcaeRelease(release)


def test_jinling_toxicity_is_acute_within_three_months_of_the_end_of_treatment():
    border = preset("jinling").toxicity.acute
    assert border is not None
    assert border.anchor is TimePoint.LAST_RT_DAY
    assert border.last_acute_day(dt.date(2024, 1, 31)) == dt.date(2024, 4, 30)


def test_cnao_toxicity_is_acute_within_90_days_of_the_start_of_treatment():
    border = preset("cnao").toxicity.acute
    assert border is not None
    assert border.anchor is TimePoint.FIRST_RT_DAY
    assert border.last_acute_day(dt.date(2023, 1, 1)) == dt.date(2023, 4, 1)


def test_cams_reports_late_toxicity_only():
    assert preset("cams").toxicity.reported == (ToxicityPhase.LATE,)


def test_miyakojima_states_alpha_beta_of_10_and_3_and_of_the_heart():
    protocol = preset("miyakojima")
    assert protocol.alpha_beta("GTV_Lung") == 10
    assert protocol.alpha_beta("PTV_5200") == 10
    assert protocol.alpha_beta("heart") == 3
    assert protocol.alpha_beta("SpinalCord") == 3


def test_cnao_doses_are_in_gy_rbe_by_lem_i_in_16_fractions_four_a_week():
    dose = preset("cnao").dose
    assert (dose.unit, dose.rbe_model) == (DoseUnit.GY_RBE, RbeModel.LEM_I)
    (phase,) = dose.patterns[0].phases
    assert (phase.dose.low, phase.dose.high) == (70.4, 76.8)
    assert phase.fractions is not None
    assert phase.fractions.low == phase.fractions.high == 16
    assert phase.fractions_per_week == 4


def test_cams_boosts_10_to_16_gy_after_clear_and_16_to_20_after_positive_margins():
    boosts = [
        (phase.dose.low, phase.dose.high)
        for pattern in preset("cams").dose.patterns
        for phase in pattern.phases
        if phase.is_boost
    ]
    assert boosts == [(10, 16), (16, 20)]


# Structure, metric, unit, limit, as the paper's section “Surgery and IMRT” lists them.
CAMS_LIMITS = [
    ("Liver", Region.TRUNK_WALL, "V40Gy", "%", 30),
    ("Kidneys", Region.TRUNK_WALL, "V20Gy", "%", 30),
    ("Kidneys", Region.TRUNK_WALL, "Mean", "Gy", 20),
    ("Heart", Region.TRUNK_WALL, "V30Gy", "%", 30),
    ("Lungs", Region.TRUNK_WALL, "V20Gy", "%", 15),
    ("SpinalCord", Region.TRUNK_WALL, "Max", "Gy", 40),
    ("Bowel_Small", Region.TRUNK_WALL, "V50Gy", "%", 10),
    ("Colon", Region.TRUNK_WALL, "V50Gy", "%", 10),
    ("Bone", Region.EXTREMITY, "V40Gy", "%", 60),
    ("Bone", Region.EXTREMITY, "Max", "%", 107),
]


def test_cams_limits_the_organ_doses_that_the_paper_lists():
    limits = [
        (structure, constraint.region, limit.metric, limit.unit.value, limit.value)
        for constraint in preset("cams").constraints
        for limit in constraint.limits
        for structure in constraint.structures
    ]
    assert limits == CAMS_LIMITS


def test_cams_leaves_cortex_joint_skin_and_other_leg_to_a_person():
    judged = {one.id for one in preset("cams").constraints if not one.limits}
    assert judged == {
        "bone_cortex_partly_in_ptv",
        "bone_cortex_mostly_in_ptv",
        "joint",
        "skin",
        "other_leg",
    }


def test_a_limit_of_at_most_holds_on_its_value_and_one_of_below_does_not():
    constraints = {one.id: one for one in preset("cams").constraints}
    (cord,) = constraints["spinal_cord"].limits
    (hot_spot,) = constraints["bone_hot_spot"].limits
    assert cord.holds(40)
    assert not cord.holds(40.1)
    assert hot_spot.holds(106.9)
    assert not hot_spot.holds(107)


@pytest.mark.parametrize(
    ("key", "event", "anchor", "item"),
    [
        ("preop", TimePoint.SURGERY, TimePoint.LAST_RT_DAY, Item.SURGERY),
        ("cams", TimePoint.FIRST_RT_DAY, TimePoint.SURGERY, Item.RADIOTHERAPY),
    ],
)
def test_surgery_and_radiotherapy_follow_each_other_in_four_to_six_weeks(key, event, anchor, item):
    (step,) = preset(key).timing
    assert (step.event, step.anchor, step.item) == (event, anchor, item)
    assert (step.from_days, step.until_days) == (4 * 7, 6 * 7)


def test_only_jinling_ends_follow_up_at_progression():
    ending = [
        key
        for key in PAPERS
        if (schedule := preset(key).schedule) is not None
        and EndKind.PROGRESSION in schedule.ends_on
    ]
    assert ending == ["jinling"]


@pytest.mark.parametrize("key", PAPERS)
def test_reminders_go_14_days_ahead_and_7_30_and_60_days_overdue(key):
    reminders = preset(key).reminders
    assert reminders is not None
    assert reminders.ahead_days == 14
    assert reminders.overdue_rounds_days == (7, 30, 60)


@pytest.mark.parametrize("key", IMPORTED)
def test_imported_data_are_not_followed_up_and_have_no_toxicity_scale(key):
    protocol = preset(key)
    assert protocol.kind is StudyKind.OBSERVATIONAL
    assert protocol.calendar is Calendar.SHIFTED
    assert protocol.schedule is None
    assert protocol.reminders is None
    assert protocol.timing == ()
    assert protocol.toxicity.release is None


@pytest.mark.parametrize(
    ("key", "about"),
    [
        ("miyakojima", "schedule"),
        ("preop", "schedule.clocks.visits"),
        ("preop", "time_origin"),
        ("cams", "constraints.liver"),
        ("cams", "schedule.clocks.visits.anchor"),
        ("cnao", "toxicity.ctcae"),
        ("cnao", "dose.alpha_beta_gy"),
        ("jinling", "schedule.clocks.visits.segments"),
    ],
)
def test_what_the_paper_does_not_state_is_marked_as_assumed(key, about):
    assert [one.about for one in preset(key).assumptions_about(about)] == [about]


def test_assumptions_within_a_part_are_found_from_the_part():
    about = [one.about for one in preset("preop").assumptions_about("endpoints")]
    assert about == [
        "endpoints.LC.competing",
        "endpoints.MFS.events",
        "endpoints.AFS.events",
        "endpoints.LATE_G2.events",
        "endpoints.LATE_G3.events",
    ]


def test_a_protocol_names_the_fields_that_it_requires():
    assert preset("cams").required_fields(Form.SURGERY) == ("performed_on", "residual_tumour")
    assert preset("jinling").required_fields(Form.SURGERY) == ()


def test_a_protocol_without_that_key_is_refused_with_those_that_are_there():
    with pytest.raises(ProtocolError, match="nowhere: is no protocol preset; there are jinling"):
        preset_text("nowhere")


def test_a_preset_can_be_read_from_its_exported_text():
    assert read_protocol(preset_text("cams"), name="export") == preset("cams")
