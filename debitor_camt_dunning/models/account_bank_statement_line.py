from dataclasses import replace

from odoo import api, models
from odoo.addons.debitor_camt.tools.money import to_decimal
from odoo.tools import SQL


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    @api.model
    def _lock_items(self, ids):
        # EXTENDS debitor_camt: claims that are not booked yet have negative ids
        claim_ids = sorted(-item_id for item_id in ids if item_id < 0)
        residuals = super()._lock_items({item_id for item_id in ids if item_id > 0})
        if not claim_ids:
            return residuals
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM debitor_claim WHERE id IN %s AND state = 'claimed'"
                " ORDER BY id FOR UPDATE",
                tuple(claim_ids),
            )
        )
        # Closed to those who invoice; what a payment covers doesn't depend on who books it.
        claims = self.env["debitor.claim"].sudo().browse(id_ for [id_] in rows)
        return residuals | {
            -claim.id: to_decimal(claim.amount_open, claim.currency_id) for claim in claims
        }

    @api.model
    def _materialise(self, proposals):
        # EXTENDS debitor_camt: what is paid of claims is booked now
        proposals = super()._materialise(proposals)
        claim_ids = {-id_ for one in proposals if one for id_ in one.item_ids if id_ < 0}
        if not claim_ids:
            return proposals
        claims = self.env["debitor.claim"].sudo().browse(sorted(claim_ids))  # see _lock_items
        claims._book()
        line_ids = {-claim.id: claim.entry_line_id.id for claim in claims}
        return [
            one
            and replace(
                one, parts=tuple((line_ids.get(id_, id_), amount) for id_, amount in one.parts)
            )
            for one in proposals
        ]
