from collections import defaultdict

from odoo import api, models

from ...core.claims.charges import ClaimKind
from .debitor_claim_maker import OUTSTANDING, as_json


class DebitorClaimInterest(models.Model):
    """Interest once it is claimed: what later payments change of it, and its table."""

    _inherit = "debitor.claim"

    @api.model
    def _follow_payments(self, partials):
        """Lower claimed interest where a payment turns out to have come in before its last day."""
        interest = self.search(
            [
                ("kind", "=", ClaimKind.INTEREST.value),
                ("state", "in", OUTSTANDING),
                ("move_line_id", "in", partials.debit_move_id.ids),
            ]
        )
        if not interest:
            return
        first = {}
        for partial in partials:
            item, day = partial.debit_move_id, partial.credit_move_id.date
            first[item] = min(first.get(item, day), day)
        interest.filtered(lambda claim: first[claim.move_line_id] <= claim.date)._follow_books()

    def _follow_books(self):
        """Lower claimed interest to what today's books give up to its day; nothing rises.

        Later interest of an item comes on top of what was booked of it before: where that is
        lowered, less was settled.
        """
        lowered = defaultdict(float)
        recomputed = self.env["debitor.claim.maker"]._recompute(self)
        for claim in self.sorted(lambda one: (one.date, one.id)):
            interest, item = recomputed.get(claim), claim.move_line_id
            if not interest:
                continue
            settled = claim.interest_total - claim.amount - lowered[item]
            amount = claim.currency_id.round(
                max(float(interest.amount) - settled, claim.amount_paid)
            )
            if claim.currency_id.compare_amounts(amount, claim.amount) < 0:
                lowered[item] += claim.amount - amount
                claim._lower(amount, interest)
            elif lowered[item]:
                claim._keep_table(interest)

    def _keep_table(self, interest):
        self.write({"interest_total": float(interest.amount), "periods": as_json(interest)})

    def _lower(self, amount, interest):
        self.ensure_one()
        text = self.env._(
            "Lowered from %(before)s to %(after)s: a payment was booked as of an earlier day.",
            before=self.currency_id.format(self.amount),
            after=self.currency_id.format(amount),
        )
        self.amount = amount
        self._keep_table(interest)
        # Before anything is taken back: what is open no more, and not paid, would look settled.
        if self.currency_id.is_zero(amount):
            self._transition("waived")
            self.waived_reason = text
        self._take_back_surplus()
        self._log(text)

    def _get_periods(self):
        """Return ``{claim: rows of its interest table}``; see ``as_json`` for a row."""
        interest = self.filtered(lambda claim: claim.kind == ClaimKind.INTEREST.value)
        # Drafts keep no table until the notice goes out.
        drafts = interest.filtered(lambda claim: not claim.periods)
        tables = self.env["debitor.claim.maker"]._compute_interest_tables(drafts.notice_id)
        found = {}
        for claim in interest:
            table = tables.get((claim.notice_id.id, claim.move_line_id.id))
            found[claim] = claim.periods or (as_json(table) if table else [])
        return found

    def action_print_interest(self):
        """Return the tables of interest as a PDF file."""
        return self.env["debitor.dunning.letter"]._offer_interest(self, "pdf")

    def action_export_interest(self):
        """Return the tables of interest as a workbook."""
        return self.env["debitor.dunning.letter"]._offer_interest(self, "xlsx")
