from odoo import api, models


class DebitorDunningLetter(models.AbstractModel):
    _name = "debitor.dunning.letter"
    _description = "Letter of a Dunning Notice"

    @api.model
    def _render_pdf(self, notice):
        raise NotImplementedError
