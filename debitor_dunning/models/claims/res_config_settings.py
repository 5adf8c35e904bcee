from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dunning_interest_business_id = fields.Many2one(
        related="company_id.dunning_interest_business_id", readonly=False
    )
    dunning_interest_consumer_id = fields.Many2one(
        related="company_id.dunning_interest_consumer_id", readonly=False
    )
    dunning_lump_sum = fields.Monetary(
        related="company_id.dunning_lump_sum",
        readonly=False,
    )
    dunning_counts_payment_day = fields.Boolean(
        related="company_id.dunning_counts_payment_day", readonly=False
    )
    dunning_warns_consumers = fields.Boolean(
        related="company_id.dunning_warns_consumers", readonly=False
    )
    dunning_receipt_days = fields.Integer(related="company_id.dunning_receipt_days", readonly=False)
    dunning_is_due_agreed = fields.Boolean(
        related="company_id.dunning_is_due_agreed", readonly=False
    )
    dunning_claim_booking = fields.Selection(
        related="company_id.dunning_claim_booking", readonly=False, required=True
    )
    dunning_claim_journal_id = fields.Many2one(
        related="company_id.dunning_claim_journal_id", readonly=False
    )
    dunning_interest_account_id = fields.Many2one(
        related="company_id.dunning_interest_account_id", readonly=False
    )
    dunning_fee_account_id = fields.Many2one(
        related="company_id.dunning_fee_account_id", readonly=False
    )
    dunning_claim_order = fields.Selection(
        related="company_id.dunning_claim_order", readonly=False, required=True
    )
    dunning_loss_account_id = fields.Many2one(
        related="company_id.dunning_loss_account_id", readonly=False
    )
    dunning_rest_account_id = fields.Many2one(
        related="company_id.dunning_rest_account_id", readonly=False
    )
    dunning_limit_user = fields.Monetary(
        related="company_id.dunning_limit_user",
        readonly=False,
    )
    dunning_limit_approver = fields.Monetary(
        related="company_id.dunning_limit_approver",
        readonly=False,
    )

    def set_values(self):
        # EXTENDS base_setup: what is left empty is taken from the company's chart
        result = super().set_values()
        if self.dunning_claim_booking != "none":
            self.company_id._suggest_claim_accounts()
            self.company_id._check_claim_accounts()
        return result
