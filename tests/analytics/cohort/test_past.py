"""A study as it was on file at a moment, rebuilt from the trail, equals what was read then."""

import datetime as dt

import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.cohort.read import read_cohort
from analytics.extract.table import table_of
from registry.models import Course, Death, Patient, Progression, Study, Target
from registry.scope import ScopeError, scoped_to, system_scope
from tests.analytics.cohort.test_read import FRAMES, void, whole_case
from tests.analytics.extract.cohort import after, die, enrol, follow, study_of
from tests.factories import ProtocolVersionFactory, ScreeningFactory, coordinator
from tests.registry.selectors.test_past_state import Writer, a_moment_later

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def read(study, **keywords):
    with system_scope():
        return read_cohort(study, **keywords)


def assert_same(one, other):
    """All frames, all endpoints and what belongs to the study itself."""
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    for endpoint in one.protocol.endpoints:
        ours, theirs = (table_of(cohort.facts, endpoint) for cohort in (one, other))
        pd.testing.assert_frame_equal(ours.rows, theirs.rows, obj=endpoint.code)
        assert ours.excluded == theirs.excluded
    for name in ("protocol", "protocol_version", "data_cut", "covariates"):
        assert getattr(one, name) == getattr(other, name), name


def test_the_past_is_what_was_read_then_whatever_was_written_since():
    study = study_of("jinling")
    patient = whole_case(study, "P-1")
    other = whole_case(study, "P-2")
    follow(study, "P-3", 400, died=True)
    ScreeningFactory.create(study=study, centre=patient.centre, number=77)
    then = read(study)
    moment = a_moment_later()

    with system_scope():
        Death.objects.update(died_on=after(90))
        Progression.objects.filter(patient=patient).delete()
        Course.objects.filter(patient=patient).update(started_on=after(3), technique="imrt")
        Patient.objects.filter(pk=patient.pk).update(sex="male", birth_date="1950")
    void(Target._base_manager.filter(course__patient=other).first())
    void(other)
    die(enrol(study, "P-4"), 10)
    ProtocolVersionFactory.create(study=study, number=2, effective_on=dt.date(2020, 1, 1))

    assert_same(read(study, known_at=moment), then)
    now = read(study)
    assert list(now.patients["USUBJID"]) == ["P-1", "P-3", "P-4"]
    assert now.protocol_version == 2


def test_of_writes_by_chance_each_past_state_is_what_the_tables_held():
    """All clinical tables: rows made, changed, voided and removed, in every order."""
    writer = Writer(seed=3)
    study = Study.objects.get()
    kept = []
    for step in range(120):
        writer.step()
        if step % 40 == 0:
            kept.append((a_moment_later(), read(study)))
    for moment, then in kept:
        assert_same(read(study, known_at=moment), then)


def test_before_anything_was_on_file_there_is_no_protocol():
    study = study_of("jinling")
    long_ago = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(study.protocol_version().DoesNotExist, match="no protocol then"):
        read(study, known_at=long_ago)


def test_a_person_rebuilds_no_past_state_of_a_study():
    study = study_of("jinling")
    with (
        scoped_to(coordinator(study)),
        pytest.raises(ScopeError, match="past state"),
    ):
        read_cohort(study, known_at=a_moment_later())


def test_the_number_of_queries_does_not_grow_with_the_patients():
    study = study_of("jinling")
    counts = set()
    for size in (2, 8):
        for number in range(size):
            whole_case(study, f"P-{size}-{number}")
        with CaptureQueriesContext(connection) as captured:
            read(study, known_at=a_moment_later())
        counts.add(len(captured))
    assert len(counts) == 1
