"""Invoices and what settled them, booked in bulk; and a year of a small wholesaler."""

import calendar
import random
from datetime import date, timedelta

from freezegun import freeze_time
from odoo import Command

# Name, town, usual delay in days at the beginning and at the end of the year, usual amount.
CUSTOMERS = (
    ("Holzbau Maier GmbH", "Stuttgart", -5, -6, 3200),
    ("Schreinerei Lang GmbH", "Ulm", -9, -9, 900),
    ("Bäckerei Öztürk GmbH", "Köln", -3, -2, 450),
    ("Autohaus Fink KG", "Bremen", 0, 0, 2100),
    ("Stadtwerke Neustadt GmbH", "Neustadt", 0, -1, 5400),
    ("Gartenbau Vogt GmbH", "Erfurt", 1, 0, 780),
    ("Druckerei Sommer GmbH", "Leipzig", 2, 12, 1600),
    ("Elektro Brandt GmbH", "Kassel", 2, 2, 1250),
    ("Fliesen Krüger GmbH", "Dresden", 4, 6, 1900),
    ("Metallbau Yılmaz GmbH", "Essen", 6, 2, 2700),
    ("Hotel Seeblick GmbH", "Konstanz", 9, 26, 3900),
    ("Café am Markt OHG", "Jena", 12, 14, 350),
    ("Dachdecker Peters GmbH", "Kiel", 18, 3, 2300),
    ("Spedition Nowak GmbH", "Hamburg", 22, 24, 4100),
    ("Zweirad Schulz OHG", "Hamburg", 35, 62, 1450),
    ("Messebau Arndt GmbH", "Hannover", 14, 48, 6200),
    ("Möbelhaus Winter KG", "Augsburg", 40, 44, 2500),
    ("Sanitär Roth GmbH", "Mainz", 0, 1, 1100),
)
_SEED = 20260318
_MONTHS = 13
_TERM = timedelta(days=14)


class BulkMixin:
    """Posts many invoices, and settles many, by as few calls of Odoo's own methods as possible.

    One by one, with a payment registered for each, a history of six invoices takes seconds.
    """

    @classmethod
    def book_paid(cls, bills):
        """Book invoices that were each paid in full.

        :param bills: ``(partner, due day, days late, amount)``
        :return: the invoices, in this order
        """
        bills = list(bills)
        moves = cls.book_invoices(
            (partner, due - _TERM, due, amount) for partner, due, _days_late, amount in bills
        )
        cls.settle(
            (move, due + timedelta(days=days_late))
            for move, (_partner, due, days_late, _amount) in zip(moves, bills, strict=True)
        )
        return moves

    @classmethod
    def book_invoices(cls, bills):
        """Post invoices.

        :param bills: ``(partner, invoice day, due day, amount)``
        """
        moves = cls.env["account.move"].create([cls._prepare_invoice(*bill) for bill in bills])
        moves.is_move_sent = True
        moves.action_post()
        return moves

    @classmethod
    def _prepare_invoice(cls, partner, day, due, amount):
        line = {
            "name": "Lieferung",
            "price_unit": amount,
            "tax_ids": False,
            "account_id": cls.account_income.id,
        }
        return {
            "move_type": "out_invoice",
            "company_id": cls.company.id,
            "partner_id": partner.id,
            "invoice_date": day,
            "invoice_payment_term_id": False,
            "invoice_date_due": due,
            "invoice_line_ids": [Command.create(line)],
        }

    @classmethod
    def settle(cls, payments):
        """Settle invoices by entries of the bank.

        :param payments: ``(invoice, day)``
        """
        payments = list(payments)
        if not payments:
            return
        journal = cls.company_data["default_journal_bank"]
        items = [cls._get_item(move) for move, _day in payments]
        entries = cls.env["account.move"].create(
            [
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": day,
                    "line_ids": [
                        Command.create(
                            {
                                "partner_id": move.partner_id.id,
                                "account_id": account.id,
                                "balance": amount,
                            }
                        )
                        for account, amount in (
                            (item.account_id, -move.amount_total),
                            (journal.default_account_id, move.amount_total),
                        )
                    ],
                }
                for (move, day), item in zip(payments, items, strict=True)
            ]
        )
        entries.action_post()
        pairs = [cls._get_item(entry) | item for entry, item in zip(entries, items, strict=True)]
        cls.env["account.move.line"]._reconcile_plan(pairs)

    @classmethod
    def _get_item(cls, move):
        return move.line_ids.filtered(lambda one: one.account_type == "asset_receivable")


class LedgerMixin:
    """Books for a test of :class:`ScoringCommon`, and lets scores be made each month."""

    def book_year(self, today):
        """Book the year up to ``today``; each month ends with its scores."""
        chance = random.Random(_SEED)  # noqa: S311 the same ledger each time
        partners = [self.make_customer(name, city=town) for name, town, *_more in CUSTOMERS]
        waiting = []
        for number in range(_MONTHS):
            first = _month_before(today, _MONTHS - 1 - number)
            last = min(first.replace(day=_last_day(first)), today)
            with freeze_time(f"{last} 12:00:00"):
                waiting += self._book_invoices(partners, number, first, last, chance)
                due = [one for one in waiting if one[1] <= last]
                waiting = [one for one in waiting if one[1] > last]
                self.settle(due)
                # Without figures of the new rows Odoo's own look for payments takes seconds.
                self.env.cr.execute(
                    "ANALYZE account_move_line, account_partial_reconcile, account_move"
                )
                self.Score._recompute(self.company)
        return partners

    def _book_invoices(self, partners, number, first, last, chance):
        """Book two invoices a customer; return ``(invoice, day of its payment)``."""
        bills, delays = [], []
        for partner, (_name, _town, before, after, amount) in zip(partners, CUSTOMERS, strict=True):
            usual = before + (after - before) * number / (_MONTHS - 1)
            for _count in range(2):
                day = first + timedelta(days=chance.randrange(28))
                delay = round(chance.gauss(usual, 2 + abs(usual) / 3))
                price = round(amount * chance.uniform(0.5, 1.5), 2)
                if day <= last:
                    bills.append((partner, day, day + _TERM, price))
                    delays.append(delay)
        moves = self.book_invoices(bills)
        return [
            (move, max(move.invoice_date_due + timedelta(days=delay), move.invoice_date))
            for move, delay in zip(moves, delays, strict=True)
        ]


def _month_before(day, months):
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _last_day(day):
    return calendar.monthrange(day.year, day.month)[1]
