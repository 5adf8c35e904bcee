import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...core.claims.allocation import Part
from ...core.claims.charges import ClaimKind
from ...tools.money import to_decimal

_logger = logging.getLogger(__name__)

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
    booked_line_ids = fields.One2many(
        "account.move.line", "debitor_claim_id", readonly=True, copy=False,
        help="All receivables of the claim: one that was waived and claimed again has several.",
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
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the whole transaction is tried again
            except Exception as error:
                if not isinstance(error, UserError):
                    _logger.exception("Claims %s were not booked", claims.ids)
                claims.write({"booking_problem": str(error)})

    def action_book(self):
        """Book claims now that could not be booked before.

        :raise UserError: the company books no claims, or not all that it takes is set
        """
        self._check_approver()
        self.check_access("write")
        for company in self.company_id:
            if company.dunning_claim_booking == "none":
                raise UserError(
                    self.env._(
                        "%s books no claims. Choose when it does under Invoicing › Configuration"
                        " › Settings › Dunning.",
                        company.name,
                    )
                )
        # The rights were checked; users may not write entries.
        self.filtered(lambda claim: claim.state == "claimed").sudo()._book()

    @api.model
    def _cron_book(self):
        """Try again to book what could not be booked when its notice went out.

        What was claimed before the company chose to book with the notice stays as it is.
        """
        waiting = self.search(
            [
                ("state", "=", "claimed"),
                ("booking_problem", "!=", False),
                ("company_id.dunning_claim_booking", "=", "notice"),
            ]
        )
        for claims in waiting.grouped("notice_id").values():
            claims._book_where_due()

    def _book(self):
        """Book what is open of claims, one entry for each notice; booked ones stay as they are.

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
                        for vals in claim._prepare_entry_lines(claim.amount_open)
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
            for line in claim.booked_line_ids:
                if not claim.currency_id.is_zero(line.amount_residual_currency):
                    claim._book_back(line, line.amount_residual_currency)

    def _take_back_surplus(self):
        """Book back what the receivables of a claim hold beyond its amount, which was lowered."""
        for claim in self.sudo():
            surplus = sum(claim.booked_line_ids.mapped("amount_residual_currency"))
            surplus -= claim.amount - claim.amount_paid
            for line in claim.booked_line_ids:
                part = claim.currency_id.round(min(surplus, line.amount_residual_currency))
                if claim.currency_id.compare_amounts(part, 0) > 0:
                    claim._book_back(line, part)
                    surplus -= part

    def _take_back_all(self):
        """Book claims back as a whole; what was paid on them becomes a credit of the debtor."""
        for claim in self.sudo():
            # Without its payments nothing but what was taken back already settles a claim.
            claim._get_payments().unlink()
            claim._take_back_open()

    def _get_payments(self):
        """Return the reconciliations by which something was paid of the claim."""
        self.ensure_one()
        return self.booked_line_ids.matched_credit_ids.filtered(
            lambda partial: not partial._takes_claim_back()
        )

    def _book_back(self, line, amount):
        """Book back ``amount`` of what is open of one of the claim's receivables."""
        self.ensure_one()
        company = self.company_id
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": line.journal_id.id,
                    "date": max(company._get_today(), line.date),
                    "ref": self.env._("Taken back: %s", self.display_name),
                    "debitor_claim_back_id": self.id,
                    "line_ids": [
                        Command.create(vals) for vals in self._prepare_back_lines(line, amount)
                    ],
                }
            )
        )
        entry._post(soft=False)
        back = entry.line_ids.filtered(lambda one: one.account_id == line.account_id)
        (back + line).reconcile()

    def _prepare_back_lines(self, line, amount):
        """Return the mirror of ``amount`` of a receivable, at its own rate of exchange."""
        lines = self._prepare_entry_lines(-amount)
        balance = self.company_id.currency_id.round(line.balance * amount / line.amount_currency)
        income = line.move_id.line_ids.filtered(
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
        """Let claims follow what was paid of their receivables, or reversed by an accountant."""
        for claim in self.sudo():
            lines = claim.booked_line_ids
            paid = claim.currency_id.round(
                sum(claim._get_payments().mapped("debit_amount_currency"))
            )
            if claim.state in ("booked", "paid"):
                claim._follow_receivables(claim._get_paid_state(lines, paid))
            claim.amount_paid = paid

    def _follow_receivables(self, state):
        self.ensure_one()
        if self._transition(state) and state == "waived":
            self.waived_reason = self.env._("Its entry was reversed by %s", self.env.user.name)
            self._log(self.waived_reason)

    def _get_paid_state(self, lines, paid):
        """Return the state that follows from the receivables of a booked claim."""
        self.ensure_one()
        if not all(lines.mapped("reconciled")):
            return "booked"
        if self.currency_id.compare_amounts(paid, self.amount) >= 0:
            return "paid"
        return "waived"

    def _end_unpaid(self):
        """Take back what opened again of claims that were given up: a payment was undone."""
        for claim in self.sudo():
            if claim.state == "booked" and claim.notice_id.state == "cancelled":
                claim._transition("cancelled")
            if claim.state in ("waived", "cancelled"):
                claim._take_back_open()

    @api.model
    def _get_payable(self, partner, company, currency, day):
        """Return what a debtor's payment of a ``day`` may cover of his claims, the oldest first.

        Nobody pays what was claimed later: such a payment lowers the principal from its own
        day, and with it the interest that was claimed. A company that books no claims leaves
        them to whoever keeps its books.
        """
        states = ["booked"] if company.dunning_claim_booking == "none" else ["claimed", "booked"]
        return self.search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency.id),
                ("state", "in", states),
                ("date", "<=", day),
            ],
            order="date, id",
        )

    def _get_open(self):
        """Return what is open of the claim as an exact number."""
        self.ensure_one()
        return to_decimal(self.amount_open, self.currency_id)
