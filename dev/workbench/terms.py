"""`make terms`: what there is to translate, from a database into the addons' i18n folders.

`make lint` uses the same export to find terms that a file lacks or leaves untranslated.
"""

import polib

from . import addons, paths
from .console import say

FOLDER = paths.VAR / "terms"
# They change with each export, and say nothing.
_DATES = ("POT-Creation-Date", "PO-Revision-Date")


def write_templates(env):
    """Write one template for each addon; called inside Odoo."""
    from odoo.tools.translate import trans_export

    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in addons.names():
        with (FOLDER / f"{name}.pot").open("wb") as file:
            trans_export(None, [name], file, "po", env)


def update(lab):
    """Renew the template of each addon and bring its translations in line with it."""
    for name, template in _export(lab).items():
        folder = paths.ROOT / name / "i18n"
        folder.mkdir(exist_ok=True)
        _save(template, folder / f"{name}.pot")
        for path in sorted(folder.glob("*.po")):
            merged = _merge(template, polib.pofile(str(path)))
            _save(merged, path)
            missing = len(merged.untranslated_entries())
            say(f"{path.relative_to(paths.ROOT)}: {len(merged)} terms, {missing} to translate")


def find_gaps(lab):
    """Return a sentence for each i18n file that is out of date or not complete."""
    gaps = []
    for name, template in _export(lab).items():
        wanted = {entry.msgid for entry in template}
        for path in (paths.ROOT / name / "i18n").glob("*.po*"):
            entries = {entry.msgid: entry for entry in polib.pofile(str(path))}
            label = path.relative_to(paths.ROOT)
            if wanted != entries.keys():
                odd = sorted(wanted ^ entries.keys())
                gaps.append(f"{label} needs `make terms`, for instance because of: {odd[0]!r}")
            if path.suffix == ".po":
                gaps += [
                    f"{label} leaves untranslated: {entry.msgid!r}"
                    for entry in entries.values()
                    if not entry.msgstr
                ]
    return gaps


def _export(lab):
    with lab.copy_of(lab.templates.installed(), "terms") as database:
        lab.odoo.call_in_process(database, "workbench.terms:write_templates")
    return {name: polib.pofile(str(FOLDER / f"{name}.pot")) for name in addons.names()}


def _merge(template, translated):
    """Return the template's terms with the translations that are known."""
    known = {entry.msgid: entry.msgstr for entry in translated}
    merged = polib.POFile()
    merged.header = translated.header
    merged.metadata = translated.metadata
    for entry in template:
        entry.msgstr = known.get(entry.msgid, "")
        merged.append(entry)
    return merged


def _save(file, path):
    """Write the file where more than its dates has changed."""
    if path.exists():
        before = polib.pofile(str(path))
        for name in _DATES:
            if name in before.metadata:
                file.metadata[name] = before.metadata[name]
    file.save(str(path))
