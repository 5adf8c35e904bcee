from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ...core.claims.charges import ClaimKind, Correction
from ...core.claims.demand import Obstacle
from ...core.claims.party import Evidence, PartyKind
from ..debitor_dunning_notice import LIVE_STATES
from .debitor_claim_maker import OUTSTANDING

_lt = LazyTranslate(__name__)

# Follows from what is decided about a notice, and is never written by hand or from outside.
_OWN_FIELDS = {"claim_ids", "carried_claim_ids", "amount_claims", "claim_drafts", "claim_trace"}
# A notice in one of these states, never sent, claims nothing any more.
_ENDED = ("excluded", "blocked", "settled", "cancelled")
_CORRECTIONS = {
    (ClaimKind.LUMP_SUM, Correction.CONSUMER_LUMP_SUM): _lt(
        "No lump sum: it can't be claimed from consumers (§ 288 (5) BGB)."
    ),
    (ClaimKind.LUMP_SUM, Correction.LUMP_SUM_CLAIMED): _lt(
        "No lump sum for %s: it was claimed before."
    ),
    (ClaimKind.LUMP_SUM, Correction.NOT_IN_DEFAULT): _lt(
        "No lump sum for %s: the customer is not in default with it yet."
    ),
    (ClaimKind.FEE, Correction.FIRST_REMINDER): _lt(
        "No fee: this reminder itself puts the customer into default."
    ),
}
_PARTIES = {
    PartyKind.BUSINESS: _lt("Claims as from a business"),
    PartyKind.CONSUMER: _lt("Claims as from a consumer"),
}
_EVIDENCE = {
    Evidence.STATED: _lt("it is set on the customer"),
    Evidence.VAT_NUMBER: _lt("the customer has a VAT number"),
    Evidence.COMPANY: _lt("the customer is a company"),
    Evidence.NOTHING: _lt("nothing says that the customer is a business"),
}


class DebitorDunningNotice(models.Model):
    _inherit = "debitor.dunning.notice"

    claim_ids = fields.One2many("debitor.claim", "notice_id", string="Claims", readonly=True)
    carried_claim_ids = fields.Many2many(
        "debitor.claim",
        "debitor_claim_carried_rel",
        "notice_id",
        "claim_id",
        string="Earlier Claims",
        readonly=True,
        help="Claims of earlier notices that are still to be paid and go on this one too.",
    )
    amount_claims = fields.Monetary(string="Claims Sum", readonly=True)
    amount_due = fields.Monetary(
        string="Amount to Be Paid",
        compute="_compute_amount_due",
        help="Open items, less credits, plus claims.",
    )
    claim_drafts = fields.Json(
        readonly=True, help="What the notice will claim when it goes out: see the maker of claims."
    )
    draft_claims = fields.Html(
        compute="_compute_draft_claims", string="Will Be Claimed", sanitize=False
    )
    claim_trace = fields.Json(readonly=True, help="What was decided about the claims, and why.")
    claim_note = fields.Text(compute="_compute_claim_note", string="Why These Claims")

    @api.depends("amount_total", "amount_claims")
    def _compute_amount_due(self):
        for notice in self:
            notice.amount_due = notice.amount_total + notice.amount_claims

    @api.depends("claim_trace")
    @api.depends_context("lang")
    def _compute_claim_note(self):
        for notice in self:
            notice.claim_note = "\n".join(notice._get_claim_sentences())

    def _get_claim_sentences(self):
        """Return what was decided about the claims as sentences in the user's language."""
        self.ensure_one()
        sentences = self._get_new_claim_sentences() + self._get_kept_back_sentences()
        return list(dict.fromkeys(sentences))

    def _get_new_claim_sentences(self):
        trace = self.claim_trace
        if not trace or "party" not in trace:
            return []
        party, evidence = PartyKind(trace["party"]), Evidence(trace["evidence"])
        because = self.env._(_EVIDENCE[evidence]).rstrip(".")  # pylint: disable=W8301,E8502
        sentences = [f"{self.env._(_PARTIES[party])}: {because}."]  # pylint: disable=W8301,E8502
        items = {line.move_line_id.id: line.move_id.name for line in self.line_ids}
        for kind, code, item_id in trace["corrections"]:
            sentence = self.env._(_CORRECTIONS[ClaimKind(kind), Correction(code)])  # pylint: disable=W8301,E8502
            sentences.append(sentence % items.get(item_id, "") if "%s" in sentence else sentence)
        return sentences + [
            self.env._(
                "The base rate from %s is missing, so that the days since then bear no"
                " interest: enter it under Configuration › Base Rates.",
                format_date(self.env, day),
            )
            for day in trace["missing"]
        ]

    def _get_kept_back_sentences(self):
        """Return which earlier claims the notice does not demand, and why."""
        kept_back = (self.claim_trace or {}).get("kept_back", ())
        Claim = self.env["debitor.claim"]
        known = set(Claim.browse(id_ for _code, id_ in kept_back).exists().ids)
        return [
            Claim.browse(id_)._get_obstacle_text(Obstacle(code))
            for code, id_ in kept_back
            if id_ in known
        ]

    # ------------------------------------------------------------------
    # The way of a notice
    # ------------------------------------------------------------------

    def _renew_claims(self, *, is_final=False):
        self.env["debitor.claim.maker"]._renew(self, is_final=is_final)

    def _transition(self, state, **vals):
        # EXTENDS debitor_dunning
        moved = super()._transition(state, **vals)
        never_sent = moved.filtered(lambda notice: not notice.sent_on)
        if state in _ENDED:
            never_sent._drop_claims()
        elif state == "proposed":
            never_sent._renew_claims()
        return moved

    def _drop_claims(self):
        """Forget what was only drafted, so that another notice may claim it.

        A notice about claims alone keeps what it was made for, in case it is taken in again.
        """
        notices = self.sudo()  # closed to users, who may leave notices out
        notices.write({"claim_drafts": False, "amount_claims": 0})
        carrying = notices.filtered("carried_claim_ids")
        about_items = carrying.filtered(lambda notice: not notice._is_about_claims())
        about_items.write({"carried_claim_ids": [Command.clear()]})

    def _sync_live(self, state):
        # EXTENDS debitor_dunning: let go of claims, or hold them again, as of items
        result = super()._sync_live(state)
        maker = self.env["debitor.claim.maker"]
        if state not in LIVE_STATES:
            self.env["debitor.claim"].flush_model(["live_notice_id"])
            maker._hold(self.ids, {})
        elif state == "bounced":
            maker._hold_again(self)
        return result

    def _check_unchanged(self, vals):
        # EXTENDS debitor_dunning
        if not self.env.su and _OWN_FIELDS & vals.keys():
            raise AccessError(self.env._("The claims of a notice follow from its items."))
        return super()._check_unchanged(vals)

    def _after_line_change(self):
        # EXTENDS debitor_dunning
        result = super()._after_line_change()
        self._renew_claims()
        return result

    @api.model
    def _get_notice_steps(self):
        # EXTENDS debitor_dunning: interest runs up to the day of the letter
        steps = super()._get_notice_steps()
        steps.insert(steps.index("_step_set_date") + 1, "_step_claims")
        return steps

    def _step_claims(self):
        self._renew_claims(is_final=True)
        if self._is_about_claims() and not self.carried_claim_ids:
            self._end_without_claims()

    def _end_without_claims(self):
        """End a notice about claims that it may not demand any more, or not now."""
        reasons = self._get_kept_back_sentences()
        is_blocked = Obstacle.BLOCKED.value in dict((self.claim_trace or {}).get("kept_back", ()))
        self._transition(
            "blocked" if is_blocked else "settled",
            problem=" ".join(reasons) or self.env._("Nothing left to dun."),
        )

    def _is_about_claims(self):
        """Tell whether the notice was made for earlier claims alone."""
        self.ensure_one()
        return not self.line_ids

    def _step_refresh_items(self):
        # EXTENDS debitor_dunning: without items only a block of the debtor keeps it back
        if self._is_about_claims():
            return self._step_heed_block()
        return super()._step_refresh_items()

    def _find_stale(self):
        # EXTENDS debitor_dunning
        return super()._find_stale() | self.env["debitor.claim.maker"]._find_stale(self)

    def _renew_stale(self):
        # EXTENDS debitor_dunning
        result = super()._renew_stale()
        self.env["debitor.claim.maker"]._renew_stale(self)
        if self._is_about_claims() and not self.amount_claims:
            self._end_without_claims()
        return result

    def _read_residuals(self):
        # EXTENDS debitor_dunning: what is open of a notice about claims are these claims
        residuals = super()._read_residuals()
        for notice in self:
            if notice.id not in residuals and notice.carried_claim_ids:
                residuals[notice.id] = sum(notice.carried_claim_ids.mapped("amount_open"))
        return residuals

    def _after_sent(self):
        # EXTENDS debitor_dunning
        new = self.filtered(lambda notice: not notice.sent_on)
        result = super()._after_sent()
        # Claims are closed to users.
        self.env["debitor.claim.maker"].sudo()._insert(new)._after_claiming()
        return result

    def _revert_levels(self):
        # EXTENDS debitor_dunning
        result = super()._revert_levels()
        self.sudo().claim_ids._after_notice_cancelled()  # claims are closed to users
        return result

    def action_approve(self):
        # EXTENDS debitor_dunning
        for notice in self._renew_about_claims():
            raise UserError(
                self.env._(
                    "Notice %s demands nothing any more: its claims were paid, waived or go on"
                    " another notice. Leave it out.",
                    notice.display_name,
                )
            )
        return super().action_approve()

    def _renew_about_claims(self):
        """Let proposals about claims alone forget what ended; return those that demand nothing.

        A block may be over by the day of sending, and is heeded then.
        """
        about = self.filtered(lambda one: one.state == "proposed" and one._is_about_claims())
        about.filtered(
            lambda notice: notice.currency_id.compare_amounts(
                sum(notice.carried_claim_ids.mapped("amount_open")), notice.amount_claims
            )
        )._renew_claims()
        return about.filtered(
            lambda notice: notice.currency_id.compare_amounts(notice.amount_due, 0) <= 0
        )

    # ------------------------------------------------------------------
    # What people see
    # ------------------------------------------------------------------

    def _get_shown_claims(self):
        """Return the claims that the letter asks for, earlier ones first, then drafts."""
        self.ensure_one()
        own = self.claim_ids.filtered(lambda claim: claim.state != "cancelled").sorted("id")
        carried = self.carried_claim_ids.sorted("date")
        if not self.sent_on:  # what was paid or waived meanwhile is no row of nothing
            carried = carried.filtered(lambda claim: claim.state in OUTSTANDING)
        shown = carried | (own or self._get_draft_claims())
        if self.sent_on and self.is_resend:  # once more, without what ended meanwhile
            shown = shown.filtered(
                lambda claim: claim.state in OUTSTANDING and claim.live_notice_id == self
            )
        return shown

    def _get_draft_claims(self):
        """Return the drafts of one notice as claims in memory."""
        self.ensure_one()
        # Lines of a made-up notice are about no item: they are known by their place.
        items = {
            line.move_line_id.id or place: line for place, line in enumerate(self.line_ids, start=1)
        }
        trace = self.claim_trace or {}
        claims = self.env["debitor.claim"]
        for draft in self.claim_drafts or ():
            line = items.get(draft["item"], self.env["debitor.dunning.notice.line"])
            claims |= claims.new(
                {
                    "kind": draft["kind"],
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "partner_id": self.partner_id.id,
                    "notice_id": self.id,
                    "move_line_id": line.move_line_id.id,
                    "move_id": line.move_id.id,
                    "date": self.date,
                    "amount": float(draft["amount"]),
                    "interest_total": float(draft.get("total", 0)),
                    "start_date": draft.get("start"),
                    "start_reason": draft.get("reason"),
                    "received_date": draft.get("received"),
                    "rule_id": draft.get("rule"),
                    "periods": draft.get("periods"),
                    "is_verified": draft.get("verified", True),
                    "party_kind": trace.get("party"),
                    "party_evidence": trace.get("evidence"),
                }
            )
        return claims

    @api.depends("claim_drafts")
    @api.depends_context("lang")
    def _compute_draft_claims(self):
        for notice in self:
            rows = [
                (claim._get_label(), notice.currency_id.format(claim.amount))
                for claim in notice._get_draft_claims()
            ]
            cells = Markup("").join(
                Markup('<tr><td>%s</td><td class="text-end">%s</td></tr>') % row for row in rows
            )
            is_draft = rows and not notice.sent_on
            table = Markup('<table class="table table-sm w-auto">%s</table>') % cells
            notice.draft_claims = table if is_draft else False

    def action_open_claims(self):
        """Open the claims that this notice makes and carries."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.debitor_claim_action"
        )
        shown = self.claim_ids | self.carried_claim_ids
        return action | {"domain": [("id", "in", shown.ids)], "context": {}}

    def action_print_interest(self):
        """Return the tables of interest of one notice as a PDF file."""
        return self._get_shown_interest().action_print_interest()

    def _get_shown_interest(self):
        return self._get_shown_claims().filtered(
            lambda claim: claim.kind == ClaimKind.INTEREST.value
        )
