"""Two people edit one form: the second is shown both versions and chooses."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from registry.models import Disease
from registry.scope import system_scope
from tests.factories import data_manager


class TestTwoEditors:
    """One saves while the other has the form open."""

    @pytest.fixture
    def mine(self, desk, saved):
        """My form, opened before somebody else enters the site and corrects the size."""
        fields = desk.opened("disease", "1")
        other = data_manager(desk.patient.centre)
        other.display_name = "The other data manager"
        other.save()
        client = Client()
        client.force_login(other)
        theirs = fields | {
            "submission": str(uuid.uuid4()),
            "disease-size_cm": "9.9",
            "disease-grade": "2",
            "reason-code": "typing_error",
        }
        assert client.post(desk.address("disease", "1"), theirs).status_code == 302
        return fields | {"disease-size_cm": "7.7", "reason-code": "new_information"}

    def test_the_second_is_shown_both_versions_and_nothing_is_overwritten(self, desk, mine):
        answer = desk.send("disease", "1", mine)
        page = answer.content.decode()

        assert answer.status_code == 422
        assert "The other data manager saved it meanwhile." in page
        assert "<strong>9.9</strong>" in page
        assert "<strong>7.7</strong>" in page
        with system_scope():
            assert str(Disease.objects.get().size_cm) == "9.90"

    def test_without_a_choice_nothing_is_written(self, desk, mine):
        desk.send("disease", "1", mine)
        undecided = mine | {
            "disease-version": "2",
            "differs": ["disease-size_cm", "disease-grade"],
        }

        assert desk.send("disease", "1", undecided).status_code == 422
        with system_scope():
            assert str(Disease.objects.get().size_cm) == "9.90"

    def test_the_choice_is_carried_out_field_by_field(self, desk, mine):
        chosen = mine | {
            "disease-version": "2",
            "differs": ["disease-size_cm", "disease-grade"],
            "keep-disease-size_cm": "mine",
            "keep-disease-grade": "theirs",
            "theirs-disease-grade": "2",
        }

        assert desk.send("disease", "1", chosen).status_code == 302
        with system_scope():
            disease = Disease.objects.get()
        assert (str(disease.size_cm), disease.grade) == ("7.70", "2")
