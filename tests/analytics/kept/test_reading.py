"""Which table a reader gets, cut to what: kept and cut it is the one computed from the facts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.utils import timezone

from analytics import current
from analytics.current import current_results
from analytics.extract import times_to_events
from analytics.kept import changes
from analytics.kept.counts import day_counts, observed
from analytics.kept.reading import PATIENCE, exclusions_in_sight, rows_in_sight, standing
from analytics.models import KeptExclusion, KeptRow, StudyState
from analytics.observed import Observed
from registry.models import Centre, Patient, ProtocolVersion, Study, TemporaryAccess, User
from registry.scope import ScopeError, scoped_to
from tests.analytics.extract.cohort import after
from tests.analytics.kept.keeping import (
    keep,
    kept_centres,
    kept_codes,
    kept_pseudonyms,
    state_of,
    study_with_patients,
)
from tests.factories import (
    EnrolmentFactory,
    MembershipFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


@pytest.fixture
def study() -> Study:
    study = study_with_patients()
    keep(study)
    return study


def centre(code: str) -> Centre:
    return Centre.objects.get(code=code)


def of_one_centre(study: Study) -> User:
    return data_manager(centre("A"))


def of_two_centres(study: Study) -> User:
    user = data_manager(centre("A"))
    MembershipFactory.create(user=user, role="data_manager", centre=centre("C"))
    return user


def guest(study: Study) -> User:
    """Reads one case of another centre for a while: it is no part of the own figures."""
    user = data_manager(centre("A"))
    TemporaryAccess._base_manager.create(
        patient=Patient._base_manager.get(pseudonym="B-1"),
        user=user,
        reason="second opinion",
        given_by=coordinator(study),
        given_at=timezone.now(),
        ends_at=timezone.now() + dt.timedelta(days=7),
    )
    return user


def steering_another_study(study: Study) -> User:
    """Sees the own centre, and of centre B who is in the other study too."""
    other = ProtocolVersionFactory.create(study__key="cnao")
    EnrolmentFactory.create(
        patient=Patient._base_manager.get(pseudonym="B-2"),
        protocol_version=other,
        enrolled_on=after(-5),
    )
    user = data_manager(centre("A"))
    MembershipFactory.create(user=user, role="coordinator", study=other.study, centre=None)
    return user


READERS = {
    of_one_centre: "A",
    of_two_centres: "AC",
    guest: "A",
    steering_another_study: "AB",
    coordinator: "ABC",
    monitor: "ABC",
}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_kept_and_cut_is_what_the_facts_give_for_every_kind_of_reader(study, reader) -> None:
    endpoints = study.protocol_version().protocol.endpoints
    with scoped_to(reader(study)):
        live = [Observed.of_table(table) for table in times_to_events(study, endpoints)]
        kept = [observed(study, endpoint) for endpoint in endpoints]
        centres = [kept_centres(study, endpoint.code) for endpoint in endpoints]
    for found, expected in zip(kept, live, strict=True):
        assert found.numbers == expected.numbers
        assert one_by_one(found) == one_by_one(expected)
    assert set().union(*centres) == set(READERS[reader])


def one_by_one(found: Observed) -> list[tuple[object, ...]]:
    """Day, endings and patient of each patient or lesion."""
    n = np.ones(found.days.size, dtype=np.int64) if found.counts is None else found.counts
    patients = [""] * n.size if found.patients is None else found.patients
    columns = (found.days, found.event, found.event_or_death, patients)
    return sorted(zip(*(np.repeat(column, n).tolist() for column in columns), strict=True))


@pytest.mark.parametrize(
    ("reader", "may_be_stale", "waited", "is_kept", "is_stale"),
    [
        (coordinator, True, PATIENCE, True, True),
        (coordinator, True, PATIENCE + dt.timedelta(seconds=1), False, False),
        (coordinator, False, dt.timedelta(0), False, False),
        (of_one_centre, True, dt.timedelta(0), False, False),
    ],
)
def test_stale_tables_are_for_readers_of_the_whole_study_who_are_told_and_not_for_long(
    study, reader, may_be_stale, waited, is_kept, is_stale
) -> None:
    user, version = reader(study), study.protocol_version()
    changes.note([Patient._base_manager.get(pseudonym="A-1").pk], now=NOW)
    with scoped_to(user):
        found = standing(study, version, now=NOW + waited, may_be_stale=may_be_stale)
    assert (found.is_kept, found.is_stale) == (is_kept, is_stale)
    assert found.number == (0 if is_kept else 1)
    assert found.as_of == (state_of(study).kept_at if is_kept else NOW + waited)


def test_further_changes_do_not_make_stale_tables_younger(study) -> None:
    patient = Patient._base_manager.get(pseudonym="A-1")
    for seconds in (0, 20, 40):
        changes.note([patient.pk], now=NOW + dt.timedelta(seconds=seconds))
    with scoped_to(coordinator(study)):
        found = standing(
            study,
            study.protocol_version(),
            now=NOW + dt.timedelta(seconds=40),
            may_be_stale=True,
        )
    assert (found.is_kept, found.number) == (False, 3)


def test_another_protocol_version_is_answered_from_the_facts(study) -> None:
    first = study.protocol_version()
    ProtocolVersion.objects.create(
        study=study, number=2, effective_on=dt.date(2024, 1, 1), source=first.source
    )
    with scoped_to(coordinator(study)):
        second = study.protocol_version()
        assert not standing(study, second, now=NOW, may_be_stale=True).is_kept


def test_without_tables_the_answer_comes_from_the_facts() -> None:
    study = study_with_patients("cnao")
    version = study.protocol_version()
    with scoped_to(coordinator(study)):
        found = standing(study, version, now=NOW, may_be_stale=True)
    assert (found.is_kept, found.mark) == (False, "1.0")


def test_who_has_left_the_centre_is_gone_even_before_anybody_is_told(study) -> None:
    """The cut goes by who is seen at this moment, not by the centre that was kept."""
    Patient._base_manager.filter(pseudonym="A-1").update(centre=centre("B"))
    user = data_manager(centre("A"))
    assert kept_pseudonyms(study, "OS", user) == {"A-2", "A-4", "A-5"}


def test_rows_that_are_replaced_while_they_are_read_are_not_shown(study, monkeypatch) -> None:
    """Counts and who is left out come by several queries: of two sets of rows they were wrong."""

    def read(*args):
        found = observed(*args)
        changes.note([Patient._base_manager.get(pseudonym="A-1").pk], now=NOW)
        keep(study)
        return found

    with scoped_to(coordinator(study)):
        assert current_results(study, ["OS"], now=NOW).standing.is_kept
        monkeypatch.setattr(current, "observed", read)
        answer = current_results(study, ["OS"], now=NOW)
    assert (answer.standing.is_kept, answer.standing.as_of) == (False, NOW)
    assert answer.results[0].n == 12


def test_kept_rows_cannot_be_read_in_the_scope_of_a_person_or_outside_of_any(study) -> None:
    for model in (KeptRow, KeptExclusion):
        for user in (data_manager(centre("A")), coordinator(study)):
            with scoped_to(user), pytest.raises(ScopeError, match="kept.reading"):
                model.objects.count()
        with pytest.raises(ScopeError):
            model.objects.all()
    for read in (rows_in_sight, exclusions_in_sight, day_counts):
        with pytest.raises(ScopeError):
            read(study, "OS")


def test_a_study_that_is_kept_for_the_first_time_has_every_endpoint_of_its_protocol(study) -> None:
    assert kept_codes(study) == {
        endpoint.code for endpoint in study.protocol_version().protocol.endpoints
    }
    assert StudyState.objects.count() == 1
