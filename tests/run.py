"""``make test``: the suite on the embedded default, then its services part on real servers."""

import os
import subprocess
import sys

from tests.services import Absent, Services, find_chromium, find_services, is_required

NOTHING_COLLECTED = 5  # pytest's exit code
MAX_PROCESSES = 4


def main(arguments: list[str]) -> int:
    """Run both parts with pytest's ``arguments``; returns the exit code."""
    services: Services | None = None
    services_note = browser_note = ""
    try:
        services = find_services()
    except Absent as exc:
        if is_required("REQUIRE_SERVICES"):
            return _fail(f"REQUIRE_SERVICES is set, and there is {exc}")
        services_note = f"Services part skipped: {exc}"
    try:
        find_chromium()
    except Absent as exc:
        if is_required("REQUIRE_BROWSER"):
            return _fail(f"REQUIRE_BROWSER is set, and there is {exc}")
        browser_note = f"Browser tests skipped: {exc}"

    print("== Whole suite on the embedded default", flush=True)
    outcome = _pytest(arguments, {"TEST_ON_SERVICES": "0"})
    if outcome not in {0, NOTHING_COLLECTED}:
        return outcome
    if services is None:
        print(services_note)
        services_outcome = outcome
    else:
        print("== Services part on PostgreSQL and Redis", flush=True)
        services_outcome = _pytest(
            ["-m", "services", *arguments],
            {
                "TEST_ON_SERVICES": "1",
                "TEST_DATABASE_URL": services.database_url,
                "TEST_REDIS_URL": services.redis_url,
                "TEST_DATABASE_NAME": f"test_registry_{os.getpid()}",
            },
        )
    if browser_note:
        print(browser_note)
    return _together(outcome, services_outcome, chosen=bool(arguments))


def _together(outcome: int, services_outcome: int, *, chosen: bool) -> int:
    """One exit code: a part may be empty only when the caller chose tests and the other ran."""
    if NOTHING_COLLECTED in {outcome, services_outcome}:
        other = outcome + services_outcome - NOTHING_COLLECTED
        return other if chosen else NOTHING_COLLECTED
    return services_outcome


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    processes = min(MAX_PROCESSES, os.cpu_count() or 1)
    spread = ["-n", str(processes), "--dist", "loadgroup"]
    command = [sys.executable, "-m", "pytest", *spread, *arguments]
    return subprocess.run(command, env={**os.environ, **environment}).returncode


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
