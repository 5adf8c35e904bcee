from dataclasses import dataclass
from datetime import date as Day  # noqa: N812 a field is called date

from odoo import api, models


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A claim that is booked when it is paid, with what the page asks of a journal item."""

    id: int
    name: str
    move_id: object
    partner_id: object
    currency_id: object
    date: Day
    date_maturity: Day
    amount_residual_currency: float
    parent_state: str = "posted"


class DebitorBankReview(models.AbstractModel):
    _inherit = "debitor.bank.review"

    @api.model
    def _read_items(self, ids):
        # EXTENDS debitor_camt: claims that are not booked yet have negative ids
        found = super()._read_items([item_id for item_id in ids if item_id > 0])
        claim_ids = [-item_id for item_id in ids if item_id < 0]
        # Closed to those who invoice; they see of them what the payment would cover.
        claims = self.env["debitor.claim"].sudo().browse(claim_ids).exists()
        return found | {
            -claim.id: self._as_claim_item(claim) for claim in claims if claim.state == "claimed"
        }

    @api.model
    def _as_claim_item(self, claim):
        return ClaimItem(
            id=-claim.id,
            name=claim.display_name,
            move_id=self.env["account.move"],
            partner_id=claim.partner_id.sudo(False),
            currency_id=claim.currency_id.sudo(False),
            date=claim.date,
            date_maturity=claim.date,
            amount_residual_currency=claim.amount_open,
        )
