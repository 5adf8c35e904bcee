"""`make bench`: one benchmark of bench/ with a database server of its own."""

import os
import subprocess
import sys

from . import paths, postgres
from .console import SetupError


def run_benchmark(_source, name, options):
    """Call bench/<name>.py; return its exit code.

    :param options: ``{name: value}``; one without a value is not passed on
    """
    script = paths.ROOT / "bench" / f"{name.replace('-', '_')}.py"
    if not script.is_file():
        known = sorted(path.stem for path in (paths.ROOT / "bench").glob("[!_]*.py"))
        raise SetupError(f"There is no bench/{name}.py; there are: {', '.join(known) or 'none'}.")
    named = postgres.named_server()
    # Durable as in real life: numbers without fsync would flatter.
    cluster = None if named else postgres.Cluster("bench", durable=True)
    started = cluster.start() if cluster else False
    server = named or cluster.server
    given = [part for key, value in options.items() if value for part in (f"--{key}", value)]
    command = [sys.executable, str(script), *given]
    try:
        environment = {**os.environ, **server.environment()}
        return subprocess.run(command, env=environment, cwd=paths.ROOT).returncode
    finally:
        if started:
            cluster.stop()
