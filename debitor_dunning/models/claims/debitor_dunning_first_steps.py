from odoo import api, models


class DebitorDunningFirstSteps(models.AbstractModel):
    _inherit = "debitor.dunning.first.steps"

    @api.model
    def get_steps(self):
        # EXTENDS debitor_dunning
        company = self.env.company
        procedure = company.sudo()._get_dunning_procedure()
        has_interest = bool(procedure.level_ids.filtered("has_interest"))
        warnings = company.sudo()._get_rate_warnings(company._get_today()) if has_interest else []
        return super().get_steps() | {"warnings": warnings}
