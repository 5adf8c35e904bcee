from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: the one place through which all payments of a line go
        partials = super().create(vals_list)
        partials.debit_move_id.debitor_claim_id._sync_payment()
        # Claims are closed to whoever books payments.
        self.env["debitor.claim"].sudo()._follow_payments(partials)
        return partials

    def unlink(self):
        # EXTENDS account
        claims = self.debit_move_id.debitor_claim_id
        unpaid = self.filtered(lambda one: not one._takes_claim_back()).debit_move_id
        unpaid_claims = unpaid.debitor_claim_id
        result = super().unlink()
        claims._sync_payment()
        unpaid_claims._end_unpaid()
        return result

    def _takes_claim_back(self):
        """Tell whether an entry against the claim's own one settles it, and no payment."""
        self.ensure_one()
        partial = self.sudo()  # the field is closed to some who book payments
        entry = partial.credit_move_id.move_id
        return bool(entry.debitor_claim_back_id) or (
            entry.reversed_entry_id == partial.debit_move_id.move_id
        )
