from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: all payments of a line come through here
        partials = super().create(vals_list)
        partials._note_for_scores()
        return partials

    def unlink(self):
        # EXTENDS account
        self._note_for_scores()
        return super().unlink()

    def _note_for_scores(self):
        # Only debtors are scored; the lines are known to who matches them, and read anyway.
        lines = self.sudo().debit_move_id.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.env["debitor.score.news"]._note(
            (line.company_id.id, line.partner_id.commercial_partner_id.id) for line in lines
        )
