from odoo import models
from odoo.tools import str2bool


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        # EXTENDS sale: an order on hold is not confirmed; whoever paid it gets the mail that
        # the payment has arrived, instead of none
        confirmed = super()._check_amount_and_confirm_order()
        return confirmed.filtered(lambda order: order.state == "sale")

    def _debitor_invoice_released(self):
        """Invoice orders that were paid, held and are released now, where Odoo would have.

        The payment was booked when it arrived, so the invoice is matched with it here.
        """
        parameters = self.env["ir.config_parameter"].sudo()  # as sale does
        if not str2bool(parameters.get_param("sale.automatic_invoice")):
            return
        for tx in self.filtered(lambda one: one.state == "done" and not one.invoice_ids):
            tx._invoice_sale_orders()
            drafts = tx.invoice_ids.filtered(lambda move: move.state == "draft")
            drafts.action_post()
            tx._debitor_match_payment()
            tx._send_invoice()

    def _debitor_match_payment(self):
        lines = (self.payment_id.move_id | self.invoice_ids).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        for same in lines.grouped("account_id").values():
            if len(same.move_id) > 1:
                same.reconcile()
