"""Freezing an analysis: who may, what is in it, and that it stays as it was."""

import csv
import datetime as dt
import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from analytics.models import Snapshot
from analytics.services import snapshots
from analytics.services.snapshots import freeze
from registry.errors import Refused
from registry.models import Assessment, Course, Death, Disease, Patient, Study
from registry.models.choices import Role
from registry.scope import ScopeError, scoped_to, system_scope
from tests.analytics.cohort.test_read import whole_case
from tests.analytics.extract.cohort import after, follow, study_of
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    UserFactory,
    coordinator,
    data_manager,
)
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study():
    study = study_of("jinling")
    follow(study, "P-1", 400, died=True)
    follow(study, "P-2", 500, died=False, centre="B")
    return study


def member(study, role):
    user = UserFactory.create()
    MembershipFactory.create(user=user, role=role, study=study)
    return user


def lines_of(snapshot, name="adtte.csv"):
    with zipfile.ZipFile(io.BytesIO(snapshot.bundle)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def overall_survival(snapshot):
    rows = [row for row in lines_of(snapshot) if row["PARAMCD"] == "OS"]
    return {row["USUBJID"]: (int(row["AVAL"]), int(row["CNSR"])) for row in rows}


def test_a_snapshot_holds_the_whole_study_whoever_makes_it(study):
    analyst = member(study, Role.ANALYST)
    with scoped_to(analyst):
        made = freeze(study=study, by=analyst, note="  for the board ")

    assert (made.number, made.made_by, made.note) == (1, analyst, "for the board")
    assert made.data_cut == timezone.localdate(timezone=timezone.get_default_timezone())
    assert made.patient_count == 2
    assert made.protocol_sha256 == study.protocol_version().sha256
    assert overall_survival(made) == {"P-1": (400, 0), "P-2": (500, 1)}


@pytest.mark.parametrize("role", [Role.MONITOR, Role.READER])
def test_who_defines_no_analyses_freezes_none(study, role):
    with pytest.raises(PermissionDenied):
        freeze(study=study, by=member(study, role))


def test_neither_does_a_centre_nor_a_coordinator_of_another_study(study):
    for stranger in (data_manager(CentreFactory.create()), coordinator(study_of("cams"))):
        with pytest.raises(PermissionDenied):
            freeze(study=study, by=stranger)


def test_numbers_are_consecutive_within_each_study(study):
    other = study_of("cams")
    numbers = [freeze(study=one, by=None).number for one in (study, other, study)]
    assert numbers == [1, 1, 2]


def test_a_number_that_somebody_took_meanwhile_is_left_to_them(study, monkeypatch):
    freeze(study=study, by=None)
    save, tried = models.Model.save, []

    def taken_once(self, *args, **kwargs):
        tried.append(self.number)
        if len(tried) == 1:
            self.number = 1
        return save(self, *args, **kwargs)

    monkeypatch.setattr(models.Model, "save", taken_once)
    assert freeze(study=study, by=None).number == 2
    assert len(tried) == 2


def test_the_database_refuses_to_change_or_remove_a_snapshot(study):
    made = freeze(study=study, by=None)
    with system_scope():
        for write in (
            lambda: Snapshot.objects.update(note="better"),
            lambda: Snapshot.objects.all()._raw_delete("default"),
            lambda: connection.cursor().execute("DELETE FROM analytics_snapshot"),
        ):
            with (
                pytest.raises(IntegrityError, match="not changed and not removed"),
                transaction.atomic(),
            ):
                write()
        assert Snapshot.objects.get().bundle_sha256 == made.bundle_sha256


def test_the_database_refuses_a_number_that_leaves_one_out(study):
    made = freeze(study=study, by=None)
    made.pk, made.number, made._state.adding = None, 3, True
    with (
        system_scope(),
        pytest.raises(IntegrityError, match="numbered one after the other"),
        transaction.atomic(),
    ):
        made.save()


def test_the_model_refuses_too(study):
    made = freeze(study=study, by=None)
    with pytest.raises(TypeError, match="not changed"):
        made.save()
    with pytest.raises(TypeError, match="not removed"):
        made.delete()
    with system_scope(), pytest.raises(models.ProtectedError):
        made.study.delete()


def test_outside_of_a_scope_and_of_the_whole_study_there_is_none(study):
    freeze(study=study, by=None)
    with pytest.raises(ScopeError):
        Snapshot.objects.count()
    with scoped_to(data_manager(CentreFactory.create())):
        assert not Snapshot.objects.exists()
    with scoped_to(member(study, Role.READER)):
        assert Snapshot.objects.count() == 1


def test_a_cut_rebuilt_after_corrections_is_byte_for_byte_what_was_frozen_then(study):
    whole_case(study, "P-3")
    cut = dt.date(2021, 6, 30)
    a_moment_later()
    then = freeze(study=study, data_cut=cut, known_at=timezone.now(), by=None)
    a_moment_later()
    with system_scope():
        Death.objects.update(died_on=after(100))
        Course.objects.filter(patient__pseudonym="P-3").update(technique="imrt")
        Assessment.objects.all().delete()
        Patient.objects.filter(pseudonym="P-3").update(sex="male")
    follow(study, "P-4", 90, died=True)

    again = freeze(study=study, data_cut=cut, known_at=then.known_at, by=None)
    assert again.bundle == then.bundle
    assert (again.rows_sha256, again.patient_count) == (then.rows_sha256, 3)

    now = freeze(study=study, data_cut=cut, known_at=timezone.now(), by=None)
    assert overall_survival(then)["P-1"] == (400, 0)
    assert overall_survival(now)["P-1"] == (100, 0)
    assert now.patient_count == 4


def test_a_cut_in_the_past_takes_what_was_known_at_the_end_of_that_day(study):
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    with pytest.raises(Refused, match="Nothing of this study was on file then"):
        freeze(study=study, data_cut=today - dt.timedelta(days=1), by=None)
    with system_scope():
        assert not Snapshot.objects.exists()


def test_the_tables_and_the_trail_give_the_same_bytes(study):
    whole_case(study, "P-3")
    moment = a_moment_later()
    from_tables = freeze(study=study, by=None)
    from_trail = freeze(study=study, known_at=moment, by=None)
    assert from_tables.bundle == from_trail.bundle


def test_what_lies_in_the_future_and_a_note_that_is_too_long_are_refused(study):
    later = timezone.now() + dt.timedelta(days=2)
    with pytest.raises(Refused, match="in the future"):
        freeze(study=study, data_cut=later.date(), by=None)
    with pytest.raises(Refused, match="in the future"):
        freeze(study=study, known_at=later, by=None)
    with pytest.raises(Refused, match="At most 4000"):
        freeze(study=study, by=None, note="x" * 4001)


def test_relative_dates_are_neither_cut_nor_shown(study):
    Study.objects.filter(pk=study.pk).update(dates_are_relative=True)
    study.refresh_from_db()
    with pytest.raises(Refused, match="relative"):
        freeze(study=study, data_cut=dt.date(2021, 1, 1), by=None)
    made = freeze(study=study, by=None)
    assert made.data_cut is None
    assert not {"STARTDT", "ADT"} & lines_of(made)[0].keys()
    assert "started" not in lines_of(made, "courses.csv")[0]


def test_killed_before_it_is_stored_nothing_is_left(study, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    for name in ("make_bundle", "_stored"):
        with monkeypatch.context() as patch:
            patch.setattr(snapshots, name, killed)
            with pytest.raises(KeyboardInterrupt):
                freeze(study=study, by=None)
    assert freeze(study=study, by=None).number == 1


def test_hostile_text_stays_text(study):
    whole_case(study, "P-3")
    hostile = '=HYPERLINK("x"),\n"<script>alert(1)</script>'
    with system_scope():
        Disease.objects.update(histology=hostile, diagnosed_on=after(-100))
    Study.objects.filter(pk=study.pk).update(title="<script>alert(2)</script>")
    study.refresh_from_db()
    made = freeze(study=study, by=None)
    (row,) = [row for row in lines_of(made, "patients.csv") if row["USUBJID"] == "P-3"]
    assert row["histology"] == f"'{hostile}"
    with zipfile.ZipFile(io.BytesIO(made.bundle)) as archive:
        drawn = [archive.read(name) for name in archive.namelist() if name.endswith(".svg")]
    assert drawn
    assert not [svg for svg in drawn if b"<script" in svg]


@pytest.mark.services(only=True)
@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_the_study_is_read_is_not_in_it():
    """Two sessions of PostgreSQL: the second one writes between two queries of the first."""
    study = study_of("jinling")
    other = connection.copy()
    with snapshots.one_state():
        before = Study.objects.get(pk=study.pk).title
        with other.cursor() as cursor:
            cursor.execute("UPDATE registry_study SET title = 'Another'")
        during = Study.objects.get(pk=study.pk).title
    other.close()
    assert during == before
    assert Study.objects.get(pk=study.pk).title == "Another"
