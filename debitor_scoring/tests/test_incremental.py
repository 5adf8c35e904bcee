from datetime import timedelta

from freezegun import freeze_time
from odoo.tests import tagged

from .common import NOON, TODAY, ScoringCommon, days_ago


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestIncremental(ScoringCommon):
    """News is noted where it happens; the scheduled action takes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_customer = cls.make_customer("Other GmbH")
        cls.maker = cls.env["debitor.score.maker"].sudo()  # as the scheduled action
        cls.run_all()
        cls.cr.execute("DELETE FROM debitor_score_news")

    def take(self):
        """Return the customers noted since the last call."""
        return {partner_id for _company_id, partner_id in self.env["debitor.score.news"]._take(999)}

    def keep_up(self):
        self.maker._score_news(self.env["debitor.score.news"]._take(999))

    def test_posting_and_cancelling_an_invoice_are_news(self):
        draft = self.invoice(post=False)
        self.assertFalse(self.take())
        draft.action_post()
        self.assertEqual(self.take(), {self.customer.id})
        draft.button_draft()
        self.assertEqual(self.take(), {self.customer.id})
        draft.button_cancel()
        self.assertEqual(self.take(), {self.customer.id})

    def test_a_payment_and_its_undoing_are_news(self):
        invoice = self.invoice()
        self.take()
        self.pay(invoice)
        self.assertEqual(self.take(), {self.customer.id})
        self.item(invoice).remove_move_reconcile()
        self.assertEqual(self.take(), {self.customer.id})

    def test_a_vendor_bill_is_no_news(self):
        bill = self.invoice(move_type="in_invoice", account=self.company_data[
            "default_account_expense"])  # fmt: skip
        self.assertFalse(self.take())
        self.pay(bill)
        self.assertFalse(self.take())

    def test_a_dispute_is_news(self):
        invoice = self.invoice()
        self.take()
        block = self.block(move_id=invoice.id)
        self.assertEqual(self.take(), {self.customer.id})
        block.action_lift()
        self.assertEqual(self.take(), {self.customer.id})

    def test_who_becomes_a_company_or_gets_a_parent_is_news(self):
        self.customer.is_company = False
        self.assertEqual(self.take(), {self.customer.id})
        self.customer.parent_id = self.other_customer
        self.assertEqual(self.take(), {self.customer.id, self.other_customer.id})
        self.customer.phone = "1"
        self.assertFalse(self.take())

    def test_an_entry_of_a_year_ago_is_taken_once(self):
        self.paid(10)
        news = self.env["debitor.score.news"]
        self.assertGreater(news._count(), 1)
        self.keep_up()
        self.assertEqual(news._count(), 0)

    def test_customers_with_news_are_scored_and_others_left_alone(self):
        other = self.score_of(self.payer(3, name="Quiet"))
        self.keep_up()
        self.cr.execute("UPDATE debitor_score SET date = %s", [days_ago(1)])
        other.invalidate_recordset()
        self.paid(50)
        self.keep_up()
        mine = self.Score._for(self.customer, self.company)[self.customer.id]
        self.assertEqual(mine.date, TODAY)
        self.assertEqual(other.date, days_ago(1))

    def test_an_incremental_score_is_that_of_a_full_run_but_for_the_portfolio(self):
        self.payer(3, 9, 20, name="Background")
        self.run_all()
        customer = self.payer(5, 8, name="Fresh")
        self.keep_up()
        incremental = self.Score._for(customer, self.company)[customer.id]
        found = incremental.score
        self.run_all()
        self.assertAlmostEqual(incremental.score, found, delta=3)
        self.keep_up()
        again = incremental.score
        self.score_of(customer)
        self.assertAlmostEqual(incremental.score, again, places=6)

    def test_a_payment_raises_the_score_of_an_overdue_customer(self):
        invoices = [self.invoice(days_overdue=days) for days in (40, 50, 60)]
        self.keep_up()
        score = self.Score._for(self.customer, self.company)[self.customer.id]
        before = score.score
        self.assertIn(score.risk_class, "de")
        for invoice in invoices:
            note = self.credit_note(100)
            (self.item(invoice) + self.item(note)).reconcile()
        self.paid(0)
        self.keep_up()
        self.assertGreater(score.score, before)

    def test_a_run_that_was_broken_off_goes_on_where_it_was(self):
        customers = [self.payer(3, name=f"Customer {number}") for number in range(3)]
        with freeze_time("2026-03-19 12:00:00"):
            self.maker._begin(self.company.sudo())
            portfolio = self.env["debitor.score.portfolio"].sudo()._of(self.company)
            portfolio.last_partner_id = customers[1].id
            self.assertTrue(self.maker._is_due(self.company))
            self.assertTrue(self.run_all())
            self.assertFalse(self.maker._is_due(self.company))
            self.assertIn(customers[2].id, self.Score._for(customers[2], self.company))

    def test_a_full_run_forgets_who_has_no_data_any_more(self):
        score = self.score_of(self.payer(3))
        score.partner_id.debitor_scoring_excluded = True
        with freeze_time("2026-03-19 12:00:00"):
            self.run_all()
        self.assertFalse(score.exists())

    def test_a_full_run_is_due_once_a_day(self):
        self.assertFalse(self.maker._is_due(self.company))
        with freeze_time("2026-03-19 12:00:00"):
            self.assertTrue(self.maker._is_due(self.company))

    def test_the_scheduled_action_does_both(self):
        self.cr.execute("DELETE FROM debitor_score_portfolio")
        self.env.invalidate_all()
        customer = self.payer(3)
        with self.enter_registry_test_mode():
            self.env.ref("debitor_scoring.ir_cron_keep_up").method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(customer.id, self.Score._for(customer, self.company))
        self.assertFalse(self.maker._is_due(self.company))


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestSnapshots(ScoringCommon):
    def snapshots(self, partner):
        return self.env["debitor.score.snapshot"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)], order="month"
        )

    def test_each_month_keeps_its_last_score(self):
        customer = self.payer(3)
        self.invoice(70, partner=customer, due=days_ago(10))
        for day in ("2026-03-18", "2026-03-28", "2026-04-02"):
            with freeze_time(f"{day} 12:00:00"):
                self.run_all()
        first, second = self.snapshots(customer)
        self.assertEqual([str(one.date) for one in (first, second)], ["2026-03-28", "2026-04-02"])
        self.assertEqual((first.amount_open, first.amount_overdue), (70, 70))
        self.assertLess(second.score, first.score)

    def test_a_month_is_named_with_its_year(self):
        self.run_all()
        customer = self.payer(3)
        self.run_all()
        self.assertEqual(self.snapshots(customer).month_name, "Mar 2026")

    def test_snapshots_are_deleted_after_the_months_set(self):
        customer = self.payer(3)
        for day in ("2026-01-10", "2026-02-10", "2026-03-10"):
            with freeze_time(f"{day} 12:00:00"):
                self.run_all()
        self.assertEqual(len(self.snapshots(customer)), 3)
        self.company.debitor_score_keep_months = 1
        self.env["debitor.score.snapshot"]._forget_old()
        self.assertEqual([str(one.month) for one in self.snapshots(customer)],
                         ["2026-02-01", "2026-03-01"])  # fmt: skip

    def test_zero_months_keep_snapshots_for_ever(self):
        customer = self.payer(3)
        with freeze_time("2026-01-10 12:00:00"):
            self.run_all()
        self.company.debitor_score_keep_months = 0
        with freeze_time(TODAY + timedelta(days=4000)):
            self.env["debitor.score.snapshot"]._forget_old()
        self.assertEqual(len(self.snapshots(customer)), 1)

    def test_who_is_excluded_loses_the_months_too(self):
        customer = self.payer(3)
        self.run_all()
        self.assertTrue(self.snapshots(customer))
        customer.debitor_scoring_excluded = True
        self.score_of(customer)
        self.assertFalse(self.snapshots(customer))

    def test_persons_lose_their_months_when_they_are_not_scored_any_more(self):
        self.company.debitor_score_persons = True
        person = self.payer(3, name="Erika Muster", is_company=False)
        self.run_all()
        self.assertTrue(self.snapshots(person))
        self.company.debitor_score_persons = False
        self.run_all()
        self.assertFalse(self.snapshots(person))
        self.assertFalse(self.Score._for(person, self.company))
