"""How many statements the frequent steps take: they must not grow with the number of records."""

from freezegun import freeze_time
from odoo.tests import tagged

from .common import NOON, ScoringCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestQueries(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(200)]
        )
        cls.invoices = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": "2026-01-15",
                    "invoice_date_due": "2026-02-16",
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
        cls.Score._recompute(cls.company)

    def count(self, function):
        """Return the number of statements of ``function`` from a cold cache, and its result."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = function()
        self.env.flush_all()
        return self.cr.sql_log_count - before, result

    def test_scoring_takes_as_many_statements_for_200_customers_as_for_20(self):
        few, many = self.customers[:20].ids, self.customers.ids
        self.count(lambda: self.Score._recompute(self.company, few))
        small, _ = self.count(lambda: self.Score._recompute(self.company, few))
        large, count = self.count(lambda: self.Score._recompute(self.company, many))
        self.assertEqual(count, 200)
        self.assertEqual(large, small)
        self.assertLessEqual(large, 25)

    def test_a_list_of_80_customers_adds_few_statements_for_their_class(self):
        plain = ["name", "email"]
        fields = [*plain, "debitor_risk_class", "debitor_score", "debitor_score_text"]
        user = self.salesperson
        customers = self.customers.with_user(user)
        self.count(lambda: customers[:2].read(fields))
        without, _ = self.count(lambda: customers[:80].read(plain))
        with_class, values = self.count(lambda: customers[:80].read(fields))
        self.assertTrue(all(one["debitor_risk_class"] for one in values))
        small, _ = self.count(lambda: customers[:20].read(fields))
        self.assertEqual(with_class, small)
        self.assertLessEqual(with_class - without, 7)

    def test_the_names_of_80_customers_with_their_class_take_few_statements(self):
        customers = self.customers.with_user(self.salesperson).with_context(show_risk_class=True)
        self.count(lambda: customers[:2].mapped("display_name"))
        small, _ = self.count(lambda: customers[:20].mapped("display_name"))
        large, names = self.count(lambda: customers[:80].mapped("display_name"))
        self.assertTrue(all(" · " in name for name in names))
        self.assertEqual(large, small)

    def test_balances_of_all_take_one_statement(self):
        reader = self.env["debitor.score"]
        reader._read_balances(self.company, self.customers[:1].ids)
        before = self.cr.sql_log_count
        balances = reader._read_balances(self.company, self.customers.ids)
        self.assertEqual(len(balances), 200)
        self.assertLessEqual(self.cr.sql_log_count - before, 2)  # with that for the accounts

    def test_the_snapshot_of_all_takes_one_statement(self):
        day = self.company._get_today()
        take = self.env["debitor.score.snapshot"]._take
        take(self.company, day)
        before = self.cr.sql_log_count
        take(self.company, day)
        self.assertLessEqual(self.cr.sql_log_count - before, 2)
