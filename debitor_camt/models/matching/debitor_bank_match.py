from odoo import api, fields, models
from odoo.fields import Command

from ...core.matching import Evidence, Outcome
from ...core.reading.fields import normalize_iban
from ...tools.proposal_json import proposal_to_json
from ..evidence_text import get_evidence_text


class DebitorBankMatch(models.Model):
    """What a bank transaction was matched with, by whom and why; undone ones are kept."""

    _name = "debitor.bank.match"
    _description = "Payment Match"
    _order = "id desc"
    _rec_name = "line_id"

    line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Transaction",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    is_automatic = fields.Boolean(string="By Itself", readonly=True)
    user_id = fields.Many2one("res.users", string="Confirmed by", readonly=True)
    strategy = fields.Char(readonly=True)
    outcome = fields.Selection(
        [
            (Outcome.EXACT.value, "Exact"),
            (Outcome.DISCOUNT.value, "With discount"),
            (Outcome.CHARGES.value, "Less bank charges"),
            (Outcome.SMALL_DIFFERENCE.value, "Small difference"),
            (Outcome.PARTIAL.value, "Part payment"),
            (Outcome.OVERPAID.value, "Overpaid"),
            ("account", "To an account"),
            ("return", "Return"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    remainder = fields.Monetary(
        readonly=True, help="What the payment is more, or less, than what it settles."
    )
    item_ids = fields.Many2many("account.move.line", string="Settled Items", readonly=True)
    evidence = fields.Json(readonly=True)
    proposals = fields.Json(
        readonly=True, help="What was suggested; it is suggested again once this is undone."
    )
    why_not = fields.Char(
        readonly=True, help="Why the line had not been booked by itself, as a code."
    )
    evidence_text = fields.Char(string="Reasons", compute="_compute_evidence_text")
    is_learned = fields.Boolean(readonly=True, help="The payer was remembered by this match.")
    state = fields.Selection(
        [("booked", "Booked"), ("undone", "Undone")], required=True, readonly=True, index=True
    )
    undone_by_id = fields.Many2one("res.users", readonly=True)
    undone_on = fields.Datetime(readonly=True)

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for match in self:
            reasons = [Evidence(*row) for row in match.evidence or () if row[0] != "rule"]
            match.evidence_text = " · ".join(get_evidence_text(self.env, one) for one in reasons)

    @api.model
    def _note(self, booked, user=None):
        """Keep what lines were matched with; a person's match teaches who pays.

        :param booked: ``[(line, core Proposal, suggested)]``, the last as the line's
            ``_get_suggested`` gives it, or empty
        :param user: who confirmed it; None: it was clear by itself
        """
        # Matches are closed to users; whoever calls this has booked the lines.
        matches = self.sudo().create([self._prepare_match_vals(*one, user) for one in booked])
        if user:
            matches._learn()
        return matches

    @api.model
    def _prepare_match_vals(self, line, proposal, suggested, user):
        return {
            "line_id": line.id,
            "company_id": line.company_id.id,
            "currency_id": line.currency_id.id,
            "partner_id": proposal.partner_id,
            "is_automatic": not user,
            "user_id": user.id if user else False,
            "strategy": proposal.strategy,
            "outcome": proposal.outcome.value,
            "amount": line.amount,
            "remainder": float(proposal.remainder),
            "item_ids": [Command.set(proposal.item_ids)],
            "evidence": [[one.code, one.value] for one in proposal.evidence],
            "proposals": suggested.get("proposals") or [proposal_to_json(proposal)],
            "why_not": suggested.get("why_not"),
            "state": "booked",
        }

    def _get_payers(self):
        """Return ``[(company id, partner id, IBAN, name, date)]`` of payers to be remembered."""
        return [
            (
                match.company_id.id,
                match.partner_id.id,
                normalize_iban(match.line_id.account_number or ""),
                match.line_id.partner_name,
                match.line_id.date,
            )
            for match in self
            if match.partner_id and not match.partner_id.debitor_is_shared_payer
        ]

    def _learn(self):
        payers = self._get_payers()
        self.env["debitor.payer.memory"].sudo()._learn(payers)  # closed to users
        self.filtered(
            lambda match: match.partner_id and not match.partner_id.debitor_is_shared_payer
        ).is_learned = True

    def _learn_account(self, taxes):
        """Remember to which account a person booked a transaction like this one."""
        self.env["debitor.account.memory"].sudo()._learn(
            self._get_bookings(taxes)
        )  # closed to users
        self.is_learned = True

    def _get_bookings(self, taxes=None):
        """Return ``[(company id, account id, taxes, traits, date)]`` of bookings to accounts."""
        return [
            (
                match.company_id.id,
                match.account_id.id,
                taxes or self.env["account.tax"],
                match.line_id._get_traits(),
                match.line_id.date,
            )
            for match in self
        ]

    def _undo(self):
        """Note that matches were undone, and forget what they taught."""
        taught = self.filtered("is_learned")
        to_account = taught.filtered("account_id")
        # Both memories are closed to users.
        self.env["debitor.payer.memory"].sudo()._learn((taught - to_account)._get_payers(), -1)
        self.env["debitor.account.memory"].sudo()._learn(to_account._get_bookings(), -1)
        self.sudo().write(  # closed to users
            {
                "state": "undone",
                "is_learned": False,
                "undone_by_id": self.env.uid,
                "undone_on": fields.Datetime.now(),
            }
        )

    def _get_active(self):
        return self.filtered(lambda match: match.state == "booked")
