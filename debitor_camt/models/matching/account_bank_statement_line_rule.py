from odoo import models
from odoo.fields import Command

from ...core.habits import get_traits


class AccountBankStatementLine(models.Model):
    """Bank transactions that are no invoices: charges, fees, rent, transfers."""

    _inherit = "account.bank.statement.line"

    def _apply_rules(self):
        """Book lines by the rules that are set to act by themselves, and bank charges."""
        waiting = self.filtered(lambda line: not line.is_reconciled)
        waiting._book_charges()
        waiting = waiting.filtered(lambda line: not line.is_reconciled)
        if not waiting:
            return
        rules = self.env["account.reconcile.model"].search(
            [
                ("trigger", "=", "auto_reconcile"),
                ("company_id", "in", waiting.company_id.parent_ids.ids),
            ]
        )
        for line in waiting if rules else ():
            rule = rules._find_for(line)
            if rule:
                line._book_by_rule(rule)

    def _book_charges(self):
        """Book what the bank split off as its charge to the journal's account for them."""
        for line in self:
            account = line.journal_id.debitor_charge_account_id
            if account and (line.transaction_details or {}).get("kind") == "charge":
                line._book_to_account(account)

    def _book_by_rule(self, rule, user=None):
        """Book a line as a rule says.

        :raise UserError: it is matched already
        """
        self.ensure_one()
        self._replace_suspense(rule._prepare_lines(self, self.amount))
        self._after_account(rule.line_ids[-1:].account_id, user, rule.name)

    def _book_to_account(self, account, taxes=None, partner=None, label=None, user=None):
        """Book a line to an account, with tax included where there is one."""
        self.ensure_one()
        taxes = taxes or self.env["account.tax"]
        partner = partner or self.env["res.partner"]
        self._replace_suspense(
            self._prepare_account_lines(self.amount, account, taxes, partner, label)
        )
        self._after_account(account, user, taxes=taxes)

    def _after_account(self, account, user, rule_name="", taxes=None):
        suggested = self._get_suggested()
        self.write(
            {
                "debitor_proposals": False,
                "debitor_why_not": False,
                "debitor_booking_problem": False,
                "debitor_is_left": False,
            }
        )
        # Matches are closed to users; whoever calls this has booked the line.
        match = (
            self.env["debitor.bank.match"]
            .sudo()
            .create(
                {
                    "line_id": self.id,
                    "company_id": self.company_id.id,
                    "currency_id": self.currency_id.id,
                    "partner_id": self.partner_id.id,
                    "account_id": account.id,
                    "is_automatic": not user,
                    "user_id": user.id if user else False,
                    "strategy": "rule" if rule_name else "account",
                    "outcome": "account",
                    "amount": self.amount,
                    "evidence": [["rule", rule_name]] if rule_name else [],
                    **suggested,
                    "state": "booked",
                }
            )
        )

        if user and not rule_name:
            match._learn_account(taxes)

    def _get_traits(self):
        """Return the core's traits by which a transaction like this one is known again."""
        self.ensure_one()
        details = self.transaction_details or {}
        texts = (*details.get("remittance", ()), details.get("additional") or "")
        text = " ".join(texts) if details else self.payment_ref or ""
        return get_traits(self.account_number, self.partner_name, self.transaction_type, text)

    def _prepare_account_lines(self, amount, account, taxes, partner, label):
        """Return the values of base and tax lines that counter ``amount``, tax included."""
        self.ensure_one()
        amounts = self._get_line_amounts()
        currency = amounts.journal_currency
        rate = amounts.company / amounts.journal if amounts.journal else 1.0
        common = {
            "name": label or self.payment_ref,
            "partner_id": (partner or self.partner_id).id,
            "currency_id": currency.id,
        }

        def value(share):
            return {
                "amount_currency": -share,
                "balance": -amounts.company_currency.round(share * rate),
            }

        if not taxes:
            return [
                common | value(amount) | {"account_id": account.id, "tax_ids": [Command.clear()]}
            ]
        computed = taxes.with_context(force_price_include=True).compute_all(
            amount, currency, handle_price_include=True, is_refund=False
        )
        lines = [
            common
            | value(tax["amount"])
            | {
                "name": tax["name"],
                "account_id": tax["account_id"] or account.id,
                "tax_repartition_line_id": tax["tax_repartition_line_id"],
                "tax_tag_ids": [Command.set(tax["tag_ids"])],
                "tax_ids": [Command.set(tax["tax_ids"])],
            }
            for tax in computed["taxes"]
        ]
        base = {
            "account_id": account.id,
            "tax_ids": [Command.set(taxes.ids)],
            "tax_tag_ids": [Command.set(computed["base_tags"])],
        }
        base |= value(amount - sum(tax["amount"] for tax in computed["taxes"]))
        whole = amounts.company_currency.round(amount * rate)
        base["balance"] = -whole - sum(line["balance"] for line in lines)
        return [common | base, *lines]
