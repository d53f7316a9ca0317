"""Days from a visit to its entry: by whom it came, and quartiles by hand."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from followup.selectors.follow_up.entry_delay import EntryDelay, entry_delays, quantile
from followup.selectors.follow_up.reach import Period, Reach
from registry.audit import recorded
from registry.models import Assessment, AuditEvent, Enrolment
from registry.scope import system_scope
from tests.factories import AssessmentFactory, EnrolmentFactory, data_manager


@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([5], (5, 5, 5)),
        ([1, 2], (1.25, 1.5, 1.75)),
        # Of four values the places are 0.75, 1.5 and 2.25, counted from 0.
        ([1, 2, 3, 4], (1.75, 2.5, 3.25)),
        ([0, 0, 0, 40], (0, 0, 10)),
        ([7, 1, 3, 3, 9], (3, 3, 7)),
    ],
)
def test_quartiles_lie_between_the_values_as_in_r(values, quartiles) -> None:
    assert EntryDelay(Counter(values)).quartiles == quartiles


def test_nothing_has_no_quartiles() -> None:
    assert EntryDelay(imported=3).quartiles is None
    assert EntryDelay().median is None
    with pytest.raises(ValueError, match="no quantile"):
        quantile({}, 0.5)


def test_centres_are_put_together_by_their_visits_and_not_by_their_medians() -> None:
    one, other = EntryDelay({1: 3}, 2), EntryDelay({1: 1, 9: 1}, 1)

    assert one + other == EntryDelay({1: 4, 9: 1}, 3)
    assert (one + other).median == 1


@pytest.fixture
def enrolment() -> Enrolment:
    return EnrolmentFactory.create()


def visit_entered(enrolment: Enrolment, days_ago: int, *, by, origin: str = "POST /enter/") -> int:
    """A visit so many days ago that comes in now; the days between, by the clock of the trail."""
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    with recorded(by=by, origin=origin):
        visit = AssessmentFactory.create(patient=enrolment.patient, assessed_on=day.isoformat())
    event = AuditEvent.objects.get(table="registry_assessment", row_id=visit.pk)
    return (event.at.astimezone(dt.UTC).date() - day).days


def delays(enrolment: Enrolment) -> EntryDelay:
    """The delays of the study over a year."""
    today = timezone.localdate()
    with system_scope():
        found = entry_delays(Reach((enrolment.study,)), Period(today - dt.timedelta(365), today))
    return found.get((enrolment.study_id, enrolment.patient.centre_id), EntryDelay())


@pytest.mark.django_db
@pytest.mark.services
def test_a_visit_counts_from_its_day_to_that_on_which_a_person_entered_it(enrolment) -> None:
    person = data_manager(enrolment.patient.centre)
    days = [visit_entered(enrolment, ago, by=person) for ago in (3, 10, 10)]

    # A later change is no entry.
    with recorded(by=person, reason="It was wrong."), system_scope():
        Assessment.objects.filter(patient=enrolment.patient).update(ecog=1)

    assert delays(enrolment) == EntryDelay(Counter(days))
    assert delays(enrolment).median == days[1]


@pytest.mark.django_db
@pytest.mark.services
@pytest.mark.parametrize("origin", ["import 5b7c", "import_cases patients.csv"])
def test_what_was_imported_counts_apart(enrolment, origin: str) -> None:
    person = data_manager(enrolment.patient.centre)
    visit_entered(enrolment, 5, by=person, origin=origin)
    visit_entered(enrolment, 5, by=None)

    assert delays(enrolment) == EntryDelay(imported=2)


@pytest.mark.django_db
@pytest.mark.services
def test_visits_without_a_day_of_another_year_or_taken_back_are_left_out(enrolment) -> None:
    person = data_manager(enrolment.patient.centre)
    visit_entered(enrolment, 400, by=person)
    month = timezone.localdate().isoformat()[:7]
    with recorded(by=person):
        AssessmentFactory.create(patient=enrolment.patient, assessed_on=month)
        AssessmentFactory.create(patient=enrolment.patient, assessed_on=None)
        AssessmentFactory.create(
            patient=enrolment.patient,
            assessed_on=timezone.localdate().isoformat(),
            voided_at=timezone.now(),
            void_reason="entered by mistake",
        )

    assert delays(enrolment) == EntryDelay()


@pytest.mark.django_db
@pytest.mark.services
def test_more_visits_ask_no_more_of_the_database(enrolment) -> None:
    person = data_manager(enrolment.patient.centre)
    visit_entered(enrolment, 5, by=person)
    reach, today = Reach((enrolment.study,)), timezone.localdate()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries, system_scope():
            entry_delays(reach, Period.before(today))
        return len(queries)

    few = asked()
    for ago in range(20, 30):
        visit_entered(enrolment, ago, by=person)

    assert asked() == few == 1
