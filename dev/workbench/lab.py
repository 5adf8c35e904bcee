"""The surroundings of tests: a server that may lose data, Odoo, templates, copies."""

import itertools
import os
from contextlib import contextmanager

from . import paths, postgres
from .database import Databases
from .odoo_process import OdooCommand
from .templates import Templates

HOME = paths.VAR / "test"


class Lab:
    """Everything a test needs to get at real databases."""

    def __init__(self, source):
        named = postgres.named_server()
        self.cluster = None if named else postgres.Cluster("test", durable=False)
        self.server = named or self.cluster.server
        # Port 1 refuses: no test may send mail to a server that it did not start.
        self.odoo = OdooCommand(
            source, self.server, HOME, smtp_server="127.0.0.1", smtp_port=1, max_cron_threads=0
        )
        self.databases = Databases(self.server, self.odoo.data_dir)
        self.templates = Templates(self.odoo, self.databases)
        self._numbers = itertools.count(1)
        self._started = False

    def __enter__(self):
        return self.open()

    def __exit__(self, *_error):
        self.close()

    def open(self):
        if self.cluster:
            self._started = self.cluster.start()
        else:
            postgres.check(self.server)
        return self

    def close(self):
        """Stop what `open` started; a server found running goes on running."""
        if self._started:
            self.cluster.stop()

    def new_database(self, template, label="copy"):
        """Copy a template under a name of its own; return the name."""
        name = f"test_{label}_{os.getpid()}_{next(self._numbers)}"[-63:]
        self.databases.copy(template, name)
        return name

    def drop(self, name):
        """Remove a copy, unless DEBITOR_KEEP=1 asks to keep it for a look."""
        if not os.environ.get("DEBITOR_KEEP"):
            self.databases.drop(name)

    @contextmanager
    def copy_of(self, template, label):
        name = self.new_database(template, label)
        try:
            yield name
        finally:
            self.drop(name)
