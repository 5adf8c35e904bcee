from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        # EXTENDS account: posting, back to draft and cancelling all write the state
        result = super().write(vals)
        if vals.keys() & {"state", "partner_id"}:
            self._note_for_scores()
        return result

    def _note_for_scores(self):
        invoices = self.sudo().filtered(  # whoever posts may not read each company's partners
            lambda move: move.move_type in ("out_invoice", "out_refund")
        )
        self.env["debitor.score.news"]._note(
            (move.company_id.id, move.commercial_partner_id.id) for move in invoices
        )
