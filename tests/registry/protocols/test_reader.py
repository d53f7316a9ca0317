"""A bad protocol file is refused with file, key path and reason."""

import pytest

from registry.protocols import ProtocolError, preset_text, read_protocol
from registry.protocols.vocabulary import EventKind, Population

# What is replaced in the preset, by what, and the path and reason of the refusal.
REFUSALS = [
    ('key = "jinling"', 'key = "Jin Ling"', "key", "must be small letters, digits and _"),
    ('key = "jinling"', "", "key", "is missing"),
    ('title = "SBRT for', 'title = ""\nx = "SBRT for', "title", "text that is not empty"),
    ('kind = "treatment"', 'kind = "trial"', "kind", "must be one of treatment, observational"),
    ('calendar = "real"', "calendar = 7", "calendar", "must be one of real, shifted, found 7"),
    ("time_origin =", "time_orign =", "time_origin", "is missing"),
    ('version = "1"', "version = 1", "version", "text that is not empty, found 1"),
    ('version = "1"', 'version = "1"\nverison = "2"', "verison", "did you mean version?"),
    (
        'disease_groups = ["soft_tissue_sarcoma"]',
        "disease_groups = []",
        "disease_groups",
        "must be a list that is not empty",
    ),
    (
        'settings = ["recurrence", "oligometastasis"]',
        'settings = ["recurrence", "recurrence"]',
        "settings",
        "names recurrence twice",
    ),
    ("[source]", "[sources]", "source", "is missing"),
    ("[eligibility.exclusion]", "[eligibility.exceptions]", "eligibility.exceptions", "unknown"),
    (
        "multiple_metastases =",
        "soft_tissue_sarcoma =",
        "eligibility.exclusion.soft_tissue_sarcoma",
        "is the id of another criterion too",
    ),
    ("[endpoints.OS]", "[endpoints.os]", "endpoints.os", "capital letters, digits and _"),
    ("[endpoints.OS]", "[endpoints.OVERALLSURVIVAL]", "endpoints.OVERALLSURVIVAL", "at most 8"),
    ('unit = "lesion"', 'unit = "tumour"', "endpoints.LC.unit", "one of patient, lesion"),
    (
        'events = ["local_progression"]',
        'events = ["local_failure"]',
        "endpoints.LC.events",
        "must be one of local_progression, regional_progression",
    ),
    (
        'competing = ["death_any"]',
        'competing = ["local_progression"]',
        "endpoints.LC.competing",
        "local_progression is an event of this endpoint already",
    ),
    (
        'competing = ["death_any"]',
        "horizon_days = 0",
        "endpoints.LC.horizon_days",
        "whole number from 1 to 36500, found 0",
    ),
    (
        "merge_days = 14",
        "merge_days = -1",
        "schedule.merge_days",
        "whole number from 0 to 36500, found -1",
    ),
    ("merge_days = 14", "merge_days = true", "schedule.merge_days", "whole number"),
    (
        "merge_days = 14",
        "merge_days = 92",
        "schedule.merge_days",
        "92 days would merge visits of the clock visits, which are 91 days apart",
    ),
    (
        'ends_on = ["progression", "death", "withdrawal", "loss"]',
        'ends_on = ["progression"]',
        "schedule.ends_on",
        "must name death",
    ),
    ("[schedule.clocks.visits]", "[schedule.clock.visits]", "schedule.clocks", "is missing"),
    (
        'items = ["clinic", "toxicity", "local_imaging", "systemic_imaging"]',
        'items = ["surgery"]',
        "schedule.clocks.visits.items",
        "surgery is a treatment step",
    ),
    (
        'anchor = "last_rt_day"\nsegments',
        'anchor = "end of RT"\nsegments',
        "schedule.clocks.visits.anchor",
        "must be one of first_rt_day, last_rt_day",
    ),
    (
        "months = [3, 6]",
        "months = [6, 3]",
        "schedule.clocks.visits.segments[1].months",
        "must rise from number to number",
    ),
    (
        "months = [3, 6]",
        "months = [0, 6]",
        "schedule.clocks.visits.segments[1].months",
        "whole numbers from 1 to 1200",
    ),
    (
        "months = [3, 6]",
        "months = [3, 6], days = [90]",
        "schedule.clocks.visits.segments[1]",
        "names both days and months",
    ),
    (
        "months = [3, 6]",
        "months = [3, 12]",
        "schedule.clocks.visits.segments[2]",
        "starts at months 12, while that one runs to months 12",
    ),
    (
        "months = [3, 6]",
        "every_months = 3, first_month = 3",
        "schedule.clocks.visits.segments[2]",
        "follows a segment without an end",
    ),
    (
        "first_month = 12, last_month = 60",
        "first_month = 1000000000",
        "schedule.clocks.visits.segments[2].first_month",
        "whole number from 1 to 1200, found 1000000000",
    ),
    (
        "last_month = 60",
        "last_month = 59",
        "schedule.clocks.visits.segments[2].last_month",
        "59 is not reached from 12 in steps of 6",
    ),
    (
        "last_month = 60",
        "last_month = 6",
        "schedule.clocks.visits.segments[2].last_month",
        "from 12 to 1200, found 6",
    ),
    (
        "every_months = 6",
        "every_months = 0",
        "schedule.clocks.visits.segments[2].every_months",
        "from 1 to 1200, found 0",
    ),
    (
        "before_days = 14",
        "before_days = -14",
        "schedule.clocks.visits.segments[1].window.before_days",
        "from 0 to 36500, found -14",
    ),
    (
        "before_days = 14",
        "before_days = 14, before_months = 1",
        "schedule.clocks.visits.segments[1].window.before_days",
        "stands beside before_months",
    ),
    (
        "before_days = 14",
        "before_days = 80",
        "schedule.clocks.visits.segments[1].window",
        "overlaps the window of the visit before",
    ),
    (
        "before_days = 30",
        "before_days = 160",
        "schedule.clocks.visits.segments[2].window",
        "windows of following visits overlap",
    ),
    (
        ", window = { before_days = 14, after_days = 14 }",
        "",
        "schedule.clocks.visits.segments[1].window",
        "is missing",
    ),
    ('ctcae = "4.03"', 'ctcae = "4.3"', "toxicity.ctcae", "one of 3.0, 4.03, 5.0, 6.0"),
    (
        'acute = { anchor = "last_rt_day", months = 3 }',
        'acute = { anchor = "last_rt_day" }',
        "toxicity.acute",
        "must name either days or months",
    ),
    ('[dose]\nunit = "Gy"', '[dose]\nunit = "cGy"', "dose.unit", "must be one of Gy, Gy(RBE)"),
    (
        '[dose]\nunit = "Gy"',
        '[dose]\nunit = "Gy(RBE)"',
        "dose.rbe_model",
        "belongs to doses in Gy(RBE)",
    ),
    ("tumour = 10", "tumour = 0", "dose.alpha_beta_gy.tumour", "a number above 0, found 0"),
    ("tumour = 10", "tumour = inf", "dose.alpha_beta_gy.tumour", "a number above 0, found inf"),
    ("tumour = 10", "tumour = nan", "dose.alpha_beta_gy.tumour", "a number above 0, found nan"),
    ("tumour = 10", "tumour = true", "dose.alpha_beta_gy.tumour", "a number above 0, found True"),
    ("dose = [45, 48]", "dose = [48, 45]", "dose.patterns.three_to_four.phases[1].dose", "lowest"),
    (
        'patient = ["sex", "birth_date"]',
        'patients = ["sex", "birth_date"]',
        "required.patients",
        "unknown key; did you mean patient?",
    ),
    (
        'patient = ["sex", "birth_date"]',
        'patient = ["Birth date"]',
        "required.patient",
        "must be names of fields",
    ),
    (
        "overdue_rounds_days = [7, 30, 60]",
        "overdue_rounds_days = [30, 7]",
        "reminders.overdue_rounds_days",
        "must rise",
    ),
    (
        "lost_after_days = 365",
        "lost_after_days = 60",
        "reminders.lost_after_days",
        "must lie after escalate_after_days",
    ),
    (
        'about = "schedule.merge_days"',
        'about = "schedule.merge_weeks"',
        "assumptions[4].about",
        "schedule.merge_weeks is no key path of this file",
    ),
]


def changed(preset: str, old: str, new: str) -> str:
    text = preset_text(preset)
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "path", "reason"), REFUSALS)
def test_a_bad_file_is_refused_with_file_path_and_reason(old, new, path, reason):
    with pytest.raises(ProtocolError) as refusal:
        read_protocol(changed("jinling", old, new), name="ours.toml")
    assert str(refusal.value).startswith(f"ours.toml: {path}: ")
    assert reason in str(refusal.value)
    assert (refusal.value.name, refusal.value.path) == ("ours.toml", path)


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ('event = "first_rt_day"', 'event = "diagnosis"', "event", "one of surgery, first_rt_day"),
        ('anchor = "surgery"\nfrom', 'anchor = "first_rt_day"\nfrom', "anchor", "event itself"),
        ("until_days = 42", "until_days = 21", "until_days", "21 lies before from_days 28"),
    ],
)
def test_a_bad_treatment_step_is_refused(old, new, path, reason):
    with pytest.raises(
        ProtocolError, match=rf"^c: schedule\.steps\.radiotherapy\.{path}: .*{reason}"
    ):
        read_protocol(changed("cams", old, new), name="c")


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ('metric = "Mean"', 'metric = "Average"', "any_of[2].metric", "TG-263 metric"),
        ('unit = "Gy", at_most = 20', 'unit = "cGy", at_most = 20', "any_of[2].unit", "one of Gy"),
        ("at_most = 20 }", "at_most = 20, below = 20 }", "any_of[2]", "either at_most or below"),
        ('structures = ["Kidneys"]', 'structures = ["Both kidneys"]', "structures", "TG-263"),
    ],
)
def test_a_bad_dose_constraint_is_refused(old, new, path, reason):
    with pytest.raises(ProtocolError) as refusal:
        read_protocol(changed("cams", old, new), name="c")
    assert refusal.value.path == f"constraints.kidneys.{path}"
    assert reason in refusal.value.reason


def test_an_endpoint_that_stands_twice_is_refused():
    text = changed("jinling", "[endpoints.OS]", "[endpoints.LC]")
    with pytest.raises(ProtocolError, match=r"twice: not valid TOML.*'LC'.* twice"):
        read_protocol(text, name="twice")


def test_text_that_is_no_toml_is_refused_with_its_line():
    with pytest.raises(ProtocolError, match=r"^broken: not valid TOML: .*line 2"):
        read_protocol('key = "a"\ntitle\n', name="broken")


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = 1" + "0" * 10_000])
def test_text_made_to_overwhelm_the_reader_is_refused(text):
    with pytest.raises(ProtocolError, match=r"^hostile: not valid TOML"):
        read_protocol(text, name="hostile")


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "Überleben"'.encode("latin-1"))
    with pytest.raises(ProtocolError, match=r"^latin\.toml: is not UTF-8 text \(byte 9\)"):
        read_protocol(path)


def test_a_study_without_any_endpoint_is_refused():
    text = preset_text("tcga_sarc")
    start, end = text.index("[endpoints.OS]"), text.index("[toxicity]")
    with pytest.raises(ProtocolError, match=r"^none: endpoints: is missing"):
        read_protocol(text[:start] + text[end:], name="none")


def test_late_toxicity_without_a_border_is_refused():
    text = changed(
        "tcga_sarc", 'competing = ["death_any"]', 'competing = ["late_toxicity_grade_2"]'
    )
    with pytest.raises(ProtocolError, match=r"^t: endpoints\.LC: counts late toxicity.*no border"):
        read_protocol(text, name="t")


def test_a_treatment_study_without_a_schedule_is_refused():
    with pytest.raises(ProtocolError, match=r"schedule: is missing: patients of a treatment"):
        read_protocol(changed("tcga_sarc", "observational", "treatment"), name="t")


def test_a_schedule_without_reminders_is_refused():
    with pytest.raises(ProtocolError, match=r"reminders: .*belong together"):
        read_protocol(changed("jinling", "[reminders]", "[nudges]"), name="t")


def test_a_duplicate_word_within_a_table_of_days_is_refused():
    with pytest.raises(ProtocolError, match=r"segments\[1\]\.days: must rise"):
        read_protocol(changed("preop", "days = [30, 60,", "days = [30, 30,"), name="t")


def test_a_file_is_read_by_its_path_and_called_by_its_name(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(changed("jinling", 'unit = "lesion"', 'unit = "leson"'), encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"^own\.toml: endpoints\.LC\.unit: "):
        read_protocol(path)


def test_an_endpoint_without_competing_events_and_population_takes_the_plain_ones():
    overall = read_protocol(preset_text("jinling"), name="j").endpoint("OS")
    assert overall.competing == ()
    assert overall.population is Population.ALL
    assert overall.horizon_days is None
    assert overall.events == (EventKind.DEATH_ANY,)
