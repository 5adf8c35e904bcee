"""N overdue receivable lines by bulk SQL.

They are copies of the documents in `dunning_prototypes` with other amounts, dates
and partners, so that every column that is not mentioned here holds what Odoo wrote.
`verify` then lets Odoo recompute a random sample.
"""

import datetime as dt
import random

from dunning_prototypes import RATE_USD

# Coprime to every size in use: spreads the lines of a customer over the table.
STRIDE = 7919
CUSTOMERS = 10  # lines for each
SAMPLE = 300
UPKEEP_DEFERRED_FROM = 50_000


def seed(connection, size, today):
    """Fill a prepared database with `size` overdue lines as of `today`."""
    if size % STRIDE == 0:
        raise ValueError(f"size must not be a multiple of {STRIDE}")
    with connection.cursor() as cursor:
        upkeep = _drop_upkeep(cursor) if size >= UPKEEP_DEFERRED_FROM else []
        _plan(cursor, size, today)
        _copy_partners(cursor)
        _copy_moves(cursor)
        _copy_lines(cursor)
        _copy_relations(cursor)
        _copy_partials(cursor)
        for restore in upkeep:
            cursor.execute(restore)
        _remove_prototypes(cursor)
        cursor.execute("DROP TABLE bench_line, bench_customer")
        cursor.execute("VACUUM ANALYZE")


def _drop_upkeep(cursor):
    """Drop foreign keys and plain indexes of the large tables; return how to make them again.

    Made anew over all rows at once they cost a fraction of their upkeep row by row.
    """
    cursor.execute(
        """
        SELECT format('ALTER TABLE %%1$I DROP CONSTRAINT %%2$I', conrelid::regclass, conname),
               format('ALTER TABLE %%1$I ADD CONSTRAINT %%2$I %%3$s', conrelid::regclass, conname,
                      pg_get_constraintdef(oid))
          FROM pg_constraint
         WHERE contype = 'f' AND conrelid = ANY (%(tables)s::regclass[])
         UNION ALL
        SELECT format('DROP INDEX %%I', indexname), indexdef
          FROM pg_indexes
         WHERE tablename = ANY (%(tables)s) AND indexdef NOT LIKE '%%UNIQUE%%'
           AND indexname != 'account_move_line__move_id_index'  -- finds the prototypes' lines
        """,
        {"tables": ["account_move", "account_move_line"]},
    )
    found = cursor.fetchall()
    for drop, _restore in found:
        cursor.execute(drop)
    return [restore for _drop, restore in reversed(found)]


def _plan(cursor, size, today):
    """One row per overdue line: what it is, how much, when, and the ids to be."""
    cursor.execute(
        """
        CREATE UNLOGGED TABLE bench_customer AS
        SELECT c, (SELECT max(id) FROM res_partner) + 1 + 2 * c AS partner_id,
               -- every fifth customer has an address for invoices
               CASE WHEN c %% 5 = 0
                    THEN (SELECT max(id) FROM res_partner) + 2 + 2 * c END AS contact_id
          FROM generate_series(0, (%(size)s - 1) / %(each)s) c;

        CREATE UNLOGGED TABLE bench_line AS
        WITH numbered AS (
            SELECT i, i::bigint * %(stride)s %% %(size)s AS rank, i / %(each)s AS c
              FROM generate_series(0, %(size)s - 1) i
        ), typed AS (
            SELECT *,
                   CASE WHEN i %% 20 = 0 THEN 'refund' WHEN i %% 23 = 7 THEN 'usd' ELSE 'eur' END
                       AS kind
              FROM numbered
        ), valued AS (
            SELECT *,
                   -- multiples that keep tax, part payment and exchange exact to the cent
                   CASE kind WHEN 'refund' THEN 5 * (1 + i * 37 %% 20)
                             WHEN 'usd' THEN 25 * (1 + i * 37 %% 80)
                             ELSE 5 * (1 + i * 37 %% 400) END::numeric AS net,
                   CASE kind WHEN 'refund' THEN -1 ELSE 1 END AS sign,
                   CASE kind WHEN 'usd' THEN 1 / %(rate)s ELSE 1 END::numeric AS factor,
                   %(today)s::date - (15 + i * 31 %% 150) AS due
              FROM typed
        )
        SELECT v.*, round(net * 0.19, 2) AS tax, round(net * 1.19, 2) AS total,
               CASE WHEN i %% 10 = 3 THEN round(net * 0.2, 2) ELSE 0 END AS paid,
               due - 14 AS issued,
               proto.id AS prototype_id,
               payment.id AS payment_prototype_id,
               proto.sequence_prefix AS old_prefix,
               b.partner_id,
               (SELECT max(id) FROM account_move) + 1 + 2 * rank AS move_id,
               (SELECT max(id) FROM account_move) + 2 + 2 * rank AS payment_id,
               (SELECT max(id) FROM account_move_line) + 1 + 5 * rank AS line_id,
               (SELECT coalesce(max(id), 0) FROM account_partial_reconcile) + 1 + rank
                   AS partial_id
          FROM valued v
          JOIN bench_customer b USING (c)
          JOIN account_move proto ON proto.ref = 'bench-' || v.kind
          LEFT JOIN account_move payment ON payment.ref = 'bench-' || v.kind || '-payment'
         ORDER BY rank;
        ANALYZE bench_line, bench_customer;
        """,
        {
            "size": size,
            "each": CUSTOMERS,
            "stride": STRIDE,
            "rate": RATE_USD,
            "today": today,
        },
    )


def _copy(cursor, table, source, changes):
    """Insert copies of rows of `table` (alias p) with some columns changed.

    `source` is the FROM clause and what follows; `changes` are SQL expressions.
    """
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]
    expressions = (changes.get(column, f'p."{column}"') for column in columns)
    cursor.execute(
        "INSERT INTO {} ({}) SELECT {} FROM {}".format(
            table,
            ", ".join(f'"{column}"' for column in columns),
            ", ".join(expressions),
            source,
        )
    )
    if "id" in columns:
        cursor.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def _copy_partners(cursor):
    name = "'Kunde ' || b.c || ' GmbH'"
    _copy(
        cursor,
        "res_partner",
        "bench_customer b JOIN res_partner p ON p.ref = 'bench-prototype' ORDER BY b.c",
        {
            "id": "b.partner_id",
            "commercial_partner_id": "b.partner_id",
            "name": name,
            "complete_name": name,
            "commercial_company_name": name,
            "ref": "'K' || b.c",
            "email": "'kunde' || b.c || '@customer.example'",
            "email_normalized": "'kunde' || b.c || '@customer.example'",
        },
    )
    _copy(
        cursor,
        "res_partner",
        "bench_customer b JOIN res_partner p ON p.ref = 'bench-prototype-contact'"
        " WHERE b.contact_id IS NOT NULL ORDER BY b.c",
        {
            "id": "b.contact_id",
            "parent_id": "b.partner_id",
            "commercial_partner_id": "b.partner_id",
            "name": "'Buchhaltung ' || b.c",
            "complete_name": f"{name} || ', Buchhaltung ' || b.c",
            "commercial_company_name": name,
            "ref": "NULL",
            "email": "'rechnung' || b.c || '@customer.example'",
            "email_normalized": "'rechnung' || b.c || '@customer.example'",
        },
    )


PREFIX = "regexp_replace(p.sequence_prefix, '\\d{4}', to_char(%s, 'YYYY'))"
NAME = PREFIX + " || lpad((s.rank + 100)::text, 7, '0')"


def _copy_moves(cursor):
    name = NAME % "s.issued"
    shared = {
        "partner_id": "s.partner_id",
        "commercial_partner_id": "s.partner_id",
        "sequence_number": "s.rank + 100",
        # Four of five invoices went out by mail, which gave them a key for the portal.
        "access_token": "CASE WHEN s.i % 5 > 0 THEN gen_random_uuid()::text END",
        "inalterable_hash": "NULL",
    }
    _copy(
        cursor,
        "account_move",
        "bench_line s JOIN account_move p ON p.id = s.prototype_id ORDER BY s.rank",
        {
            **shared,
            "id": "s.move_id",
            "name": name,
            "payment_reference": f"CASE WHEN s.sign > 0 THEN {name} ELSE p.payment_reference END",
            "ref": "NULL",
            "sequence_prefix": PREFIX % "s.issued",
            "invoice_partner_display_name": "'Kunde ' || s.c || ' GmbH'",
            "date": "s.issued",
            "invoice_date": "s.issued",
            "invoice_date_due": "s.due",
            "delivery_date": "CASE WHEN p.delivery_date IS NOT NULL THEN s.issued END",
            "taxable_supply_date": "CASE WHEN p.taxable_supply_date IS NOT NULL THEN s.issued END",
            "amount_untaxed": "s.net",
            "amount_tax": "s.tax",
            "amount_total": "s.total",
            "amount_residual": "s.total - s.paid",
            "amount_untaxed_signed": "s.sign * s.net * s.factor",
            "amount_untaxed_in_currency_signed": "s.sign * s.net",
            "amount_tax_signed": "s.sign * s.tax * s.factor",
            "amount_total_signed": "s.sign * s.total * s.factor",
            "amount_total_in_currency_signed": "s.sign * s.total",
            "amount_residual_signed": "s.sign * (s.total - s.paid) * s.factor",
            "payment_state": "CASE WHEN s.paid > 0 THEN 'partial' ELSE 'not_paid' END",
        },
    )
    _copy(
        cursor,
        "account_move",
        "bench_line s JOIN account_move p ON p.id = s.payment_prototype_id"
        " WHERE s.paid > 0 ORDER BY s.rank",
        {
            **shared,
            "id": "s.payment_id",
            "name": NAME % "(s.due + 3)",
            "ref": "NULL",
            "sequence_prefix": PREFIX % "(s.due + 3)",
            "invoice_partner_display_name": "'Kunde ' || s.c || ' GmbH'",
            "date": "s.due + 3",
            "amount_total": "s.paid",
            "amount_total_signed": "s.paid * s.factor",
            "amount_total_in_currency_signed": "s.paid",
        },
    )


def _copy_lines(cursor):
    """Invoices: product, tax, receivable (ids +0, +1, +2). Payments: bank, receivable (+3, +4)."""
    amount = (
        "s.sign * CASE p.display_type WHEN 'product' THEN -s.net"
        " WHEN 'tax' THEN -s.tax ELSE s.total END"
    )
    _copy_some_lines(
        cursor,
        "bench_line s JOIN account_move_line p ON p.move_id = s.prototype_id ORDER BY s.rank",
        amount,
        {
            "id": "s.line_id + CASE p.display_type WHEN 'product' THEN 0 WHEN 'tax' THEN 1 ELSE 2 END",
            "move_id": "s.move_id",
            "move_name": NAME.replace("p.sequence_prefix", "s.old_prefix") % "s.issued",
            "name": "CASE WHEN p.display_type = 'payment_term' AND s.sign > 0 THEN "
            + NAME.replace("p.sequence_prefix", "s.old_prefix") % "s.issued"
            + " ELSE p.name END",
            "date": "s.issued",
            "invoice_date": "s.issued",
            "date_maturity": "CASE WHEN p.display_type = 'payment_term' THEN s.due END",
            "tax_base_amount": "sign(p.tax_base_amount) * s.net * s.factor",
            "price_unit": "CASE WHEN p.display_type = 'product' THEN s.net ELSE p.price_unit END",
            "price_subtotal": "CASE WHEN p.display_type = 'product' THEN s.net"
            " ELSE p.price_subtotal END",
            "price_total": "CASE WHEN p.display_type = 'product' THEN s.total"
            " ELSE p.price_total END",
            "amount_residual_currency": "CASE WHEN p.display_type = 'payment_term'"
            " THEN s.sign * (s.total - s.paid) ELSE 0 END",
            "amount_residual": "CASE WHEN p.display_type = 'payment_term'"
            " THEN s.sign * (s.total - s.paid) * s.factor ELSE 0 END",
            "matching_number": "CASE WHEN p.display_type = 'payment_term' AND s.paid > 0"
            " THEN 'P' || s.partial_id END",
        },
    )
    _copy_some_lines(
        cursor,
        "bench_line s JOIN account_move_line p ON p.move_id = s.payment_prototype_id"
        " WHERE s.paid > 0 ORDER BY s.rank",
        "sign(p.amount_currency) * s.paid",
        {
            "id": "s.line_id + CASE WHEN p.debit > 0 THEN 3 ELSE 4 END",
            "move_id": "s.payment_id",
            "move_name": "'BNK/' || s.payment_id",
            "date": "s.due + 3",
            "date_maturity": "CASE WHEN p.date_maturity IS NOT NULL THEN s.due + 3 END",
            # The bank account stays open, the receivable is matched in full.
            "amount_residual_currency": "sign(p.amount_residual_currency) * s.paid",
            "amount_residual": "sign(p.amount_residual) * s.paid * s.factor",
            **{
                name: f"sign(p.{name}) * s.paid"
                for name in ("price_unit", "price_subtotal", "price_total")
            },
            "matching_number": "CASE WHEN p.credit > 0 THEN 'P' || s.partial_id END",
        },
    )
    cursor.execute(
        "UPDATE account_move_line l SET move_name = m.name FROM account_move m, bench_line s"
        " WHERE s.paid > 0 AND m.id = s.payment_id AND l.move_id = m.id"
    )


def _copy_some_lines(cursor, source, amount, changes):
    _copy(
        cursor,
        "account_move_line",
        source,
        {
            "partner_id": "s.partner_id",
            "ref": "NULL",
            "amount_currency": amount,
            "balance": f"({amount}) * s.factor",
            "debit": f"greatest(({amount}) * s.factor, 0)",
            "credit": f"greatest(-({amount}) * s.factor, 0)",
            **changes,
        },
    )


def _copy_relations(cursor):
    """Taxes of the product lines and tags of all lines."""
    offset = "CASE l.display_type WHEN 'product' THEN 0 WHEN 'tax' THEN 1 ELSE 2 END"
    for table, column in (
        ("account_move_line_account_tax_rel", "account_move_line_id"),
        ("account_account_tag_account_move_line_rel", "account_move_line_id"),
    ):
        _copy(
            cursor,
            table,
            f"bench_line s JOIN account_move_line l ON l.move_id = s.prototype_id"
            f" JOIN {table} p ON p.{column} = l.id ORDER BY s.rank",
            {column: f"s.line_id + {offset}"},
        )


def _copy_partials(cursor):
    _copy(
        cursor,
        "account_partial_reconcile",
        "bench_line s"
        " JOIN account_move_line l ON l.move_id = s.prototype_id"
        " JOIN account_partial_reconcile p ON p.debit_move_id = l.id"
        " WHERE s.paid > 0 ORDER BY s.rank",
        {
            "id": "s.partial_id",
            "debit_move_id": "s.line_id + 2",
            "credit_move_id": "s.line_id + 4",
            "amount": "s.paid * s.factor",
            "debit_amount_currency": "s.paid",
            "credit_amount_currency": "s.paid",
            "max_date": "s.due + 3",
        },
    )


def _remove_prototypes(cursor):
    """The prototypes are overdue as well and would be dunned along."""
    prototypes = "SELECT id FROM account_move WHERE ref LIKE 'bench-%'"
    cursor.execute(
        "DELETE FROM account_partial_reconcile p USING account_move_line l"
        f" WHERE l.id = p.debit_move_id AND l.move_id IN ({prototypes})"
    )
    cursor.execute(f"DELETE FROM account_move WHERE id IN ({prototypes})")
    cursor.execute("DELETE FROM res_partner WHERE ref = 'bench-prototype-contact'")
    cursor.execute("UPDATE res_partner SET active = false WHERE ref = 'bench-prototype'")


# ---------------------------------------------------------------------------
# With Odoo: is it what Odoo would have computed?
# ---------------------------------------------------------------------------

LINE_FIELDS = (
    "amount_residual",
    "amount_residual_currency",
    "reconciled",
    "debit",
    "credit",
    "price_subtotal",
    "price_total",
    "currency_id",
    "parent_state",
    "move_name",
)
MOVE_FIELDS = (
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "amount_untaxed_signed",
    "amount_untaxed_in_currency_signed",
    "amount_tax_signed",
    "amount_total_signed",
    "amount_total_in_currency_signed",
    "amount_residual_signed",
    "payment_state",
    "commercial_partner_id",
    "invoice_partner_display_name",
    "invoice_currency_rate",
    "sequence_prefix",
    "sequence_number",
)


def verify(env, probe, size, today):
    """Assert that Odoo recomputes a random sample to exactly what was seeded."""
    moves = env["account.move"].search([("move_type", "in", ("out_invoice", "out_refund"))])
    assert len(moves) == size, (len(moves), size)
    sample = moves.browse(random.Random(size).sample(moves.ids, min(SAMPLE, size)))
    payments = sample.line_ids.matched_credit_ids.credit_move_id.move_id
    assert payments, "the sample holds no part payment"
    everything = sample | payments
    _assert_unchanged(env, everything.line_ids, LINE_FIELDS)
    _assert_unchanged(env, everything, MOVE_FIELDS)
    everything._check_balanced({"records": everything})
    for move in sample:
        (receivable,) = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        assert receivable.date_maturity == move.invoice_date_due
        assert receivable.date_maturity < dt.date.fromisoformat(today)
        assert not receivable.reconciled
        assert move.amount_residual < move.amount_total or move.payment_state == "not_paid"
    _assert_shares(env, size)
    env.cr.rollback()


def _assert_unchanged(env, records, names):
    seeded = records.read(names, load=None)
    for name in names:
        env.add_to_compute(records._fields[name], records)
    for before, record in zip(seeded, records, strict=True):
        for name in names:
            field = record._fields[name]
            after = field.convert_to_read(record[name], record, use_display_name=False)
            assert before[name] == after, (record, name, before[name], after)


def _assert_shares(env, size):
    env.cr.execute(
        "SELECT count(*), count(*) FILTER (WHERE m.move_type = 'out_refund'),"
        "       count(*) FILTER (WHERE m.payment_state = 'partial'),"
        "       count(*) FILTER (WHERE l.currency_id != l.company_currency_id),"
        "       count(DISTINCT l.partner_id), count(DISTINCT date_trunc('month', l.date_maturity))"
        "  FROM account_move_line l"
        "  JOIN account_move m ON m.id = l.move_id"
        "  JOIN account_account a ON a.id = l.account_id"
        " WHERE a.account_type = 'asset_receivable' AND NOT l.reconciled"
    )
    lines, refunds, partial, foreign, partners, months = env.cr.fetchone()
    assert lines == size, (lines, size)
    assert refunds == -(-size // 20)
    assert partial == -(-(size - 3) // 10)
    assert 0.03 < foreign / size < 0.06
    assert partners == -(-size // CUSTOMERS)
    assert months >= 5
