"""Start Odoo so that its module `test_lint` looks at the named addons only.

python -m workbench.narrow_lint ADDON … -- ODOO-OPTION …
"""

import sys


def _asked_by_lint():
    """Whether the caller's caller is one of Odoo's lint tests."""
    name = sys._getframe(2).f_globals.get("__name__", "")
    return name.startswith("odoo.addons.test_lint")


def narrow(names):
    """Make the two listings of addons, which the tests walk over, short for them."""
    import odoo.cli  # sets Odoo up before anything else of it
    import odoo.modules
    from odoo.modules import Manifest

    all_manifests = Manifest.all_addon_manifests
    all_modules = odoo.modules.get_modules

    def addon_manifests():
        if _asked_by_lint():
            return [Manifest.for_addon(name) for name in names]
        return all_manifests()

    def get_modules():
        return list(names) if _asked_by_lint() else all_modules()

    Manifest.all_addon_manifests = staticmethod(addon_manifests)
    odoo.modules.get_modules = get_modules


def main(arguments):
    split = arguments.index("--")
    narrow(arguments[:split])
    from odoo.cli import main as start

    sys.argv = ["odoo", *arguments[split + 1 :]]
    start()


if __name__ == "__main__":
    main(sys.argv[1:])
