from decimal import Decimal

from odoo import api, models


class DebitorClaimMaker(models.AbstractModel):
    """What a letter demands against what is owed now: one comparison for print and resend."""

    _inherit = "debitor.claim.maker"

    @api.model
    def _find_stale(self, notices):
        """Return the notices whose letter demands other claims than are owed now.

        A letter that never went out demands its drafts; one that did, its claims.
        """
        notices = notices.sudo()
        if not notices or not self._is_concerned(notices):
            return notices.browse()
        self._flush_facts()
        fresh = notices.filtered(lambda notice: not notice.sent_on)
        drafts = self._compute_drafts(fresh)
        sums, _kept_back = self._sum_demands(self._decide_demands_of_letters(notices, drafts))
        return notices.filtered(
            lambda notice: self._is_stale(notice, drafts.get(notice.id), sums.get(notice.id, 0))
        )

    @api.model
    def _decide_demands_of_letters(self, notices, drafts):
        fresh = notices.browse(drafts)
        demands = self._decide_demands(fresh, drafts, is_final=True) if fresh else []
        return demands + self._decide_held(notices - fresh)

    @api.model
    def _decide_held(self, notices):
        if not notices:
            return []
        ids = tuple(notices.ids)
        return self._judge(self._read_candidates(self._get_held(ids)), ids)

    @api.model
    def _is_stale(self, notice, drafts, carried):
        own = drafts[0] if drafts else []
        total = sum((one.amount for one in own), carried)
        if notice.currency_id.compare_amounts(float(total), notice.amount_claims):
            return True
        if drafts is None:
            return False
        kept = [
            (one["kind"], one["item"], Decimal(one["amount"])) for one in notice.claim_drafts or ()
        ]
        now = [(one.kind.value, one.item_id, one.amount) for one in own]
        return sorted(kept, key=str) != sorted(now, key=str)

    @api.model
    def _renew_stale(self, notices):
        """Let letters that go out once more demand what is owed now."""
        notices = notices.sudo()
        sent = notices.filtered("sent_on")
        self._renew(notices - sent, is_final=True)
        demands = self._decide_held(sent)
        sums, _kept_back = self._sum_demands(demands)
        held = {one.claim_id: one.notice_id for one, obstacle in demands if obstacle is None}
        if sent:
            self._hold(sent.ids, held)
        for notice in sent:
            notice.amount_claims = float(sums.get(notice.id, 0))
