from odoo import api, fields, models

from ..core.reasons import Code
from .reason_text import get_reason_selection, get_reason_text


class DebitorDunningSkip(models.Model):
    """An overdue item that a run left out, with the reason as it was then."""

    _name = "debitor.dunning.skip"
    _description = "Item Not Dunned"
    _order = "run_id, reason_code, partner_id, id"
    _log_access = False
    _rec_name = "move_line_id"

    run_id = fields.Many2one("debitor.dunning.run", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Open Item", required=True, ondelete="cascade", index=True
    )
    move_id = fields.Many2one(related="move_line_id.move_id")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    amount_residual = fields.Monetary(string="Open")
    date_maturity = fields.Date(string="Due Date")
    days_overdue = fields.Integer(aggregator="max")
    reason_code = fields.Selection(get_reason_selection, required=True, string="Reason Kind")
    reason_until = fields.Date()
    reason_detail = fields.Char()
    reason_amount = fields.Float(digits=0)
    reason_limit = fields.Float(digits=0)
    reason = fields.Char(compute="_compute_reason")

    @api.depends_context("lang")
    @api.depends("reason_code", "reason_until", "reason_detail", "reason_amount", "reason_limit")
    def _compute_reason(self):
        for skip in self:
            skip.reason = get_reason_text(
                self.env,
                Code(skip.reason_code),
                currency=skip.company_id.currency_id,
                until=skip.reason_until,
                detail=skip.reason_detail or "",
                amount=skip.reason_amount,
                limit=skip.reason_limit,
            )
