from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.money import to_decimal


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    debitor_claim_ids = fields.Many2many(
        "debitor.claim", compute="_compute_debitor_claims", string="Open Claims"
    )
    debitor_claims_amount = fields.Monetary(
        compute="_compute_debitor_claims", string="Fees and Interest"
    )
    debitor_claim_order = fields.Selection(
        [
            ("principal", "Invoices first, then costs and interest"),
            ("law", "Costs, interest, invoices (§ 367 BGB)"),
            ("none", "Invoices only"),
        ],
        string="Payment Covers",
        compute="_compute_debitor_claim_order",
        store=True,
        readonly=False,
    )
    debitor_split = fields.Text(compute="_compute_debitor_split", string="Split")
    debitor_takes_claims = fields.Boolean(
        compute="_compute_debitor_split", string="Covers Claims Too"
    )

    @api.depends(
        "line_ids", "currency_id", "can_edit_wizard", "group_payment", "partner_id", "payment_date"
    )
    def _compute_debitor_claims(self):
        for wizard in self:
            wizard.debitor_claim_ids = wizard._find_debitor_claims()
            wizard.debitor_claims_amount = sum(wizard.debitor_claim_ids.mapped("amount_open"))

    def _find_debitor_claims(self):
        """Return claims that this payment may cover: of one debtor, in the payment's currency."""
        self.ensure_one()
        Claim = self.env["debitor.claim"]
        partner = self.line_ids.partner_id.commercial_partner_id
        is_received = set(self.line_ids.mapped("account_type")) == {"asset_receivable"}
        currencies = self.line_ids.currency_id
        if not is_received or len(partner) != 1 or not self.can_edit_wizard:
            return Claim
        if self.line_ids.debitor_claim_id:  # whoever pays a claim itself has said what for
            return Claim
        if self.payment_type != "inbound" or currencies != self.currency_id:
            return Claim
        # Past the rules on notices: what a debtor owes doesn't depend on who books his payment.
        day = self.payment_date or self.company_id._get_today()
        claims = Claim.sudo()._get_payable(partner, self.company_id, self.currency_id, day)
        return claims.sudo(self.env.su)

    @api.depends("debitor_claim_ids")
    def _compute_debitor_claim_order(self):
        for wizard in self:
            order = wizard.company_id.dunning_claim_order
            wizard.debitor_claim_order = order if wizard.debitor_claim_ids else "none"

    def _takes_claims(self):
        self.ensure_one()
        return (
            self.debitor_claim_order in ("principal", "law")
            and self.debitor_claim_ids
            and self.payment_difference_handling != "reconcile"
            and len(self.batches) == 1
            and self.amount > 0
        )

    @api.depends(
        "amount", "debitor_claim_order", "debitor_claim_ids", "payment_difference_handling"
    )
    def _compute_debitor_split(self):
        for wizard in self:
            wizard.debitor_split = wizard._get_split_text() if wizard.debitor_claim_ids else False
            wizard.debitor_takes_claims = bool(wizard._takes_claims())

    def _get_split_text(self):
        """Return what of the amount goes where, and what it leaves open."""
        if not self._takes_claims():
            return self.env._("The claims stay open.")
        lines = self.line_ids._origin
        amount = to_decimal(self.amount, self.currency_id)
        split = lines._split_payment(
            lines, self.debitor_claim_ids.sudo(), self.debitor_claim_order, amount
        )
        left = to_decimal(sum(lines.mapped("amount_residual_currency")), self.currency_id)
        claims = [
            (self.env._("costs"), split.costs),
            (self.env._("interest"), split.interest),
        ]
        invoices = [(self.env._("invoices"), split.principal)]
        parts = [
            *(claims + invoices if self.debitor_claim_order == "law" else invoices + claims),
            (self.env._("left over as a credit"), split.surplus),
            (self.env._("left open of the invoices"), left - split.principal),
        ]
        return " · ".join(
            f"{label}: {format_amount(self.env, float(part), self.currency_id)}"
            for label, part in parts
            if part
        )

    def action_debitor_add_claims(self):
        """Let the amount cover the invoices and the open claims, and show the wizard again.

        :raise UserError: the amount has an early payment discount, which claims would take up
        """
        self.ensure_one()
        if self.early_payment_discount_mode:
            raise UserError(
                self.env._(
                    "The amount is less an early payment discount: type in what the customer pays."
                )
            )
        invoices = self._get_total_amounts_to_pay(self.batches)["full_amount_for_difference"]
        self.amount = invoices + self.debitor_claims_amount
        # As if typed in: another date or journal leaves it as it is.
        self.custom_user_amount = self.amount
        self.custom_user_currency_id = self.currency_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pay"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": self.env.context,
        }

    def _reconcile_payments(self, to_process, edit_mode=False):
        # EXTENDS account: costs and interest take their share before or after the invoices
        if not (edit_mode and len(to_process) == 1 and self._takes_claims()):
            return super()._reconcile_payments(to_process, edit_mode)
        [vals] = to_process
        payment = vals["payment"]
        payment_lines = payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        if not payment_lines:  # this journal books payments with the bank statement only
            return super()._reconcile_payments(to_process, edit_mode)
        # Claims are closed to users; who may register a payment may let it cover them.
        payment_lines._pay_with_claims(
            vals["to_reconcile"], self.debitor_claim_ids.sudo(), self.debitor_claim_order
        )
        vals["to_reconcile"].move_id.matched_payment_ids += payment
        return None
