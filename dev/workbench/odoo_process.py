"""Odoo as a child process: one-off commands, and a server with its log."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing

from . import addons, paths, processes
from .console import SetupError, tail


class OdooCommand:
    """How to call Odoo against one PostgreSQL server, with its state below `home`."""

    def __init__(self, source, server, home, config_name="odoo.conf", **extra_settings):
        self.source = source
        self.server = server
        self.data_dir = home / "data"
        # Commands with other settings that run at the same time need other names.
        self.config = home / config_name
        self.extra_settings = extra_settings

    def environment(self):
        environment = {**os.environ, **self.server.environment()}
        environment["PYTHONPATH"] = os.pathsep.join(
            str(path) for path in (self.source.python_path, paths.DEV)
        )
        # Without byte code Odoo takes several seconds longer at every start.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.setdefault("PYTHONUNBUFFERED", "1")
        return environment

    def settings(self):
        folders = [*self.source.addons_paths, paths.ROOT]
        return {
            "addons_path": ",".join(str(folder) for folder in folders),
            "data_dir": self.data_dir,
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "workers": 0,
            "max_cron_threads": 1,
            **self.extra_settings,
        }

    def write_config(self):
        lines = [f"{key} = {value}" for key, value in self.settings().items()]
        self.config.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.config.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        unfinished.write_text("[options]\n" + "\n".join(lines) + "\n", encoding="utf-8")
        unfinished.replace(self.config)

    def arguments(self, *options):
        self.write_config()
        return [sys.executable, str(self.source.launcher), f"--config={self.config}", *options]

    def run(self, log, *options):
        """Run Odoo to its end; raise SetupError with the log's end if it fails."""
        code = self.run_unchecked(log, *options)
        if code:
            raise SetupError(f"Odoo ended with code {code}; {log} ends with:\n{tail(log)}")

    def run_unchecked(self, log, *options, timeout=None):
        command = self.arguments(*options)
        return processes.run(command, log, self.environment(), paths.ROOT, timeout)

    def install(self, database, modules, log):
        self.run(
            log,
            f"--database={database}",
            f"--init={','.join(modules)}",
            f"--load-language={','.join(addons.LANGUAGES)}",
            "--stop-after-init",
            "--no-http",
            "--max-cron-threads=0",
        )

    def update(self, database, modules, log):
        """Bring changed modules of an existing database up to date."""
        self.run(
            log,
            f"--database={database}",
            f"--update={','.join(modules)}",
            "--stop-after-init",
            "--no-http",
            "--max-cron-threads=0",
        )

    def call_in_process(self, database, function):
        """Run `package:function` with an `env` of the database; its output is shown."""
        self.write_config()
        command = [sys.executable, "-m", "workbench.in_odoo", database, function]
        result = subprocess.run(
            [*command, f"--config={self.config}"],
            env=self.environment(),
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
        )
        if result.returncode:
            raise SetupError(f"{function} failed on database {database}; its output is above.")


class OdooServer:
    """A running Odoo with its address and its log."""

    def __init__(self, command, database, port, log, options=()):
        self.command = command
        self.database = database
        self.port = port
        self.log = log
        self.options = options
        self.process = None

    @property
    def url(self):
        return f"http://localhost:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def start(self, seconds=120):
        """Start and wait until it answers; raise SetupError if it does not."""
        self.launch()
        self.wait_until_it_answers(seconds)
        return self

    def launch(self):
        arguments = self.command.arguments(
            f"--database={self.database}",
            f"--db-filter=^{self.database}$",
            f"--http-port={self.port}",
            *self.options,
        )
        self.process = processes.start(arguments, self.log, self.command.environment(), paths.ROOT)

    def wait_until_it_answers(self, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SetupError(f"Odoo did not start; {self.log} ends with:\n{tail(self.log)}")
            if answers(f"{self.url}/web/health"):
                return
            time.sleep(0.2)
        self.stop()
        raise SetupError(f"Odoo did not answer within {seconds} s:\n{tail(self.log)}")

    def stop(self):
        """End Odoo in an orderly way."""
        if self.process:
            processes.stop(self.process)

    def kill(self):
        """End Odoo as a power cut would."""
        self.process.kill()
        self.process.wait()

    def log_text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")


def answers(url):
    """Whether a web server answers there without an error."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port):
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
