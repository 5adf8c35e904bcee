from odoo import fields, models


class DebitorDunningBlockReason(models.Model):
    _inherit = "debitor.dunning.block.reason"

    is_dispute = fields.Boolean(
        string="Not for the Score",
        help="Invoices blocked for this reason are disputed: when they are paid says nothing"
        " about the customer, and is left out of the payment score.",
    )
