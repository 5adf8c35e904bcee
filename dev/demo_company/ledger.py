"""The plan booked by Odoo's own methods, month by month, in order of days.

``Ledger.book_until`` may be called again with a later day: that is how dunning runs of
the past see the books as they were, and how payments come after a reminder.
"""

import random
from collections import defaultdict
from datetime import timedelta

from odoo.fields import Command, Domain
from odoo.tools import SQL

from .company import BANK, TRANSIT, bank_journal
from .master_data import discount_of
from .people import CUSTOMERS, account_number
from .plan import WAITING_DAYS

_CUSTOMERS = {customer.ref: customer for customer in CUSTOMERS}
_ONE_DAY = timedelta(days=1)
_GROWING = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_full_reconcile",
    "account_payment",
    "account_bank_statement_line",
)


class Ledger:
    """The company's books while they are being written."""

    def __init__(self, env, company, plan, partners, products, seed, progress):
        self.env = env
        self.company = company
        self.plan = plan
        self.partners = partners
        self.products = products
        self.seed = seed
        self.progress = progress
        self.moves = {}
        self.counts = defaultdict(int)
        self.journal = bank_journal(env, company)
        self.booked_until = plan.start - _ONE_DAY

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    def book_until(self, last):
        """Book everything after the last booked day up to and including ``last``."""
        for first, end in self._months(self.booked_until + _ONE_DAY, last):
            self._write_invoices(first, end)
            self._write_credits(first, end)
            self._receive_payments(first, end)
            self._book_costs(first, end)
            self.booked_until = end
            self.env.cr.commit()
            self._analyze()
            self.progress(
                f"  {end}: {self.counts['invoices']} invoices,"
                f" {self.counts['payments']} payments, {self.counts['credits']} credit notes"
            )

    def _analyze(self):
        """Tell PostgreSQL how the tables have grown.

        Its own daemon comes later than the first months, and without statistics it plans
        Odoo's search for the payments of an invoice as a join that takes minutes.
        """
        self.env.cr.execute(SQL("ANALYZE %s", SQL(", ").join(map(SQL.identifier, _GROWING))))

    def _months(self, first, last):
        """Pieces of at most a month, cut where the bank data begin as well."""
        while first <= last:
            end = min((first.replace(day=1) + timedelta(days=32)).replace(day=1) - _ONE_DAY, last)
            if first < self.plan.bank_start <= end:
                end = self.plan.bank_start - _ONE_DAY
            yield first, end
            first = end + _ONE_DAY

    # ------------------------------------------------------------------
    # Invoices and credit notes
    # ------------------------------------------------------------------

    def _write_invoices(self, first, end):
        """Create, post and, unless somebody forgot it, mark as sent."""
        due = [invoice for invoice in self.plan.invoices if first <= invoice.day <= end]
        if not due:
            return
        moves = self.env["account.move"].create([self._invoice_vals(one) for one in due])
        moves.action_post()
        self.moves.update(zip((invoice.key for invoice in due), moves, strict=True))
        sent = moves.browse([self.moves[invoice.key].id for invoice in due if invoice.sent])
        # What Odoo's sending writes at its end; making a thousand PDFs would take an hour.
        sent.is_move_sent = True
        self.counts["invoices"] += len(moves)

    def _invoice_vals(self, invoice):
        customer = _CUSTOMERS[invoice.ref]
        partner = self.partners[invoice.ref]
        return {
            "move_type": "out_invoice",
            "partner_id": partner.address_get(["invoice"])["invoice"],
            "invoice_date": invoice.day,
            "currency_id": self._currency(customer).id,
            "invoice_user_id": self.env.uid,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": self.products[code].id,
                        "quantity": quantity,
                        "discount": discount_of(customer),
                    }
                )
                for code, quantity in invoice.lines
            ],
        }

    def _currency(self, customer):
        return self.env["res.currency"].search([("name", "=", customer.currency)])

    def _write_credits(self, first, end):
        for credit in self.plan.credits:
            move = self.moves.get(credit.invoice)
            if not first <= credit.day <= end or not move:
                continue
            if credit.cancels:
                move._reverse_moves([self._credit_vals(credit)], cancel=True)
            else:
                self._write_partial_credit(credit, move)
            self.counts["credits"] += 1

    def _credit_vals(self, credit):
        return {"date": credit.day, "invoice_date": credit.day, "ref": credit.reason}

    def _write_partial_credit(self, credit, move):
        """Give back a part of the invoice's dearest line.

        Odoo allocates a credit note to the invoice that it names: one that stays open
        must not name it.
        """
        products = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        dearest = max(products, key=lambda line: (line.price_subtotal, -line.id))
        refund = self.env["account.move"].create(
            self._credit_vals(credit)
            | {
                "move_type": "out_refund",
                "partner_id": move.partner_id.id,
                "currency_id": move.currency_id.id,
                "reversed_entry_id": credit.allocated and move.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": dearest.product_id.id,
                            "quantity": 1,
                            "price_unit": dearest.price_unit * credit.percent / 100,
                            "discount": dearest.discount,
                        }
                    )
                ],
            }
        )
        refund.action_post()
        refund.is_move_sent = True

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def _receive_payments(self, first, end):
        """Book the transfers of these days, one per customer and day."""
        for wave in self._waves(self._transfers(first, end)):
            by_hand = [one for one in wave if one.day < self.plan.bank_start]
            by_bank = [one for one in wave if one.day >= self.plan.bank_start]
            self._pay_with_discount([one for one in wave if one.discount])
            self._enter_payments([one for one in by_hand if not one.discount])
            self._import_payments([one for one in by_bank if not one.discount])
        if end >= self.plan.bank_start:
            self._import_expenses(first, end)
            self._close_statements()

    def _transfers(self, first, end):
        """Group payments as customers do: one transfer for all that is paid on a day."""
        groups = defaultdict(list)
        for invoice in self.plan.invoices:
            for payment in invoice.payments:
                if first <= payment.day <= end and invoice.key in self.moves:
                    # A part payment goes alone, else Odoo would settle the oldest item first.
                    alone = invoice.key if payment.share < 1 or payment.discount else ""
                    groups[payment.day, invoice.ref, payment.discount, alone].append(
                        (invoice.key, payment)
                    )
        transfers = [
            _Transfer(day, ref, discount, tuple(groups[day, ref, discount, alone]))
            for day, ref, discount, alone in sorted(groups)
        ]
        transfers += [
            _Transfer(one.day, one.ref, False, (), one.amount, one.memo)
            for one in self.plan.on_account
            if first <= one.day <= end
        ]
        return sorted(transfers, key=lambda one: (one.day, one.ref))

    @staticmethod
    def _waves(transfers):
        """Cut where an invoice is paid a second time: a rest is known after the first part."""
        wave, seen = [], set()
        for transfer in transfers:
            keys = {(key, payment.instalment) for key, payment in transfer.payments}
            if seen & keys:
                yield wave
                wave, seen = [], set()
            wave.append(transfer)
            seen |= keys
        if wave:
            yield wave

    def _items_of(self, transfer):
        """Return the transfer's open lines and its sum, in their currency."""
        lines, total = self.env["account.move.line"], 0.0
        for key, payment in transfer.payments:
            line = self._receivables(self.moves[key])[payment.instalment]
            if line.reconciled:
                continue
            rest = line.amount_residual_currency
            lines |= line
            total += rest if payment.share == 1 else line.currency_id.round(rest * payment.share)
        return lines, total if transfer.payments else float(transfer.amount)

    @staticmethod
    def _receivables(move):
        lines = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return lines.sorted(lambda line: (line.date_maturity, line.id))

    def _open_lines(self, move):
        return self._receivables(move).filtered(lambda line: not line.reconciled)

    def _enter_payments(self, transfers):
        """Payments that somebody typed in from the paper statement."""
        found = [(one, *self._items_of(one)) for one in transfers]
        found = [(one, lines, total) for one, lines, total in found if total > 0]
        if not found:
            return
        payments = self.env["account.payment"].create(
            [self._payment_vals(one, lines, total) for one, lines, total in found]
        )
        payments.action_post()
        plan = []
        for payment, (_transfer, lines, _total) in zip(payments, found, strict=True):
            own = payment.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            if lines:
                plan.append(own | lines)
        self.env["account.move.line"]._reconcile_plan(plan)
        self.counts["payments"] += len(payments)

    def _payment_vals(self, transfer, lines, total):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partners[transfer.ref].id,
            "amount": total,
            "currency_id": self._currency(_CUSTOMERS[transfer.ref]).id,
            "date": transfer.day,
            "journal_id": self.journal.id,
            "payment_method_line_id": self._method(direct=True).id,
            "memo": transfer.memo or ", ".join(lines.move_id.mapped("name")),
        }

    def _method(self, direct):
        """Straight to the bank account, or on its way until the statement comes."""
        methods = self.journal.inbound_payment_method_line_ids
        return methods.filtered(lambda method: (method.name != TRANSIT) == direct)[:1]

    def _pay_with_discount(self, transfers):
        """Odoo's own dialog knows how to deduct the discount and correct the tax."""
        imported = []
        for transfer in transfers:
            lines, _total = self._items_of(transfer)
            if not lines:
                continue
            direct = transfer.day < self.plan.bank_start
            dialog = (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=lines.move_id.ids)
                .create(
                    {
                        "payment_date": transfer.day,
                        "journal_id": self.journal.id,
                        "payment_method_line_id": self._method(direct).id,
                    }
                )
            )
            payment = dialog._create_payments()
            self.counts["payments"] += 1
            if not direct:
                imported.append((transfer, payment))
        self._import_transit(imported)

    def _book_costs(self, first, end):
        """What the receipts were spent on, in one entry: else the bank account would overflow."""
        if end >= self.plan.bank_start:
            return
        account = self.journal.default_account_id
        ((receipts,),) = self.env["account.move.line"]._read_group(
            [("account_id", "=", account.id), ("date", ">=", first), ("date", "<=", end)],
            [],
            ["balance:sum"],
        )
        amount = round((receipts or 0) * 0.94, -2)
        if amount <= 0:
            return
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.journal.id,
                "date": end,
                "ref": "Wareneinkauf, Löhne, Miete",
                "line_ids": [
                    Command.create({"account_id": self._account("3400").id, "debit": amount}),
                    Command.create({"account_id": account.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()

    # ------------------------------------------------------------------
    # Bank statements
    # ------------------------------------------------------------------

    def _import_payments(self, transfers):
        """Bank lines that settle items; the last ones wait for a person to assign them."""
        found = [(one, *self._items_of(one)) for one in transfers]
        self._import_allocated([(one, lines, total) for one, lines, total in found if total > 0])

    def receive(self, ref, lines, day):
        """Book a transfer that settles just these items, whatever the customer's habit."""
        total = sum(lines.mapped("amount_residual_currency"))
        self._import_allocated([(_Transfer(day, ref, False, ()), lines, total)])

    def _import_allocated(self, found):
        bank_lines = self.env["account.bank.statement.line"].create(
            [self._bank_line_vals(transfer, lines, total) for transfer, lines, total in found]
        )
        plan = []
        for bank_line, (_transfer, lines, _total) in zip(bank_lines, found, strict=True):
            own = bank_line.move_id.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            if own and lines:
                plan.append(own | lines)
        self.env["account.move.line"]._reconcile_plan(plan)
        self.counts["payments"] += len(bank_lines)

    def _bank_line_vals(self, transfer, lines, total):
        customer = _CUSTOMERS[transfer.ref]
        partner = self.partners[transfer.ref]
        currency = self._currency(customer)
        values = {
            "journal_id": self.journal.id,
            "date": transfer.day,
            "payment_ref": self._text(transfer, lines),
            "partner_name": customer.name,
            "account_number": account_number(customer),
            "amount": currency._convert(
                total, self.company.currency_id, self.company, transfer.day
            ),
        }
        if currency != self.company.currency_id:
            values |= {"foreign_currency_id": currency.id, "amount_currency": total}
        if (self.plan.today - transfer.day).days > WAITING_DAYS:
            values |= {
                "partner_id": partner.id,
                "counterpart_account_id": partner.property_account_receivable_id.id,
            }
        return values

    def _text(self, transfer, lines):
        """What customers write: numbers as they stand, shortened, or with their own words."""
        if transfer.memo:
            return transfer.memo
        names = lines.move_id.sorted("name").mapped("name")
        rng = random.Random(f"{self.seed}/text/{transfer.ref}/{transfer.day}")
        form = rng.choice(("plain", "plain", "customer", "spaces", "short"))
        if form == "customer":
            return f"Rechnung {', '.join(names)} Kd-Nr {transfer.ref}"
        if form == "spaces":
            return "Rg " + " ".join(name.replace("/", " ") for name in names)
        if form == "short":
            return "Rechnungen " + " + ".join(name.rpartition("/")[2] for name in names)
        return " ".join(names)

    def _import_transit(self, imported):
        """The statement line of a payment that was entered before the bank booked it."""
        bank_lines = self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": self.journal.id,
                    "date": transfer.day,
                    "payment_ref": payment.memo,
                    "partner_id": self.partners[transfer.ref].id,
                    "partner_name": _CUSTOMERS[transfer.ref].name,
                    "account_number": account_number(_CUSTOMERS[transfer.ref]),
                    "amount": payment.amount,
                    "counterpart_account_id": payment.outstanding_account_id.id,
                }
                for transfer, payment in imported
            ]
        )
        plan = []
        for bank_line, (_transfer, payment) in zip(bank_lines, imported, strict=True):
            account = payment.outstanding_account_id
            plan.append(
                (bank_line.move_id | payment.move_id).line_ids.filtered(
                    lambda line, account=account: line.account_id == account
                )
            )
        self.env["account.move.line"]._reconcile_plan(plan)

    def _import_expenses(self, first, end):
        """What else a statement shows: wages, rent, suppliers, fees."""
        values = []
        day = max(first, self.plan.bank_start)
        while day <= min(end, self.plan.today - _ONE_DAY):
            values += self._expense_vals(day)
            day += _ONE_DAY
        self.env["account.bank.statement.line"].create(values)

    def _expense_vals(self, day):
        rng = random.Random(f"{self.seed}/expenses/{day}")
        expenses = []
        if day.weekday() == 3:
            expenses.append(("Sammelzahlung Lieferanten", "3400", rng.randint(9000, 24000)))
        if day.weekday() < 5 and day.day == 27:
            expenses.append(("Löhne und Gehälter", "4120", 31850))
        if day.weekday() < 5 and day.day in (2, 3, 4) and (day - _ONE_DAY).weekday() in (6, 0):
            expenses.append(("Miete Halle und Büro", "4210", 5400))
        if day.weekday() == 0:
            expenses.append(("Entgelt Kontoführung", "4970", 19.9))
        return [
            {
                "journal_id": self.journal.id,
                "date": day,
                "payment_ref": text,
                "amount": -amount,
                "counterpart_account_id": self._account(code).id,
            }
            for text, code, amount in expenses
        ]

    def _account(self, code):
        return self.env["account.account"].search(
            Domain("code", "=", code) & Domain("company_ids", "in", self.company.ids), limit=1
        )

    def _close_statements(self):
        """One statement a day, each starting where the one before ended."""
        lines = self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.journal.id), ("statement_id", "=", False)],
            order="date, id",
        )
        Statement = self.env["account.bank.statement"]
        last = Statement.search([("journal_id", "=", self.journal.id)], order="date desc", limit=1)
        balance = last.balance_end_real if last else self._balance_without(lines)
        for day, todays in sorted(lines.grouped("date").items()):
            end = self.company.currency_id.round(balance + sum(todays.mapped("amount")))
            Statement.create(
                {
                    "name": f"{BANK['name']} {day:%Y-%m-%d}",
                    "line_ids": [Command.set(todays.ids)],
                    "balance_start": balance,
                    "balance_end_real": end,
                }
            )
            balance = end
        self.counts["statements"] += len(set(lines.mapped("date")))

    def _balance_without(self, lines):
        """The bank account's balance before the first imported line."""
        account = self.journal.default_account_id
        ((total,),) = self.env["account.move.line"]._read_group(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")],
            [],
            ["balance:sum"],
        )
        return self.company.currency_id.round(total - sum(lines.mapped("amount")))


class _Transfer:
    """Money of one customer on one day; without payments it is money on account."""

    def __init__(self, day, ref, discount, payments, amount="0", memo=""):
        self.day, self.ref, self.discount = day, ref, discount
        self.payments, self.amount, self.memo = payments, amount, memo
