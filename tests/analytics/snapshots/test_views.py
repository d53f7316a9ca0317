"""Pages of snapshots, as people of the study and others meet them."""

import datetime as dt

import pytest
from django.utils import timezone

from analytics.models import Snapshot
from analytics.services.snapshots import freeze
from registry.models.choices import Role
from registry.scope import system_scope
from tests.analytics.extract.cohort import follow, study_of
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
    data_manager,
)

pytestmark = pytest.mark.django_db

LIST = "/studies/jinling/snapshots/"


@pytest.fixture
def study():
    study = study_of("jinling")
    for number in range(6):
        follow(study, f"P-{number}", 300 + number, died=number % 2)
    return study


@pytest.fixture
def visit(client, study):
    def as_role(role):
        user = UserFactory.create()
        MembershipFactory.create(user=user, role=role, study=study)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return as_role


def test_an_analyst_makes_one_and_is_led_to_it(visit, study):
    client = visit(Role.ANALYST)
    answer = client.post(LIST, {"known": "then", "data_cut": "", "note": "<b>First</b>"})
    assert answer["Location"] == f"{LIST}1/"
    page = client.get(f"{LIST}1/").content.decode()
    assert "&lt;b&gt;First&lt;/b&gt;" in page
    assert "curves-os" in page
    assert "P-1" not in page


def test_a_data_cut_known_now_is_asked_for_in_the_form(visit, study):
    client = visit(Role.COORDINATOR)
    asked = {"data_cut": "2021-06-30", "note": ""}
    refused = client.post(LIST, asked | {"known": "then"})
    assert refused.status_code == 422
    assert "Nothing of this study was on file then." in refused.content.decode()
    assert client.post(LIST, asked | {"known": "now"}).status_code == 302
    with system_scope():
        made = Snapshot.objects.get()
    assert made.data_cut == dt.date(2021, 6, 30)
    assert timezone.now() - made.known_at < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("role", "post", "bundle"), [(Role.MONITOR, 403, 200), (Role.READER, 403, 403)]
)
def test_others_of_the_study_read_and_make_none(visit, study, role, post, bundle):
    freeze(study=study, by=None)
    client = visit(role)
    assert client.get(LIST).status_code == 200
    assert client.post(LIST, {"known": "then"}).status_code == post
    assert client.get(f"{LIST}1/").status_code == 200
    assert client.get(f"{LIST}1/bundle.zip").status_code == bundle


def test_the_file_is_what_was_frozen(visit, study):
    made = freeze(study=study, by=None)
    answer = visit(Role.ANALYST).get(f"{LIST}1/bundle.zip")
    assert answer.content == made.bundle
    assert answer["Content-Disposition"] == 'attachment; filename="jinling-snapshot-1.zip"'


def test_a_centre_of_the_study_does_not_find_them(client, study):
    freeze(study=study, by=None)
    centre = CentreFactory.create()
    user = data_manager(centre)
    ParticipationFactory.create(study=study, centre=centre)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for address in (LIST, f"{LIST}1/", f"{LIST}1/bundle.zip", f"{LIST}compare/"):
        assert client.get(address).status_code == 404, address


def test_of_a_handful_of_patients_a_reader_of_figures_is_shown_nothing(visit):
    study = study_of("jinling")
    with system_scope():
        study.enrolments.filter(patient__pseudonym__in=["P-0", "P-1"]).update(
            voided_at=timezone.now(), void_reason="no consent"
        )
    freeze(study=study, by=None)
    few = "Fewer than 5 patients"
    page = visit(Role.READER).get(f"{LIST}1/").content.decode()
    assert few in page
    assert "curves-os" not in page
    assert few not in visit(Role.ANALYST).get(f"{LIST}1/").content.decode()


def test_two_are_compared_the_newest_first_offered(visit, study):
    client = visit(Role.READER)
    assert "no two snapshots" in client.get(f"{LIST}compare/").content.decode()
    freeze(study=study, by=None)
    follow(study, "P-9", 90, died=True)
    freeze(study=study, by=None)
    page = client.get(f"{LIST}compare/").content.decode()
    assert "Snapshots 1 and 2" in page
    assert "P-9" not in page
    assert "Snapshots 2 and 1" in client.get(f"{LIST}compare/?old=2&new=1").content.decode()
    for wrong in ("old=1", "old=1&new=3", "old=x&new=1"):
        assert client.get(f"{LIST}compare/?{wrong}").status_code == 404
    assert "P-9" in visit(Role.ANALYST).get(f"{LIST}compare/").content.decode()
