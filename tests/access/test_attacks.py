"""Attacks seen in systems of this kind; docs/security.md names those that are tried elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from registry.models import Patient, User
from registry.scope import system_scope
from tests.access.collecting import said
from tests.access.world import OTHER, World, sign_in
from tests.conftest import ROOT

SOURCES = [
    path
    for room in ("registry", "followup", "analytics", "config")
    for path in sorted((ROOT / room).rglob("*.py"))
    if "migrations" not in path.parts
]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}

INJECTIONS = (
    "pseudonym; DROP TABLE registry_patient",
    "-(SELECT family_name FROM registry_identity)",
    "identity__family_name",
    "-patient__identity__record_number_index",
    "?",
    "pseudonym' OR '1'='1",
    "__class__",
    "centre__memberships__user__password",
    "\x1f",
)


@pytest.fixture
def signed_in(client: Client, world: World) -> Any:
    """A browser of the named person."""

    def browser(name: str) -> Client:
        sign_in(client, world.person(name).user)
        return client

    return browser


@pytest.mark.django_db
@pytest.mark.parametrize("order", INJECTIONS)
def test_sql_in_a_sort_key_is_no_sort_key(order: str, signed_in: Any, world: World) -> None:
    client = signed_in("coordinator own")
    pages = (
        reverse("followup:grid"),
        reverse("followup:study_centres", args=[world.own.study.key]),
    )

    for page in pages:
        assert client.get(page, {"sort": order}).status_code == 200
    answer = client.get(reverse("api:patients-list"), {"ordering": order})
    assert answer.status_code in (400, 422)
    with system_scope():
        assert Patient.objects.filter(pk=world.own.patient.pk).exists()


def stars_of(tree: ast.AST) -> Iterator[ast.expr]:
    """What is unpacked into calls that read or write rows."""
    named = {"filter", "exclude", "get", "create", "update", "update_or_create", "Q", "annotate"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in named:
                yield from (word.value for word in node.keywords if word.arg is None)


def test_what_is_asked_never_names_a_column() -> None:
    """``filter(**request.GET)`` in any spelling; dictionaries of constant keys are fine."""
    asked = {"request", "GET", "POST", "query_params", "data", "query", "validated_data"}
    found = [
        f"{path.relative_to(ROOT)}:{star.lineno}"
        for path, tree in TREES.items()
        for star in stars_of(tree)
        if not isinstance(star, ast.Dict)
        and any(getattr(node, "attr", getattr(node, "id", "")) in asked for node in ast.walk(star))
    ]
    assert found == []


@pytest.mark.django_db
def test_names_of_columns_in_an_address_cut_no_page(signed_in: Any, world: World) -> None:
    client = signed_in("coordinator own")
    pages = [reverse("followup:grid"), reverse("registry:screenings")]

    for page in pages:
        for text in (world.own.canary.family_name, "Xyzzy"):
            answer = client.get(page, {"patient__identity__family_name__startswith": text})
            assert world.own.patient.pseudonym in answer.content.decode()


def test_nothing_is_unpickled() -> None:
    modules = {"pickle", "cPickle", "dill", "marshal", "shelve", "joblib"}
    found = [
        str(path.relative_to(ROOT))
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and {one.name for one in node.names} & modules)
        or (isinstance(node, ast.ImportFrom) and node.module in modules)
    ]
    assert found == []
    assert "PickleSerializer" not in str(settings.SESSION_SERIALIZER)


@pytest.mark.django_db
def test_the_browsable_pages_of_the_framework_are_off(signed_in: Any) -> None:
    answer = signed_in("data_manager own").get(
        reverse("api:patients-list"), headers={"Accept": "text/html"}
    )

    assert "text/html" not in answer.headers["Content-Type"]
    assert "<html" not in answer.content.decode()


@pytest.mark.django_db
def test_columns_that_a_form_does_not_have_are_not_written(signed_in: Any, world: World) -> None:
    """Mass assignment: centre, pseudonym, key and bookkeeping are no inputs."""
    client = signed_in("data_manager own")
    patient = world.own.patient
    address = reverse("registry:enter", args=["patient", "1", patient.pseudonym])
    names = ("centre", "centre_id", "pseudonym", "id", "pk", "voided_at", "record_number_index")
    more = {
        f"{prefix}-{name}": str(world.other.centre.pk)
        for prefix in ("patient", "identity", "")
        for name in names
    }
    with system_scope():
        before = Patient.objects.filter(pk=patient.pk).values().get()

    client.post(address, more | dict.fromkeys(names, "9"))

    with system_scope():
        after = Patient.objects.filter(pk=patient.pk).values().get()
    kept = ("id", "centre_id", "pseudonym", "voided_at")
    assert [after[name] for name in kept] == [before[name] for name in kept]


@pytest.mark.django_db
def test_nobody_makes_oneself_an_administrator(signed_in: Any, world: World) -> None:
    client = signed_in("data_manager own")
    user = world.person("data_manager own").user
    rights = {"is_staff": "on", "is_superuser": "on", "role": "administrator", "do": "grant"}

    for name in ("registry:tokens", "account_change_password", "registry:invite"):
        client.post(reverse(name), rights)
    client.post(reverse("registry:person", args=[user.pk]), rights)

    fresh = User.objects.get(pk=user.pk)
    assert not fresh.is_staff
    assert not fresh.is_superuser
    assert list(fresh.memberships.values_list("role", flat=True)) == ["data_manager"]


@pytest.mark.django_db
def test_a_row_of_others_answers_as_a_row_that_is_not_there(signed_in: Any, world: World) -> None:
    """By key and by pseudonym, in the interface and in pages: not even the words differ."""
    client = signed_in("data_manager own")
    other = world.other.patient
    pairs = [
        (reverse("api:patients-detail", args=[other.pk]), f"/{other.pk}/", "/987654321/"),
        *(
            (reverse(name, args=[other.pseudonym]), f"PSEUDO-{OTHER}", "PSEUDO-none")
            for name in ("registry:patient", "registry:history", "registry:past", "api:case")
        ),
        (
            reverse("registry:correction", args=[world.other.correction.pk]),
            f"/{world.other.correction.pk}/",
            "/987654321/",
        ),
        (reverse("registry:case_pdf", args=[other.pseudonym]), f"PSEUDO-{OTHER}", "PSEUDO-none"),
    ]
    for address, part, nothing in pairs:
        of_others = client.get(address)
        assert of_others.status_code == 404
        not_there = client.get(address.replace(part, nothing))
        assert not_there.status_code == 404
        words = [said(of_others, part), said(not_there, nothing)]
        assert words[0] == words[1], address


def patterns() -> dict[str, str]:
    """Every regular expression that the source compiles, by its place."""
    return {
        f"{path.relative_to(ROOT)}:{node.lineno}": node.args[0].value
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "re"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


PRINTABLE = [chr(code) for code in (9, 10, 13, *range(32, 127), 0xE9, 0x3A9)]
REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)


def is_endless(item: tuple[Any, Any]) -> bool:
    """A repeat without an upper bound."""
    return item[0] in REPEATS and item[1][1] is _constants.MAXREPEAT


def faults(parsed: Any, *, within_endless: bool = False) -> Iterator[str]:
    """What lets a regular expression take longer than its text: by structure, not by the clock."""
    before: set[str] = set()
    for operation, argument in parsed:
        item = operation, argument
        if is_endless(item):
            if within_endless:
                yield "an endless repeat within an endless one"
            signs = _signs(argument[2])
            if before & signs:
                yield "two endless repeats of the same signs side by side"
            before |= signs
        elif not (operation in REPEATS and argument[0] == 0) and operation is not _constants.AT:
            before = set()  # something must stand between
        for inner in _parts(argument):
            yield from faults(inner, within_endless=within_endless or is_endless(item))


def _parts(argument: Any) -> Iterator[Any]:
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _parts(one)


def _signs(parsed: Any) -> set[str]:
    compiled = _compiler.compile(parsed)
    return {sign for sign in PRINTABLE if compiled.fullmatch(sign)}


def test_no_regular_expression_takes_longer_than_its_text() -> None:
    found = {place: list(faults(_parser.parse(text))) for place, text in patterns().items()}

    assert len(found) > 10
    assert {place: what for place, what in found.items() if what} == {}


@pytest.mark.parametrize("hostile", [r"(a+)+$", r"\d+\.?\d*", r"(\w*)*", r".*.*=", r"(?:x*y?)*"])
def test_the_test_of_regular_expressions_sees_what_it_looks_for(hostile: str) -> None:
    assert list(faults(_parser.parse(hostile)))


def test_every_test_that_the_page_of_security_names_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.-]+\.py)(?:::(\w+))?`", text)
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not Path(ROOT / path).exists()
        or (name and f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert len(named) > 40
    assert missing == []
