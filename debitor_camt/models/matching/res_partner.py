from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    debitor_is_shared_payer = fields.Boolean(
        string="Pays for Others",
        help="E.g. factoring, a payment service or a clearing account: its IBAN and name say"
        " nothing about whose invoice is paid, and nothing is learned from them.",
    )
    debitor_mandate_problem = fields.Char(
        string="Direct Debit Problem",
        copy=False,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="Why the last direct debit came back; empty it once the mandate is in order.",
    )
    debitor_payer_memory_ids = fields.One2many(
        "debitor.payer.memory",
        "partner_id",
        string="Known as Payer by",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    def _commercial_fields(self):
        # EXTENDS base
        return [*super()._commercial_fields(), "debitor_is_shared_payer"]
