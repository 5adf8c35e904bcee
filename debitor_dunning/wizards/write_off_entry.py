"""The entry that writes an open item off: loss, VAT taken back, receivable."""

from odoo.fields import Command


class WriteOffEntry:
    """Entry lines for items that are written off to one account.

    VAT is taken back in the proportion of what is open to the whole invoice, with accounts
    and report tags of the taxes' own rules for credit notes. VAT that falls due with payment
    leaves its transition account: as with a credit note, Odoo makes an entry for the invoice
    and one for this when they are matched, and what falls due is nil.
    """

    def __init__(self, account, corrects_tax, label):
        self._account = account
        self._corrects_tax = corrects_tax
        self._label = label

    def prepare_lines(self, item):
        """Return the values of balanced lines that close the open item."""
        residual = item.amount_residual_currency
        parts = self._split(item, residual)
        parts = self._add_balances(parts, item)
        label = " · ".join(filter(None, (item.move_id.name, self._label)))
        common = {
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "name": label,
        }
        receivable = {
            "account_id": item.account_id.id,
            "amount_currency": -residual,
            "balance": -item.amount_residual,
            "debitor_write_off_line_id": item.id,
        }
        return [common | part for part in parts] + [common | receivable]

    def _split(self, item, residual):
        """Return bases and taxes that sum up to ``residual``; the last base takes the rest."""
        move = item.move_id
        taxes = self._prepare_taxes(item, residual) if self._corrects_tax else []
        bases = self._prepare_bases(item, residual) if taxes else []
        if not bases:
            taxes, bases = [], [{"account_id": self._account.id, "tax_ids": [Command.clear()]}]
        known = sum(part["amount_currency"] for part in [*taxes, *bases[:-1]])
        bases[-1]["amount_currency"] = move.currency_id.round(residual - known)
        return [*bases, *taxes]

    def _get_share(self, item, residual):
        terms = item.move_id.line_ids.filtered(lambda line: line.display_type == "payment_term")
        total = sum(terms.mapped("amount_currency"))
        return residual / total if total else 0.0

    def _prepare_taxes(self, item, residual):
        share = self._get_share(item, residual)
        currency = item.currency_id
        parts = []
        for line in item.move_id.line_ids.filtered("tax_repartition_line_id"):
            rule = self._get_refund_rule(line.tax_repartition_line_id)
            tags = rule.tag_ids.ids if _on_invoice(rule.tax_id) else []
            parts.append(
                {
                    "account_id": line.account_id.id,
                    "amount_currency": currency.round(-line.amount_currency * share),
                    "tax_repartition_line_id": rule.id,
                    "tax_tag_ids": [Command.set(tags)],
                    "tax_ids": [Command.clear()],
                }
            )
        return [part for part in parts if not currency.is_zero(part["amount_currency"])]

    def _get_refund_rule(self, rule):
        """Return the rule for credit notes that stands where ``rule`` stands for invoices."""
        tax = rule.tax_id
        position = list(tax.invoice_repartition_line_ids).index(rule)
        return tax.refund_repartition_line_ids[position]

    def _prepare_bases(self, item, residual):
        share = self._get_share(item, residual)
        products = item.move_id.line_ids.filtered(lambda line: line.display_type == "product")
        parts = []
        for taxes, lines in products.grouped("tax_ids").items():
            each = taxes.flatten_taxes_hierarchy()  # a group has no rules of its own
            rules = each.filtered(_on_invoice).refund_repartition_line_ids.filtered(
                lambda rule: rule.repartition_type == "base"
            )
            amount = item.currency_id.round(-sum(lines.mapped("amount_currency")) * share)
            parts.append(
                {
                    "account_id": self._get_loss_account(taxes | each).id,
                    "amount_currency": amount,
                    "tax_tag_ids": [Command.set(rules.tag_ids.ids)],
                    "tax_ids": [Command.set(taxes.ids)],
                }
            )
        return parts

    def _get_loss_account(self, taxes):
        """Return the account that the chart keeps for losses of this tax, beside the general one.

        DATEV's charts have one for each rate (SKR03 2401 and 2406, SKR04 6931 and 6936).
        """
        account = self._account
        if not taxes or not account.code:
            return account
        siblings = account.search(
            [
                ("code", "=like", f"{account.code[:3]}%"),
                ("company_ids", "in", account.company_ids.ids),
                ("tax_ids", "in", taxes.ids),
            ],
            order="code",
            limit=1,
        )
        return siblings or account

    def _add_balances(self, parts, item):
        """Give each part its amount in company currency; the sum is that of the item."""
        # Only a difference of exchange may be open: nothing in the item's own currency.
        foreign = item.amount_residual_currency
        rate = item.amount_residual / foreign if foreign else 0.0
        company_currency = item.company_currency_id
        for part in parts:
            part["balance"] = company_currency.round(part["amount_currency"] * rate)
        gap = item.amount_residual - sum(part["balance"] for part in parts)
        parts[0]["balance"] = company_currency.round(parts[0]["balance"] + gap)
        return parts


def _on_invoice(tax):
    """Tell whether a tax is reported with the invoice; another one is with payments, by Odoo."""
    return tax.tax_exigibility != "on_payment"
