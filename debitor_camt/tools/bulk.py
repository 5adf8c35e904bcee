"""Insert and update many rows with one statement."""

from odoo.tools import SQL


def bulk_insert(model, vals_list):
    """Insert ``vals_list`` (dicts with the same keys) into the table of ``model``.

    For rows that a file brings by the thousand: stored plain columns only, already checked
    by whoever made them. No defaults, no computed fields, no record rules.
    """
    if not vals_list:
        return
    names = list(vals_list[0])
    insert = SQL(
        "INSERT INTO %s (%s) VALUES ",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, names)),
    )
    model.env.cr.execute_values(
        insert.code + "%s",
        [tuple(vals[name] for name in names) for vals in vals_list],
        page_size=len(vals_list),
    )
    model.invalidate_model()
