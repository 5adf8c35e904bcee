from odoo import api, models
from odoo.tools import SQL


class DebitorOpenItemReader(models.AbstractModel):
    _inherit = "debitor.open.item.reader"

    @api.model
    def _get_open_item_where(self, company):
        # EXTENDS debitor_dunning: a booked claim is asked for as such, and bears no interest
        return SQL("%s AND line.debitor_claim_id IS NULL", super()._get_open_item_where(company))
