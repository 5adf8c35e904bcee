import re

from odoo import models


class AccountReconcileModel(models.Model):
    """Rules for what is no invoice: fees, interest, rent; matched by text, payee or code."""

    _inherit = "account.reconcile.model"

    def _find_for(self, line):
        """Return the first of these rules that fits a bank transaction, or none."""
        return next((rule for rule in self if rule._fits(line)), self.browse())

    def _fits(self, line):
        self.ensure_one()
        if self.company_id not in line.company_id.parent_ids or not self.line_ids.account_id:
            return False
        if self.match_journal_ids and line.journal_id not in self.match_journal_ids:
            return False
        if self.match_partner_ids and line.partner_id not in self.match_partner_ids:
            return False
        return self._fits_amount(abs(line.amount)) and self._fits_text(line)

    def _fits_amount(self, amount):
        low, high = self.match_amount_min, self.match_amount_max
        return {
            "lower": amount <= high,
            "greater": amount >= low,
            "between": low <= amount <= high,
        }.get(self.match_amount, True)

    def _fits_text(self, line):
        details = line.transaction_details or {}
        text = " ".join(
            filter(
                None,
                (
                    line.payment_ref,
                    line.partner_name,
                    line.transaction_type,
                    line.account_number,
                    details.get("additional"),
                ),
            )
        )
        wanted = self.match_label_param or ""
        if self.match_label == "match_regex":
            return bool(re.search(wanted, text, re.IGNORECASE))
        found = wanted.casefold() in text.casefold()
        return {"contains": found, "not_contains": not found}.get(self.match_label, True)

    def _prepare_lines(self, line, amount):
        """Return the values of journal items that book ``amount`` of a bank transaction.

        What the rule's lines leave over goes to the last of them. Tax is taken as included.

        :param amount: signed, in the currency of the journal
        """
        self.ensure_one()
        currency = line.journal_id.currency_id or line.company_id.currency_id
        left, vals_list = amount, []
        for part in self.line_ids:
            if part.amount_type == "fixed":
                share = part.amount
            elif part.amount_type in ("percentage", "percentage_st_line"):
                base = left if part.amount_type == "percentage" else amount
                share = currency.round(base * part.amount / 100)
            else:
                continue
            if part == self.line_ids[-1]:
                share = left
            left -= share
            vals_list += line._prepare_account_lines(
                share, part.account_id, part.tax_ids, part.partner_id, part.label
            )
        return vals_list
