"""The parts of the CAMT benchmark that run inside Odoo; each in a process of its own.

Every function gets an Odoo environment and a probe, and returns counts, among them `units`:
the entries of the bank file by which the cost is divided, and `booked`: how many of them
settle an invoice at the end without anybody's doing.
"""

import base64
from pathlib import Path

from common.probe import MEBIBYTE, _peak_bytes

CHUNK_SIZE = 500  # as ours


def _booked(env):
    """Return how many bank transactions there are, and how many settle receivables."""
    env.flush_all()
    env.cr.execute(
        """
        SELECT count(*), count(*) FILTER (WHERE line.is_reconciled AND EXISTS (
                   SELECT FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.move_id = line.move_id AND item.reconciled
                      AND account.account_type = 'asset_receivable'))
          FROM account_bank_statement_line line
        """
    )
    return env.cr.fetchone()


def _paid(env, count):
    """Assert that so many invoices are paid, and that no journal entry is unbalanced."""
    env.cr.execute(
        "SELECT count(*) FROM account_move"
        " WHERE move_type = 'out_invoice' AND payment_state IN ('paid', 'in_payment')"
    )
    assert env.cr.fetchone() == (count,), count
    env.cr.execute("SELECT move_id FROM account_move_line GROUP BY 1 HAVING sum(balance) != 0")
    assert not env.cr.fetchone()


# ---------------------------------------------------------------------------
# Ours
# ---------------------------------------------------------------------------


def ours_import(env, probe, path):
    """From the bytes to what is settled; a large file is the scheduled action's, as in real life."""
    content = Path(path).read_bytes()
    with probe.measure():
        file = env["debitor.bank.file"].import_files([("bank.xml", content)])
        env.cr.commit()
        if file.state == "new":
            env["debitor.bank.file"]._cron_import()
            env.cr.commit()
    assert file.state == "done", (file.state, file.problem_text)
    lines, booked = _booked(env)
    assert booked == lines, (booked, lines, file.line_ids.mapped("debitor_why_not")[:1])
    _paid(env, booked)
    return {"units": lines, "booked": booked}


def ours_index(env, probe):
    """Read all open items and index them, which an import does once."""
    journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
    before = _peak_bytes() / MEBIBYTE
    with probe.measure():
        index = env["debitor.match.reader"]._read_index(journal)
    return {"units": len(index.items), "before_mib": before}


# ---------------------------------------------------------------------------
# The peer: file import and reconciliation
# ---------------------------------------------------------------------------


def peer_read(env, probe, path):
    """Its parser alone, in the process of Odoo that it needs."""
    content = Path(path).read_bytes()
    before = _peak_bytes() / MEBIBYTE
    with probe.measure():
        _currency, _account, statements = env["account.statement.import.camt.parser"].parse(content)
    return {
        "units": sum(len(one["transactions"]) for one in statements),
        "before_mib": before,
    }


def peer_import(env, probe, path):
    """Its wizard's button; creating the lines reconciles what it recognises."""
    content = Path(path).read_bytes()
    with probe.measure():
        wizard = env["account.statement.import"].create(
            {"statement_file": base64.b64encode(content), "statement_filename": "bank.xml"}
        )
        wizard.import_file_button()
        env.cr.commit()
    lines, booked = _booked(env)
    _paid(env, booked)
    return {"units": lines, "booked": booked}


# ---------------------------------------------------------------------------
# The floor: Odoo's own methods, in bulk, told what pays what
# ---------------------------------------------------------------------------


def floor_import(env, probe, payments):
    """Create lines with their counterpart by Odoo's own create, then match all of them at once.

    :param payments: as those of `seed_camt.choose`
    """
    journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
    numbers = [number for number, *_others in payments]
    moves = env["account.move"].search([("name", "in", numbers)])
    receivable = {
        line.move_id.name: line
        for line in moves.line_ids
        if line.account_id.account_type == "asset_receivable"
    }
    env.invalidate_all()
    Lines = env["account.bank.statement.line"].with_context(tracking_disable=True)
    with probe.measure():
        for start in range(0, len(payments), CHUNK_SIZE):
            items = [receivable[number] for number in numbers[start : start + CHUNK_SIZE]]
            lines = Lines.create([_prepare_floor(journal, item) for item in items])
            counterparts = lines.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
            by_move = {line.move_id: line for line in counterparts}
            plan = [item + by_move[line.move_id] for item, line in zip(items, lines, strict=True)]
            env["account.move.line"]._reconcile_plan(plan)
            env.cr.commit()
    lines, booked = _booked(env)
    assert lines == booked == len(payments), (lines, booked)
    _paid(env, booked)
    return {"units": lines, "booked": booked}


def _prepare_floor(journal, item):
    return {
        "journal_id": journal.id,
        "date": "2026-05-18",
        "amount": item.amount_residual,
        "payment_ref": f"Rechnung {item.move_id.name} vom 3.5.2026, vielen Dank",
        "partner_id": item.partner_id.id,
        "counterpart_account_id": item.account_id.id,
    }
