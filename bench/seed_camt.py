"""Open items in a database, payments that are clear, and bank files that bring them.

The open items are those of `seed_dunning`; `choose` takes whole invoices in euros of them.
Nothing here needs Odoo but `prepare`.
"""

import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import seed_dunning

# As the last: there is a common.py, too.
sys.path.append(str(Path(__file__).resolve().parents[1] / "debitor_camt" / "tests"))

import camt_builder

IBAN = "DE89370400440532013000"  # of the company's account
DAY = date(2026, 5, 18)
FREE, BARE = "free", "bare"


def prepare(env, probe):
    """The company of the dunning benchmark, with the bank account that the files name."""
    import dunning_prototypes

    dunning_prototypes.prepare(env, probe)
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    journal.set_bank_account(IBAN)
    env.cr.commit()


def seed(connection, size, today):
    """Fill a prepared database with `size` open items; every second customer's IBAN is known."""
    seed_dunning.seed(connection, size, today)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO res_partner_bank"
            " (partner_id, acc_number, sanitized_acc_number, acc_holder_name, active, sequence,"
            "  allow_out_payment)"
            f" SELECT id, {_SQL_IBAN}, {_SQL_IBAN}, name, true, 10, false"
            "   FROM res_partner WHERE ref ~ '^K[0-9]+$' AND parent_id IS NULL"
            "    AND substr(ref, 2)::int % 2 = 0"
        )
        cursor.execute("VACUUM ANALYZE res_partner_bank")


# Invented: nobody here checks the digits of a payer's account.
_SQL_IBAN = "'DE12500105170' || lpad(substr(ref, 2), 9, '0')"


def iban_of(customer):
    return f"DE12500105170{customer:09d}"


def choose(connection, count):
    """Return `count` payments ``(number, amount, customer, partner's name)``, spread evenly."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT move.name, line.amount_residual_currency::text, substr(partner.ref, 2)::int,
                   partner.name
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE account.account_type = 'asset_receivable' AND NOT line.reconciled
               AND move.move_type = 'out_invoice' AND move.payment_state = 'not_paid'
               AND line.currency_id = line.company_currency_id
             ORDER BY md5(move.name)
             LIMIT %s
            """,
            [count],
        )
        rows = cursor.fetchall()
    if len(rows) < count:
        raise ValueError(f"{count} payments need more open items: only {len(rows)} fit")
    return [(number, Decimal(amount), customer, name) for number, amount, customer, name in rows]


def invent(count):
    """Return payments as those of `choose`, for parts without a database."""
    return [
        (f"RE/2026/{n:07d}", Decimal(119 + 37 * n % 50_000) / 100, n // 10, f"Kunde {n // 10} GmbH")
        for n in range(1, count + 1)
    ]


def text_of(number, manner):
    """What the payer wrote: a sentence with the number, or the number alone."""
    return number if manner == BARE else f"Rechnung {number} vom 3.5.2026, vielen Dank"


def write_file(path, payments, manner=FREE):
    """Write the camt.053 file of one day with an entry for each payment."""
    entries = [
        camt_builder.payment(
            amount,
            text_of(number, manner),
            party=name,
            iban=iban_of(customer),
            end_to_end="NOTPROVIDED",
            reference=f"2026051800{place:08d}",
            day=DAY.isoformat(),
        )
        for place, (number, amount, customer, name) in enumerate(payments)
    ]
    sheet = camt_builder.Sheet(
        entries, IBAN, first=DAY.isoformat(), last=DAY.isoformat(), announced=len(entries)
    )
    path.write_bytes(camt_builder.build_camt(sheet))


def make_items(payments):
    """Return open items, payers and bank transactions of the core for invented payments."""
    from debitor_camt.core.matching import OpenItem, Payer
    from debitor_camt.core.statement import Transaction

    issued = DAY - timedelta(days=15)
    items = [
        OpenItem(place, place, customer, number, amount, amount, "EUR", 1, issued, DAY, (number,))
        for place, (number, amount, customer, _name) in enumerate(payments, 1)
    ]
    names = {customer: name for _number, _amount, customer, name in payments}
    payers = [
        Payer(customer, name, (iban_of(customer),) if customer % 2 == 0 else (), f"K{customer}")
        for customer, name in names.items()
    ]
    transactions = [
        Transaction(
            amount=amount,
            currency="EUR",
            booking_date=DAY,
            remittance=(text_of(number, FREE),),
            party=name,
            party_iban=iban_of(customer),
            key=f"2026051800{place:08d}",
        )
        for place, (number, amount, customer, name) in enumerate(payments)
    ]
    return items, payers, transactions
