"""``make test`` says what it skips, refuses where it must not, and never passes for nothing."""

import pytest

from tests import run
from tests.services import Absent, Services, find_chromium, find_services

# Port 9 is the discard service, which nobody runs.
NO_POSTGRESQL = "postgres://postgres@127.0.0.1:9/postgres"
NO_REDIS = "redis://127.0.0.1:9/0"
PASSED, FAILED, EMPTY = 0, 1, 5


@pytest.fixture
def parts(monkeypatch):
    """Parts that ran, by their environment, with exit codes that the test sets."""

    class Parts:
        codes = [PASSED, PASSED]
        ran: list[tuple[list[str], dict[str, str]]] = []

    record = Parts()
    record.ran = []

    def pretend(arguments, environment):
        record.ran.append((arguments, environment))
        return record.codes[len(record.ran) - 1]

    monkeypatch.setattr(run, "_pytest", pretend)
    monkeypatch.setattr(run, "find_chromium", lambda: "chromium")
    monkeypatch.setattr(run, "find_services", lambda: Services("postgres://there", "redis://there"))
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    return record


def absent():
    raise Absent("no such thing")


def test_the_services_part_gets_the_addresses_that_answered(parts):
    assert run.main([]) == PASSED
    (_, first), (arguments, second) = parts.ran
    assert first["TEST_ON_SERVICES"] == "0"
    assert arguments[:2] == ["-m", "services"]
    assert second["TEST_ON_SERVICES"] == "1"
    assert second["TEST_DATABASE_URL"] == "postgres://there"
    assert second["TEST_REDIS_URL"] == "redis://there"


def test_without_services_their_part_is_skipped_with_one_line(parts, monkeypatch, capsys):
    monkeypatch.setattr(run, "find_services", absent)
    assert run.main([]) == PASSED
    assert len(parts.ran) == 1
    assert "Services part skipped: no such thing\n" in capsys.readouterr().out


def test_without_a_browser_one_line_says_so(parts, monkeypatch, capsys):
    monkeypatch.setattr(run, "find_chromium", absent)
    assert run.main([]) == PASSED
    assert "Browser tests skipped: no such thing\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "finder"),
    [("REQUIRE_SERVICES", "find_services"), ("REQUIRE_BROWSER", "find_chromium")],
)
def test_what_is_required_and_absent_fails_before_any_test(
    parts, monkeypatch, capsys, flag, finder
):
    monkeypatch.setattr(run, finder, absent)
    monkeypatch.setenv(flag, "1")
    assert run.main([]) == FAILED
    assert parts.ran == []
    assert f"{flag} is set, and there is no such thing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("codes", "arguments", "expected"),
    [
        ([PASSED, FAILED], [], FAILED),
        ([FAILED, PASSED], [], FAILED),
        # An empty part means that tests were lost, unless the caller chose them.
        ([EMPTY, PASSED], [], EMPTY),
        ([PASSED, EMPTY], [], EMPTY),
        ([PASSED, EMPTY], ["-k", "dose"], PASSED),
        ([EMPTY, PASSED], ["-k", "redis"], PASSED),
        ([EMPTY, FAILED], ["-k", "redis"], FAILED),
        ([EMPTY, EMPTY], ["-k", "misspelt"], EMPTY),
    ],
)
def test_the_exit_code_is_the_worse_of_both_parts(parts, codes, arguments, expected):
    parts.codes = codes
    assert run.main(arguments) == expected


def test_a_database_that_does_not_answer_is_reported(monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", NO_POSTGRESQL)
    with pytest.raises(Absent, match="no PostgreSQL at TEST_DATABASE_URL"):
        find_services()


def test_a_broker_that_does_not_answer_is_reported(monkeypatch):
    monkeypatch.setattr("tests.services.find_postgresql", lambda: "postgres://there")
    monkeypatch.setenv("TEST_REDIS_URL", NO_REDIS)
    with pytest.raises(Absent, match="no Redis at TEST_REDIS_URL"):
        find_services()


def test_an_empty_search_path_has_no_browser(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Absent, match="no browser on the search path"):
        find_chromium()
