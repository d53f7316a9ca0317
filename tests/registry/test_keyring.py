"""Names are encrypted with a keyring of their own and found by a blind index."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection
from pytest_django import Settings

from registry import keyring
from registry.models import Identity
from registry.scope import system_scope
from tests.factories import IdentityFactory

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_text_comes_back_and_the_token_does_not_show_it() -> None:
    token = keyring.encrypt("Canary")

    assert "Canary" not in token
    assert keyring.decrypt(token) == "Canary"


def test_the_same_text_never_gives_the_same_token() -> None:
    assert keyring.encrypt("Canary") != keyring.encrypt("Canary")


def test_an_older_key_of_the_ring_still_decrypts(settings: Settings) -> None:
    settings.IDENTITY_KEYS = [OLD]
    token = keyring.encrypt("Canary")

    settings.IDENTITY_KEYS = [NEW, OLD]
    assert keyring.decrypt(token) == "Canary"

    settings.IDENTITY_KEYS = [NEW]
    with pytest.raises(InvalidToken):
        keyring.decrypt(token)


def test_absence_is_not_encrypted() -> None:
    assert keyring.encrypt("") == ""
    assert keyring.decrypt("") == ""


def test_spellings_of_one_record_number_share_an_index() -> None:
    index = keyring.blind_index("ab 12-3", centre_code="A")

    assert keyring.blind_index("AB12-3", centre_code="A") == index
    assert keyring.blind_index("\uff21B12-3", centre_code="A") == index  # full-width A


def test_equal_record_numbers_of_two_centres_cannot_be_linked() -> None:
    assert keyring.blind_index("1", centre_code="A") != keyring.blind_index("1", centre_code="B")


def test_a_name_is_found_in_any_spelling() -> None:
    index = keyring.name_index("Müller-Lüdenscheid", centre_code="A")

    for spelling in ("MÜLLER LÜDENSCHEID", "muller-ludenscheid", "Mu\u0308llerLu\u0308denscheid"):
        assert keyring.name_index(spelling, centre_code="A") == index
    assert keyring.name_index("Muller", centre_code="A") != index
    assert keyring.normalise_name("Strauß") == "strauss"
    assert keyring.normalise_name(" -'’ ") == ""


def test_a_name_cannot_be_linked_with_another_centre_or_with_a_record_number() -> None:
    index = keyring.name_index("Hoppe", centre_code="A")

    assert keyring.name_index("Hoppe", centre_code="B") != index
    assert keyring.blind_index("Hoppe", centre_code="A") != index


@pytest.mark.django_db
@pytest.mark.services
def test_the_database_holds_no_name() -> None:
    identity = IdentityFactory.create(family_name="Canary", contact="Canary Street 1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_identity WHERE id = %s", [identity.pk])
        stored = str(cursor.fetchone())
    assert "Canary" not in stored
    with system_scope():
        assert Identity.objects.get(pk=identity.pk).family_name == "Canary"


def test_the_text_of_an_identity_names_nobody() -> None:
    identity = Identity(patient_id=7, family_name="Canary")

    assert str(identity) == "identity of patient 7"
