from odoo import api, fields, models


class DebitorClaimWaive(models.TransientModel):
    """Gives claims up, with the reason."""

    _name = "debitor.claim.waive"
    _description = "Waive Claims"

    claim_ids = fields.Many2many("debitor.claim", string="Claims")
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        # EXTENDS base
        values = super().default_get(fields)
        if "claim_ids" in fields and self.env.context.get("active_model") == "debitor.claim":
            values.setdefault("claim_ids", [(6, 0, self.env.context.get("active_ids", []))])
        return values

    def action_confirm(self):
        self.ensure_one()
        self.claim_ids.action_waive(self.reason)
        return {"type": "ir.actions.act_window_close"}
