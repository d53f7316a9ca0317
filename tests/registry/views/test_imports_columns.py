"""How the files of an import are read: columns by hand, kept mappings, mappings from a file."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client

from registry.models import ImportState, Patient, SavedMapping
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    data_manager,
)
from tests.registry.importing import (
    World,
    body,
    csv_file,
    importing,
    page,
    strangers,
)

__all__ = ["importing"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, importing: World) -> Client:
    client.force_login(importing.manager)
    return client


FOREIGN = "Subject,Geschlecht,Birth Date,Shoe size\nA-1,female,1960,39\n"


def test_columns_are_recognised_and_the_rest_is_chosen_and_kept(
    signed_in: Client, importing: World
) -> None:
    upload = importing.upload(csv_file("people.csv", FOREIGN), native=False)
    shown = body(signed_in.get(page("columns", upload)))
    chosen = re.findall(r'<option value="(\w*)" selected>', shown)
    assert chosen == ["patients", "pseudonym", "", "birth_date", ""]

    sent = {
        "table-0": "patients",
        "table-0-shown": "patients",
        "table-0-0": "pseudonym",
        "table-0-1": "sex",
        "table-0-2": "birth_date",
        "table-0-3": "",
        "name": "Our people",
    }
    answer = signed_in.post(page("columns", upload), sent)

    assert answer.headers["Location"] == page("preview", upload)
    upload = importing.check(importing.fresh(upload))
    assert upload.counts["patients_in"] == 1
    upload = importing.bring_in(upload)
    with system_scope():
        assert Patient.objects.get().sex == "female"
    kept = SavedMapping._base_manager.get()
    assert (kept.name, kept.centre, kept.study) == ("Our people", importing.centre, None)

    # Next time, for a file of another name, it is there to be picked.
    again = importing.upload(csv_file("people of May.csv", FOREIGN), native=False)
    assert "Saved: Our people" in body(signed_in.get(page("mapping", again)))
    signed_in.post(page("mapping", again), {"how": f"saved-{kept.pk}"})
    again = importing.check(importing.fresh(again))
    assert again.counts["tables"]["patients"] == {"created": 0, "changed": 0, "unchanged": 1}


def test_choices_that_cannot_work_are_named(signed_in: Client, importing: World) -> None:
    upload = importing.upload(csv_file("people.csv", FOREIGN), native=False)
    sent = {
        "table-0": "deaths",
        "table-0-shown": "deaths",
        "table-0-1": "cause",
        "table-0-2": "cause",
    }

    shown = signed_in.post(page("columns", upload), sent)

    assert shown.status_code == 400
    assert "choose the column with the pseudonym" in body(shown)
    assert "“cause” is chosen for two columns" in body(shown)
    nothing = signed_in.post(page("columns", upload), {"table-0": ""})
    assert "at least one of the files" in body(nothing)


def test_another_table_brings_its_own_proposals(signed_in: Client, importing: World) -> None:
    upload = importing.upload(csv_file("x.csv", "patient,died on\nA-1,2020\n"), native=False)

    shown = body(signed_in.get(page("columns_of", upload, 0), {"table-0": "deaths"}))

    assert re.findall(r'<option value="(\w*)" selected>', shown) == ["patient", "died_on"]
    assert signed_in.get(page("columns_of", upload, 7)).status_code == 404


def test_a_shared_mapping_is_offered_to_the_other_centres_of_the_study_only(
    signed_in: Client, importing: World, client: Client
) -> None:
    source = 'title = "T"\n[sources.a]\nfile = "a.csv"\npatient = "id"\n'
    source += '[[rows]]\ntable = "patients"\nfrom = "a"\n'
    text = csv_file("m.toml", source)
    upload = importing.upload(csv_file("a.csv", "id\nA-1\n"), native=False)
    sent = {"how": "text", "text": text, "name": "Shared", "share": "on"}
    assert signed_in.post(page("mapping", upload), sent).status_code == 302

    people = strangers(importing)
    stranger = data_manager(CentreFactory.create(code="Z"))
    for person, number in ((people["other centre"], 1), (stranger, 0)):
        assert SavedMapping.objects.visible_to(person).count() == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"title = ", "m.toml"),
        (b"\xff\xfe", "The file is not UTF-8 text"),
        (b'title = "T"\n[sources.a]\nfile = "a.csv"\n', "patient"),
        (b"[" * 5000, "m.toml"),
    ],
)
def test_a_text_that_is_no_mapping_is_refused_in_words(
    signed_in: Client, importing: World, text, message
) -> None:
    upload = importing.upload(csv_file("a.csv", "id\nA-1\n"), native=False)
    file = csv_file("m.toml", "")
    file.file = io.BytesIO(text)
    file.size = len(text)

    shown = signed_in.post(page("mapping", upload), {"how": "text", "text": file})

    assert shown.status_code == 400
    assert message in body(shown)
    assert importing.fresh(upload).state == ImportState.UPLOADED
