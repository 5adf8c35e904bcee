from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...core.claims.allocation import Part
from ...core.claims.charges import ClaimKind
from ...tools.money import to_decimal

_PARTS = {
    ClaimKind.FEE.value: Part.COSTS,
    ClaimKind.LUMP_SUM.value: Part.COSTS,
    ClaimKind.INTEREST.value: Part.INTEREST,
}


class DebitorClaimBooking(models.Model):
    """Claims in the books: damages without VAT, receivable against income.

    Entries are made past the rights of whoever sends a notice or registers a payment: the
    company's settings say what is booked, and the callers have checked who may act.
    """

    _inherit = "debitor.claim"

    entry_id = fields.Many2one(
        "account.move", string="Journal Entry", readonly=True, index="btree_not_null",
        ondelete="restrict", copy=False,
    )  # fmt: skip
    entry_line_id = fields.Many2one(
        "account.move.line", string="Receivable", readonly=True, index="btree_not_null",
        ondelete="restrict", copy=False,
    )  # fmt: skip
    booking_problem = fields.Char(readonly=True, copy=False)

    def _get_part(self):
        """Return which part of a debt the claim is: costs or interest."""
        self.ensure_one()
        return _PARTS[self.kind]

    def _book_where_due(self):
        """Book what was claimed by a notice, in companies that book then.

        The letter went out: what keeps its claims from being booked is shown on them, and
        the scheduled action tries again.
        """
        for company, claims in self.sudo().grouped("company_id").items():
            if company.dunning_claim_booking != "notice":
                continue
            try:
                with self.env.cr.savepoint():
                    claims._book()
            except UserError as error:
                claims.write({"booking_problem": str(error)})

    def action_book(self):
        """Book claims now that could not be booked before."""
        self._check_approver()
        self.sudo()._book()

    @api.model
    def _cron_book(self):
        """Try again to book what could not be booked when its notice went out."""
        waiting = self.search(
            [("state", "=", "claimed"), ("company_id.dunning_claim_booking", "=", "notice")]
        )
        for claims in waiting.grouped("notice_id").values():
            claims._book_where_due()

    def _book(self):
        """Book claims, one entry for each notice; claims in the books already stay as they are.

        :return: the receivable lines
        :raise UserError: accounts or journal are missing, or the entry can't be posted
        """
        booked = self._transition("booked")
        for claims in booked.grouped("notice_id").values():
            claims._make_entry()
        return self.entry_line_id

    def _make_entry(self):
        company = self.company_id
        company._check_claim_accounts()
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": company.dunning_claim_journal_id.id,
                    "date": company._get_today(),
                    "ref": self.env._("Claims of notice %s", self.notice_id.name),
                    "line_ids": [
                        Command.create(vals)
                        for claim in self
                        for vals in claim._prepare_entry_lines(claim.amount)
                    ],
                }
            )
        )
        entry._post(soft=False)
        for claim in self:
            line = entry.line_ids.filtered(lambda one, claim=claim: one.debitor_claim_id == claim)
            claim.write({"entry_id": entry.id, "entry_line_id": line.id, "booking_problem": False})

    def _prepare_entry_lines(self, amount):
        """Return the values of receivable and income for ``amount``, negative to take it back."""
        self.ensure_one()
        company = self.company_id
        balance = self.currency_id._convert(
            amount, company.currency_id, company, company._get_today()
        )
        common = {
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "name": self._get_label(),
        }
        receivable = common | {
            "account_id": self._get_receivable_account().id,
            "amount_currency": amount,
            "balance": balance,
            "date_maturity": self.notice_id.deadline or self.date,
            "debitor_claim_id": self.id if amount > 0 else False,
        }
        income = common | {
            "account_id": company._get_claim_account(self.kind).id,
            "amount_currency": -amount,
            "balance": -balance,
            "tax_ids": [Command.clear()],  # damages: no turnover, whatever the account suggests
        }
        return [receivable, income]

    def _get_receivable_account(self):
        """Return the account on which the debtor's invoices stand, so that one payment fits."""
        self.ensure_one()
        line = self.move_line_id or self.notice_id.line_ids.move_line_id[:1]
        partner = self.partner_id.with_company(self.company_id)
        return line.account_id or partner.property_account_receivable_id

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def _take_back_open(self):
        """Book back what is still open of booked claims; what was paid of them stays."""
        for claim in self.sudo():
            residual = claim.entry_line_id.amount_residual_currency
            if not claim.currency_id.is_zero(residual):
                claim._book_back(residual, claim.entry_line_id)

    def _take_back_all(self):
        """Book claims back as a whole; what was paid on them becomes a credit of the debtor."""
        for claim in self.sudo():
            claim.entry_line_id.remove_move_reconcile()
            claim._book_back(claim.amount, claim.entry_line_id)

    def _book_back(self, amount, line):
        self.ensure_one()
        company = self.company_id
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": self.entry_id.journal_id.id,
                    "date": max(company._get_today(), self.entry_id.date),
                    "ref": self.env._("Taken back: %s", self.display_name),
                    "line_ids": [
                        Command.create(vals) for vals in self._prepare_back_lines(amount, line)
                    ],
                }
            )
        )
        entry._post(soft=False)
        back = entry.line_ids.filtered(lambda one: one.account_id == line.account_id)
        (back + line).reconcile()

    def _prepare_back_lines(self, amount, line):
        """Return the mirror of the claim's own booking, at its own rate of exchange."""
        lines = self._prepare_entry_lines(-amount)
        company = self.company_id
        share = amount / self.amount
        balance = company.currency_id.round(line.balance * share)
        income = self.entry_id.line_ids.filtered(
            lambda one: one.account_id != line.account_id and one.name == line.name
        )
        lines[0] |= {"account_id": line.account_id.id, "balance": -balance}
        lines[1] |= {"balance": balance}
        if income:
            lines[1]["account_id"] = income[0].account_id.id
        return lines

    # ------------------------------------------------------------------
    # Payment
    # ------------------------------------------------------------------

    def _sync_payment(self):
        """Let booked claims follow the payment of their receivable."""
        for claim in self.sudo():
            line = claim.entry_line_id
            if claim.state not in ("booked", "paid") or not line:
                continue
            paid = claim.currency_id.round(claim.amount - line.amount_residual_currency)
            claim._transition("paid" if line.reconciled else "booked")
            claim.write({"amount_paid": paid})

    @api.model
    def _get_payable(self, partner, company, currency):
        """Return what a payment of a debtor may cover of his claims, the oldest first.

        A company that books no claims leaves them to whoever keeps its books.
        """
        states = ["booked"] if company.dunning_claim_booking == "none" else ["claimed", "booked"]
        return self.search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency.id),
                ("state", "in", states),
            ],
            order="date, id",
        )

    def _get_open(self):
        """Return what is open of the claim as an exact number."""
        self.ensure_one()
        return to_decimal(self.amount_open, self.currency_id)
