"""Orders of one debtor that are confirmed at the same moment, and contacts merged meanwhile."""

import threading

import pytest

CUSTOMERS = 6
ROUNDS = 6


@pytest.fixture
def database(new_database, installed_template):
    return new_database(installed_template)


@pytest.fixture
def client(database, odoo_server, rpc):
    """An administrator of a company that holds orders over the limit of 1,000."""
    found = rpc(odoo_server(database))
    [company] = found.call("res.company", "search", [], limit=1)
    found.call(
        "res.company",
        "write",
        [company],
        {"debitor_hold_mode": "hold", "account_use_credit_limit": True},
    )
    return found


def make_orders(client, customer):
    """Return two quotations of 600 each."""
    [product] = client.call("product.product", "create", [{"name": "Saw", "taxes_id": False}])
    line = {"product_id": product, "product_uom_qty": 1, "price_unit": 600, "tax_ids": False}
    vals = {"partner_id": customer, "order_line": [(0, 0, line)]}
    return client.call("sale.order", "create", [vals, vals])


def test_of_two_orders_confirmed_at_once_one_waits(client, database, odoo_server, rpc):
    other = rpc(odoo_server(database))
    customers = client.call(
        "res.partner",
        "create",
        [
            {"name": f"Limited {number}", "is_company": True, "credit_limit": 1000}
            for number in range(CUSTOMERS)
        ],
    )
    problems = []

    def confirm(one, order, barrier):
        barrier.wait()
        try:
            one.call("sale.order", "action_confirm", [order])
        except Exception as error:  # shown by the assertion below
            problems.append(error)

    for customer in customers:
        orders = make_orders(client, customer)
        barrier = threading.Barrier(2)
        threads = [
            threading.Thread(target=confirm, args=(one, order, barrier))
            for one, order in zip((client, other), orders, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = client.call("sale.order", "read", orders, ["state", "debitor_hold_state"])
        states = sorted((row["state"], row["debitor_hold_state"]) for row in rows)
        assert states == [("draft", "waiting"), ("sale", False)]
    assert problems == []


# -- merging contacts ----------------------------------------------------------


def make_customer(client, name):
    """Return a customer with an open invoice of 700 that is long overdue."""
    [customer] = client.call(
        "res.partner", "create", [{"name": name, "is_company": True, "credit_limit": 1000}]
    )
    line = {"name": "Saw", "quantity": 1, "price_unit": 700, "tax_ids": False}
    vals = {
        "move_type": "out_invoice",
        "partner_id": customer,
        "invoice_date": "2026-01-02",
        "invoice_date_due": "2026-01-16",
        "invoice_payment_term_id": False,
        "invoice_line_ids": [(0, 0, line)],
    }
    [invoice] = client.call("account.move", "create", [vals])
    client.call("account.move", "action_post", [invoice])
    client.call("res.partner", "action_debitor_recompute_score", [customer])
    return customer


def make_order(client, product, customer):
    line = {"product_id": product, "product_uom_qty": 1, "price_unit": 600, "tax_ids": False}
    [order] = client.call(
        "sale.order", "create", [{"partner_id": customer, "order_line": [(0, 0, line)]}]
    )
    return order


def merge(client, stays, goes):
    wizard_model = "base.partner.merge.automatic.wizard"
    [wizard] = client.call(
        wizard_model,
        "create",
        [{"partner_ids": [(6, 0, [stays, goes])], "dst_partner_id": stays, "state": "selection"}],
    )
    client.call(wizard_model, "action_merge", [wizard])


def at_once(*works):
    """Run all at the same moment; return what went wrong in each, or None."""
    barrier = threading.Barrier(len(works))
    problems = [None] * len(works)

    def run(number, work):
        barrier.wait()
        try:
            work()
        except Exception as error:  # judged by the caller
            problems[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_merging_loses_no_hold_and_leaves_one_score(client, database, odoo_server, rpc):
    other, third = (rpc(odoo_server(database)) for _number in range(2))
    [product] = client.call("product.product", "create", [{"name": "Saw", "taxes_id": False}])
    for number in range(ROUNDS):
        stays, goes = (make_customer(client, f"{name} {number}") for name in ("Stays", "Goes"))
        orders = [make_order(client, product, one) for one in (stays, goes, goes)]
        # One waits already when the contacts are merged, and must be found again after it.
        client.call("sale.order", "action_confirm", [orders[1]])
        problems = at_once(
            lambda stays=stays, goes=goes: merge(client, stays, goes),
            lambda orders=orders: other.call("sale.order", "action_confirm", [orders[2]]),
            lambda goes=goes: third.call("res.partner", "action_debitor_recompute_score", [goes]),
        )
        if problems[0]:
            # Refused as a whole because somebody worked with the contact that goes: once more.
            merge(client, stays, goes)
        if problems[1]:
            client.call("sale.order", "action_confirm", [orders[2]])
        client.call("sale.order", "action_confirm", [orders[0]])

        assert client.call("res.partner", "search_count", [("id", "=", goes)]) == 0
        rows = client.call(
            "sale.order", "read", orders, ["state", "partner_id", "debitor_hold_state"]
        )
        for row in rows:
            assert row["partner_id"][0] == stays
            assert (row["state"], row["debitor_hold_state"]) == ("draft", "waiting")
        holds = client.call(
            "debitor.credit.hold", "search_read", [("order_id", "in", orders)], ["partner_id"]
        )
        assert [hold["partner_id"][0] for hold in holds] == [stays] * 3
        scores = client.call(
            "debitor.score", "search_read", [("partner_id", "in", [stays, goes])], ["evidence"]
        )
        # Both invoices count for the one who is left.
        assert [score["evidence"] for score in scores] == [2.0]
