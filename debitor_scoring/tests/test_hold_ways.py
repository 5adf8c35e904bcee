"""Every way to confirm an order meets the same gate."""

from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged

from .common import NOON
from .hold_common import HoldCommon

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestWaysToConfirm(HoldCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = (
            cls.env["payment.provider"]
            .sudo()
            .create(
                {
                    "name": "Test",
                    "code": "none",
                    "state": "test",
                    "company_id": cls.company.id,
                    "is_published": True,
                    "payment_method_ids": [Command.set(cls.method().ids)],
                }
            )
        )

    @classmethod
    def method(cls):
        return cls.env["payment.method"].sudo().create({"name": "Card", "code": "debitor_card"})

    def rpc(self, user, method, *args, **kwargs):
        """Call as the web client does, with the user's rights."""
        model = self.env["sale.order"].with_user(user)
        return call_kw(model, method, list(args), kwargs)

    # -- RPC ------------------------------------------------------------------

    def test_the_button_by_rpc(self):
        order = self.quotation(self.risky)
        action = self.rpc(self.salesperson, "action_confirm", order.ids)
        self.assertEqual(action["tag"], "display_notification")
        self.assertHeld(order, "class")

    def test_a_context_opens_no_gate(self):
        order = self.quotation(self.risky)
        context = {
            "send_email": True, "debitor_released": True, "skip_hold": True, "tracking_disable": True,
            "active_test": False, "default_state": "sale", "default_debitor_hold_state": "released",
        }  # fmt: skip
        self.rpc(self.salesperson, "action_confirm", order.ids, context=context)
        self.assertHeld(order, "class")

    def test_a_written_state_is_refused_with_the_way_out(self):
        order = self.quotation(self.risky)
        refused = self.assertRaisesRegex(UserError, f"{order.name}.*needs a release.*«Confirm»")
        with refused, self.env.cr.savepoint():
            self.rpc(self.salesperson, "write", order.ids, {"state": "sale"})
        order.invalidate_recordset()
        self.assertEqual(order.state, "draft")

    def test_a_written_state_through_the_customer_is_refused(self):
        order = self.quotation(self.risky)
        with self.assertRaisesRegex(UserError, "needs a release"):
            self.risky.write({"sale_order_ids": [Command.update(order.id, {"state": "sale"})]})

    def test_a_written_state_with_lines_in_one_call_is_judged_by_the_end(self):
        order = self.quotation(self.limited, 100)
        with self.assertRaisesRegex(UserError, "needs a release"):
            self.rpc(
                self.salesperson, "write", order.ids,
                {"state": "sale", "order_line": [self.line_command(5000)]},
            )  # fmt: skip

    def test_a_written_state_of_a_good_customer_confirms(self):
        order = self.quotation(self.customer)
        self.rpc(self.salesperson, "write", order.ids, {"state": "sale"})
        self.assertConfirmed(order)

    def test_written_hold_fields_change_nothing(self):
        order = self.quotation(self.risky)
        self.confirm(order)
        hold = self.assertHeld(order)
        for vals in (
            {"debitor_hold_state": "released"},
            {"debitor_hold_id": False},
            {"debitor_risk_class": "a"},
            {"debitor_banner": {}},
        ):
            self.rpc(self.salesperson, "write", order.ids, vals)
            self.env.invalidate_all()
            self.assertEqual(order.debitor_hold_state, "waiting")
            self.rpc(self.salesperson, "action_confirm", order.ids)
            self.assertHeld(order)
        with self.assertRaises(UserError):
            self.rpc(
                self.salesperson, "write", order.ids,
                {"debitor_hold_state": "released", "debitor_hold_id": False, "state": "sale"},
            )  # fmt: skip
        self.assertEqual(hold.state, "waiting")

    def test_holds_can_be_written_by_nobody(self):
        order = self.quotation(self.risky)
        self.confirm(order)
        hold = self.assertHeld(order)
        forged = {
            "order_id": order.id, "state": "released", "released_up_to": 1e9,
            "partner_id": self.risky.id, "company_id": self.company.id,
            "order_currency_id": order.currency_id.id,
        }  # fmt: skip
        for user in (
            self.salesperson,
            self.sales_manager,
            self.finance,
            self.releaser,
            self.scorer,
        ):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    hold.with_user(user).write({"state": "released"})
                with self.assertRaises(AccessError):
                    hold.with_user(user).create(forged)
                with self.assertRaises(AccessError):
                    hold.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self.rpc(
                self.salesperson, "write", order.ids,
                {"debitor_hold_ids": [Command.update(hold.id, {"state": "released"})]},
            )  # fmt: skip
        with self.assertRaises(AccessError):
            self.rpc(
                self.salesperson, "write", order.ids,
                {"debitor_hold_ids": [Command.create(forged)]},
            )  # fmt: skip

    def test_forged_totals_are_computed_anew(self):
        for vals in ({"amount_total": 1, "amount_untaxed": 1}, {"currency_rate": 1e6}):
            order = self.quotation(self.limited, 5000)
            self.rpc(self.salesperson, "write", order.ids, vals)
            self.rpc(self.salesperson, "action_confirm", order.ids)
            self.assertHeld(order, "over_limit")
        order = self.quotation(self.limited, 5000)
        order.order_line.with_user(self.salesperson).write({"price_total": 1, "price_subtotal": 1})
        self.rpc(self.salesperson, "action_confirm", order.ids)
        self.assertEqual(self.assertHeld(order, "over_limit").amount, 5000)
        order = self.quotation(self.limited, 5000)
        with self.assertRaises(UserError):
            self.rpc(
                self.salesperson, "write", order.ids, {"amount_total": 1, "state": "sale"}
            )  # fmt: skip

    def test_the_total_of_a_confirmed_order_is_not_written(self):
        order = self.quotation(self.limited, 900)
        self.confirm(order)
        for vals in ({"amount_total": 1}, {"currency_rate": 1e6}):
            with self.assertRaisesRegex(UserError, "follow from the lines"):
                self.rpc(self.salesperson, "write", order.ids, vals)

    def test_a_default_of_the_users_own_opens_no_gate(self):
        self.env["ir.default"].with_user(self.salesperson).sudo().set(
            "sale.order", "state", "sale", user_id=self.salesperson.id
        )
        vals = {"partner_id": self.risky.id, "order_line": [self.line_command(10)]}
        with self.assertRaisesRegex(UserError, "needs a release"):
            self.rpc(self.salesperson, "create", [vals])

    def test_a_context_keeps_no_activity_from_finance(self):
        order = self.quotation(self.risky)
        context = {"mail_activity_automation_skip": True, "mail_notrack": True}
        self.rpc(self.salesperson, "action_confirm", order.ids, context=context)
        self.assertHeld(order)

    # -- create, import, duplicate ----------------------------------------------

    def test_an_order_made_as_confirmed_waits(self):
        vals = {
            "partner_id": self.risky.id,
            "state": "sale",
            "user_id": self.salesperson.id,
            "order_line": [self.line_command(10)],
        }
        ids = self.rpc(self.salesperson, "create", [vals])
        self.assertHeld(self.env["sale.order"].browse(ids), "class")

    def test_an_order_made_as_confirmed_by_a_default_waits(self):
        vals = {"partner_id": self.risky.id, "order_line": [self.line_command(10)]}
        ids = self.rpc(self.salesperson, "create", [vals], context={"default_state": "sale"})
        self.assertHeld(self.env["sale.order"].browse(ids), "class")

    def test_a_good_order_made_as_confirmed_keeps_its_date(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "state": "sale",
                "date_order": "2026-01-15 10:00:00",
                "order_line": [self.line_command(10)],
            }
        )
        self.assertConfirmed(order)
        self.assertEqual(str(order.date_order), "2026-01-15 10:00:00")

    def test_an_imported_order_waits(self):
        fields = ["partner_id/.id", "state", "order_line/product_id/.id",
                  "order_line/product_uom_qty", "order_line/price_unit"]  # fmt: skip
        rows = [
            [str(self.risky.id), "sale", str(self.goods.id), "1", "10"],
            [str(self.customer.id), "sale", str(self.goods.id), "1", "10"],
        ]
        result = self.rpc(self.sales_manager, "load", fields, rows)
        self.assertFalse([one for one in result["messages"] if one["type"] == "error"])
        held, good = self.env["sale.order"].browse(result["ids"])
        self.assertHeld(held, "class")
        self.assertConfirmed(good)

    def test_an_import_that_sets_the_state_names_the_order(self):
        order = self.quotation(self.risky)
        result = self.rpc(self.sales_manager, "load", [".id", "state"], [[str(order.id), "sale"]])
        self.assertIn(order.name, result["messages"][0]["message"])
        order.invalidate_recordset()
        self.assertEqual(order.state, "draft")

    def test_a_duplicate_as_confirmed_waits(self):
        copy = self.quotation(self.risky).copy({"state": "sale"})
        self.assertHeld(copy, "class")

    def test_the_mass_action_confirms_the_good_and_holds_the_others(self):
        good, bad = self.quotation(self.customer), self.quotation(self.risky)
        action = self.env.ref("debitor_scoring.sale_order_action_confirm")
        result = (
            action.with_user(self.salesperson)
            .with_context(active_model="sale.order", active_ids=(good | bad).ids)
            .run()
        )
        self.assertEqual(result["tag"], "display_notification")
        self.assertConfirmed(good)
        self.assertHeld(bad)

    # -- the customer ----------------------------------------------------------

    def sign(self, order):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Risky Rita",
                "signature": SIGNATURE,
            },
        )

    def test_a_signature_in_the_portal_waits_and_is_kept(self):
        order = self.quotation(self.risky, require_signature=True, require_payment=False)
        order.action_quotation_sent()
        result = self.sign(order)
        self.assertTrue(result.get("force_refresh"), result)
        hold = self.assertHeld(order, "class")
        self.assertTrue(hold.is_by_customer)
        self.assertEqual(order.signed_by, "Risky Rita")
        self.assertTrue(self.told(order), "the salesperson is told")
        page = self.url_open(order.get_portal_url(query_string="&message=sign_ok")).text
        self.assertIn("We check it now", page)
        for secret in ("Risky", "class E", "Trade press", "On hold", "limit", "release"):
            if secret != "Risky":
                self.assertNotIn(secret, page, "the customer is told no reason")

    def test_a_signature_of_a_good_customer_confirms(self):
        order = self.quotation(self.customer, require_signature=True, require_payment=False)
        order.action_quotation_sent()
        self.sign(order)
        self.assertConfirmed(order)

    def pay_online(self, order, amount, state="done"):
        """Pay as the provider's answer does, and let Odoo process it."""
        tx = (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.provider.payment_method_ids[:1].id,
                    "reference": f"{order.name}-{amount}",
                    "amount": amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "operation": "online_direct",
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )
        if state == "done":
            tx._set_done()
        else:
            # What a provider with capture would set; this one has none.
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE payment_transaction SET state = %s WHERE id = %s", [state, tx.id]
            )
            tx.invalidate_recordset(["state"])
        # The booking needs a journal of the provider and is no matter of this test.
        with patch.object(self.env.registry["payment.transaction"], "_create_payment"):
            tx._post_process()
        order.invalidate_recordset()
        return tx

    def test_an_order_paid_in_part_waits_and_finance_sees_the_money(self):
        for state in ("done", "authorized"):
            with self.subTest(state=state):
                order = self.quotation(
                    self.risky, 500, require_payment=True, prepayment_percent=0.3
                )
                order.action_quotation_sent()
                self.pay_online(order, 150, state)
                hold = self.assertHeld(order, "class")
                self.assertEqual(hold.amount_paid, 150)
                self.assertTrue(hold.is_by_customer)
                self.assertIn("150.00", self.activities(hold).note)
                log = "".join(order.message_ids.mapped("body"))
                self.assertIn("has paid", log)
                self.assertTrue(self.told(order), "the salesperson is told")

    def test_who_paid_for_an_order_on_hold_is_told_that_the_money_arrived(self):
        order = self.quotation(self.risky, 500, require_payment=True, prepayment_percent=0.3)
        order.action_quotation_sent()
        Order = self.env.registry["sale.order"]
        with (
            patch.object(Order, "_send_payment_succeeded_for_order_mail", autospec=True) as told,
            patch.object(Order, "_send_order_confirmation_mail", autospec=True) as thanked,
        ):
            self.pay_online(order, 150)
        self.assertIn(order, told.call_args.args[0])
        thanked.assert_not_called()

    def test_an_order_paid_in_full_goes_through(self):
        order = self.quotation(self.risky, 500, require_payment=True, prepayment_percent=1)
        order.action_quotation_sent()
        self.pay_online(order, 500)
        self.assertConfirmed(order)

    def test_an_order_paid_in_full_waits_where_the_company_wants_so(self):
        self.company.debitor_hold_paid = True
        order = self.quotation(self.risky, 500, require_payment=True, prepayment_percent=1)
        order.action_quotation_sent()
        self.pay_online(order, 500)
        self.assertEqual(self.assertHeld(order, "class").amount_paid, 500)

    def test_an_order_paid_in_full_by_who_is_on_the_blacklist_waits(self):
        barred = self.make_customer("Barred GmbH")
        self.mark(barred, kind="blacklist")
        order = self.quotation(barred, 500, require_payment=True, prepayment_percent=1)
        order.action_quotation_sent()
        self.pay_online(order, 500)
        self.assertHeld(order, "class")

    def test_only_what_is_not_paid_counts_against_the_limit(self):
        order = self.quotation(self.limited, 1500, require_payment=True, prepayment_percent=0.4)
        order.action_quotation_sent()
        self.pay_online(order, 600)
        self.assertConfirmed(order)

    def test_a_paid_order_is_thanked_for_once_it_is_released(self):
        order = self.quotation(self.risky, 500, require_payment=True, prepayment_percent=0.3)
        order.action_quotation_sent()
        self.pay_online(order, 150)
        hold = self.assertHeld(order)
        Order = self.env.registry["sale.order"]
        with patch.object(Order, "_send_order_confirmation_mail", autospec=True) as thanked:
            hold.with_user(self.releaser).action_release("Fine")
        self.assertIn(order, thanked.call_args.args[0])
        self.assertConfirmed(order)

    def test_a_released_order_is_invoiced_where_odoo_would_have(self):
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", "True")
        order = self.quotation(self.risky, 500, require_payment=True, prepayment_percent=0.3)
        order.action_quotation_sent()
        with patch.object(self.env.registry["payment.transaction"], "_send_invoice", autospec=True):
            self.pay_online(order, 150)
            self.assertFalse(order.invoice_ids)
            self.assertHeld(order).with_user(self.releaser).action_release("Fine")
        self.assertEqual(order.invoice_ids.mapped("state"), ["posted"])
        self.assertEqual(order.invoice_ids.amount_total, 150)

    def test_a_portal_user_confirms_nothing_by_rpc(self):
        user = self.make_user("portal", "base.group_portal")
        user.partner_id.parent_id = self.risky
        order = self.quotation(self.risky)
        order.action_quotation_sent()
        order.message_subscribe(user.partner_id.ids)
        with self.assertRaises(AccessError):
            self.rpc(user, "action_confirm", order.ids)
        for name in ("debitor_risk_class", "debitor_banner", "debitor_hold_state"):
            with self.assertRaises(AccessError):
                self.rpc(user, "read", order.ids, [name])
