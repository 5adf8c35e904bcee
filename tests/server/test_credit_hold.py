"""Two orders of one debtor that are confirmed at the same moment, by two servers."""

import threading

import pytest

CUSTOMERS = 6


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
