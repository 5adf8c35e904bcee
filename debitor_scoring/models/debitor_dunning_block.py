from odoo import api, models


class DebitorDunningBlock(models.Model):
    _inherit = "debitor.dunning.block"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS debitor_dunning: a disputed invoice says nothing about its customer
        blocks = super().create(vals_list)
        blocks._note_for_scores()
        return blocks

    def write(self, vals):
        # EXTENDS debitor_dunning
        result = super().write(vals)
        self._note_for_scores()
        return result

    def _note_for_scores(self):
        self.env["debitor.score.news"]._note(
            (block.company_id.id, block.partner_id.commercial_partner_id.id) for block in self
        )
