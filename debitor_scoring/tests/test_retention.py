"""How long decisions are kept, and what goes with them."""

from datetime import date

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import SQL

from .common import NOON
from .hold_common import HoldCommon

LONG_AGO = "2021-01-10 12:00:00"


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestRetention(HoldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.debitor_decision_keep_years = 3

    def old_mark(self, kind="override", **vals):
        with freeze_time(LONG_AGO):
            return self.mark(
                self.customer, kind, date_from=date(2021, 1, 10),
                **({"date_until": date(2021, 6, 30)} if kind == "override" else {}), **vals,
            )  # fmt: skip

    def decided(self, decision, when=LONG_AGO):
        order = self.quotation(self.limited, 1500)
        self.confirm(order)
        hold = self.assertHeld(order)
        with freeze_time(when):
            getattr(hold.with_user(self.releaser), f"action_{decision}")("Known for long")
        return order, hold

    def age(self, record):
        """Let a record have been written long ago."""
        self.env.flush_all()
        table = SQL.identifier(record._table)
        self.env.cr.execute(
            SQL("UPDATE %s SET write_date = %s WHERE id = %s", table, LONG_AGO, record.id)
        )
        self.env.invalidate_all()

    def test_marks_that_ended_long_ago_go_with_their_notes(self):
        mark = self.old_mark(reason="Changed hands")
        recent = self.mark(self.risky, "blacklist")
        self.assertIn("Changed hands", self.customer.message_ids[0].body)
        self.assertEqual(self.env["debitor.risk.mark"]._gc_marks(), (1, False))
        self.assertFalse(mark.exists())
        self.assertTrue(recent.exists())
        self.assertFalse(
            self.customer.message_ids.filtered(lambda one: "Changed hands" in (one.body or ""))
        )

    def test_a_mark_without_an_end_stays_until_it_was_lifted_long_ago(self):
        mark = self.old_mark("insolvent")
        self.age(mark)
        self.env["debitor.risk.mark"]._gc_marks()
        self.assertTrue(mark.exists())
        mark.action_lift()
        self.env["debitor.risk.mark"]._gc_marks()
        self.assertTrue(mark.exists(), "lifted today")
        self.age(mark)
        self.env["debitor.risk.mark"]._gc_marks()
        self.assertFalse(mark.exists())

    def test_decided_holds_go_after_the_years_set_and_waiting_ones_stay(self):
        _order, old = self.decided("release")
        _order, recent = self.decided("refuse", when=NOON)
        waiting = self.quotation(self.limited, 1500)
        self.confirm(waiting)
        self.age(self.assertHeld(waiting))
        self.env["debitor.credit.hold"]._gc_holds()
        self.assertFalse(old.exists())
        self.assertTrue(recent.exists())
        self.assertHeld(waiting)

    def test_a_refusal_that_still_stops_a_delivery_stays(self):
        order = self.quotation(self.limited, 900)
        self.confirm(order)
        order.order_line.price_unit = 5000
        hold = order.debitor_hold_id
        with freeze_time(LONG_AGO):
            hold.with_user(self.releaser).action_refuse("No")
        self.env["debitor.credit.hold"]._gc_holds()
        self.assertTrue(hold.exists())
        self.assertFalse(order._debitor_is_delivery_allowed())

    def test_zero_years_keep_decisions_for_ever(self):
        self.company.debitor_decision_keep_years = 0
        mark = self.old_mark()
        _order, hold = self.decided("release")
        self.env["debitor.risk.mark"]._gc_marks()
        self.env["debitor.credit.hold"]._gc_holds()
        self.assertTrue(mark.exists() and hold.exists())

    def test_each_company_keeps_as_long_as_it_says(self):
        other = self.make_company()["company"]
        other.debitor_decision_keep_years = 9
        mine, theirs = self.old_mark(), self.old_mark(company_id=other.id)
        self.env["debitor.risk.mark"]._gc_marks()
        self.assertEqual((mine | theirs).exists(), theirs)

    def test_the_answer_under_art_15_names_the_years(self):
        customer = self.payer(3)
        Disclosure = self.env["debitor.score.disclosure"].with_user(self.scorer)
        self.assertIn("3 years", str(Disclosure._render_body(customer, self.company)))
        self.company.debitor_decision_keep_years = 0
        self.assertNotIn("3 years", str(Disclosure._render_body(customer, self.company)))
