from odoo import api, fields, models


class DebitorDunningExclude(models.TransientModel):
    """Leaves notices, or single items of them, out of their run, with the reason."""

    _name = "debitor.dunning.exclude"
    _description = "Leave Out of a Dunning Run"

    notice_ids = fields.Many2many("debitor.dunning.notice", string="Notices")
    line_ids = fields.Many2many("debitor.dunning.notice.line", string="Items")
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        # EXTENDS base
        values = super().default_get(fields)
        names = {
            "debitor.dunning.notice": "notice_ids",
            "debitor.dunning.notice.line": "line_ids",
        }
        name = names.get(self.env.context.get("active_model"))
        if name in fields and not values.get(name):
            values[name] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    def action_confirm(self):
        self.ensure_one()
        if self.notice_ids:
            self.notice_ids.action_exclude(self.reason)
        if self.line_ids:
            self.line_ids.action_exclude(self.reason)
        return {"type": "ir.actions.act_window_close"}
