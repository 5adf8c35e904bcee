"""How many statements the frequent steps take: they must not grow with the number of records."""

from odoo.tests import tagged

from .common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
class TestQueries(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "street": "Ring 1",
                    "city": "Ulm",
                    "email": f"c{number}@example.com",
                    "category_id": [],
                }
                for number in range(300)
            ]
        )
        cls.invoices = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": "2026-01-15",
                    "invoice_date_due": "2026-02-15",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Doors", "price_unit": 100, "tax_ids": False,
                                "account_id": cls.account_income.id})
                    ],
                }
                for customer in cls.customers
            ]
        )  # fmt: skip
        cls.invoices.action_post()

    def count(self, function):
        """Return the number of statements of ``function`` from a cold cache, and its result."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = function()
        self.env.flush_all()
        return self.cr.sql_log_count - before, result

    def new_run(self, customers):
        return (
            self.env["debitor.dunning.run"]
            .with_user(self.approver)
            .create({"partner_ids": customers.ids, "date": TODAY})
        )

    def notices_of(self, run):
        """Return the notices as a request brings them: by their ids, read in one go."""
        return run.notice_ids.browse(run.notice_ids.ids)

    def warm_up(self):
        run = self.new_run(self.customers[:1])
        run.action_propose()
        run.action_approve()
        run.action_cancel()

    def test_proposing_takes_as_many_statements_for_300_customers_as_for_100(self):
        self.warm_up()
        few, many = self.new_run(self.customers[:100]), self.new_run(self.customers)
        small, _ = self.count(few.action_propose)
        self.assertEqual(len(few.notice_ids), 100)
        few.action_cancel()
        large, _ = self.count(many.action_propose)
        self.assertEqual(len(many.notice_ids), 300)
        self.assertLessEqual(large, small + 2, "statements must not grow with customers")
        self.assertLessEqual(large, 80)

    def test_approving_and_queueing_is_constant(self):
        self.warm_up()
        counts = []
        for customers in (self.customers[:100], self.customers):
            run = self.new_run(customers)
            run.action_propose()
            approving, _ = self.count(run.action_approve)
            notices = self.notices_of(run)
            queueing, _ = self.count(lambda run=run, notices=notices: run._queue(notices))
            counts.append((approving, queueing))
            run.action_cancel()
        (few_approve, few_queue), (many_approve, many_queue) = counts
        self.assertLessEqual(many_approve, few_approve + 2)
        self.assertLessEqual(many_queue, few_queue + 2)
        self.assertLessEqual(many_approve, 30)
        self.assertLessEqual(many_queue, 40)

    def test_a_list_of_80_invoices_with_their_reasons_is_bounded(self):
        fields = ["name", "debitor_why_not", "debitor_next_date", "debitor_block_id"]
        self.count(lambda: self.invoices[:2].read(fields))
        small, _ = self.count(lambda: self.invoices[:20].read(fields))
        large, values = self.count(lambda: self.invoices[:80].read(fields))
        self.assertTrue(all(one["debitor_why_not"] for one in values))
        self.assertLessEqual(large, small + 2)
        self.assertLessEqual(large, 40)

    def test_a_list_of_80_customers_with_their_sums_is_bounded(self):
        fields = [
            "name", "debitor_amount_overdue", "debitor_level_id", "debitor_why_not",
            "debitor_habit", "debitor_notice_count", "debitor_block_id",
        ]  # fmt: skip
        self.count(lambda: self.customers[:2].read(fields))
        small, _ = self.count(lambda: self.customers[:20].read(fields))
        large, _ = self.count(lambda: self.customers[:80].read(fields))
        self.assertLessEqual(large, small + 2)
        self.assertLessEqual(large, 40)

    def test_levels_of_a_whole_run_are_written_at_once(self):
        run = self.new_run(self.customers)
        run.action_propose()
        run.action_approve()
        notices = self.notices_of(run).sudo()
        run._queue(notices.with_user(self.approver))
        notices._transition("sending")._transition("sent")
        count, _ = self.count(notices._after_sent)
        self.assertLessEqual(count, 30)
        self.assertEqual(set(self.invoices.line_ids.mapped("debitor_rank")), {0, 1})
