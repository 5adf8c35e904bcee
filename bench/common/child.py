"""Run one function in this process with an Odoo environment: python -m common.child ORDER.

ORDER is a JSON file: database, function («module:name»), parameters, options for
Odoo, result (the file to write) and profile (a file for cProfile, or null).
"""

import cProfile
import importlib
import json
import sys
import time
from pathlib import Path

from common.probe import Probe


def main(order_file):
    order = json.loads(Path(order_file).read_text(encoding="utf-8"))
    import odoo.cli  # noqa: F401  sets Odoo up before anything else of it
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(order["options"], setup_logging=True)
    with Registry(order["database"]).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        company = env["res.company"].search([], limit=1)
        env = env(context={"allowed_company_ids": company.ids, "lang": "en_US"})
        result = _call(env, order)
    Path(order["result"]).write_text(json.dumps(result), encoding="utf-8")


def _call(env, order):
    from odoo import sql_db

    module, _, name = order["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    profiler = cProfile.Profile(time.process_time) if order.get("profile") else None
    probe = Probe(lambda: sql_db.sql_counter, lambda: _backends(env.cr), profiler)
    counts = function(env, probe, **order["parameters"])
    if profiler:
        profiler.dump_stats(order["profile"])
    return {**probe.as_dict(), **(counts or {})}


def _backends(cursor):
    """Process ids of the backends of this database: all of them are ours."""
    # Past Odoo's cursor, whose statements are counted.
    with cursor.connection.cursor() as plain:
        plain.execute("SELECT pg_stat_clear_snapshot()")
        plain.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        return [row[0] for row in plain.fetchall()]


if __name__ == "__main__":
    main(sys.argv[1])
