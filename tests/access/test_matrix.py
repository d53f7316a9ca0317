"""Every address answers each person what ``config/access.py`` declares, and nothing else.

Each person tries the methods that an address answers. What it does not answer, HEAD and OPTIONS are
tried by some people on every address: there, who asks makes no difference but whether they are
signed in. What is asked for is always of the own centre and the own study; half of the people are
strangers there. After each request everything is taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from config.access import DOORS, Door, Thing, Who
from registry.models import Membership
from registry.roles import Action
from tests import figures
from tests.access.addresses import Address, addresses, path_of
from tests.access.world import CANARIES, PEOPLE, Person, World, sign_in

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

TRY_EVERYTHING = frozenset(
    {"data_manager own", "coordinator own", "coordinator other", "administrator", "anonymous"}
)
"""People who try every method on every address."""

SENT = {
    "registry:person": {"do": "change"},
    "registry:correction": {"do": "answer", "answer": "Yes"},
    "registry:message": {"do": "answer", "text": "Well"},
    "registry:transfer": {"do": "withdraw", "answer": "Stays"},
    "registry:mark_form": {"do": "lock"},
    "followup:doubtful_settle": {"do": "arrived"},
    "followup:doubtful_settle_letter": {"do": "arrived"},
    "followup:visit_word": {"do": "say", "kind": "missed", "reason": "No answer"},
    "api_followup:expected_visit_words": {"kind": "missed", "reason": "No answer"},
}
"""What is posted where an empty form asks for nothing; elsewhere nothing is sent."""

NOT_HERE = frozenset(
    {
        "openid_connect_login",
        "openid_connect_callback",
        "registry:import_columns_of",
        "registry:import_rows_workbook",
        "registry:import_rows_csv",
        "followup:calendar_feed",
    }
)
"""Of what this world has none: answered with 404 to those who would be let in, too."""


class Answer(Enum):
    """What a person can be told."""

    OPEN = "open"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    SIGN_IN = "sign in"
    NO_METHOD = "405"


REFUSALS = frozenset(Answer) - {Answer.OPEN}
READ = frozenset({Action.READ_CASES})
JUDGED = frozenset({400, 409, 410, 412, 415, 422, 428})
"""Let in, and what was sent was judged: nothing was sent."""


def expected(door: Door, method: str, person: Person) -> frozenset[Answer]:
    """By the declaration: what the person may be answered."""
    opens = door.opens(method)
    if opens is Who.ANYBODY:
        # Some of these doors lead to the sign-in page.
        return frozenset({Answer.OPEN, Answer.SIGN_IN})
    if opens is None:
        return REFUSALS if person.is_stranger else REFUSALS - {Answer.SIGN_IN}
    if person.is_stranger:
        return frozenset({Answer.SIGN_IN})
    if opens is Who.SIGNED_IN:
        if door is DOORS["mfa_reauthenticate_webauthn"]:
            return frozenset({Answer.OPEN, Answer.SIGN_IN})  # nothing waits to be confirmed
        is_there = door.thing is None or _finds(door.thing, frozenset(), person)
        return frozenset({Answer.OPEN if is_there else Answer.NOT_FOUND})
    actions = opens if isinstance(opens, frozenset) else frozenset({opens})
    may_somewhere = any(map(person.may_anywhere, actions))
    if not may_somewhere and (door.asks_first or door.thing is None):
        return frozenset({Answer.FORBIDDEN})
    if door.thing is None:
        return frozenset({Answer.OPEN})
    if not _finds(door.thing, actions, person):
        return frozenset({Answer.NOT_FOUND})
    may_here = any(map(person.may, actions)) or (person.is_guest and actions == READ)
    return frozenset({Answer.OPEN if may_here else Answer.FORBIDDEN})


def _finds(thing: Thing, actions: frozenset[Action], person: Person) -> bool:
    """Whether what the address names is there for the person."""
    is_owner = person.name == "data_manager own"
    return {
        Thing.CASE: person.reads_case(),
        Thing.IDENTITY: person.may(Action.READ_IDENTITY),
        Thing.TRANSFER: person.reads_case(),
        Thing.UPLOAD: person.may(Action.ENTER_CASES),
        Thing.STUDY: person.reads_study(),
        Thing.WHOLE_STUDY: person.sees_whole_study(),
        Thing.STUDY_BY_ROLE: any(map(person.may, actions)),
        Thing.OWN: is_owner,
        Thing.MAIL_IN_DOUBT: is_owner or person.may(Action.STEER_STUDY),
        Thing.MAIL_ADDRESS: is_owner
        or any(map(person.may, (Action.STEER_STUDY, Action.MANAGE_ACCOUNTS))),
        Thing.ACCOUNT: True,
    }[thing]


def answered(response: Any, method: str) -> Answer:
    """The answer as one of the kinds; a fault of the server is none."""
    status = response.status_code
    if status == 401 or (status == 302 and response["Location"].startswith("/login/")):
        return Answer.SIGN_IN
    if status in (200, 201, 204, 302, 303) or status in JUDGED:
        return Answer.OPEN
    kinds = {403: Answer.FORBIDDEN, 404: Answer.NOT_FOUND, 405: Answer.NO_METHOD}
    return kinds[status]


class Asking:
    """One person with a browser, whose every request is taken back."""

    def __init__(self, person: Person) -> None:
        self.client = Client(raise_request_exception=False)
        if person.user.is_authenticated:
            sign_in(self.client, person.user)
            if person.is_stranger:
                type(person.user).objects.filter(pk=person.user.pk).update(is_active=False)
        self.cookies = SimpleCookie(self.client.cookies)

    def ask(self, address: Address, path: str, method: str) -> Any:
        """The answer; the session is as it was before."""
        self.client.cookies = SimpleCookie(self.cookies)
        is_api = path.startswith("/api/")
        kwargs: dict[str, Any] = {}
        if method not in ("GET", "HEAD", "OPTIONS") and is_api:
            kwargs = {"data": json.dumps(self._sent(address)), "content_type": "application/json"}
        elif method == "POST":
            kwargs = {"data": self._sent(address)}
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(path, **kwargs)
            if getattr(answer, "streaming", False):
                answer.getvalue()
            transaction.set_rollback(True)
        return answer

    @staticmethod
    def _sent(address: Address) -> dict[str, str]:
        if address.name == "registry:access_review":
            role = Membership.objects.filter(ends_on__isnull=True).earliest("pk")
            return {"line": f"role.{role.pk}", "do": "confirm"}
        return SENT.get(address.name, {})


def declared() -> list[Address]:
    """The addresses that are declared; those that are not fail a test of their own."""
    return [address for address in addresses() if address.name in DOORS]


def methods_tried(person: Person, door: Door) -> list[str]:
    """The methods with which the person asks at an address."""
    if person.name in TRY_EVERYTHING:
        return list(METHODS)
    return [one for one in METHODS if one != "HEAD" and door.opens(one) is not None]


def unexpected(person: Person, world: World) -> Iterator[str]:
    """What the person is answered and was not to be."""
    asking = Asking(person)
    for address in declared():
        cache.clear()  # requests are counted there, and thousands come
        path = path_of(address, world.own, world)
        for method in methods_tried(person, address.door):
            response = asking.ask(address, path, method)
            if method == "OPTIONS":
                yield from _told_by_options(response, address)
                continue
            wanted = expected(address.door, method, person)
            if address.name in NOT_HERE and Answer.OPEN in wanted:
                wanted = frozenset({Answer.NOT_FOUND})
            try:
                got = answered(response, method)
            except KeyError:
                yield f"{method} {address.name}: {response.status_code}"
                continue
            if got not in wanted:
                names = "/".join(sorted(one.value for one in wanted))
                yield f"{method} {address.name}: {got.value} ({response.status_code}), not {names}"


def _told_by_options(response: Any, address: Address) -> Iterator[str]:
    """OPTIONS may describe the interface to whoever may use it; of patients it tells nothing."""
    text = response.content.decode().lower()
    told = [trace for canary in CANARIES.values() for trace in canary.traces() if trace in text]
    if response.status_code not in (200, 302, 401, 405) or told:
        yield f"OPTIONS {address.name}: {response.status_code}, {told}"


@pytest.mark.parametrize("name", PEOPLE)
def test_every_address_answers_each_person_as_declared(
    name: str, world: World, record_property: Any
) -> None:
    person = world.person(name)
    wrong = list(unexpected(person, world))

    tried = sum(len(methods_tried(person, address.door)) for address in declared())
    record_property("shown", figures.of_matrix(len(declared()), tried, len(wrong)))
    assert wrong == []


def test_every_address_is_declared_and_every_declaration_is_an_address() -> None:
    there = {address.name for address in addresses()}

    assert there - set(DOORS) == set(), "declare these in config/access.py"
    assert set(DOORS) - there == set(), "these are gone: take them out of config/access.py"


def test_only_the_doors_of_signing_in_and_keys_are_open_to_everybody() -> None:
    """By hand: nothing becomes public without a change here."""
    public = {name for name, door in DOORS.items() if Who.ANYBODY in door.methods.values()}

    assert public == {
        "login",
        "account_login",
        "logout",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "openid_connect_login",
        "openid_connect_callback",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "registry:invitation",
        "followup:calendar_feed",
        "followup:unsubscribe",
        "analytics:public_dashboard",
    }


def test_a_hole_in_the_scope_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix can fail: with every row visible, strangers are let in where they must not."""
    monkeypatch.setattr("registry.scope.ScopedQuerySet.within", lambda rows, _scope: rows)
    addresses_of_cases = [one for one in declared() if one.door.thing is Thing.CASE][:12]
    monkeypatch.setattr(f"{__name__}.declared", lambda: addresses_of_cases)

    assert len(list(unexpected(world.person("data_manager other"), world))) > 12
