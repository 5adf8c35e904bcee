"""Call a function with an Odoo environment: python -m workbench.in_odoo DB PACKAGE:FUNCTION.

Odoo's own `shell` command wants a terminal and swallows the exit code.
"""

import importlib
import logging
import sys


def main(database, target, *options):
    import odoo.cli  # noqa: F401  sets Odoo up before anything else of it
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["--log-level=warn", *options], setup_logging=True)
    # Odoo's level does not reach it, and it reports every letter's progress.
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    with Registry(database).cursor() as cursor:
        function(api.Environment(cursor, SUPERUSER_ID, {}))


def pregenerate_assets(env):
    """Compile the web client's bundles, which the first visitor would wait for."""
    env["ir.qweb"]._pregenerate_assets_bundles()


if __name__ == "__main__":
    main(*sys.argv[1:])
