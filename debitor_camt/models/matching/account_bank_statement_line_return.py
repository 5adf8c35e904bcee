from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ...core.matching import WhyNot
from .return_reason import MANDATE_PROBLEMS, get_reason_text

# A direct debit may be returned for eight weeks, one without a mandate for thirteen months.
_DAYS = 400


class AccountBankStatementLine(models.Model):
    """Payments that come back: what they had settled is open again, to the cent."""

    _inherit = "account.bank.statement.line"

    debitor_returned_line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Takes Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _settle_returns(self):
        """Let returned payments among these lines take back what they once settled.

        A return whose payment can't be told for sure waits for a person.
        """
        returned = self.filtered(lambda line: not line.is_reconciled and line._is_return())
        for line, original in returned._find_originals().items():
            line._take_back(original)

    def _is_return(self):
        self.ensure_one()
        return bool(
            self.debitor_return_reason or (self.transaction_details or {}).get("is_reversal")
        )

    def _find_originals(self):
        """Return ``{line: the one matched payment that it takes back}`` with one statement.

        The end-to-end or mandate id tells, else the account with amount and nothing else
        that would fit; a payment is taken back once.
        """
        if not self:
            return {}
        self.env["account.bank.statement.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """WITH fitting AS (
                       SELECT back.id AS back_id, paid.id AS paid_id,
                              CASE WHEN paid.debitor_end_to_end = back.debitor_end_to_end THEN 0
                                   WHEN paid.debitor_mandate = back.debitor_mandate THEN 1
                                   ELSE 2 END AS rank
                         FROM account_bank_statement_line back
                         JOIN account_move back_move ON back_move.id = back.move_id
                         JOIN account_bank_statement_line paid
                           ON paid.journal_id = back.journal_id AND paid.id <> back.id
                          AND paid.amount = -back.amount AND paid.is_reconciled
                         JOIN account_move paid_move
                           ON paid_move.id = paid.move_id AND paid_move.state = 'posted'
                          AND paid_move.date BETWEEN back_move.date - %s AND back_move.date
                        WHERE back.id IN %s
                          AND (paid.debitor_end_to_end = back.debitor_end_to_end
                               OR paid.debitor_mandate = back.debitor_mandate
                               OR paid.account_number = back.account_number)
                          AND NOT EXISTS (SELECT FROM account_bank_statement_line other
                                           WHERE other.debitor_returned_line_id = paid.id))
                   SELECT back_id, min(paid_id)
                     FROM (SELECT *, min(rank) OVER (PARTITION BY back_id) AS best FROM fitting) f
                    WHERE rank = best
                 GROUP BY back_id
                   HAVING count(*) = 1""",
                _DAYS,
                tuple(self.ids),
            )
        )
        taken = set()
        found = {}
        for back_id, paid_id in rows:
            if paid_id not in taken:
                taken.add(paid_id)
                found[self.browse(back_id)] = self.browse(paid_id)
        return found

    def _take_back(self, original):
        """Mirror the payment's journal items; its invoices are open again, and only they."""
        self.ensure_one()
        _liquidity, _suspense, settled = original._seek_for_lines()
        receivables = settled.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        reopened = (
            receivables.matched_debit_ids.debit_move_id
            | receivables.matched_credit_ids.credit_move_id
        ).move_id - original.move_id
        receivables.remove_move_reconcile()
        self._replace_suspense([self._prepare_mirror(line) for line in settled])
        mirrors = self.move_id.line_ids.sorted("id")[-len(settled) :]
        plan = [
            line + mirror
            for line, mirror in zip(settled, mirrors, strict=True)
            if line in receivables
        ]
        self.env["account.move.line"]._reconcile_plan(plan)
        self.with_context(skip_account_move_synchronization=True).write(
            {
                "partner_id": original.partner_id.id,
                "debitor_returned_line_id": original.id,
                "debitor_proposals": False,
                "debitor_why_not": False,
            }
        )
        original.debitor_match_ids._get_active()._undo()
        self._tell_of_return(original, reopened)

    @api.model
    def _prepare_mirror(self, line):
        """Return the values of a journal item that takes ``line`` back, its tax report too."""
        return {
            "name": line.name,
            "account_id": line.account_id.id,
            "partner_id": line.partner_id.id,
            "currency_id": line.currency_id.id,
            "amount_currency": -line.amount_currency,
            "balance": -line.balance,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "tax_tag_ids": [Command.set(line.tax_tag_ids.ids)],
            "tax_repartition_line_id": line.tax_repartition_line_id.id,
        }

    def _undo_return(self):
        """Let the payments that these lines had taken back settle again what they had settled."""
        for line in self.filtered("debitor_returned_line_id"):
            original = line.debitor_returned_line_id
            line.write(
                {"debitor_returned_line_id": False, "debitor_why_not": WhyNot.RETURNED.value}
            )
            original._settle_again()
            partner = original.partner_id.commercial_partner_id
            reason = get_reason_text(self.env, line.debitor_return_reason or "")
            if reason and partner.debitor_mandate_problem == reason:
                partner.sudo().debitor_mandate_problem = False  # as it was set

    def _settle_again(self):
        """Match the items of a payment's last match once more, as far as they are open."""
        self.ensure_one()
        match = self.debitor_match_ids.sorted("id")[-1:]
        open_items = match.item_ids.filtered(lambda item: not item.reconciled)
        _liquidity, _suspense, settled = self._seek_for_lines()
        plan = []
        for line in settled.filtered(lambda one: one.account_id.reconcile and not one.reconciled):
            same = open_items.filtered(
                lambda item, line=line: (
                    item.account_id == line.account_id and item.currency_id == line.currency_id
                )
            )
            # What it settled in full comes first: parts of others are what is left then.
            items = same.sorted(
                lambda item, line=line: (
                    item.amount_residual_currency != -line.amount_residual_currency
                )
            )[:1]
            open_items -= items
            plan += [items + line] if items else []
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)
            # Matches are closed to users; whoever calls this has undone the return.
            match.sudo().copy({"state": "booked", "undone_by_id": False, "undone_on": False})

    def _tell_of_return(self, original, invoices):
        """Note the return on its invoices, and ask somebody to see to it."""
        reason = get_reason_text(self.env, self.debitor_return_reason or "")
        text = self.env._(
            "The payment of %(date)s was returned. %(reason)s",
            date=fields.Date.to_string(original.date),
            reason=reason,
        )
        for move in invoices.filtered(lambda one: one.is_invoice(include_receipts=True)):
            move._message_log(body=text)
            move.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Returned payment"),
                note=text,
                user_id=(move.invoice_user_id or self.env.user).id,
            )
        if self.debitor_return_reason in MANDATE_PROBLEMS:
            partner = original.partner_id.commercial_partner_id
            partner.sudo().debitor_mandate_problem = reason  # a fact of the bank's, whoever imports
