"""The documentation names only what exists: files, sections, commands, verbs, variables, words."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from registry.demo import DEMO_LOGINS
from registry.protocols import PRESETS, vocabulary
from tests.conftest import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = ROOT / "docs" / "decisions"
LONGEST_DECISION = 40  # lines

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"manage\.py ([a-z_]+)([^`\n|]*)")
VERB = re.compile(r"^(?:\s*)make ([a-z]+)", re.MULTILINE)
PATH = re.compile(
    r"(?:registry|followup|analytics|config|tests|templates|static|docs|requirements)/[\w./-]*"
)
VARIABLE_ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
READ_VARIABLE = re.compile(r'"([A-Z][A-Z_]{3,})"')


def page_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_page = pytest.mark.parametrize("page", PAGES, ids=page_id)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code_of(page: Path) -> Iterator[str]:
    """Blocks and spans of code of a page."""
    text = text_of(page)
    yield from CODE_BLOCK.findall(text)
    yield from CODE_SPAN.findall(CODE_BLOCK.sub("", text))


def sections(page: Path) -> set[str]:
    """Names by which links reach the headings of a page, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.+)$", CODE_BLOCK.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def command_named(name: str) -> BaseCommand | None:
    app = get_commands().get(name)
    if app is None or isinstance(app, BaseCommand):
        return app
    return load_command_class(app, name)


@every_page
def test_every_link_leads_to_a_file_and_a_section(page):
    broken = []
    for target in LINK.findall(CODE_BLOCK.sub("", text_of(page))):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, section = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (section and section not in sections(file)):
            broken.append(target)
    assert broken == []


@every_page
def test_every_path_of_the_source_exists(page):
    named = {path.rstrip(".") for code in code_of(page) for path in PATH.findall(code)}
    # A name in pointed brackets stands for a choice, and the link test sees to links.
    placeholders = {path for path in named if f"{path}<" in text_of(page)}
    assert [path for path in sorted(named - placeholders) if not (ROOT / path).exists()] == []


@every_page
def test_every_command_exists_and_takes_its_options(page):
    wrong = []
    for name, rest in COMMAND.findall(text_of(page)):
        command = command_named(name)
        if command is None:
            wrong.append(name)
            continue
        known = command.create_parser("manage.py", name)._option_string_actions
        wrong += [
            f"{name} {option}"
            for option in re.findall(r"(?<=\s)--[a-z-]+", rest)
            if option not in known
        ]
    assert wrong == []


@every_page
def test_every_verb_of_make_exists(page):
    verbs = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        verb for code in code_of(page) for verb in VERB.findall(code.removeprefix("```").strip())
    }
    assert named - verbs == set()


def test_the_installation_page_lists_the_variables_that_the_settings_read():
    settings = ROOT / "config" / "settings"
    read = {
        name
        for file in ("production.py", "dev.py", "required.py", "embedded.py", "accounts.py")
        for call in re.findall(
            r"(?:env\.\w+\(\s*|require\(\s*env,\s*\[|either=\()([^)\]]*)",
            (settings / file).read_text(encoding="utf-8"),
        )
        for name in READ_VARIABLE.findall(call)
    }
    documented = set(VARIABLE_ROW.findall(text_of(ROOT / "docs" / "operators" / "install.md")))
    assert documented == read


def test_the_page_on_protocols_explains_every_word_and_names_every_preset():
    text = text_of(ROOT / "docs" / "developers" / "protocols.md")
    words = {
        word.value
        for kind in vars(vocabulary).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
        for word in kind
    }
    assert {word for word in words | set(PRESETS) if word not in text} == set()


def test_the_first_page_names_accounts_and_password_of_the_demo():
    named = set(CODE_SPAN.findall(text_of(ROOT / "README.md")))
    centres_between = re.compile(r"(dm|inv)-[b-d]")  # the page says "`dm-a` … `dm-e`"
    users = {
        login.username for login in DEMO_LOGINS if not centres_between.fullmatch(login.username)
    }
    assert users | {login.password for login in DEMO_LOGINS} <= named


def test_every_decision_is_listed_and_short():
    pages = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")
    listed = LINK.findall(text_of(DECISIONS / "README.md"))
    assert listed == [path.name for path in pages]
    long = {page_id(page) for page in pages if len(text_of(page).splitlines()) > LONGEST_DECISION}
    assert long == set()
