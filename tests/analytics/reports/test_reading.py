"""Who may open which copy, and lists that take as many queries for many reports as for one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.models import ReportCopy
from analytics.reports.reading import (
    MOST_ISSUES,
    copies_of,
    history,
    latest_copies,
    may_open,
    own_copy,
)
from analytics.reports.sight import Sight
from registry.models import Study, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.time_zones import installation_day
from tests.analytics.extract.cohort import study_of
from tests.analytics.reports.issuing import edition, issued, scheduled
from tests.analytics.reports.three_centres import at_centres, centre, on_study
from tests.factories import MembershipFactory, ParticipationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    study = study_of("jinling")
    for code in ("AMSEL", "BIRKE"):
        ParticipationFactory.create(study=study, centre__code=code)
    return study


def copy_to(reader: User, study: Study) -> ReportCopy:
    issued(scheduled(study, reader))
    return ReportCopy.objects.get()


def opens(user: User, copy: ReportCopy) -> bool:
    """By the rule, and by the list and the page, which are to agree with it."""
    found = may_open(user, copy)
    listed = copy in copies_of(user)
    assert found == listed == (own_copy(user, copy.pk) == copy)
    return found


def test_the_reader_opens_the_own_copy_and_nobody_else_does(study: Study) -> None:
    copy = copy_to(on_study(study, Role.READER), study)

    assert opens(copy.reader, copy)
    for other in (on_study(study, Role.READER), on_study(study, Role.COORDINATOR)):
        assert not may_open(other, copy)
        assert own_copy(other, copy.pk) is None
        assert copies_of(other) == []


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        (Role.COORDINATOR, Role.ANALYST, True),
        (Role.COORDINATOR, Role.READER, False),
        (Role.READER, Role.READER, True),
        (Role.READER, Role.MONITOR, True),
    ],
)
def test_a_copy_is_opened_as_long_as_what_it_tells_may_be_read(
    study: Study, then: Role, now: Role, expected: bool
) -> None:
    copy = copy_to(on_study(study, then), study)
    copy.reader.memberships.update(role=now)

    assert opens(copy.reader, copy) is expected


def test_who_lost_every_right_opens_nothing(study: Study) -> None:
    copy = copy_to(on_study(study, Role.COORDINATOR), study)
    copy.reader.memberships.update(ends_on=installation_day() - dt.timedelta(days=1))

    assert not opens(copy.reader, copy)


def test_a_reader_of_two_centres_who_loses_one_opens_the_copy_of_both_no_more(
    study: Study,
) -> None:
    person = at_centres("AMSEL", "BIRKE")
    copy = copy_to(person, study)
    assert opens(person, copy)

    person.memberships.filter(centre__code="BIRKE").delete()

    assert not opens(person, copy)


def test_who_has_another_centre_beside_opens_the_copy_of_the_first(study: Study) -> None:
    person = at_centres("AMSEL")
    copy = copy_to(person, study)
    MembershipFactory.create(user=person, role=Role.DATA_MANAGER, centre=centre("BIRKE"))

    assert opens(person, copy)


def test_a_centre_that_takes_no_part_any_more_opens_nothing(study: Study) -> None:
    person = at_centres("AMSEL")
    copy = copy_to(person, study)
    study.participations.filter(centre__code="AMSEL").delete()

    assert not opens(person, copy)


def test_a_centre_opens_no_copy_of_the_whole_study(study: Study) -> None:
    """Not even of figures: it reads of the others without their names only."""
    person = at_centres("AMSEL")
    copy = copy_to(person, study)
    for sight in (Sight(), Sight(reads_cases=False), Sight((centre("BIRKE").pk,))):
        copy.edition = edition(copy.issue, sight)
        copy.save()
        assert not opens(person, copy)


def test_of_each_study_the_newest_copy_counts_and_no_test(study: Study) -> None:
    reader = on_study(study, Role.COORDINATOR)
    cams = study_of("cams")
    MembershipFactory.create(user=reader, role=Role.READER, study=cams)
    ours, theirs = scheduled(study, reader), scheduled(cams, reader)
    issued(ours, number=1)
    newest = [issued(ours, number=2), issued(theirs, number=1)]
    issued(ours, number=3, tests_for=reader, occasion="test")

    assert [copy.issue for copy in latest_copies(reader)] == newest[::-1]
    assert [copy.issue.number for copy in copies_of(reader, study)] == [3, 2, 1]


def queries(of: object) -> int:
    assert callable(of)
    with CaptureQueriesContext(connection) as captured:
        of()
    return len(captured)


def test_fifty_reports_to_twenty_readers_take_as_many_queries_as_one_to_one(
    study: Study,
) -> None:
    first = on_study(study, Role.COORDINATOR)
    schedule = scheduled(study, first)
    issued(schedule, number=1)

    def ask() -> tuple[int, int]:
        with system_scope():
            return queries(lambda: history(study)), queries(lambda: copies_of(first, study))

    few = ask()
    schedule.readers.add(*(on_study(study, Role.READER) for _ in range(19)))
    for number in range(2, MOST_ISSUES + 3):
        issued(schedule, number=number)

    assert ask() == few
    with system_scope():
        found = history(study)
    assert len(found) == MOST_ISSUES
    assert found[0].issue.number == MOST_ISSUES + 2
    assert {len(one.sent) for one in found} == {20}
    assert all(sent.letter is not None for one in found for sent in one.sent)
    assert len(copies_of(first, study)) == MOST_ISSUES


def test_no_list_reads_files_or_archives(study: Study) -> None:
    reader = on_study(study, Role.COORDINATOR)
    issued(scheduled(study, reader, sends_file=True))

    with CaptureQueriesContext(connection) as captured, system_scope():
        history(study)
        copies_of(reader)
        own_copy(reader, ReportCopy.objects.get().pk)
    asked = " ".join(query["sql"] for query in captured.captured_queries)
    assert '"sight"' in asked
    for column in ("pdf", "html", "docx", "bundle"):
        assert f'"{column}"' not in asked
