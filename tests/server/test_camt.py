"""Bank files through a running server: nothing doubled, nothing lost, undone without a trace lost."""

import base64
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from camt_samples import balance, detail, document, entry

IBAN = "DE02120300000000202051"


@pytest.fixture
def database(new_database):
    return new_database()


@pytest.fixture
def server(database, odoo_server):
    return odoo_server(database)


@pytest.fixture
def client(server, rpc):
    """Logged in as administrator, with a bank journal of its own for the files."""
    client = rpc(server)
    client.journal = client.call(
        "account.journal",
        "create",
        {"name": "Giro", "code": "GIRO", "type": "bank", "bank_acc_number": IBAN},
    )
    return client


def upload(client, *files):
    """Upload files as the dashboard does, and return the ids of their records."""
    attachments = [
        client.call(
            "ir.attachment",
            "create",
            {"name": f"bank-{number}.xml", "datas": base64.b64encode(content).decode()},
        )
        for number, content in enumerate(files)
    ]
    client.call("account.journal", "create_document_from_attachment", client.journal, attachments)
    return client.call("debitor.bank.file", "search", [], order="id")


def lines(client, *names):
    domain = [("journal_id", "=", client.journal)]
    fields = ["amount", "is_reconciled", *names]
    return client.call(
        "account.bank.statement.line", "search_read", domain, fields=fields, order="id"
    )


def amounts(client):
    return sorted(line["amount"] for line in lines(client))


def open_invoice(client):
    """Return an open invoice of the demo company in its own currency whose amount is unique."""
    found = client.call(
        "account.move",
        "search_read",
        [
            ("move_type", "=", "out_invoice"),
            ("payment_state", "=", "not_paid"),
            ("state", "=", "posted"),
            ("currency_id.name", "=", "EUR"),
            ("company_id", "=", client.call("res.company", "search", [], limit=1)[0]),
        ],
        fields=["name", "amount_residual", "commercial_partner_id"],
        limit=200,
    )
    sums = [one["amount_residual"] for one in found]
    return next(one for one in found if sums.count(one["amount_residual"]) == 1)


def pay(amount, text, reference, party="Jemand", **facts):
    return entry(amount, detail(amount, text=text, party=party, **facts), reference=reference)


def test_a_payment_is_booked_and_undone_through_the_server(client):
    invoice = open_invoice(client)
    amount = f"{invoice['amount_residual']:.2f}"
    paid = pay(amount, f"Rechnung {invoice['name']}", "R-1", invoice["commercial_partner_id"][1])
    upload(client, document(paid))
    [line] = lines(client)
    assert line["is_reconciled"]

    def residual():
        return client.call("account.move", "read", [invoice["id"]], ["amount_residual"])[0]

    assert residual()["amount_residual"] == 0
    client.call("debitor.bank.review", "undo", [line["id"]])
    assert residual()["amount_residual"] == invoice["amount_residual"]
    [match] = client.call("debitor.bank.match", "search_read", [], fields=["state"])
    assert match["state"] == "undone"


def test_files_that_overlap_or_come_again_bring_each_payment_once(client):
    first, second, third = (pay(f"{n}.00", f"p{n}", f"R-{n}") for n in (1, 2, 3))
    upload(client, document(first, second, identity="A"))
    upload(client, document(first, second, identity="A"))  # the same file
    upload(client, document(second, third, identity="B"))  # overlaps
    upload(client, document(first, second, third, identity="C"))  # exported anew
    assert amounts(client) == [1.0, 2.0, 3.0]
    known = client.call("debitor.bank.transaction", "search_count", [("state", "=", "known")])
    assert known == 4, "what was known is listed, not dropped"


@pytest.mark.parametrize("order", ["052 053", "054 053", "053 054", "052 054 053"])
def test_reports_notifications_and_statements_in_any_order(client, order):
    one, two = pay("10.00", "a", "S-1"), pay("20.00", "b", "S-2")
    for kind in order.split():
        upload(client, document(one, two, kind=kind, identity=f"M{kind}"))
    assert amounts(client) == [10.0, 20.0]


def test_a_statement_that_does_not_balance_waits_for_a_person(client):
    sums = [balance("OPBD", "0.00"), balance("CLBD", "5.00")]
    upload(client, document(pay("7.00", "x", "Q-1"), balances=sums))
    assert amounts(client) == []
    [sheet] = client.call("debitor.bank.sheet", "search", [("state", "=", "quarantine")])
    client.call("debitor.bank.sheet", "action_release", [sheet])
    assert amounts(client) == [7.0]


def test_two_servers_that_import_the_same_payments_at_once(client, database, odoo_server, rpc):
    other = rpc(odoo_server(database))
    other.journal = client.journal
    entries = [pay(f"{n}.00", f"p{n}", f"T-{n}") for n in range(1, 31)]
    files = {client: document(*entries, identity="A"), other: document(*entries, identity="B")}
    problems = []

    def run(one):
        try:
            upload(one, files[one])
        except Exception as error:  # shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert amounts(client) == [float(n) for n in range(1, 31)]
