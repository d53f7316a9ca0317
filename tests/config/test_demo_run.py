"""The whole demo as a person starts it: real worker, real beat, real pages, nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT

WAIT_SECONDS = 300
PATIENTS = 28 + 37 + 54 + 80 + 60  # of the five synthetic cohorts

pytestmark = [
    pytest.mark.slow,
    # One process runs them all, since they share the loaded registry.
    pytest.mark.xdist_group("demo"),
    pytest.mark.skipif(
        not Path("/proc/self").exists(), reason="processes are listed on Linux only"
    ),
]

KILL_THE_WORKER = """
import os, pathlib, signal
import django
django.setup()
from config.celery import app
from config.worker_child import WorkerChild

def work():
    app.send_task("celery.backend_cleanup").get(timeout=60)

log = pathlib.Path(os.environ["REGISTRY_DATA_DIR"]) / "killed.log"
with WorkerChild(log, restart=True) as child:
    work()
    os.kill(child.pid, signal.SIGKILL)
    work()
    print("worked again")
"""


def processes_with(text: str) -> list[str]:
    """Command lines of running processes that contain the text."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # ended while we looked
            continue
        if text in line:
            found.append(line)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return {
        **os.environ,
        "REGISTRY_DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }


@pytest.fixture(scope="module")
def summary(environment):
    """What the demo without pages printed."""
    result = subprocess.run(
        [sys.executable, "-m", "config.demo", "--no-serve"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_without_pages_it_loads_sweeps_through_the_worker_and_sums_up(summary, environment):
    assert re.search(rf"\b{PATIENTS}\b", summary)
    log = (Path(environment["REGISTRY_DATA_DIR"]) / "worker.log").read_text()
    assert re.search(r"Task followup\.tasks\.sweep\[.*\] succeeded", log)


def test_a_killed_worker_is_started_again_and_its_beat_does_not_outlive_it(summary, environment):
    script = subprocess.Popen(
        [sys.executable, "-c", KILL_THE_WORKER],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    output, _ = script.communicate(timeout=WAIT_SECONDS)
    assert script.returncode == 0
    assert "Worker and beat ended (code -9" in output
    assert "worked again" in output
    assert processes_with(f"config.embedded_worker {script.pid} ") == []


def test_it_serves_pages_until_told_to_stop_and_leaves_no_process(summary, environment):
    port = free_port()
    demo = subprocess.Popen(
        [sys.executable, "-m", "config.demo", "--port", str(port)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stdout is not None
        address = f"http://127.0.0.1:{port}/"
        assert any(address in line for line in demo.stdout), "the address was never printed"
        with urllib.request.urlopen(address, timeout=WAIT_SECONDS) as page:
            assert page.status == 200
            assert page.url.endswith("/login/?next=/")
        with urllib.request.urlopen(f"{address}static/css/registry.css") as style:
            assert style.headers.get_content_type() == "text/css"
        assert processes_with(f"config.embedded_worker {demo.pid} ")
        demo.send_signal(signal.SIGTERM)
        logins, _ = demo.communicate(timeout=WAIT_SECONDS)
    assert demo.returncode == 0
    assert "The demo has stopped." in logins
    assert processes_with(f"config.embedded_worker {demo.pid} ") == []
