from odoo import models


class DebitorScoringModel(models.Model):
    _inherit = "debitor.scoring.model"

    def action_preview(self):
        """Show what these rules would do to today's customers; nothing is changed."""
        self.ensure_one()
        preview = self.env["debitor.scoring.preview"].create({"model_id": self.id})
        preview._compare()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What would change"),
            "res_model": preview._name,
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
