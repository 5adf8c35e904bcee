from odoo import models
from odoo.tools import SQL

# What Odoo writes to a move to link it with its new bank transaction; but for the link, it is
# there already.
_LINKING = {"statement_line_id", "narration", "name"}


class LinkBatch:
    """Moves of bank transactions that are being created, until all of them are there.

    :param total: how many lines are created with one call
    """

    def __init__(self, total):
        self._total = total
        self._links = {}

    def add(self, move, line_id):
        """Note the line of a move; tell whether it was the last one."""
        self._links[move.id] = line_id
        return len(self._links) == self._total

    def take(self):
        """Return ``{id of the move: id of the line}`` of what is not linked yet."""
        links, self._links = self._links, {}
        return links


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        # EXTENDS account: creating bank transactions, Odoo writes to each of their moves which
        # line it is of, and each of these writes looks for all that depends on it. The lines of
        # an import are linked with one statement.
        batch = self.env.context.get("debitor_link_batch")
        is_link = vals.get("statement_line_id") and vals.keys() <= _LINKING
        if batch is None or not is_link:
            return super().write(vals)
        if batch.add(self, vals["statement_line_id"]):
            self._link_to_lines(batch)
        return True

    def _link_to_lines(self, batch):
        """Write which bank transaction each move of a batch is of."""
        links = batch.take()
        if links:
            self.browse(links)._write_links(links)

    def _write_links(self, links):
        """Write on these moves the lines of ``{id of the move: id of the line}``."""
        names = ["statement_line_id", "is_manually_modified"]
        self.flush_recordset(names)
        self.env.cr.execute(
            SQL(
                "UPDATE account_move AS move"
                "   SET statement_line_id = found.line_id, is_manually_modified = TRUE"
                "  FROM unnest(%s::int[], %s::int[]) AS found(move_id, line_id)"
                " WHERE move.id = found.move_id",
                list(links),
                list(links.values()),
            )
        )
        self.invalidate_recordset(names, flush=False)
        self.modified(names)
