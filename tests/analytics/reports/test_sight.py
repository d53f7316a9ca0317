"""Of whose patients the report of each person is, in the worker as on the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pandas as pd
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.artefacts.parts import Part, Table
from analytics.cohort import Cohort
from analytics.cohort.read import read_cohort
from analytics.reports.files import FORMATS, report_bytes
from analytics.reports.report import Report, build_report
from analytics.reports.sight import Sight, sight_in_force, sight_of, within
from registry.models import Enrolment, Patient, Study, User
from registry.models.choices import Role
from registry.scope import Scope, ScopeError, scoped_to, system_scope, use_scope
from registry.time_zones import installation_day
from tests.access.collecting import plain
from tests.analytics.cohort.test_past import assert_same
from tests.analytics.cohort.test_read import FRAMES, void, whole_case
from tests.analytics.extract.cohort import enrol, study_of
from tests.analytics.reports.three_centres import (
    NAMES,
    at_centres,
    centre,
    on_study,
    pseudonyms,
    three_centres,
)
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    ScreeningFactory,
    UserFactory,
    administrator,
)
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 7, 10, 12, 30, tzinfo=dt.UTC)


@pytest.fixture
def study() -> Study:
    study = study_of("jinling")
    for code in ("AMSEL", "BIRKE", "CEDER"):
        ParticipationFactory.create(study=study, centre__code=code)
    return study


def key_of(*codes: str) -> Sight:
    return Sight(tuple(sorted(centre(code).pk for code in codes)))


class TestWhoSeesWhat:
    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MONITOR, Role.ANALYST])
    def test_who_reads_the_cases_of_the_study_sees_every_one(self, study: Study, role: Role):
        assert sight_of(on_study(study, role), study) == Sight()

    def test_a_reader_of_figures_sees_every_centre_without_cases(self, study: Study):
        assert sight_of(on_study(study, Role.READER), study) == Sight(reads_cases=False)

    def test_a_data_manager_sees_the_own_centres(self, study: Study):
        assert sight_of(at_centres("BIRKE"), study) == key_of("BIRKE")
        assert sight_of(at_centres("CEDER", "AMSEL"), study) == key_of("AMSEL", "CEDER")

    def test_a_centre_that_takes_no_part_adds_nothing(self, study: Study):
        elsewhere = CentreFactory.create(code="ELSE")
        person = at_centres("BIRKE", "ELSE")
        assert sight_of(person, study) == key_of("BIRKE")
        other = study_of("cams")
        ParticipationFactory.create(study=other, centre=elsewhere)
        assert sight_of(person, other) == Sight((elsewhere.pk,))

    def test_a_data_manager_who_reads_figures_too_sees_all_centres_and_no_case(self, study: Study):
        person = at_centres("BIRKE")
        MembershipFactory.create(user=person, role=Role.READER, study=study)
        assert sight_of(person, study) == Sight(reads_cases=False)

    def test_a_data_manager_who_coordinates_too_sees_everything(self, study: Study):
        person = at_centres("BIRKE")
        MembershipFactory.create(user=person, role=Role.COORDINATOR, study=study)
        assert sight_of(person, study) == Sight()

    def test_strangers_see_nothing(self, study: Study):
        for person in (
            UserFactory.create(),
            administrator(),
            on_study(study_of("cams"), Role.COORDINATOR),
        ):
            assert sight_of(person, study) is None

    def test_a_role_that_has_ended_shows_nothing_and_one_that_ends_today_still_does(
        self, study: Study
    ):
        person = on_study(study, Role.COORDINATOR)
        today = installation_day()
        person.memberships.update(ends_on=today)
        assert sight_of(person, study) == Sight()
        person.memberships.update(ends_on=today - dt.timedelta(days=1))
        assert sight_of(person, study) is None

    def test_one_of_two_roles_that_ends_leaves_the_other_centre(self, study: Study):
        person = at_centres("AMSEL", "BIRKE")
        yesterday = installation_day() - dt.timedelta(days=1)
        person.memberships.filter(centre__code="AMSEL").update(ends_on=yesterday)
        assert sight_of(person, study) == key_of("BIRKE")

    def test_who_was_deactivated_sees_nothing(self, study: Study):
        person = on_study(study, Role.COORDINATOR)
        User.objects.filter(pk=person.pk).update(is_active=False)
        person.refresh_from_db()
        assert sight_of(person, study) is None

    def test_no_centre_never_means_every_centre(self, study: Study):
        with use_scope(Scope()), pytest.raises(ScopeError, match="may read nothing of it"):
            sight_in_force(study)
        with pytest.raises(ScopeError):
            sight_in_force(study)
        with system_scope():
            assert sight_in_force(study) == Sight()


@pytest.mark.parametrize(
    ("sight", "key"),
    [
        (Sight(), "study"),
        (Sight(reads_cases=False), "study-figures"),
        (Sight((3,)), "3"),
        (Sight((3, 17)), "3,17"),
        (Sight((3, 17), reads_cases=False), "3,17-figures"),
    ],
)
def test_a_sight_is_written_by_a_key_and_read_again(sight: Sight, key: str) -> None:
    assert sight.key == key
    assert Sight.read(key) == sight
    assert Sight.read(key).for_sending.key == f"{key.removesuffix('-figures')}-figures"


@pytest.mark.parametrize("key", ["", "-figures", "3,", "study,3", "figures"])
def test_a_key_that_is_none_is_not_read_as_everything(key: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Sight.read(key)


def whole(study: Study, **more: dt.datetime) -> Cohort:
    with system_scope():
        return read_cohort(study, **more)


def case(study: Study, code: str, number: int) -> Patient:
    """A patient of the centre with a row of everything."""
    patient = whole_case(study, f"{code}-{number}")
    with system_scope():
        Patient.objects.filter(pk=patient.pk).update(centre=centre(code), version=2)
        patient.refresh_from_db()
    return patient


def hand_over(patient: Patient, code: str) -> None:
    with system_scope():
        Patient.objects.filter(pk=patient.pk).update(centre=centre(code), version=3)


@pytest.fixture
def busy(study: Study) -> Study:
    """Cases that were handed over, voided and taken out, screenings of every kind."""
    ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
    for code in ("AMSEL", "BIRKE", "CEDER"):
        for number in (1, 2, 3):
            case(study, code, number)
        ScreeningFactory.create(
            study=study,
            centre=centre(code),
            outcome="not_enrolled",
            reason_not_enrolled="declined",
        )
    moved = Patient._base_manager.get(pseudonym="AMSEL-3")
    ScreeningFactory.create(study=study, centre=centre("AMSEL"), patient=moved, outcome="enrolled")
    hand_over(moved, "BIRKE")
    void(Patient._base_manager.get(pseudonym="BIRKE-2"))
    void(Enrolment._base_manager.get(patient__pseudonym="CEDER-2"))
    voided = ScreeningFactory.create(study=study, centre=centre("AMSEL"))
    void(voided)
    enrol(study_of("cams"), "AMSEL-OTHER", centre="AMSEL")
    return study


class TestWithin:
    @pytest.mark.parametrize("codes", [["AMSEL"], ["BIRKE"], ["CEDER"], ["AMSEL", "CEDER"]])
    def test_the_study_cut_to_centres_is_what_their_people_read(
        self, busy: Study, codes: list[str]
    ) -> None:
        person = at_centres(*codes)
        with scoped_to(person):
            read = read_cohort(busy)

        cut = within(whole(busy), key_of(*codes), busy)

        assert_same(cut, read)
        assert cut.facts == read.facts
        assert len(cut.patients) > 1

    def test_of_the_whole_study_nothing_is_cut_off(self, busy: Study) -> None:
        everything = whole(busy)

        assert within(everything, Sight(), busy) is everything
        assert within(everything, Sight(reads_cases=False), busy) is everything

    def test_all_that_a_patient_has_goes_with_the_patient(self, busy: Study) -> None:
        amsel, birke = (within(whole(busy), key_of(code), busy) for code in ("AMSEL", "BIRKE"))

        assert list(amsel.patients["USUBJID"]) == ["AMSEL-1", "AMSEL-2"]
        assert list(birke.patients["USUBJID"]) == ["AMSEL-3", "BIRKE-1", "BIRKE-3"]
        for name in FRAMES:
            frame: pd.DataFrame = getattr(amsel, name)
            assert set(frame["USUBJID"]) - {""} == {"AMSEL-1", "AMSEL-2"}, name
            assert len(frame) >= 2, name

    def test_a_screening_counts_whose_patient_is_not_enrolled(self, busy: Study) -> None:
        cut = within(whole(busy), key_of("CEDER"), busy)

        assert "CEDER-2" not in set(cut.patients["USUBJID"])
        assert "CEDER-2" in set(cut.screenings["USUBJID"])

    def test_a_screening_without_a_patient_is_of_its_centre(self, busy: Study) -> None:
        cut = within(whole(busy), key_of("AMSEL"), busy)

        without = cut.screenings[cut.screenings["USUBJID"] == ""]
        assert list(zip(without["SITEID"], without["outcome"], strict=True)) == [
            ("AMSEL", "not_enrolled")
        ]

    def test_who_was_handed_over_since_is_told_of_to_the_new_centre_alone(
        self, study: Study
    ) -> None:
        """Of a moment that has passed too: the old centre reads nothing of the case any more."""
        ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
        patient = case(study, "AMSEL", 1)
        moment = a_moment_later()
        hand_over(patient, "BIRKE")
        then = whole(study, known_at=moment)

        assert list(then.patients["USUBJID"]) == ["AMSEL-1"]
        assert within(then, key_of("AMSEL"), study).patients.empty
        assert within(then, key_of("AMSEL"), study).screenings.empty
        assert list(within(then, key_of("BIRKE"), study).patients["USUBJID"]) == ["AMSEL-1"]

    def test_who_was_taken_back_since_is_told_of_to_no_centre(self, study: Study) -> None:
        ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
        patient = case(study, "AMSEL", 1)
        moment = a_moment_later()
        void(patient)
        then = whole(study, known_at=moment)

        assert len(then.patients) == 1
        assert within(then, key_of("AMSEL"), study).patients.empty


def test_the_page_of_a_data_manager_is_what_a_worker_makes_for_the_same_sight(
    client: Client,
) -> None:
    study = three_centres()
    person = at_centres("AMSEL")
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        page = client.get(reverse("analytics:report_file", args=[study.key, "html"])).content
        sight = sight_of(person, study)
        assert sight is not None
        with system_scope():
            made = build_report(study, sight=sight, made_at=timezone.localtime())

    assert page == report_bytes(made, "html")
    assert [block.key for block in made.blocks if block.failed] == []
    assert b"AMSEL" in page


def text_of(report: Report, ending: str) -> str:
    kind, _make = FORMATS[ending]
    return plain(kind.split(";")[0], report_bytes(report, ending))


@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
def test_no_edition_of_a_centre_tells_who_the_others_are(ending: str) -> None:
    study = three_centres()
    sight = key_of("AMSEL")

    for one in (sight, sight.for_sending):
        made = build_report(study, sight=one, made_at=NOW)
        text = text_of(made, ending)
        others = [*NAMES.values(), *pseudonyms("BIRKE", "CEDER"), "BIRKE", "CEDER"]
        others.remove(NAMES["AMSEL"])
        assert [word for word in others if word.lower() in text.lower()] == []
        assert "AMSEL" in text
        assert not [block.key for block in made.blocks if block.failed]


@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
def test_no_edition_of_figures_names_a_patient(ending: str) -> None:
    study = three_centres()

    for codes in ((), ("AMSEL",)):
        sight = key_of(*codes).for_sending
        text = text_of(build_report(study, sight=sight, made_at=NOW), ending)
        named = pseudonyms("AMSEL", "BIRKE", "CEDER")
        assert [word for word in named if word.lower() in text.lower()] == []
        assert "AMSEL" in text


SMALL = re.compile(r"[1-4]( \(|$)")
OF_FEW = re.compile(r"(?<![\d.,–])[1-4] (of|patients?|lesions?)\b")


def small_counts(report: Report) -> Iterator[str]:
    """Cells and sentences that tell of one to four patients or lesions of the study."""
    for block in report.blocks:
        for text in block.paragraphs:
            yield from (f"{block.key}: {found[0]}" for found in OF_FEW.finditer(text))
        for artefact in block.artefacts:
            for part in artefact.parts:
                yield from (f"{block.key}: {words}" for words in _of_part(part))


def _of_part(part: Part) -> Iterator[str]:
    if not isinstance(part, Table) and part.steps:
        return  # the numbers at risk of curves of enough rows are shown on every page
    table = part if isinstance(part, Table) else part.table
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=False):
            # A small count of a published series tells of nobody here.
            is_own = not table.key.startswith("published-") or row.label == "This study"
            if is_own and isinstance(cell.value, int) and SMALL.match(cell.text):
                yield f"{table.key} {row.label} {column.label}: {cell.text}"


def test_an_edition_of_figures_tells_no_small_count() -> None:
    study = three_centres()

    for codes in ((), ("AMSEL",), ("AMSEL", "CEDER")):
        figures = build_report(study, sight=key_of(*codes).for_sending, made_at=NOW)
        assert list(small_counts(figures)) == []


def test_small_counts_would_be_found() -> None:
    """Or the test above would pass on empty reports."""
    found = list(small_counts(build_report(three_centres(), sight=Sight(), made_at=NOW)))

    assert len(found) > 20
    assert "beside: beside CEDER Patients: 3" in found
    assert "accrual: accrual CEDER Hospital Cedernau Enrolled: 3" in found


def test_a_centre_with_three_patients_cannot_be_had_by_subtraction() -> None:
    """The report says how many there are in all, so one hidden line takes another with it."""
    study = three_centres()
    figures = build_report(
        study, sight=Sight(reads_cases=False), made_at=NOW, blocks=["accrual", "centres", "beside"]
    )

    shown = []
    for block in figures.blocks:
        table = block.artefacts[0].parts[0]
        assert isinstance(table, Table)
        shown.append({row.label.split()[0]: row.cells[0].text for row in table.rows})
    accrual, _completeness, beside = shown
    assert accrual == {"AMSEL": "8", "BIRKE": "*", "CEDER": "< 5", "All": "17"}
    assert {code: beside[code] for code in ("AMSEL", "BIRKE", "CEDER")} == {
        code: accrual[code] for code in ("AMSEL", "BIRKE", "CEDER")
    }


def test_a_report_of_figures_on_a_handful_of_own_patients_says_nothing() -> None:
    study = three_centres()

    made = build_report(study, sight=key_of("CEDER").for_sending, made_at=NOW)

    assert {block.said for block in made.blocks} == {
        ("Fewer than 5 patients: nothing is shown that would tell of single ones.",)
    }
