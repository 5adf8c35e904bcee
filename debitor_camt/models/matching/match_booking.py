"""The entry of a bank transaction that settles open items, and what is matched with what."""

from dataclasses import dataclass, field

from odoo.exceptions import UserError
from odoo.fields import Command

from ...core.matching import Outcome


@dataclass(slots=True)
class Amounts:
    """What a bank transaction moved, in its own, the journal's and the company's currency."""

    foreign: float
    foreign_currency: object
    journal: float
    journal_currency: object
    company: float
    company_currency: object


@dataclass(slots=True)
class MatchedEntry:
    """The journal items of a matched transaction.

    ``lines`` are values without the liquidity line; ``items`` the open items that they
    settle, None for a line that settles none.
    """

    lines: list = field(default_factory=list)
    items: list = field(default_factory=list)

    def add(self, vals, item=None):
        self.lines.append(vals)
        self.items.append(item)


class MatchBooking:
    """Makes the entries of one journal's transactions.

    :param journal: where the money came in
    """

    def __init__(self, journal):
        self._journal = journal

    def make(self, proposal, items, amounts, label):
        """Return the ``MatchedEntry`` that counters ``amounts`` by what the proposal settles.

        :param proposal: core ``Proposal``
        :param items: ``{id: account.move.line}``
        :raise UserError: an account is missing, or an item's currency doesn't fit
        """
        entry = MatchedEntry()
        for item_id, amount in proposal.parts:
            item = items[item_id]
            entry.add(self._prepare_counterpart(item, float(amount), amounts, label), item)
        discounted = {item_id for item_id, _amount in proposal.deductions}
        if discounted:
            self._add_discount(entry, [items[one] for one in discounted], amounts)
        self._add_remainder(entry, proposal, items, amounts, label)
        self._balance(entry, amounts)
        return entry

    def _prepare_counterpart(self, item, amount, amounts, label):
        return {
            "name": label,
            "account_id": item.account_id.id,
            "partner_id": item.partner_id.id,
            "currency_id": item.currency_id.id,
            "amount_currency": -amount,
            "balance": -self._convert(amount, item.currency_id, amounts),
        }

    def _convert(self, amount, currency, amounts):
        """Return an amount in company currency, at the rate that the bank gave."""
        if currency == amounts.foreign_currency and amounts.foreign:
            rate = amounts.company / amounts.foreign
        elif currency == amounts.journal_currency and amounts.journal:
            rate = amounts.company / amounts.journal
        elif currency == amounts.company_currency:
            rate = 1.0
        else:
            raise UserError(
                self._journal.env._(
                    "%(currency)s can't be settled from %(journal)s, which moved %(moved)s.",
                    currency=currency.name,
                    journal=self._journal.display_name,
                    moved=amounts.foreign_currency.name,
                )
            )
        return amounts.company_currency.round(amount * rate)

    # ------------------------------------------------------------------
    # What is left over or missing
    # ------------------------------------------------------------------

    def _add_discount(self, entry, items, amounts):
        """Add the early discount as the payment term has it: with, without or partly with tax."""
        settled = [
            {"aml": item, "amount_currency": vals["amount_currency"], "balance": vals["balance"]}
            for item, vals in zip(entry.items, entry.lines, strict=True)
            if item in items
        ]
        open_balance = -amounts.company - sum(vals["balance"] for vals in entry.lines)
        parts = self._journal.env[
            "account.move"
        ]._get_invoice_counterpart_amls_for_early_payment_discount(settled, open_balance)
        for vals_list in parts.values():
            for vals in vals_list:
                entry.add(self._as_line(vals))

    @staticmethod
    def _as_line(vals):
        return {
            name: Command.set(value)
            if name in ("tax_ids", "tax_tag_ids") and _is_ids(value)
            else value
            for name, value in vals.items()
        }

    def _add_remainder(self, entry, proposal, items, amounts, label):
        if not proposal.remainder or proposal.outcome is Outcome.DISCOUNT:
            return
        currency = self._get_currency(proposal.currency, amounts)
        amount = float(proposal.remainder)
        first = items[proposal.parts[0][0]] if proposal.parts else None
        if proposal.outcome is Outcome.OVERPAID:
            account = first.account_id
        else:
            account = self._get_account(proposal.outcome)
        entry.add(
            {
                "name": label,
                "account_id": account.id,
                "partner_id": first.partner_id.id if first else False,
                "currency_id": currency.id,
                "amount_currency": -amount,
                "balance": -self._convert(amount, currency, amounts),
                "tax_ids": [Command.clear()],
            }
        )

    def _get_currency(self, name, amounts):
        for currency in (amounts.foreign_currency, amounts.journal_currency):
            if currency.name == name:
                return currency
        return amounts.journal_currency

    def _get_account(self, outcome):
        journal = self._journal
        name = (
            "debitor_charge_account_id"
            if outcome is Outcome.CHARGES
            else "debitor_difference_account_id"
        )
        if not journal[name]:
            raise UserError(
                journal.env._(
                    "Choose «%(field)s» on journal %(journal)s to book this difference.",
                    field=journal._fields[name]._description_string(journal.env),
                    journal=journal.display_name,
                )
            )
        return journal[name]

    def _balance(self, entry, amounts):
        """Let the last line take the cent that rounding at the bank's rate left over."""
        currency = amounts.company_currency
        gap = currency.round(-amounts.company - sum(vals["balance"] for vals in entry.lines))
        if gap and entry.lines:
            entry.lines[-1]["balance"] = currency.round(entry.lines[-1]["balance"] + gap)


def _is_ids(value):
    return bool(value) and all(isinstance(one, int) for one in value)
