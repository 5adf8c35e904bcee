from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: the one place through which all payments of a line go
        partials = super().create(vals_list)
        partials.debit_move_id.debitor_claim_id._sync_payment()
        return partials

    def unlink(self):
        # EXTENDS account
        claims = self.debit_move_id.debitor_claim_id
        result = super().unlink()
        claims._sync_payment()
        return result
