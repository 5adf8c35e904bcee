"""Ways around the hold and into wrong sums that a review has found."""

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import mute_logger, tagged

from .common import NOON, days_ago
from .hold_common import HoldCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestHoldDefects(HoldCommon):
    # -- who may not be scored is barred all the same ---------------------------

    def test_a_mark_holds_without_a_score(self):
        person = self.make_customer("Erika Muster", is_company=False)
        excluded = self.make_customer("Excluded GmbH", debitor_scoring_excluded=True)
        for partner, kind in ((person, "insolvent"), (excluded, "blacklist")):
            with self.subTest(kind=kind):
                self.mark(partner, kind)
                self.assertFalse(self.score_of(partner))
                order = self.quotation(partner, 100)
                self.confirm(order)
                self.assertHeld(order)

    def test_who_gets_the_goods_counts_beside_who_gets_the_invoice(self):
        order = self.quotation(self.risky, 100, partner_invoice_id=self.limited.id)
        self.confirm(order)
        self.assertHeld(order)

    # -- sums ---------------------------------------------------------------------

    def test_what_is_derived_is_not_written_to_make_room(self):
        first = self.quotation(self.limited, 900)
        self.confirm(first)
        with self.assertRaisesRegex(UserError, "totals follow"):
            first.with_user(self.salesperson).write({"invoice_status": "invoiced"})
        with self.assertRaisesRegex(UserError, "totals follow"):
            first.order_line.with_user(self.salesperson).write({"qty_invoiced": 1})
        second = self.quotation(self.limited, 900)
        self.confirm(second)
        self.assertHeld(second, "over_limit")

    def test_branches_share_the_limit(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "debitor_hold_mode": "hold"}
        )
        self.invoice(900, due=days_ago(5), partner=self.limited)
        read = self.env["debitor.credit.exposure"]._read
        self.assertEqual(read(branch, self.limited.ids)[self.limited.id].open, 900)
        self.assertEqual(read(self.company, self.limited.ids)[self.limited.id].open, 900)

    def test_a_foreign_order_is_judged_by_the_rate_it_will_have(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        for day, rate in (("2026-01-01", 1.10), ("2026-03-15", 1.00)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": dollar.id,
                    "company_id": self.company.id,
                }
            )
        pricelist = self.env["product.pricelist"].create({"name": "USD", "currency_id": dollar.id})
        order = self.quotation(
            self.limited, 1050, pricelist_id=pricelist.id, date_order="2026-03-10 12:00:00"
        )
        self.confirm(order)
        self.assertHeld(order, "over_limit")

    def test_an_unallocated_payment_counts_against_what_is_overdue(self):
        self.invoice(300, due=days_ago(20), partner=self.limited)
        bank = self.company_data["default_journal_bank"]
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.limited.id,
                "amount": 300,
                "payment_type": "inbound",
                "journal_id": bank.id,
                "date": days_ago(1),
            }
        )
        payment.action_post()
        balance = self.env["debitor.score"]._read_balances(self.company, self.limited.ids)
        self.assertEqual(balance[self.limited.id].overdue, 0)

    # -- what was decided ---------------------------------------------------------

    def test_an_order_that_was_lowered_again_is_free(self):
        order = self.quotation(self.limited, 500)
        self.confirm(order)
        order.order_line.price_unit = 5000
        self.assertEqual(order.debitor_hold_state, "waiting")
        order.order_line.price_unit = 500
        order.invalidate_recordset()
        self.assertFalse(order.debitor_hold_state)
        self.assertTrue(order._debitor_is_delivery_allowed())

    def test_an_order_that_finance_decided_about_is_not_deleted(self):
        order = self.quotation(self.risky, 100)
        self.confirm(order)
        order.debitor_hold_id.with_user(self.releaser).action_refuse("Too late too often")
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "stays on record"):
            order.unlink()

    def test_whoever_changes_a_mark_has_decided(self):
        mark = self.mark_in_class(self.limited, "d")
        mark.with_user(self.releaser).write({"reason": "Better news", "user_id": 1})
        self.assertEqual(mark.user_id, self.releaser)

    # -- merging, and companies that fail -------------------------------------------

    def test_two_scored_customers_are_merged(self):
        first = self.payer(5, 5, name="First GmbH")
        second = self.payer(20, 20, name="Second GmbH")
        self.run_all()
        for partner in (first, second):
            self.confirm(self.quotation(partner, 10))
        self.assertTrue(self.score_of(first) and self.score_of(second))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((first | second).ids, dst_partner=first)
        self.assertTrue(first.exists())
        self.assertFalse(second.exists())
        self.assertGreater(self.score_of(first).evidence, 2)  # of four payments, not of two

    def test_one_company_that_fails_keeps_no_other_from_its_scores(self):
        other = self.setup_other_company(name="Other")["company"]
        Maker = self.env.registry["debitor.score.maker"]
        original, seen = Maker._cron_all, []

        def fail_for_one(maker, company):
            seen.append(company)
            if company == self.company:
                raise ValueError("broken")
            return original(maker, company)

        self.patch(Maker, "_cron_all", fail_for_one)
        with (
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.debitor_scoring.models.debitor_score_cron"),
        ):
            self.env.ref("debitor_scoring.ir_cron_keep_up").method_direct_trigger()
        self.assertIn(self.company, seen)
        self.assertIn(other, seen)
