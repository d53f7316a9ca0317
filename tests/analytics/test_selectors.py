"""The curves of a study page."""

import pytest
from django.utils import timezone

from analytics.selectors import shown_curves, shown_first
from registry.scope import scoped_to, system_scope
from tests.analytics.extract.cohort import enrol, follow, irradiate, study_of
from tests.factories import coordinator, data_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    return study_of("cnao")


def study_curves(study, codes=None):
    return shown_curves(study, codes, now=timezone.now()).curves


def codes(curves):
    return [curve.result.endpoint.code for curve in curves]


def test_local_control_and_overall_survival_come_first(study):
    follow(study, "P-1", 100, died=True)
    with system_scope():
        assert codes(study_curves(study)) == ["LC", "OS"]
        assert codes(study_curves(study, ["DPFS"])) == ["DPFS"]
    assert shown_first(study) == ["LC", "OS"]


def test_every_curve_comes_drawn_wide_and_narrow_with_ids_of_its_own(study):
    follow(study, "P-1", 100, died=True)
    with system_scope():
        curves = study_curves(study)
    drawings = [svg for curve in curves for svg in (curve.svg, curve.svg_compact)]
    assert all(svg.startswith("<svg") for svg in drawings)
    titles = [svg.split('<title id="')[1].split('"')[0] for svg in drawings]
    assert len(set(titles)) == 4


def test_where_there_is_nobody_yet_there_is_no_drawing(study):
    enrol(study, "P-1")
    with system_scope():
        curves = study_curves(study)
    assert [(curve.svg, curve.svg_compact) for curve in curves] == [("", ""), ("", "")]


def test_those_who_are_not_in_the_curve_are_counted_by_reason(study):
    follow(study, "P-1", 100, died=True)
    irradiate(enrol(study, "P-2"))
    irradiate(enrol(study, "P-3"))
    enrol(study, "P-4")
    with system_scope():
        overall = study_curves(study, ["OS"])[0]
    assert overall.excluded_by_reason == [
        ("no follow-up of the kind that the endpoint asks for", 2),
        ("day of the time origin not known", 1),
    ]


def test_a_data_manager_sees_the_own_centre_and_a_coordinator_the_whole_study(study):
    here = follow(study, "P-1", 100, died=True, centre="A").centre
    follow(study, "P-2", 200, died=False, centre="B")

    def seen_by(user):
        with scoped_to(user):
            (curve,) = study_curves(study, ["OS"])
        return curve.result.n, curve.result.events

    assert seen_by(data_manager(here)) == (1, 1)
    assert seen_by(coordinator(study)) == (2, 1)


def test_an_endpoint_that_the_study_does_not_have_is_named(study):
    with system_scope(), pytest.raises(LookupError, match="no endpoint PFS"):
        study_curves(study, ["PFS"])
