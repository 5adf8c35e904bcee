from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    def _pay_items_and_claims(self, items, claims=None, order=None):
        """Let a bank line pay receivable items and the debtor's claims, split as the company set.

        The whole amount goes to the receivable account; what nothing takes stays there as a
        credit of the debtor.

        :param claims: None takes all that the debtor owed in this currency on the line's day
        :param order: ``law`` or ``principal``; None takes the company's
        :return: the core's ``Allocation``
        :raise UserError: the line is matched already or pays money out, or items and claims
            aren't of one debtor, or of another company or currency than the line
        """
        self.ensure_one()
        _liquidity, suspense, _other = self._seek_for_lines()
        partner = items.partner_id.commercial_partner_id
        if not suspense or self.is_reconciled:
            raise UserError(self.env._("%s is matched already.", self.display_name))
        if len(partner) != 1 or len(items.account_id) != 1:
            raise UserError(self.env._("The items are not of one customer on one account."))
        currency = suspense.currency_id[:1]
        if claims is None:
            claims = self.env["debitor.claim"]._get_payable(
                partner, self.company_id, currency, self.date
            )
        self._check_pays(items, claims, suspense)
        line_vals = {
            "name": self.payment_ref,
            "account_id": items.account_id.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "amount_currency": sum(suspense.mapped("amount_currency")),
            "balance": sum(suspense.mapped("balance")),
        }
        commands = [Command.delete(line.id) for line in suspense] + [Command.create(line_vals)]
        move = self.move_id.with_context(force_delete=True, skip_readonly_check=True)
        known = move.line_ids
        move.write({"line_ids": commands})
        payment = move.line_ids - known
        return payment._pay_with_claims(items, claims, order or self.company_id.dunning_claim_order)

    def _check_pays(self, items, claims, suspense):
        """Raise where this line's money can't cover these items and claims."""
        currency = suspense.currency_id[:1]
        if currency.compare_amounts(sum(suspense.mapped("amount_currency")), 0) >= 0:
            raise UserError(
                self.env._("%s brings no money in, that invoices could take.", self.display_name)
            )
        if (items.company_id | claims.company_id) - self.company_id:
            raise UserError(
                self.env._("%s is of another company than the items.", self.display_name)
            )
        if items.currency_id | claims.currency_id != currency:
            raise UserError(
                self.env._(
                    "%(line)s is in %(currency)s, and not all of the items are. Give the line its"
                    " amount in the currency of the items, or match it by hand.",
                    line=self.display_name,
                    currency=currency.name,
                )
            )
