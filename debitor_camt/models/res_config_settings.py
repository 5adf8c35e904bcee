from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debitor_bank_alias_name = fields.Char(
        related="company_id.debitor_bank_alias_name", readonly=False
    )
    debitor_bank_senders = fields.Text(related="company_id.debitor_bank_senders", readonly=False)
    debitor_bank_alias_domain = fields.Char(related="company_id.alias_domain_id.name")
