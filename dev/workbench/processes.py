"""Child processes: start with a log, end by process id, never by name."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

STOP_SECONDS = 20

_running = set()
_guard = threading.Lock()


def start(command, log, env=None, cwd=None):
    """Start a program whose output is appended to `log`.

    It gets a session of its own, so that Ctrl-C in the terminal reaches only us
    and we end our children in the right order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def run(command, log, env=None, cwd=None, timeout=None):
    """Run a program to its end with a fresh `log`; return its exit code."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    process = start(command, log, env, cwd)
    with _guard:
        _running.add(process)
    try:
        return process.wait(timeout)
    finally:
        stop(process)
        with _guard:
            _running.discard(process)


def interrupt_all():
    """End what `run` has started in other threads, as Ctrl-C would."""
    with _guard:
        processes = list(_running)
    for process in processes:
        stop(process, signal.SIGINT)


def stop(process, how=signal.SIGTERM, seconds=STOP_SECONDS):
    """Ask a child process to end; insist after `seconds`."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_foreign(pid, seconds=STOP_SECONDS):
    """End a process that is not our child."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while command_of(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    if command_of(pid):
        os.kill(pid, signal.SIGKILL)


def command_of(pid):
    """The command line of a living process, else an empty string."""
    if Path("/proc/self").exists():
        return _command_in_proc(Path(f"/proc/{pid}"))
    result = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True
    )
    state, _, command = result.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else command


def _command_in_proc(folder):
    # Minimal images come without `ps`. A dead process that nobody has collected
    # has an empty command line there.
    try:
        return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
