"""What the flag and the gate cost, whatever the number of orders."""

from freezegun import freeze_time
from odoo.tests import tagged

from .common import NOON
from .hold_common import HoldCommon

LIST_FIELDS = {
    "name": {},
    "partner_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "amount_total": {},
    "state": {},
}

FLAG_FIELDS = ("debitor_risk_class", "debitor_score_text", "debitor_hold_state")


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestHoldQueries(HoldCommon):
    def make_orders(self, count):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(count)]
        )
        addresses = self.env["res.partner"].create(
            [{"name": "Invoices", "type": "invoice", "parent_id": one.id} for one in customers]
        )
        self.Score._recompute(self.company, customers.ids)
        return self.env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "partner_invoice_id": address.id,
                    "user_id": self.salesperson.id,
                    "order_line": [self.line_command(10)],
                }
                for customer, address in zip(customers, addresses, strict=True)
            ]
        )

    def count(self, orders, specification):
        """Return the statements of opening a list, as the web client asks for it."""
        self.env.flush_all()
        self.env.invalidate_all()
        records = orders.with_user(self.salesperson)
        records.web_search_read([("id", "in", orders.ids)], specification, limit=80)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        records.web_search_read([("id", "in", orders.ids)], specification, limit=80)
        return self.env.cr.sql_log_count - before

    def test_the_flag_adds_two_statements_to_a_list_of_80_orders(self):
        orders = self.make_orders(80)
        orders[0].action_confirm()
        self.mark_in_class(orders[1].partner_id, "e")
        plain = self.count(orders, LIST_FIELDS)
        flagged = self.count(orders, {**LIST_FIELDS, **{name: {} for name in FLAG_FIELDS}})
        self.assertLessEqual(flagged - plain, 2)

    def test_judging_orders_costs_the_same_for_2_and_for_40(self):
        costs = {}
        orders = self.make_orders(42)
        for some in (orders[:2], orders[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            some._check_release()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._check_release()
            costs[len(some)] = self.env.cr.sql_log_count - before
        self.assertLessEqual(costs[40], costs[2] + 2, costs)
