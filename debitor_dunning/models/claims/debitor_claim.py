from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ...core.claims.charges import ClaimKind
from ...core.claims.default_start import StartReason
from ...core.claims.demand import Obstacle
from ...core.claims.party import Evidence, PartyKind
from .debitor_claim_maker import OUTSTANDING

# Which states a claim may come from; whatever isn't named here can't happen.
TRANSITIONS = {
    "claimed": ("replaced", "waived", "paid"),
    "booked": ("claimed", "paid"),
    "replaced": ("claimed",),
    "paid": ("claimed", "booked"),
    "waived": ("claimed", "booked"),
    "cancelled": ("claimed", "booked", "replaced"),
}


class DebitorClaim(models.Model):
    """A fee, a lump sum or interest that a debtor owes beside the invoice."""

    _name = "debitor.claim"
    _description = "Claim"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    kind = fields.Selection(
        [
            (ClaimKind.FEE.value, "Fee"),
            (ClaimKind.LUMP_SUM.value, "Lump sum"),
            (ClaimKind.INTEREST.value, "Interest"),
        ],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    notice_id = fields.Many2one(
        "debitor.dunning.notice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    live_notice_id = fields.Many2one(
        "debitor.dunning.notice", string="Demanded By", readonly=True, index="btree_not_null",
        ondelete="set null", copy=False,
        help="The notice under way that demands it, so that no other one does.",
    )  # fmt: skip
    move_line_id = fields.Many2one(
        "account.move.line", string="Open Item", readonly=True, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null",
        ondelete="restrict",
    )  # fmt: skip
    date = fields.Date(required=True, readonly=True, help="Interest runs up to this day.")
    amount = fields.Monetary(required=True, readonly=True)
    amount_paid = fields.Monetary(string="Paid", readonly=True)
    amount_open = fields.Monetary(string="Open", compute="_compute_amount_open", store=True)
    state = fields.Selection(
        [
            ("claimed", "Claimed"),
            ("booked", "Booked"),
            ("paid", "Paid"),
            ("waived", "Waived"),
            ("replaced", "Replaced"),
            ("cancelled", "Cancelled"),
        ],
        default="claimed",
        required=True,
        readonly=True,
        tracking=True,
    )
    replaced_by_id = fields.Many2one(
        "debitor.claim", readonly=True, index="btree_not_null", ondelete="set null",
        help="The interest of a later notice, which includes this one.",
    )  # fmt: skip
    waived_reason = fields.Char(readonly=True, tracking=True)
    # Why the claim is as high as it is.
    party_kind = fields.Selection(
        [(PartyKind.BUSINESS.value, "Business"), (PartyKind.CONSUMER.value, "Consumer")],
        string="Claimed as From a",
        readonly=True,
    )
    party_evidence = fields.Selection(
        [
            (Evidence.STATED.value, "set on the customer"),
            (Evidence.VAT_NUMBER.value, "VAT number"),
            (Evidence.COMPANY.value, "is a company"),
            (Evidence.NOTHING.value, "nothing known"),
        ],
        string="Because of",
        readonly=True,
    )
    rule_id = fields.Many2one("debitor.interest.rule", readonly=True, ondelete="restrict")
    start_date = fields.Date(string="In Default From", readonly=True)
    start_reason = fields.Selection(
        [
            (StartReason.MANUAL.value, "set by hand"),
            (StartReason.AGREED_DATE.value, "agreed date"),
            (StartReason.REMINDER.value, "reminder"),
            (StartReason.THIRTY_DAYS.value, "30 days after due date and receipt"),
        ],
        readonly=True,
    )
    received_date = fields.Date(
        string="Invoice Received On",
        readonly=True,
        help="The day on which the invoice counts as received, from which the 30 days run:"
        " its date and the days of the company's settings.",
    )
    interest_total = fields.Monetary(
        readonly=True, help="Interest from the first day of default, what was settled included."
    )
    periods = fields.Json(
        readonly=True, help="The table of the interest: days, principal, rates, amount."
    )
    is_verified = fields.Boolean(
        string="Base Rates Verified",
        readonly=True,
        default=True,
        help="All base rates used are verified.",
    )

    _interest_once = models.UniqueIndex(
        "(notice_id, move_line_id) WHERE kind = 'interest'",
        "A notice claims the interest of an item once.",
    )
    _fee_once = models.UniqueIndex("(notice_id) WHERE kind = 'fee'", "A notice claims one fee.")
    _lump_sum_once = models.UniqueIndex(
        "(move_id) WHERE kind = 'lump_sum' AND state <> 'cancelled'",
        "The lump sum is claimed once for each invoice.",
    )
    _outstanding_index = models.Index(
        "(company_id, partner_id) WHERE state IN ('claimed', 'booked')"
    )

    @api.depends("amount", "amount_paid", "state")
    def _compute_amount_open(self):
        for claim in self:
            is_open = claim.state in OUTSTANDING
            claim.amount_open = claim.amount - claim.amount_paid if is_open else 0.0

    @api.depends("kind", "move_id", "notice_id", "date")
    def _compute_display_name(self):
        for claim in self:
            claim.display_name = claim._get_label()

    def _get_label(self):
        """Return what a letter calls the claim, in the language of the environment."""
        self.ensure_one()
        env = self.env
        if self.kind == ClaimKind.FEE.value:
            return env._("Reminder fee of %s", format_date(env, self.date))
        if self.kind == ClaimKind.LUMP_SUM.value:
            return env._("Lump sum for late payment: %s", self.move_id.name)
        return env._(
            "Default interest %(invoice)s, %(first)s to %(last)s",
            invoice=self.move_id.name or "",
            first=format_date(env, self.start_date),
            last=format_date(env, self.date),
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Claims are made by dunning notices, not by hand."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("A claim follows from its notice. Waive it, or cancel the notice.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_cancelled(self):
        for claim in self:
            if claim.state != "cancelled":
                raise UserError(
                    self.env._(
                        "%s was claimed: waive it instead of deleting it.", claim.display_name
                    )
                )

    def _transition(self, state):
        """Move claims to ``state`` and return those that really moved.

        One statement checks and writes, so that nothing is booked or waived twice.
        """
        if not self:
            return self
        self.check_access("write")
        self.flush_recordset()
        moved = self.browse(
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    "UPDATE debitor_claim SET state = %s WHERE id IN %s AND state IN %s"
                    " RETURNING id",
                    state,
                    tuple(self.ids),
                    TRANSITIONS[state],
                )
            )
        )
        self.invalidate_recordset(["state"])
        moved.modified(["state"])
        return moved

    def _require(self, state, action, only_from=None):
        """Move all claims to ``state`` or raise a sentence that names the one that can't."""
        able = self.filtered(lambda one: not only_from or one.state in only_from)
        moved = able._transition(state)
        for claim in self - moved:
            raise UserError(
                self.env._(
                    "%(claim)s is «%(state)s»: %(action)s is not possible.",
                    claim=claim.display_name,
                    state=claim._get_state_label(),
                    action=action,
                )
            )
        return moved

    def _get_state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    # ------------------------------------------------------------------
    # What a person does
    # ------------------------------------------------------------------

    def action_waive(self, reason=None):
        """Give the claims up, with a reason that stays with them; what was booked is taken back."""
        self._check_approver()
        booked = self.filtered(lambda claim: claim.state == "booked")
        self._require("waived", self.env._("waiving"))
        # The rights were checked; claims are closed to other ways of writing them.
        self.sudo().waived_reason = reason or self.env._("Waived by %s", self.env.user.name)
        booked._take_back_open()
        self._log(
            self.env._(
                "Waived by %(user)s: %(reason)s", user=self.env.user.name, reason=reason or "–"
            )
        )

    def action_claim_again(self):
        """Take a waiver back."""
        self._check_approver()
        self._check_party()
        self._require("claimed", self.env._("claiming it again"), ["waived"])
        self.sudo().write({"waived_reason": False})  # closed to users
        self._book_where_due()
        self._log(self.env._("Claimed again by %s.", self.env.user.name))

    def _check_party(self):
        """Raise where a lump sum would be claimed from a consumer."""
        for claim in self.filtered(lambda one: one.kind == ClaimKind.LUMP_SUM.value):
            partner = claim.partner_id.with_company(claim.company_id)
            if partner._get_debitor_party().is_consumer:
                raise UserError(
                    self.env._(
                        "%s can't be claimed again, because the customer is a consumer (§ 288 (5)"
                        " BGB).",
                        claim.display_name,
                    )
                )

    def action_set_paid(self):
        """Note that the debtor has paid claims that this Odoo does not book."""
        self._check_approver()
        self._require("paid", self.env._("noting its payment"), ["claimed"])
        for claim in self.sudo():  # closed to users
            claim.amount_paid = claim.amount
        self._log(self.env._("Noted as paid by %s.", self.env.user.name))

    def action_set_unpaid(self):
        """Take back that claims were paid which this Odoo does not book."""
        self._check_approver()
        able = self.filtered(lambda claim: not claim.entry_id)
        (self - able)._require("claimed", self.env._("noting it as open"), ["never"])
        able._require("claimed", self.env._("noting it as open"), ["paid"])
        able.sudo().write({"amount_paid": 0})  # closed to users
        able._log(self.env._("Noted as open by %s.", self.env.user.name))

    def _log(self, text):
        """Note on each claim, and on its notice, who did what."""
        for claim in self:
            claim._message_log(body=text)
            claim.notice_id._log(f"{claim.display_name}: {text}")

    def action_dun(self):
        """Propose notices about these claims alone, and open their run."""
        self.env["debitor.dunning.run"].check_access("create")
        obstacles = self.env["debitor.claim.maker"]._find_obstacles(self)
        free = self.filtered(lambda claim: not obstacles[claim])
        if not free:
            reasons = [claim._get_obstacle_text(obstacles[claim]) for claim in self[:10]]
            raise UserError(
                "\n".join([self.env._("None of these claims can be demanded now:"), *reasons])
            )
        runs = self.env["debitor.dunning.run"]
        for company, claims in free.grouped("company_id").items():
            runs |= runs._propose_claims(company, claims)
        return runs._action_open()

    def _get_obstacle_text(self, obstacle):
        """Return why the claim can't be demanded, and the way out, for a core ``Obstacle``."""
        self.ensure_one()
        name = self.display_name
        if obstacle is Obstacle.ELSEWHERE:
            notice = self.live_notice_id.name or self.notice_id.name
            return self.env._(
                "Not demanded: %(claim)s, which notice %(notice)s demands.",
                claim=name,
                notice=notice,
            )
        if obstacle is Obstacle.VOID_INVOICE:
            return self.env._(
                "Not demanded: %s, because the invoice was cancelled or credited. Waive it.", name
            )
        if obstacle is Obstacle.CONSUMER:
            return self.env._(
                "Not demanded: %s, because the customer is a consumer (§ 288 (5) BGB). Waive it.",
                name,
            )
        if obstacle is Obstacle.BLOCKED:
            return self.env._("Not demanded: %s, because of a dunning block.", name)
        return self.env._("%(claim)s is «%(state)s».", claim=name, state=self._get_state_label())

    def action_open_waive(self):
        """Ask for the reason of the waiver."""
        self._check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive Claims"),
            "res_model": "debitor.claim.waive",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_claim_ids": self.ids},
        }

    def _check_approver(self):
        self.env["debitor.dunning.notice"]._check_approver()

    # ------------------------------------------------------------------
    # What happens to the notice
    # ------------------------------------------------------------------

    def _after_claiming(self):
        """Let new interest take the place of the item's earlier interest, and book what is due."""
        interest = self.filtered(lambda claim: claim.kind == ClaimKind.INTEREST.value)
        if interest:
            earlier = self.search(
                [
                    ("kind", "=", ClaimKind.INTEREST.value),
                    ("state", "=", "claimed"),
                    ("move_line_id", "in", interest.move_line_id.ids),
                    ("id", "not in", interest.ids),
                ]
            )
            by_item = {claim.move_line_id: claim for claim in interest}
            for claim in earlier._transition("replaced"):
                claim.replaced_by_id = by_item[claim.move_line_id]
        self._book_where_due()

    def _after_notice_cancelled(self):
        """Drop the claims of a notice; the interest that it replaced is claimed again."""
        booked = self.filtered(lambda claim: claim.state == "booked")
        cancelled = self._transition("cancelled")
        (booked & cancelled)._take_back_all()
        revived = self.browse()
        for claim in self.search([("replaced_by_id", "in", cancelled.ids)]) - cancelled:
            heir = claim.replaced_by_id
            while heir in cancelled:
                heir = heir.replaced_by_id
            claim.replaced_by_id = heir
            if not heir:
                revived |= claim
        revived._transition("claimed")._follow_books()
