"""N customers with ten invoices each, most of them paid, by bulk SQL.

As in `seed_dunning`, rows are copies of what Odoo itself wrote (`dunning_prototypes`), with other
amounts, dates and partners. How late a customer pays depends on the customer, and varies
from invoice to invoice; nothing of it is random.
"""

import seed_dunning

INVOICES = 10
# Days between two invoices of a customer; ten of them lie within the window of 48 months.
PACE = 75
# The last of them come due about now.
HORIZON = 20


def seed(connection, size, today):
    """Fill a prepared database with `size` customers as of `today`."""
    with connection.cursor() as cursor:
        upkeep = seed_dunning._drop_upkeep(cursor) if size >= 5_000 else []
        _plan(cursor, size, today)
        seed_dunning._copy_partners(cursor)
        _copy_moves(cursor)
        _copy_lines(cursor)
        _copy_partials(cursor)
        for restore in upkeep:
            cursor.execute(restore)
        seed_dunning._remove_prototypes(cursor)
        cursor.execute("DROP TABLE bench_line, bench_customer")
        cursor.execute("VACUUM ANALYZE")


def _plan(cursor, size, today):
    """One row per invoice: whose it is, how much, when due and when paid, and the ids to be."""
    cursor.execute(
        """
        CREATE UNLOGGED TABLE bench_customer AS
        SELECT c, (SELECT max(id) FROM res_partner) + 1 + c AS partner_id,
               NULL::int AS contact_id
          FROM generate_series(0, %(size)s - 1) c;

        CREATE UNLOGGED TABLE bench_line AS
        WITH numbered AS (
            SELECT i, i / %(each)s AS c, i %% %(each)s AS number
              FROM generate_series(0, %(size)s * %(each)s - 1) i
        ), dated AS (
            SELECT *, %(today)s::date + %(horizon)s - c %% 60 - %(pace)s * number AS due,
                   -- four kinds of payers, from early to very late
                   CASE c %% 10 WHEN 0 THEN -10 + i * 7 %% 9
                                WHEN 7 THEN 4 + i * 11 %% 20
                                WHEN 8 THEN 10 + i * 13 %% 50
                                WHEN 9 THEN i * 17 %% 90
                                ELSE -4 + i * 5 %% 8 END AS delay
              FROM numbered
        ), valued AS (
            SELECT *, (5 * (1 + i * 37 %% 400))::numeric AS total,
                   CASE WHEN due + delay < %(today)s THEN due + delay END AS paid_on
              FROM dated
        )
        SELECT v.*, v.due - 14 AS issued, proto.id AS prototype_id,
               payment.id AS payment_prototype_id, proto.sequence_prefix AS old_prefix,
               b.partner_id,
               (SELECT max(id) FROM account_move) + 1 + 2 * i AS move_id,
               (SELECT max(id) FROM account_move) + 2 + 2 * i AS payment_id,
               (SELECT max(id) FROM account_move_line) + 1 + 4 * i AS line_id,
               (SELECT coalesce(max(id), 0) FROM account_partial_reconcile) + 1 + i AS partial_id
          FROM valued v
          JOIN bench_customer b USING (c)
          JOIN account_move proto ON proto.ref = 'bench-eur'
          JOIN account_move payment ON payment.ref = 'bench-eur-payment'
         -- as they came in: by date, not by customer
         ORDER BY v.due, v.i;
        ANALYZE bench_line, bench_customer;
        """,
        {
            "size": size,
            "each": INVOICES,
            "today": today,
            "horizon": HORIZON,
            "pace": PACE,
        },
    )


def _copy_moves(cursor):
    name = "'RE/' || s.move_id"
    shared = {
        "partner_id": "s.partner_id",
        "commercial_partner_id": "s.partner_id",
        "ref": "NULL",
        "invoice_partner_display_name": "'Kunde ' || s.c || ' GmbH'",
        "access_token": "NULL",
        "inalterable_hash": "NULL",
    }
    amounts = dict.fromkeys(("amount_untaxed", "amount_total", "amount_untaxed_signed", "amount_untaxed_in_currency_signed", "amount_total_signed", "amount_total_in_currency_signed"), "s.total")  # fmt: skip
    amounts |= {"amount_tax": "0", "amount_tax_signed": "0"}
    residual = "CASE WHEN s.paid_on IS NULL THEN s.total ELSE 0 END"
    seed_dunning._copy(
        cursor,
        "account_move",
        "bench_line s JOIN account_move p ON p.id = s.prototype_id ORDER BY s.due, s.i",
        {
            **shared,
            **amounts,
            "id": "s.move_id",
            "name": name,
            "payment_reference": name,
            "sequence_prefix": "'RE/'",
            "sequence_number": "s.move_id",
            "date": "s.issued",
            "invoice_date": "s.issued",
            "invoice_date_due": "s.due",
            "amount_residual": residual,
            "amount_residual_signed": residual,
            "payment_state": "CASE WHEN s.paid_on IS NULL THEN 'not_paid' ELSE 'paid' END",
            # of the peer that keeps the day of payment
            "full_reconcile_payment_date": "s.paid_on",
        },
    )
    seed_dunning._copy(
        cursor,
        "account_move",
        "bench_line s JOIN account_move p ON p.id = s.payment_prototype_id"
        " WHERE s.paid_on IS NOT NULL ORDER BY s.paid_on, s.i",
        {
            **shared,
            "id": "s.payment_id",
            "name": "'BNK/' || s.payment_id",
            "sequence_prefix": "'BNK/'",
            "sequence_number": "s.payment_id",
            "date": "s.paid_on",
            "amount_total": "s.total",
            "amount_total_signed": "s.total",
            "amount_total_in_currency_signed": "s.total",
        },
    )


def _copy_lines(cursor):
    """Invoices: product, receivable (ids +0, +1). Payments: bank, receivable (+2, +3)."""
    is_receivable = "p.display_type = 'payment_term'"
    open_ = f"CASE WHEN {is_receivable} AND s.paid_on IS NULL THEN s.total ELSE 0 END"
    _copy_some_lines(
        cursor,
        "bench_line s JOIN account_move_line p ON p.move_id = s.prototype_id"
        " WHERE p.display_type IN ('product', 'payment_term') ORDER BY s.due, s.i",
        "CASE p.display_type WHEN 'product' THEN -s.total ELSE s.total END",
        {
            "id": "s.line_id + CASE p.display_type WHEN 'product' THEN 0 ELSE 1 END",
            "move_id": "s.move_id",
            "move_name": "'RE/' || s.move_id",
            "date": "s.issued",
            "invoice_date": "s.issued",
            "date_maturity": f"CASE WHEN {is_receivable} THEN s.due END",
            "tax_base_amount": "0",
            "amount_residual_currency": open_,
            "amount_residual": open_,
            "reconciled": f"{is_receivable} AND s.paid_on IS NOT NULL",
            "matching_number": f"CASE WHEN {is_receivable} AND s.paid_on IS NOT NULL"
            " THEN s.partial_id::text END",
        },
    )
    is_credit = "p.credit > 0"
    _copy_some_lines(
        cursor,
        "bench_line s JOIN account_move_line p ON p.move_id = s.payment_prototype_id"
        " WHERE s.paid_on IS NOT NULL ORDER BY s.paid_on, s.i",
        "sign(p.amount_currency) * s.total",
        {
            "id": f"s.line_id + CASE WHEN {is_credit} THEN 3 ELSE 2 END",
            "move_id": "s.payment_id",
            "move_name": "'BNK/' || s.payment_id",
            "date": "s.paid_on",
            "date_maturity": f"CASE WHEN {is_credit} THEN s.paid_on END",
            "amount_residual_currency": f"CASE WHEN {is_credit} THEN 0 ELSE s.total END",
            "amount_residual": f"CASE WHEN {is_credit} THEN 0 ELSE s.total END",
            "reconciled": is_credit,
            "matching_number": f"CASE WHEN {is_credit} THEN s.partial_id::text END",
        },
    )


def _copy_some_lines(cursor, source, amount, changes):
    seed_dunning._copy(
        cursor,
        "account_move_line",
        source,
        {
            "partner_id": "s.partner_id",
            "ref": "NULL",
            "amount_currency": amount,
            "balance": amount,
            "debit": f"greatest({amount}, 0)",
            "credit": f"greatest(-({amount}), 0)",
            "price_unit": "s.total",
            "price_subtotal": "s.total",
            "price_total": "s.total",
            **changes,
        },
    )


def _copy_partials(cursor):
    seed_dunning._copy(
        cursor,
        "account_partial_reconcile",
        "bench_line s"
        " JOIN account_move_line l ON l.move_id = s.prototype_id"
        " JOIN account_partial_reconcile p ON p.debit_move_id = l.id"
        " WHERE s.paid_on IS NOT NULL ORDER BY s.paid_on, s.i",
        {
            "id": "s.partial_id",
            "debit_move_id": "s.line_id + 1",
            "credit_move_id": "s.line_id + 3",
            "amount": "s.total",
            "debit_amount_currency": "s.total",
            "credit_amount_currency": "s.total",
            "max_date": "greatest(s.paid_on, s.issued)",
        },
    )


def verify(env, probe, size, today):
    """Assert that invoices and payments are what Odoo would call paid and open."""
    moves = env["account.move"].search([("move_type", "=", "out_invoice")])
    assert len(moves) == size * INVOICES, len(moves)
    sample = moves.browse(moves.ids[:: max(len(moves) // 300, 1)])
    states = {move.id: (move.payment_state, move.amount_residual) for move in sample}
    sample.invalidate_recordset()
    for name in ("amount_residual", "payment_state"):
        env.add_to_compute(sample._fields[name], sample)
    found = {move.id: (move.payment_state, move.amount_residual) for move in sample}
    # What the bench's bank account says is no bank line: «in payment» and «paid» are the same.
    wrong = [id_ for id_ in states if found[id_] != states[id_]]
    assert not wrong, [(states[id_], found[id_]) for id_ in wrong[:5]]
    assert {state for state, _open in states.values()} == {"paid", "not_paid"}, states
    env.cr.rollback()
