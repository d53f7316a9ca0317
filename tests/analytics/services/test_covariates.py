"""Groupings that people of a study make."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from analytics.cohort.read import read_cohort
from analytics.covariates import catalogue
from analytics.covariates.cuts import Group, Groups, Thresholds
from analytics.models import StudyCovariate
from analytics.services.covariates import add_covariate
from registry.errors import Refused
from registry.models.choices import Role
from registry.scope import system_scope
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.cohort import study_of
from tests.factories import MembershipFactory, UserFactory, coordinator, monitor

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TWENTY = Thresholds((20.0,))


@pytest.fixture
def study():
    return study_of("jinling")


def add(study, **values):
    given: dict[str, Any] = {
        "code": "size_20",
        "label": "Giant",
        "of": "size_cm",
        "cut": TWENTY,
        "by": None,
    }
    return add_covariate(study=study, cohort=make_cohort(), **(given | values))


def test_a_grouping_is_saved_with_the_study_and_read_with_its_cohort(study):
    person = coordinator(study)
    saved = add(study, by=person)
    assert (saved.created_by, saved.kind) == (person, "thresholds")
    with system_scope():
        cohort = read_cohort(study)
        other = read_cohort(study_of("cnao"))
    one = catalogue(cohort)["size_20"]
    assert (one.label, one.of, one.codes) == ("Giant", "size_cm", ("lt20", "ge20"))
    assert "size_20" not in catalogue(other)


def test_coordinators_and_analysts_of_the_study_may_and_others_may_not(study):
    analyst = UserFactory.create()
    MembershipFactory.create(user=analyst, role=Role.ANALYST, study=study)
    add(study, by=analyst)
    for person in (monitor(study), coordinator(study_of("cnao")), UserFactory.create()):
        with pytest.raises(PermissionDenied):
            add(study, code="other", label="Other", by=person)
    assert StudyCovariate.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"code": "Size 20"}, "code", "small letters"),
        ({"code": "size_5"}, "code", "There is a covariate size_5 already"),
        # The name of a state that begins later.
        ({"code": "distant_progression"}, "code", "a covariate distant_progression already"),
        ({"label": " "}, "label", "needed"),
        ({"label": "x" * 81}, "label", "At most 80"),
        ({"of": "colour"}, "of", "no covariate colour"),
        ({"of": "response"}, "of", "becomes known only after the time origin"),
        ({"of": "size_5"}, "of", "group size_cm"),
        ({"of": "grade"}, "definition", "has categories"),
        (
            {"cut": Groups((Group("a", "A", ("1",)), Group("b", "B", ("2",))))},
            "definition",
            "size_cm is a number",
        ),
        (
            {
                "of": "grade",
                "cut": Groups((Group("a", "A", ("1",)), Group("b", "B", ("4",)))),
            },
            "definition",
            "no category 4; there are 1, 2, 3, x",
        ),
        (
            {
                "of": "grade",
                "cut": Groups((Group("a", "", ("1",)), Group("b", "B", ("2",)))),
            },
            "definition",
            "needs a label",
        ),
    ],
)
def test_what_does_not_fit_is_refused_by_field(study, values, field, message):
    with pytest.raises(Refused, match=message) as raised:
        add(study, **values)
    assert [finding.field for finding in raised.value.findings] == [field]
    assert not StudyCovariate.objects.exists()


def test_a_code_is_taken_once_for_good(study):
    add(study)
    with pytest.raises(Refused, match="taken"):
        add(study, label="Another")


def test_a_saved_grouping_is_not_changed(study):
    saved = add(study)
    saved.label = "Huge"
    with pytest.raises(TypeError, match="make a new one"):
        saved.save()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"code": "A b"}, "studycovariate_code_is_one"),
        ({"label": ""}, "studycovariate_has_label"),
        ({"kind": "magic"}, "studycovariate_"),
        ({"kind": "groups"}, "studycovariate_definition_is_of_its_kind"),
    ],
)
def test_the_database_refuses_what_is_no_grouping(study, values, constraint):
    row = {
        "study": study,
        "code": "size_20",
        "label": "Giant",
        "of": "size_cm",
        "kind": "thresholds",
        "definition": {"borders": [20], "upper_includes": True},
        "created_at": dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StudyCovariate.objects.create(**(row | values))
