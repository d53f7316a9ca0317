"""The demo starts once, says why it cannot start, and leaves no process behind."""

import os
import select
import signal
import socket
import subprocess
import sys

import pytest

from config import single_instance
from tests.conftest import ROOT

WAIT_SECONDS = 60


def run_demo(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "config.demo", *arguments],
        env={**os.environ, "REGISTRY_DATA_DIR": str(folder)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )


def test_a_second_demo_names_the_first_and_is_refused(tmp_path):
    with single_instance.hold(tmp_path, port=8123):
        result = run_demo(tmp_path)
    assert result.returncode == 1
    assert f"runs already: process {os.getpid()}, on port 8123" in result.stderr
    assert not (tmp_path / "registry.sqlite3").exists()


def test_a_demo_without_pages_is_named_as_such(tmp_path):
    with (
        single_instance.hold(tmp_path, port=None),
        pytest.raises(single_instance.AlreadyRunning, match="serves no port"),
        single_instance.hold(tmp_path, port=8000),
    ):
        pass


def test_the_folder_is_free_again_after_the_block(tmp_path):
    with single_instance.hold(tmp_path, port=8123):
        pass
    with single_instance.hold(tmp_path, port=8124):
        assert '"port": 8124' in (tmp_path / "running.lock").read_text()


def test_the_folder_is_free_again_after_a_kill(tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, signal, sys; from config import single_instance\n"
            "with single_instance.hold(pathlib.Path(sys.argv[1]), port=1):\n"
            "    print('held', flush=True); signal.pause()",
            str(tmp_path),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(single_instance.AlreadyRunning, match=f"process {holder.pid}"):
            single_instance.hold(tmp_path, port=2).__enter__()
        holder.kill()
    with single_instance.hold(tmp_path, port=2):
        assert '"port": 2' in (tmp_path / "running.lock").read_text()


def test_a_taken_port_is_named_before_anything_is_loaded(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_demo(tmp_path, "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port} cannot be used" in result.stderr
    assert not (tmp_path / "registry.sqlite3").exists()


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the kernel ends children on Linux only"
)
def test_a_child_ends_with_its_killed_parent():
    child = (
        "import os, signal, sys; from config.processes import die_with_parent\n"
        "die_with_parent(int(sys.argv[1])); print('ready', flush=True); signal.pause()"
    )
    parent = (
        "import os, signal, subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', sys.argv[1], str(os.getpid())]); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, child], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGKILL)
        # The pipe ends when the last process that could write to it has ended.
        readable, _, _ = select.select([process.stdout], [], [], WAIT_SECONDS)
        assert readable
        assert process.stdout.read() == b""
