from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debitor_hold_mode = fields.Selection(
        related="company_id.debitor_hold_mode", readonly=False, required=True
    )
    debitor_hold_user_id = fields.Many2one(
        related="company_id.debitor_hold_user_id", readonly=False
    )
    debitor_hold_paid = fields.Boolean(related="company_id.debitor_hold_paid", readonly=False)
    debitor_apply_terms = fields.Boolean(related="company_id.debitor_apply_terms", readonly=False)
    debitor_score_persons = fields.Boolean(
        related="company_id.debitor_score_persons", readonly=False
    )
    debitor_decision_keep_years = fields.Integer(
        related="company_id.debitor_decision_keep_years", readonly=False
    )
    debitor_score_keep_months = fields.Integer(
        related="company_id.debitor_score_keep_months", readonly=False
    )
