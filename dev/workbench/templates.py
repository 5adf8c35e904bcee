"""Databases made once and copied for each test: seconds instead of minutes.

Every template's name ends in a digest of all that decides about its content, so
a change of an addon or of the demo company leads to a new one by itself.
"""

import hashlib
import json
import time

import psycopg2

from . import addons, demo, paths
from .console import step
from .locking import exclusive

# Templates of former contents that are kept, for going back and forth.
KEEP = 3


class Templates:
    """The templates on the server of the tests."""

    def __init__(self, odoo, databases):
        self.odoo = odoo
        self.databases = databases

    def base(self, *more_modules):
        """Odoo with `account`, German charts and languages, and nothing of ours."""
        modules = [*addons.ODOO_MODULES, *sorted(more_modules)]
        return self._template("base", [modules], lambda name: self._build_base(name, modules))

    def installed(self):
        """All our addons, without the demo company."""
        return self._template("installed", [addons.fingerprints()], self._build_installed)

    def demo(self):
        """All our addons with the demo company and compiled web assets."""
        # The demo company's story ends today: yesterday's template would be stale.
        content = [addons.fingerprints(), demo.demo_fingerprint(), demo.last_day().isoformat()]
        return self._template("demo", content, self._build_demo)

    def _build_base(self, name, modules):
        smaller = list(addons.ODOO_MODULES)
        if modules == smaller:
            self.databases.create(name)
            self._install(name, modules)
            return
        self.databases.copy(self.base(), name)
        self._install(name, [module for module in modules if module not in smaller])

    def _build_installed(self, name):
        self.databases.copy(self.base(*addons.foreign_dependencies()), name)
        if addons.names():
            self._install(name, addons.names())

    def _build_demo(self, name):
        self.databases.copy(self.installed(), name)
        demo.fill(self.odoo, name)

    def _install(self, database, modules):
        with step(f"Template database with {', '.join(modules)}"):
            self.odoo.install(database, modules, paths.LOGS / f"{database}.log")

    def _template(self, kind, content, build):
        key = json.dumps([self.odoo.source.version, addons.LANGUAGES, content], sort_keys=True)
        name = f"debitor_{kind}_{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        if not self.databases.exists(name):
            with exclusive(paths.VAR / "test" / f"{name}.lock"):
                if not self.databases.exists(name):
                    self._make(kind, name, build)
        return name

    def _make(self, kind, name, build):
        unfinished = f"{name}_unfinished"
        self.databases.drop(unfinished)
        build(unfinished)
        self.databases.set_note(unfinished, {"made": time.time()})
        self.databases.rename(unfinished, name)
        self._drop_old(kind)

    def _drop_old(self, kind):
        prefix = f"debitor_{kind}_"
        made = {
            name: self.databases.note(name).get("made", 0)
            for name in self.databases.names()
            if name.startswith(prefix) and not name.endswith("_unfinished")
        }
        for name in sorted(made, key=made.get)[: -2 * KEEP if kind == "base" else -KEEP]:
            try:
                self.databases.drop_unused(name)
            except psycopg2.errors.ObjectInUse:
                continue  # another process is copying it just now
