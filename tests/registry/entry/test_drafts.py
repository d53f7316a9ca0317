"""What was typed and not saved: kept, given back, also after the session ended."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from registry.models import Disease, Draft
from registry.scope import system_scope
from tests.factories import data_manager
from tests.factories.people import PASSWORD
from tests.registry.entry.conftest import DISEASE


class TestDrafts:
    """Typed and not saved."""

    def test_what_is_typed_comes_back_when_the_form_is_opened_again(self, desk):
        desk.live("disease", "new", DISEASE | {"user": str(desk.user.pk)})
        page = desk.client.get(desk.address("disease", "new")).content.decode()

        assert "Your unsaved entries are back" in page
        assert 'value="8,4"' in page
        assert 'value="2023-05"' in page

    def test_a_draft_is_gone_after_saving(self, desk):
        desk.live("disease", "new", DISEASE)
        desk.send("disease", "new", DISEASE)

        assert not Draft.objects.exists()

    def test_figures_asked_for_while_the_form_is_saved_leave_no_draft(self, desk):
        """The browser asks for the figures and sends the form in the same moment."""
        key = {"submission": "0b54b7c5-6d5c-4d0c-9c0f-2a4a0c2f6a11"}
        desk.send("disease", "new", DISEASE | key)
        desk.live("disease", "new", DISEASE | key)

        page = desk.client.get(desk.address("disease", "new")).content.decode()

        assert "Your unsaved entries are back" not in page
        assert "8,4" not in page

    def test_a_draft_can_be_thrown_away(self, desk):
        desk.live("disease", "new", DISEASE)
        answer = desk.send("disease", "new", DISEASE | {"then": "discard"})

        assert answer.status_code == 302
        assert not Draft.objects.exists()
        with system_scope():
            assert not Disease.objects.exists()

    def test_a_draft_is_seen_by_its_person_only(self, desk):
        desk.live("disease", "new", DISEASE)
        desk.client.force_login(data_manager(desk.patient.centre))

        assert "8,4" not in desk.client.get(desk.address("disease", "new")).content.decode()

    def test_a_draft_is_not_readable_in_the_database(self, desk):
        desk.live("disease", "new", DISEASE | {"disease-histology": "Canary-Text"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT fields FROM registry_draft")
            assert "Canary" not in cursor.fetchone()[0]

    def test_a_refused_form_is_kept(self, desk):
        desk.send("disease", "new", DISEASE | {"disease-diagnosed_on": "2023-13"})

        page = desk.client.get(desk.address("disease", "new")).content.decode()
        assert 'value="2023-13"' in page


class TestEndedSession:
    """The session ended while the form was being filled."""

    @pytest.fixture
    def kept(self, desk):
        """The sign-in page that answers the form."""
        desk.client.logout()
        answer = desk.send("disease", "new", DISEASE)
        assert answer.status_code == 401
        page = answer.content.decode()
        assert "8,4" not in page
        # The page stands at the address of the form, so it says where it is sent to.
        assert f'action="{reverse("login")}"' in page
        mark = 'name="kept" value="'
        start = page.index(mark) + len(mark)
        return page[start : page.index('"', start)]

    def sign_in(self, desk, user, kept, password=PASSWORD):
        return desk.client.post(
            reverse("login"),
            {
                "username": user.username,
                "password": password,
                "next": desk.address("disease", "new"),
                "kept": kept,
            },
        )

    def test_the_form_is_as_it_was_after_signing_in_again(self, desk, kept):
        answer = self.sign_in(desk, desk.user, kept)
        page = desk.client.get(answer.url).content.decode()

        assert answer.url == desk.address("disease", "new")
        assert 'value="8,4"' in page
        with system_scope():
            assert not Disease.objects.exists()

    def test_a_wrong_password_loses_nothing(self, desk, kept):
        wrong = self.sign_in(desk, desk.user, kept, password="wrong")

        assert kept in wrong.content.decode()

    def test_another_person_does_not_get_it(self, desk, kept):
        other = data_manager(desk.patient.centre)
        answer = self.sign_in(desk, other, kept)

        assert answer.status_code == 302
        assert not Draft.objects.exists()

    def test_a_forged_one_is_ignored(self, desk):
        desk.client.logout()

        assert self.sign_in(desk, desk.user, "forged").status_code == 302
        assert not Draft.objects.exists()

    def test_live_figures_answer_401(self, desk):
        desk.client.logout()
        answer = desk.client.post(
            desk.address("disease", "new").replace("/enter/", "/live/"),
            DISEASE,
            headers={"HX-Request": "true"},
        )

        assert answer.status_code == 401
