from decimal import Decimal

from odoo import api, models
from odoo.addons.debitor_camt.core.matching import OpenItem
from odoo.tools import SQL


class DebitorMatchReader(models.AbstractModel):
    _inherit = "debitor.match.reader"

    @api.model
    def _get_claim_condition(self):
        # OVERRIDE debitor_camt: there no open item is a claim
        return SQL("item.debitor_claim_id IS NOT NULL")

    @api.model
    def _read_items(self, companies):
        # EXTENDS debitor_camt: claims that are booked when they are paid are no items yet
        self.env["debitor.claim"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT claim.id, partner.commercial_partner_id, claim.amount_open::text,
                          claim.amount::text, currency.name, claim.date
                     FROM debitor_claim claim
                     JOIN res_company company ON company.id = claim.company_id
                     JOIN res_partner partner ON partner.id = claim.partner_id
                     JOIN res_currency currency ON currency.id = claim.currency_id
                    WHERE claim.company_id IN %s AND claim.state = 'claimed'
                      AND claim.amount_open > 0 AND company.dunning_claim_booking <> 'none'
                 ORDER BY claim.date, claim.id""",
                companies,
            )
        )
        return super()._read_items(companies) + [self._as_claim_item(row) for row in rows]

    @api.model
    def _as_claim_item(self, row):
        """Return a claim as an open item; its id is negative, since it is no journal item yet."""
        claim_id, partner_id, residual, total, currency, day = row
        return OpenItem(
            id=-claim_id,
            move_id=-claim_id,
            partner_id=partner_id,
            number="",
            residual=Decimal(residual),
            total=Decimal(total),
            currency=currency,
            account_id=0,
            date=day,
            due=day,
            is_claim=True,
        )
