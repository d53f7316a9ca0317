"""The demo in one command: ``python -m config.demo [--no-serve] [--port N]``.

Migrates, loads the synthetic demo registry, starts worker and beat as a child and serves the pages;
with ``--no-serve`` it runs one follow-up sweep through that worker and prints a summary instead.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from django.core.management import CommandError

from config import single_instance
from config.settings.embedded import private_folder

if TYPE_CHECKING:
    from django.core.servers.basehttp import ThreadedWSGIServer

    from config.worker_child import WorkerChild

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
INTERRUPTED = 130  # exit code by custom, 128 + SIGINT
SWEEP_SECONDS = 300  # longest wait for the one sweep of --no-serve


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; returns the exit code of the process."""
    options = _options(arguments)
    folder = _prepare_environment(options.port)
    port = options.port if options.serve else None
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    try:
        with single_instance.hold(folder, port=port):
            _run(folder, port)
    except single_instance.AlreadyRunning as exc:
        return _fail(f"The demo runs already: {exc}. Stop that one first (Ctrl-C where it runs).")
    except (DemoError, CommandError) as exc:
        return _fail(str(exc))
    except KeyboardInterrupt:
        _say("\nThe demo has stopped.")
        return 0 if options.serve else INTERRUPTED
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m config.demo", description=__doc__)
    parser.add_argument("--serve", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args(arguments)


def _prepare_environment(port: int) -> Path:
    """Point Django at the demo's own folder; returns the folder.

    A database named for other work is left alone: demo patients do not belong into it.
    """
    folder = Path(os.environ.setdefault("REGISTRY_DATA_DIR", str(BASE_DIR / "var" / "demo")))
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    os.environ["SITE_URL"] = f"http://{HOST}:{port}"
    os.environ["DEMO"] = "1"
    os.environ.setdefault("DEBUG", "0")
    return private_folder(folder)


def _run(folder: Path, port: int | None) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from config.worker_child import WorkerChild

    log = folder / "worker.log"
    if port is None:
        _load()
        _say("Starting worker and beat; running one follow-up sweep")
        with WorkerChild(log, restart=False) as child:
            _sweep(child)
        call_command("demo_summary")
        return
    with _web_server(port) as server:
        _load()
        _say("Starting worker and beat")
        with WorkerChild(log, restart=True):
            _print_logins(port)
            server.serve_forever()


def _load() -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from analytics.reports.demo import make_demo_reports
    from analytics.safety.demo import set_demo_rules

    _say("Preparing the database")
    call_command("migrate", verbosity=0, interactive=False)
    _say("Loading the demo registry (synthetic patients)")
    call_command("load_demo")
    _say("Setting the rules of the safety watch")
    set_demo_rules()
    _say("Making the reports that are due")
    make_demo_reports(clock=timezone.now)


def _sweep(child: "WorkerChild") -> None:
    """Run one follow-up sweep in the worker and wait for it."""
    from config.celery import app

    result = app.send_task("followup.tasks.sweep")
    deadline = time.monotonic() + SWEEP_SECONDS
    while not result.ready():
        if child.has_ended():
            raise DemoError(f"The worker ended before the follow-up sweep was done: {child.log}")
        if time.monotonic() > deadline:
            raise DemoError(
                f"The follow-up sweep was not done after {SWEEP_SECONDS} s: {child.log}"
            )
        time.sleep(0.2)
    if result.failed():
        raise DemoError(f"The follow-up sweep failed: {result.result}. More in {child.log}")


@contextmanager
def _web_server(port: int) -> Iterator["ThreadedWSGIServer"]:
    """Web server with its port taken at once, so that a taken port is known before the loading."""
    import logging

    from django.core.servers.basehttp import (
        ThreadedWSGIServer,
        WSGIRequestHandler,
        get_internal_wsgi_application,
    )

    try:
        server = ThreadedWSGIServer((HOST, port), WSGIRequestHandler)
    except OSError as exc:
        raise DemoError(
            f"Port {port} cannot be used ({exc.strerror}). Choose another: make demo PORT=8001"
        ) from exc
    with server:
        server.set_app(get_internal_wsgi_application())
        logging.getLogger("django.server").setLevel(logging.ERROR)  # no line per request
        yield server


def _print_logins(port: int) -> None:
    from registry.demo import DEMO_LOGINS

    width = max(len(role) for role, _, _ in DEMO_LOGINS)
    _say(f"The demo registry runs at http://{HOST}:{port}/ (Ctrl-C stops it)")
    print("Logins (user name / password):")
    for role, user_name, password in DEMO_LOGINS:
        print(f"  {role:<{width}}  {user_name} / {password}")
    sys.stdout.flush()


def _say(text: str) -> None:
    print(text, flush=True)


def _fail(text: str) -> int:
    print(text, file=sys.stderr, flush=True)
    return 1


def _interrupt(*_: object) -> NoReturn:
    # A second signal must not cut the orderly end short.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise SystemExit(main())
