from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.checks import KEPT_SUMS, Code, Finding
from ..core.known import group_entries, needs_details, recognise
from ..core.statement import MessageKind
from .debitor_bank_file_import import CHUNK_SIZE


class DebitorBankSheet(models.Model):
    """How the details of a notification replace a sum that a statement has brought before."""

    _inherit = "debitor.bank.sheet"

    has_kept_sums = fields.Boolean(compute="_compute_has_kept_sums")

    @api.depends("state", "problems")
    def _compute_has_kept_sums(self):
        for sheet in self:
            codes = {problem["code"] for problem in sheet.problems or ()}
            is_judged = sheet.state in ("known", "preview", "imported")
            sheet.has_kept_sums = is_judged and bool(codes & KEPT_SUMS)

    def action_use_details(self):
        """Put details in the place of sums whose matches were undone meanwhile.

        :raise UserError: a sum is still matched, or lies in a locked period
        """
        self.file_id._check_may("account.group_account_invoice")
        self.check_access("read")
        for sheet in self.filtered("has_kept_sums").sudo():  # closed to users
            entries = group_entries(one for _id, one in sheet._read_transactions())
            self.env["debitor.bank.history"]._lock(sheet.journal_id)
            taken = self.env["debitor.bank.history"]._get_booked_entries(sheet.journal_id, entries)
            sheet._note_kept(
                sheet._split_sums(entries, recognise(entries, taken, MessageKind(sheet.kind)))
            )
            if sheet.has_kept_sums:
                raise UserError(sheet.with_user(self.env.user).problem_text)

    def _note_kept(self, findings):
        """Note which sums stay, beside what else was found."""
        others = [one for one in self.problems or () if one["code"] not in KEPT_SUMS]
        self.problems = others + (self._as_problems(findings) or []) or False

    def _split_sums(self, entries, known):
        """Let details take the place of the sums that nobody has matched yet.

        What a person or the matching has done with a sum stays as it is.

        :param known: the core's ``Recognition`` of entries by their keys
        :return: the core's findings, one for each sum that stays
        """
        if self.kind != MessageKind.NOTIFICATION.value:
            return []
        findings, used = [], self.browse()
        for entry in entries:
            line = self._get_sum(entry, known)
            if not line:
                continue
            finding = self._replace_sum(line, entry)
            if finding:
                findings.append(finding)
            else:
                used |= line.debitor_sheet_id
        for sheet in used:
            sheet._book_details()
        if used:
            self._link_to_details()
        return findings

    def _get_sum(self, entry, known):
        """Return the line of a statement that shows an entry as one sum, or none."""
        Line = self.env["account.bank.statement.line"]
        taken = known[entry.key].taken if entry.key in known else None
        is_sum = taken and taken.kind is MessageKind.STATEMENT and len(taken.ids) == 1
        if not is_sum or not all(one.is_booked for one in entry.transactions):
            return Line
        line = Line.browse(taken.ids)
        [shown] = group_entries([line._as_transaction()])
        return line if needs_details(shown, entry.transactions) else Line

    def _replace_sum(self, line, entry):
        """Put an entry's details in the place of a line; return the finding if it stays."""
        sheet = line.debitor_sheet_id
        facts = {"amount": entry.amount, "currency": line.currency_id.name, "day": line.date}
        _liquidity, _suspense, others = line._seek_for_lines()
        if line.is_reconciled or others:
            return Finding(Code.SUM_MATCHED, **facts)
        entry_key = line.debitor_entry_key
        try:
            with self.env.cr.savepoint():
                line._give_way(self.file_id)
                sheet._use_details(entry_key, entry.key, entry.transactions)
        except UserError as error:
            return Finding(Code.SUM_FIXED, **facts, reason=str(error))
        return None

    def _book_details(self):
        """Import the details that wait in this statement, as lines of its journal."""
        before = self.line_ids
        self.state = "importing"
        while self.state == "importing":
            self._book_chunk(CHUNK_SIZE)
        (self.line_ids - before)._match_imported_lines()

    def _link_to_details(self):
        """Let what this notification says open the lines that came of it."""
        self.env["account.bank.statement.line"].flush_model(["debitor_key", "journal_id"])
        self.env["debitor.bank.transaction"]._execute(
            SQL("line_id = line.id"),
            SQL(
                "item.sheet_id = %s AND item.state = 'known'"
                " AND line.journal_id = item.journal_id AND line.debitor_key = item.key",
                self.id,
            ),
            SQL("account_bank_statement_line AS line"),
        )
