"""The page on which people of a study group a covariate anew."""

import pytest
from django.urls import reverse

from analytics.covariate_forms import code_of
from analytics.models import StudyCovariate
from tests.analytics.tables.studies import followed, study_at
from tests.factories import coordinator, monitor

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def study():
    study, (centre,) = study_at("A")
    for size, grade in ((3, "1"), (8, "2"), (12, "3")):
        followed(study, centre, days=100, size_cm=size, grade=grade)
    return study


@pytest.fixture
def signed_in(client, study):
    client.force_login(coordinator(study, display_name="Coordinator"))
    return client


def address(study, query=""):
    return f"{reverse('analytics:covariates', args=[study.key])}?{query}"


def post(client, study, **values):
    return client.post(address(study), {"code": "", **values}, follow=True)


def test_borders_of_a_number_become_classes_of_the_workbench(signed_in, study):
    assert "Borders (cm)" in signed_in.get(address(study, "of=size_cm")).content.decode()
    response = post(
        signed_in, study, of="size_cm", label="Size, three classes", borders="5; 10", side="below"
    )
    html = response.content.decode()
    assert "Size, three classes was saved." in html
    assert "≤ 5 cm; &gt; 5 and ≤ 10 cm; &gt; 10 cm" in html
    assert "Coordinator" in html
    made = StudyCovariate.objects.get(study=study)
    assert (made.code, made.definition) == (
        "size_three_classes",
        {"borders": [5.0, 10.0], "upper_includes": False},
    )
    workbench = reverse("analytics:workbench", args=[study.key])
    page = signed_in.get(f"{workbench}?endpoint=OS&group=size_three_classes&small=1")
    assert "Overall survival by Size, three classes" in page.content.decode()


def test_categories_with_the_same_words_are_one_group(signed_in, study):
    form = signed_in.get(address(study, "of=grade")).content.decode()
    assert form.index("G1</label>") < form.index("G2</label>") < form.index("G3</label>")
    post(
        signed_in,
        study,
        of="grade",
        label="Low or high",
        code="low_high",
        **{"group-0": "Low", "group-1": "High", "group-2": "High", "group-3": ""},
    )
    made = StudyCovariate.objects.get(study=study)
    assert made.definition["groups"] == [
        {"code": "low", "label": "Low", "members": ["1"]},
        {"code": "high", "label": "High", "members": ["2", "3"]},
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"borders": "5; 5"}, "At least one border, each higher than the one before."),
        ({"borders": "five"}, "Write numbers with a semicolon between them."),
        ({"borders": "inf"}, "At least one border, each higher than the one before."),
        ({"label": ""}, "This field is required."),
        ({"code": "Ä"}, "At most 40 small letters, digits and _, with a letter first."),
        ({"code": "size_5"}, "There is a covariate size_5 already."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(signed_in, study, values, said):
    given = {"of": "size_cm", "label": "Mine", "borders": "5", "side": "above"} | values
    response = signed_in.post(address(study), given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not StudyCovariate.objects.exists()


def test_one_group_is_none(signed_in, study):
    response = post(signed_in, study, of="grade", label="Mine", **{"group-0": "All"})
    assert "Name at least two groups beside the categories." in response.content.decode()


def test_hostile_words_stay_words(signed_in, study):
    post(
        signed_in,
        study,
        of="grade",
        label=HOSTILE,
        **{"group-0": "=1+1", "group-1": f"{HOSTILE}2", "group-2": "=1+1"},
    )
    code = StudyCovariate.objects.get(study=study).code
    pages = [
        address(study),
        f"{reverse('analytics:workbench', args=[study.key])}?group={code}&small=1",
        f"{reverse('analytics:tables', args=[study.key])}?by={code}",
    ]
    for page in pages:
        html = signed_in.get(page, follow=True).content.decode()
        assert "alert(1)" in html
        assert "<script>alert" not in html


def test_who_defines_no_analyses_reads_them_and_makes_none(client, study):
    client.force_login(monitor(study))
    html = client.get(address(study, "of=grade")).content.decode()
    assert "Coordinators and analysts of the study make groupings." in html
    assert "New grouping" not in html
    response = post(client, study, of="size_cm", label="Mine", borders="5", side="above")
    assert response.status_code == 403
    assert not StudyCovariate.objects.exists()


def test_a_grouping_is_not_grouped_again(signed_in, study):
    assert "Save" not in signed_in.get(address(study, "of=size_5")).content.decode()
    assert post(signed_in, study, of="nothing", label="Mine").status_code == 422


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Size, three classes", "size_three_classes"),
        ("Größe", "groe"),
        ("5 cm", "g_5_cm"),
        ("—", "g"),
    ],
)
def test_a_code_is_made_of_the_label(label, code):
    assert code_of(label) == code
