"""What is held, what goes, and what finance's decision does."""

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOON, days_ago
from .hold_common import HoldCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestHold(HoldCommon):
    # -- what is held ---------------------------------------------------------

    def test_an_order_within_the_limit_is_confirmed(self):
        order = self.quotation(self.limited, 1000)
        self.assertIs(self.confirm(order), True)
        self.assertConfirmed(order)

    def test_an_order_over_the_limit_waits_and_the_button_says_so(self):
        order = self.quotation(self.limited, 1000.01)
        action = self.confirm(order)
        self.assertHeld(order, "over_limit")
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(order.name, action["params"]["message"])
        self.assertIn("1,000.00", action["params"]["message"])

    def test_open_invoices_and_other_orders_count_against_the_limit(self):
        self.invoice(400, due=days_ago(5), partner=self.limited)
        first = self.quotation(self.limited, 500)
        self.confirm(first)
        self.assertConfirmed(first)
        second = self.quotation(self.limited, 101)
        self.confirm(second)
        hold = self.assertHeld(second, "over_limit")
        self.assertEqual((hold.amount_open, hold.amount_ordered), (400, 500))
        self.assertEqual(hold.amount_overdue, 400)

    def test_an_invoiced_order_counts_once(self):
        first = self.quotation(self.limited, 500)
        self.confirm(first)
        invoice = first._create_invoices()
        self.assertCommitted(500, ordered=500)  # a draft invoice owes nothing yet
        invoice.action_post()
        self.assertCommitted(500, ordered=0)

    def test_a_down_payment_counts_once(self):
        first = self.quotation(self.limited, 500)
        self.confirm(first)
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(first.ids)],
                "advance_payment_method": "fixed",
                "fixed_amount": 200,
            }
        )
        wizard.create_invoices()
        first.invoice_ids.invoice_line_ids.tax_ids = False
        first.invoice_ids.action_post()
        self.assertCommitted(500, ordered=300)

    def assertCommitted(self, amount, ordered):  # noqa: N802 as in unittest
        exposure = self.env["debitor.credit.exposure"]._read(self.company, self.limited.ids)
        found = exposure[self.limited.id]
        self.assertEqual((float(found.committed), float(found.ordered)), (amount, ordered))

    def test_a_class_that_needs_release_waits_whatever_the_sum(self):
        order = self.quotation(self.risky, 1)
        self.confirm(order)
        hold = self.assertHeld(order, "class")
        self.assertEqual(hold.reason_text, "Each order of a customer in class E needs a release.")

    def test_the_company_behind_the_invoice_address_owes(self):
        branch = self.make_customer("Branch", parent_id=self.risky.id, is_company=False)
        order = self.quotation(self.limited, 10, partner_invoice_id=branch.id)
        self.confirm(order)
        self.assertEqual(self.assertHeld(order).partner_id, self.risky)

    def test_a_foreign_currency_is_converted_for_the_limit(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"name": days_ago(1), "currency_id": usd.id, "company_id": self.company.id, "rate": 2}
        )
        pricelist = self.env["product.pricelist"].create({"name": "USD", "currency_id": usd.id})
        goes = self.quotation(self.limited, 1900, pricelist_id=pricelist.id)
        self.confirm(goes)
        self.assertConfirmed(goes)
        waits = self.quotation(self.limited, 210, pricelist_id=pricelist.id)
        self.confirm(waits)
        hold = self.assertHeld(waits)
        self.assertEqual(hold.order_currency_id, usd)
        self.assertEqual(float(hold.reasons[0]["values"]["beyond"]), 55.0)

    def test_off_and_warn_hold_nothing(self):
        for mode in ("off", "warn"):
            self.company.debitor_hold_mode = mode
            order = self.quotation(self.risky, 5000)
            self.confirm(order)
            self.assertConfirmed(order)

    def test_without_odoos_credit_limit_there_is_no_limit(self):
        self.company.account_use_credit_limit = False
        order = self.quotation(self.limited, 5000)
        self.confirm(order)
        self.assertConfirmed(order)

    def test_of_several_orders_confirmed_together_the_last_waits(self):
        first, second, other = (
            self.quotation(self.limited, 600),
            self.quotation(self.limited, 600),
            self.quotation(self.customer, 600),
        )
        action = self.confirm(first | second | other)
        self.assertConfirmed(first)
        self.assertConfirmed(other)
        self.assertHeld(second)
        self.assertNotIn(first.name, action["params"]["message"])

    def test_confirming_again_asks_finance_once_with_the_new_sum(self):
        order = self.quotation(self.limited, 1500)
        self.confirm(order)
        hold = self.assertHeld(order)
        order.order_line.price_unit = 1600
        self.confirm(order)
        self.assertEqual(self.assertHeld(order), hold)
        self.assertEqual(hold.amount, 1600)

    def test_a_reason_that_is_gone_lets_the_order_go(self):
        order = self.quotation(self.limited, 1500)
        self.confirm(order)
        hold = self.assertHeld(order)
        order.order_line.price_unit = 900
        self.confirm(order)
        self.assertConfirmed(order)
        self.assertEqual(hold.state, "obsolete")
        self.assertFalse(self.activities(hold))

    def test_nothing_of_confirming_happens_to_an_order_on_hold(self):
        template = self.env["mail.template"].create(
            {"name": "Thanks", "model_id": self.env["ir.model"]._get_id("sale.order"),
             "subject": "Order confirmed", "body_html": "<p>Thanks</p>"}
        )  # fmt: skip
        if "sale_order_template_id" not in self.env["sale.order"]._fields:
            self.skipTest("needs sale_management, which mails on confirming")
        order = self.quotation(self.risky, 10)
        order.sale_order_template_id = self.env["sale.order.template"].create(
            {"name": "Plain", "mail_template_id": template.id}
        )
        self.confirm(order)
        self.assertHeld(order)
        self.assertNotIn("Order confirmed", order.message_ids.mapped("subject"))

    def test_delivery_is_not_allowed_while_finance_decides(self):
        order = self.quotation(self.risky, 10)
        self.assertTrue(order._debitor_is_delivery_allowed())
        self.confirm(order)
        self.assertFalse(order._debitor_is_delivery_allowed())
        order.debitor_hold_id.with_user(self.releaser).action_release("Paid on the phone")
        self.assertTrue(order._debitor_is_delivery_allowed())

    # -- decisions ------------------------------------------------------------

    def held(self, amount=1500.0, partner=None):
        order = self.quotation(partner or self.limited, amount)
        self.confirm(order)
        return order, self.assertHeld(order)

    def test_a_release_confirms_and_tells_who_sells(self):
        order, hold = self.held()
        hold.with_user(self.releaser).action_release("Paid on the phone")
        self.assertConfirmed(order)
        self.assertEqual(hold.state, "released")
        self.assertEqual(hold.decided_by_id, self.releaser)
        self.assertFalse(self.activities(hold))
        self.assertIn("Paid on the phone", self.told(order))

    def test_a_refusal_leaves_a_quotation_and_tells_why(self):
        order, hold = self.held()
        hold.with_user(self.releaser).action_refuse("Pays nothing at all")
        self.assertEqual((order.state, hold.state), ("draft", "refused"))
        self.assertEqual(order.debitor_hold_state, "refused")
        self.assertFalse(order._debitor_is_delivery_allowed())
        self.assertIn("Pays nothing at all", self.told(order))

    def test_a_decision_needs_a_reason(self):
        _order, hold = self.held()
        for note in (None, "", "  "):
            with self.assertRaisesRegex(UserError, "Say why"):
                hold.with_user(self.releaser).action_release(note)
            with self.assertRaisesRegex(UserError, "Say why"):
                hold.with_user(self.releaser).action_refuse(note)

    def test_a_second_decision_is_told(self):
        _order, hold = self.held()
        hold.with_user(self.releaser).action_refuse("No")
        with self.assertRaisesRegex(UserError, "Somebody else"):
            hold.with_user(self.scorer).action_release("Yes")

    def test_an_order_raised_before_its_release_waits_again(self):
        order, hold = self.held(1500)
        order.order_line.price_unit = 9000  # while finance still looks at 1500
        action = hold.with_user(self.releaser).action_release("Fine", 1500)
        again = self.assertHeld(order, "over_limit", "raised")
        self.assertNotEqual(again, hold)
        self.assertEqual(hold.state, "released")
        self.assertIn("9,000.00", again.reason_text + action["params"]["message"])

    def test_a_confirmed_order_raised_beyond_its_release_waits_again(self):
        order, hold = self.held(1500)
        hold.with_user(self.releaser).action_release("Fine")
        order.with_user(self.salesperson).order_line.write(
            {"product_uom_qty": 3, "price_unit": 1500}
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.debitor_hold_state, "waiting")
        self.assertFalse(order._debitor_is_delivery_allowed())
        order.debitor_hold_id.with_user(self.releaser).action_release("Fine too")
        self.assertTrue(order._debitor_is_delivery_allowed())

    def test_a_confirmed_order_raised_by_a_new_line_waits(self):
        order = self.quotation(self.limited, 900)
        self.confirm(order)
        order.with_user(self.salesperson).write({"order_line": [self.line_command(50)]})
        self.assertEqual(order.debitor_hold_state, False)
        order.with_user(self.salesperson).write({"order_line": [self.line_command(5000)]})
        self.assertEqual(order.debitor_hold_state, "waiting")

    def test_a_confirmed_order_turned_to_a_risky_debtor_waits(self):
        order = self.quotation(self.limited, 900)
        self.confirm(order)
        order.with_user(self.salesperson).partner_invoice_id = self.risky
        self.assertEqual(order.debitor_hold_state, "waiting")
        self.assertEqual(order.debitor_hold_id.partner_id, self.risky)

    def test_a_release_up_to_more_leaves_room(self):
        order, hold = self.held(1500)
        hold.with_user(self.releaser).action_release("Good name", 2000)
        order.with_user(self.salesperson).order_line.price_unit = 2000
        self.assertEqual(order.debitor_hold_state, "released")
        order.with_user(self.salesperson).order_line.price_unit = 2000.01
        self.assertEqual(order.debitor_hold_state, "waiting")

    def test_a_release_is_not_taken_to_another_debtor(self):
        order, hold = self.held(1500)
        order.write({"partner_id": self.risky.id, "partner_invoice_id": self.risky.id})
        hold.with_user(self.releaser).action_release("Fine")
        self.assertHeld(order, "class")

    def test_a_release_is_used_up_by_a_cancelled_order(self):
        order, hold = self.held(1500)
        hold.with_user(self.releaser).action_release("Fine")
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.debitor_hold_state)
        self.confirm(order)
        self.assertHeld(order, "over_limit")
        self.assertEqual(hold.state, "released", "what was decided stays on record")

    def test_a_copy_is_not_released(self):
        order, hold = self.held(1500)
        hold.with_user(self.releaser).action_release("Fine")
        copy = order.copy()
        self.assertFalse(copy.debitor_hold_ids)
        copy.write({"user_id": self.salesperson.id})
        self.confirm(copy)
        self.assertHeld(copy, "over_limit")

    def test_cancelling_ends_the_hold(self):
        order, hold = self.held()
        order.with_user(self.salesperson)._action_cancel()
        self.assertEqual(hold.state, "obsolete")
        self.assertFalse(self.activities(hold))

    def test_the_wizard_releases_up_to_its_sum(self):
        order, hold = self.held(1500)
        action = hold.with_user(self.releaser).action_ask_release()
        wizard = (
            self.env["debitor.hold.release"]
            .with_user(self.releaser)
            .with_context(**action["context"])
            .create({"note": "Good name"})
        )
        self.assertEqual(wizard.up_to, 1500)
        wizard.up_to = 1700
        wizard.action_decide()
        self.assertConfirmed(order)
        self.assertEqual(hold.released_up_to, 1700)

    def test_orders_on_hold_are_found(self):
        order, hold = self.held()
        other = self.quotation(self.customer)
        Order = self.env["sale.order"]
        orders = order | other
        domain = [("id", "in", orders.ids)]
        self.assertEqual(Order.search([*domain, ("debitor_hold_state", "=", "waiting")]), order)
        self.assertEqual(Order.search([*domain, ("debitor_hold_state", "=", False)]), other)
        self.assertEqual(Order.search([*domain, ("debitor_hold_state", "!=", "waiting")]), other)
        hold.with_user(self.releaser).action_refuse("No")
        self.assertEqual(Order.search([*domain, ("debitor_hold_state", "=", "refused")]), order)
        self.confirm(order)
        self.assertFalse(Order.search([*domain, ("debitor_hold_state", "=", "refused")]))

    def test_without_a_named_decider_somebody_who_may_is_asked(self):
        self.company.debitor_hold_user_id = False
        order = self.quotation(self.risky, 10)
        self.confirm(order)
        self.assertEqual(order.debitor_hold_state, "waiting")
        asked = self.activities(order.debitor_hold_id).user_id
        self.assertTrue(asked.has_group("debitor_scoring.group_credit_release"))

    def test_whoever_may_not_release_is_told_where_to_ask(self):
        _order, hold = self.held()
        with self.assertRaisesRegex(AccessError, "Finance has an activity"):
            hold.with_user(self.salesperson).action_release("I need the bonus")

    # -- terms ----------------------------------------------------------------

    def test_terms_of_the_class_come_by_themselves_only_where_wanted(self):
        term = self.env["account.payment.term"].create({"name": "10 days"})
        self.scoring_model.class_ids.filtered(lambda one: one.code == "e").write(
            {"payment_term_id": term.id, "prepayment_percent": 0.5}
        )
        usual = self.quotation(self.risky)
        self.assertEqual((usual.payment_term_id.id, usual.require_payment), (False, False))
        self.company.debitor_apply_terms = True
        order = self.quotation(self.risky)
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.5))
        good = self.quotation(self.customer)
        self.assertEqual((good.payment_term_id.id, good.require_payment), (False, False))

    def test_the_advice_is_applied_by_one_click_with_a_trace(self):
        order = self.quotation(self.limited, 1600)
        self.assertEqual(order.debitor_banner["advice"]["apply"], "Propose 38 % prepayment")
        order.with_user(self.salesperson).action_apply_debitor_terms()
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 0.38))
        self.assertIn("38 % prepayment", "".join(order.message_ids.mapped("body")))
        self.assertTrue(order.debitor_banner["advice"]["is_applied"])
