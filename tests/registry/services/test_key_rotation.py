"""After a change of the key everything reads without the old one, and nothing in between fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import QueryDict

from registry import keyring, sealed_files
from registry.models import AuditEvent, Draft, Identity
from registry.scope import scoped_to, system_scope
from registry.services import key_rotation, records
from registry.services.drafts import draft_of, keep_draft, typed_in
from tests.factories import IdentityFactory, UserFactory, data_manager

pytestmark = [pytest.mark.django_db, pytest.mark.services]

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
IDENTITY = {
    "family_name": "Nordström",
    "given_names": "Åsa",
    "record_number": "R-771",
    "contact": "",
}


@pytest.fixture(autouse=True)
def _old_key(settings: Any) -> None:
    settings.IDENTITY_KEYS = [OLD]


@pytest.fixture
def identity() -> Identity:
    return IdentityFactory.create(**IDENTITY)


@pytest.fixture
def new_key(settings: Any) -> Callable[[], None]:
    """Put the new key in front of the old one."""

    def put() -> None:
        settings.IDENTITY_KEYS = [NEW, OLD]

    return put


def tokens(identity: Identity) -> list[str]:
    """The identity's columns as the database has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(IDENTITY)} FROM registry_identity WHERE id = %s", [identity.pk]
        )
        return list(cursor.fetchone())


def read(identity: Identity) -> dict[str, str]:
    with system_scope():
        fresh = Identity.objects.get(pk=identity.pk)
    return {name: getattr(fresh, name) for name in IDENTITY}


def rotate(**options: Any) -> str:
    lines: list[str] = []

    class Written:
        def write(self, text: str) -> None:
            lines.append(text)

    call_command("rotate_identity_key", stdout=Written(), **options)
    return "\n".join(lines)


def test_everything_reads_without_the_old_key(identity, new_key, settings) -> None:
    user = UserFactory.create()
    keep_draft(user=user, address="/enter/x/", data=QueryDict("family_name=Draft-Canary"))
    app = Authenticator.objects.create(
        user=user, type="totp", data={"secret": keyring.encrypt("JBSWY3DPEHPK3PXP")}
    )
    codes = Authenticator.objects.create(
        user=user,
        type="recovery_codes",
        data={"seed": keyring.encrypt("0f" * 20), "used_mask": 5},
    )

    new_key()
    rotate()
    settings.IDENTITY_KEYS = [NEW]

    assert read(identity) == IDENTITY
    draft = draft_of(user, "/enter/x/")
    assert draft is not None
    assert typed_in(draft)["family_name"] == "Draft-Canary"
    app.refresh_from_db()
    codes.refresh_from_db()
    assert keyring.decrypt(app.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert keyring.decrypt(codes.data["seed"]) == "0f" * 20
    assert codes.data["used_mask"] == 5


def test_passkeys_hold_no_token_and_stay_as_they_are(new_key) -> None:
    data = {"name": "Key", "credential": {"id": "gAAAAA-no-token", "list": [1, None, True]}}
    key = Authenticator.objects.create(user=UserFactory.create(), type="webauthn", data=data)

    new_key()
    rotate()

    key.refresh_from_db()
    assert key.data == data


def test_the_trail_says_why_and_holds_no_name(identity, new_key) -> None:
    new_key()
    rotate(reason="Yearly change of the key")

    event = AuditEvent.objects.filter(table="registry_identity").latest("id")
    assert (event.operation, event.actor_id, event.reason, event.origin) == (
        "U",
        None,
        "Yearly change of the key",
        "rotate_identity_key",
    )
    assert "Nordström" not in str(event.old) + str(event.new)


def test_what_the_new_key_has_made_is_passed_over(identity, new_key) -> None:
    new_key()
    rotate()
    before, events = tokens(identity), AuditEvent.objects.count()

    assert "registry_identity: 0 rows" in rotate()
    assert tokens(identity) == before
    assert AuditEvent.objects.count() == events


def test_it_goes_on_where_it_was_stopped(new_key, settings, monkeypatch) -> None:
    identities = IdentityFactory.create_batch(5)
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    place = next(place for place in key_rotation.places() if place.model is Identity)
    new_key()

    first = next(key_rotation.renew(place, reason="test"))

    assert first.renewed == 2
    assert key_rotation.count_left(place).old == 3
    # Half way, both keys are read beside one another, and the check refuses to let the old one go.
    assert [read(one)["family_name"] for one in identities] == ["Canary-Family"] * 5
    with pytest.raises(CommandError, match="older keys are still needed"):
        rotate(check=True)

    assert "registry_identity: 3 rows" in rotate()
    settings.IDENTITY_KEYS = [NEW]
    assert [read(one)["family_name"] for one in identities] == ["Canary-Family"] * 5


def test_what_people_save_meanwhile_is_under_the_new_key_and_stays(identity, new_key) -> None:
    person = data_manager(identity.patient.centre)
    new_key()

    with system_scope():
        fresh = Identity.objects.get(pk=identity.pk)
    records.change(fresh, by=person, reason="married", version=1, family_name="Lindqvist")
    assert all(keyring.is_current(token) for token in tokens(identity))
    rotate()

    assert read(identity)["family_name"] == "Lindqvist"


def test_rows_of_a_lost_key_are_counted_and_left_as_they_are(identity, settings) -> None:
    before = tokens(identity)
    settings.IDENTITY_KEYS = [NEW]

    with pytest.raises(CommandError, match="1 rows cannot be read"):
        rotate()

    assert tokens(identity) == before
    with pytest.raises(InvalidToken):
        read(identity)


def test_uploaded_files_under_an_old_key_keep_it_needed(new_key, settings, tmp_path: Any) -> None:
    settings.UPLOAD_DIR = tmp_path
    writer = sealed_files.SealedWriter()
    writer.write(b"name;number")
    writer.close()
    new_key()

    with pytest.raises(CommandError, match="older keys are still needed"):
        rotate()

    sealed_files.remove(writer.name)
    assert "No row needs an older key" in rotate()


def test_every_encrypted_column_is_a_place() -> None:
    """By hand: a new encrypted column must be added here, and so be thought of."""
    assert {place.table: place.columns for place in key_rotation.places()} == {
        "registry_identity": ("family_name", "given_names", "record_number", "contact"),
        "registry_draft": ("fields",),
        "registry_importpiece": ("body",),
        "mfa_authenticator": ("data",),
        "followup_webhook": ("secret",),
    }


def test_under_a_new_index_key_names_and_numbers_are_found_again(identity, settings) -> None:
    person = data_manager(identity.patient.centre)
    code = identity.patient.centre.code
    settings.IDENTITY_INDEX_KEY = "another index key of the tests, long enough"

    def found() -> bool:
        with scoped_to(person):
            return Identity.objects.filter(
                record_number_index=keyring.blind_index("r-771", centre_code=code),
                family_name_index=keyring.name_index("NORDSTRÖM", centre_code=code),
            ).exists()

    assert not found()
    assert "indexes made anew: 1" in rotate(index=True)
    assert found()
    assert "indexes made anew: 0" in rotate(index=True)


def test_drafts_are_renewed_without_a_new_time(new_key) -> None:
    user = UserFactory.create()
    keep_draft(user=user, address="/enter/x/", data=QueryDict("a=1"))
    before = Draft.objects.get().saved_at

    new_key()
    rotate()

    assert Draft.objects.get().saved_at == before
