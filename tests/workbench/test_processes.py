import os
import signal
import subprocess
import sys

import pytest

from workbench import processes
from workbench.locking import try_hold
from workbench.odoo_process import free_port, is_free

SLEEP = "print('up', flush=True); time.sleep(60)"
STUBBORN = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture
def start():
    """Function that starts Python code and waits for its first line."""
    started = []

    def start(code):
        command = [sys.executable, "-c", f"import signal, time; {code}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(process)
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_command_of_a_living_process_is_known_and_of_a_dead_one_not(start):
    process = start(SLEEP)
    assert "time.sleep(60)" in processes.command_of(process.pid)

    processes.stop(process)
    assert processes.command_of(process.pid) == ""


def test_a_stubborn_process_is_killed(start):
    process = start(STUBBORN)

    processes.stop(process, seconds=0.2)

    assert process.returncode == -signal.SIGKILL


def test_a_run_keeps_output_and_exit_code(tmp_path):
    log = tmp_path / "log" / "x.log"

    code = processes.run([sys.executable, "-c", "print('hello'); exit(3)"], log, dict(os.environ))

    assert (code, log.read_text()) == (3, "hello\n")


def test_a_lock_has_one_holder(tmp_path):
    first = try_hold(tmp_path / "lock")
    assert try_hold(tmp_path / "lock") is None

    first.close()
    with try_hold(tmp_path / "lock") as second:
        assert second


def test_a_free_port_is_free():
    assert is_free(free_port())
