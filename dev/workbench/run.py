"""`make run` and `make reset`: Odoo with the demo company, on this computer only."""

import os
import shutil
import signal
import sys
import time

from . import addons, demo, paths, postgres, processes
from .console import SetupError, say, step, tail
from .database import Databases
from .locking import try_hold
from .odoo_process import OdooCommand, OdooServer, answers, is_free

DATABASE = "debitor"
UNFINISHED = "debitor_unfinished"
MAIL_FOLDER = paths.VAR / "mail"


def port(variable, default):
    """A port number that the environment may override."""
    text = os.environ.get(variable, str(default))
    if not text.isdigit():
        raise SetupError(f"{variable} must be a port number, not {text!r}.")
    return int(text)


class Run:
    """One `make run`: what it started is what it stops."""

    def __init__(self, source):
        self.http_port = port("DEBITOR_PORT", 8069)
        self.smtp_port = port("DEBITOR_SMTP_PORT", 8025)
        self.mail_page_port = port("DEBITOR_MAIL_PORT", 8026)
        self.cluster = None if postgres.named_server() else postgres.Cluster("run", durable=True)
        server = postgres.named_server() or self.cluster.server
        self.odoo = OdooCommand(
            source,
            server,
            paths.VAR,
            smtp_server="127.0.0.1",
            smtp_port=self.smtp_port,
            http_port=self.http_port,
            max_cron_threads=2,
        )
        self.databases = Databases(server, self.odoo.data_dir)
        self.processes = []

    def serve(self):
        """Bring everything up, report the address, wait for Ctrl-C."""
        lock = try_hold(paths.VAR / "run.lock")
        if lock is None:
            raise SetupError("`make run` is already running in this tree.")
        with lock:
            end_leftovers()
            self._require_free_ports()
            try:
                self._start_postgres()
                self._ensure_database()
                self._start_mail_catcher()
                odoo = self._start_odoo()
                self._report()
                self._wait(odoo)
            finally:
                self._stop_all()

    def reset(self):
        """Drop the database, its files and the kept mails; keep the downloads."""
        lock = try_hold(paths.VAR / "run.lock")
        if lock is None:
            raise SetupError("`make run` is running in this tree; stop it first (Ctrl-C).")
        with lock:
            end_leftovers()
            if self.cluster:
                self.cluster.remove()
            else:
                for name in (DATABASE, UNFINISHED):
                    self.databases.drop(name)
            for folder in (self.odoo.data_dir, MAIL_FOLDER):
                shutil.rmtree(folder, ignore_errors=True)
        say("Database, files and mails are gone; `make run` starts over.")

    def _require_free_ports(self):
        wanted = {
            "DEBITOR_PORT": self.http_port,
            "DEBITOR_SMTP_PORT": self.smtp_port,
            "DEBITOR_MAIL_PORT": self.mail_page_port,
        }
        for variable, number in wanted.items():
            if not is_free(number):
                raise SetupError(
                    f"Port {number} is in use by another program. "
                    f"Choose another one: {variable}={number + 1000} make run"
                )

    def _start_postgres(self):
        if self.cluster is None:
            postgres.check(self.databases.server)
            return
        postgres.remove_orphans()
        with step("Starting PostgreSQL"):
            self.cluster.start()

    def _ensure_database(self):
        if self.databases.exists(DATABASE):
            self._bring_up_to_date()
            return
        self.databases.drop(UNFINISHED)
        self.databases.create(UNFINISHED)
        demo.build(self.odoo, UNFINISHED)
        self.databases.set_note(UNFINISHED, addons.fingerprints())
        # Only a finished database gets the name that the next start looks for.
        self.databases.rename(UNFINISHED, DATABASE)

    def _bring_up_to_date(self):
        known = self.databases.note(DATABASE)
        current = addons.fingerprints()
        added = [name for name in current if name not in known]
        changed = [name for name in current if name in known and known[name] != current[name]]
        log = paths.LOGS / "update.log"
        if added:
            with step(f"Installing {', '.join(added)}"):
                self.odoo.install(DATABASE, added, log)
        if changed:
            with step(f"Updating {', '.join(changed)}, whose code has changed"):
                self.odoo.update(DATABASE, changed, log)
        if added or changed:
            self.databases.set_note(DATABASE, current)

    def _start_mail_catcher(self):
        log = paths.LOGS / "mail_catcher.log"
        command = [sys.executable, str(paths.DEV / "mail_catcher.py")]
        command += ["--smtp-port", str(self.smtp_port), "--http-port", str(self.mail_page_port)]
        command += ["--folder", str(MAIL_FOLDER)]
        process = processes.start(command, log)
        self._remember(process)
        _wait_for(f"http://localhost:{self.mail_page_port}/", process, log)

    def _start_odoo(self):
        server = OdooServer(self.odoo, DATABASE, self.http_port, paths.LOGS / "odoo.log")
        with step("Starting Odoo"):
            server.launch()
            self._remember(server.process)
            server.wait_until_it_answers()
        return server

    def _remember(self, process):
        self.processes.append(process)
        pids = [str(running.pid) for running in self.processes]
        _pid_file().write_text("\n".join(pids) + "\n", encoding="utf-8")

    def _report(self):
        say(f"\nOdoo:  http://localhost:{self.http_port}")
        for login, password, role in demo.logins():
            say(f"       {login} / {password}  ({role})")
        say(f"Mails: http://localhost:{self.mail_page_port}  (nothing leaves this computer)")
        say(f"Log:   {(paths.LOGS / 'odoo.log').relative_to(paths.ROOT)}\nCtrl-C stops it all.\n")

    def _wait(self, odoo):
        while odoo.process.poll() is None:
            time.sleep(0.5)
        raise SetupError(f"Odoo ended by itself:\n{tail(odoo.log)}")

    def _stop_all(self):
        # A second Ctrl-C must not leave half of it running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for process in reversed(self.processes):
            processes.stop(process)
        _pid_file().unlink(missing_ok=True)
        if self.cluster:
            self.cluster.stop()


def _pid_file():
    return paths.VAR / "run.pids"


def end_leftovers():
    """End Odoo and catcher of a `make run` that was killed and could not do it."""
    try:
        pids = [int(line) for line in _pid_file().read_text().split()]
    except (OSError, ValueError):
        return
    for pid in pids:
        # The number may belong to an unrelated program by now.
        if str(paths.ROOT) in processes.command_of(pid):
            processes.stop_foreign(pid)
    _pid_file().unlink(missing_ok=True)


def _wait_for(url, process, log, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.1)
    raise SetupError(f"The mail catcher did not start; {log} ends with:\n{tail(log)}")
