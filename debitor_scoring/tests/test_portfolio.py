from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import debitor_scoring_quality
from .common import NOON, ScoringCommon, days_ago


@freeze_time(NOON)
class PortfolioCommon(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Portfolio = cls.env["debitor.scoring.portfolio"]

    def portfolio(self, months=3, user=None):
        Portfolio = self.Portfolio.with_user(user or self.finance)
        return Portfolio.with_context(allowed_company_ids=self.company.ids).get_portfolio(months)

    def behind(self, kind, user=None, **key):
        action = self.Portfolio.with_user(user or self.finance).open_customers(kind, key)
        return self.env["res.partner"].search(action["domain"])

    def prompt_payer(self, name="Prompt GmbH"):
        return self.payer(*[-9] * 8, name=name)

    def long_since(self, days_late, name):
        """Return a customer who paid four invoices so late, long ago."""
        customer = self.make_customer(name)
        self.book_history(customer, [days_late] * 4, first=200)
        return customer

    def count_statements(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        return self.env.cr.sql_log_count - before

    def take_snapshot(self, day):
        """Compute the scores and keep them as on an earlier day."""
        with freeze_time(f"{day} 12:00:00"):
            self.Score._recompute(self.company)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPortfolio(PortfolioCommon):
    def cells(self, data=None):
        return {
            (cell["class"], cell["column"]): (cell["amount"], cell["customers"])
            for cell in (data or self.portfolio())["matrix"]
        }

    def test_each_open_item_lies_in_the_column_of_its_days_and_the_row_of_its_class(self):
        payer = self.prompt_payer()
        late = self.payer(70, 80, 90, name="Late GmbH")
        self.invoice(100, partner=late, days_overdue=45)
        self.invoice(30, partner=late, days_overdue=0)
        self.invoice(50, partner=late, days_overdue=100)
        self.invoice(70, partner=payer, days_overdue=-10)
        self.Score._recompute(self.company)
        self.assertEqual(
            self.cells(),
            {
                ("e", "days_60"): (100.0, 1),
                ("e", "current"): (30.0, 1),
                ("e", "older"): (50.0, 1),
                ("a", "current"): (70.0, 1),
            },
        )

    def test_the_edges_of_the_columns(self):
        for days in (1, 30, 31, 60, 61, 90, 91):
            self.invoice(1, days_overdue=days)
        sums = {column: amount for (_class, column), (amount, _n) in self.cells().items()}
        self.assertEqual(sums, {"days_30": 2, "days_60": 2, "days_90": 2, "older": 1})

    def test_the_sum_of_all_cells_is_the_ledger_s(self):
        self.invoice(100, days_overdue=45)
        self.invoice(80, days_overdue=-5, partner=self.make_customer("Not rated GmbH"))
        self.credit_note(30, days_overdue=5)
        self.advance(12)
        total = sum(amount for amount, _customers in self.cells().values())
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertAlmostEqual(total, sum(lines.mapped("amount_residual")))
        self.assertAlmostEqual(total, 138)

    def test_another_company_s_items_don_t_mix_in(self):
        data = self.make_company()
        self.invoice(
            999,
            company=data["company"],
            account=data["default_account_revenue"],
            partner=self.customer,
        )
        self.invoice(100, days_overdue=45)
        self.assertEqual([amount for amount, _n in self.cells().values()], [100.0])

    def test_each_cell_opens_its_customers(self):
        late = self.payer(70, 80, 90, name="Late GmbH")
        self.invoice(100, partner=late, days_overdue=45)
        self.invoice(100, partner=self.customer, days_overdue=-3)
        self.Score._recompute(self.company)
        self.assertEqual(self.behind("matrix", **{"class": "e", "column": "days_60"}), late)
        self.assertEqual(self.behind("matrix", column="current"), self.customer)
        self.assertEqual(self.behind("matrix"), late | self.customer)
        self.assertFalse(self.behind("matrix", **{"class": "a"}))

    def test_the_customers_behind_a_cell_are_listed_with_class_and_sums(self):
        self.invoice(100, days_overdue=45)
        action = self.Portfolio.with_user(self.finance).open_customers("matrix", {})
        view_id = next(view for view, kind in action["views"] if kind == "list")
        view = self.env["res.partner"].with_user(self.finance).get_view(view_id, "list")
        columns = {node.get("name"): node for node in etree.fromstring(view["arch"]).iter("field")}
        self.assertIn("debitor_risk_class", columns)
        for name in ("debitor_score_open", "debitor_score_overdue"):
            self.assertTrue(columns[name].get("sum"), name)

    def test_a_figure_that_the_page_does_not_have_is_refused(self):
        Partner = self.env["res.partner"].with_user(self.finance)
        for figure in (
            "",
            "x",
            "7",
            '["secrets", {}]',
            '["history", {"class": "a"}]',
            '["matrix", 1]',
        ):
            with self.subTest(figure), self.assertRaises(UserError):
                Partner.search([("debitor_portfolio_figure", "in", [figure or "null"])])
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.salesperson).search(
                [("debitor_portfolio_figure", "=", '["matrix", {}]')]
            )

    def test_who_owes_most_and_how_few_owe_half(self):
        for number, amount in enumerate((500, 200, 150, 100, 50)):
            self.invoice(amount, partner=self.make_customer(f"Debtor {number}"))
        found = self.portfolio()["concentration"]
        self.assertEqual((found["total"], found["customers"]), (1000.0, 5))
        self.assertEqual((found["half"], found["most"]), (1, 3))
        self.assertEqual([one["amount"] for one in found["top"]], [500, 200, 150, 100, 50])
        self.assertEqual(found["top"][0]["share"], 0.5)

    def test_migration_compares_with_the_month_asked_for(self):
        payer = self.prompt_payer()
        self.take_snapshot(date(2025, 12, 15))
        self.take_snapshot(date(2026, 2, 15))
        self.book_invoices(
            (payer, days_ago(days + 14), days_ago(days), 100) for days in range(65, 101, 3)
        )
        self.Score._recompute(self.company)
        data = self.portfolio(3)
        self.assertEqual(data["month"], date(2025, 12, 1))
        [row] = data["migration"]
        self.assertEqual((row["from"], row["to"], row["customers"]), ("a", "e", 1))
        self.assertEqual(self.portfolio(1)["month"], date(2026, 2, 1))
        key = {"month": "2025-12-01", "from": "a", "to": "e"}
        self.assertEqual(self.behind("migration", **key), payer)

    def test_the_history_counts_customers_by_month_and_class(self):
        payer = self.prompt_payer()
        self.take_snapshot(date(2026, 1, 15))
        self.Score._recompute(self.company)
        rows = self.portfolio()["history"]
        self.assertEqual(
            [(row["month"], row["class"], row["customers"]) for row in rows],
            [(date(2026, 1, 1), "a", 1), (date(2026, 3, 1), "a", 1)],
        )
        key = {"month": "2026-01-01", "class": "a"}
        self.assertEqual(self.behind("history", **key), payer)

    def test_movers_are_told_with_scores_classes_and_open_sum(self):
        falling = self.payer(0, 0, 0, 0, name="Falling GmbH")
        rising = self.payer(40, 50, 60, name="Rising GmbH")
        steady = self.payer(0, 0, name="Steady GmbH")
        self.take_snapshot(date(2026, 1, 15))
        self.invoice(300, partner=falling, days_overdue=50)
        self.book_history(rising, [-10] * 4, first=15, apart=5)
        self.Score._recompute(self.company)
        movers = self.portfolio(1)["movers"]
        self.assertEqual(movers["down"][0]["id"], falling.id)
        self.assertEqual(movers["down"][0]["amount"], 300.0)
        self.assertEqual(movers["up"][0]["id"], rising.id)
        self.assertLess(movers["down"][0]["now"], movers["down"][0]["before"])
        self.assertNotEqual(movers["down"][0]["id"], steady.id)

    # -- rights, empty, speed -------------------------------------------------

    def test_only_accounting_sees_the_sums_of_the_company(self):
        for user in (self.salesperson, self.sales_manager, self.employee):
            with self.assertRaises(AccessError):
                self.portfolio(user=user)
            with self.assertRaises(AccessError):
                self.behind("matrix", user=user)
        reader = self.make_user("reader", "account.group_account_readonly")
        self.assertIn("matrix", self.portfolio(user=reader))

    def test_without_scores_the_page_says_so(self):
        data = self.portfolio()
        self.assertFalse(data["is_scored"])
        self.assertFalse(data["can_compute"])
        self.assertTrue(self.portfolio(user=self.scorer)["can_compute"])
        self.assertEqual((data["migration"], data["quality"]), ([], {"items": 0}))
        with self.assertRaises(AccessError):
            self.Portfolio.with_user(self.finance).compute_scores()

    def test_a_span_that_nobody_offers_is_refused(self):
        with self.assertRaises(UserError):
            self.portfolio(5)

    def test_more_customers_cost_no_statement_more(self):
        counts = []
        for number in (3, 9):
            for one in range(number):
                payer = self.payer(one * 10, one * 12, name=f"Payer {number}-{one}")
                self.invoice(100, partner=payer)
            self.take_snapshot(date(2025, 12, 1))
            self.Score._recompute(self.company)
            counts.append(min(self.count_statements(self.portfolio) for _again in range(2)))
        self.assertEqual(*counts)
        self.assertLess(counts[0], 45)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestQuality(PortfolioCommon):
    """What was foretold a quarter ago against what came."""

    def quality(self):
        return self.portfolio()["quality"]

    def test_scores_that_are_too_young_prove_nothing(self):
        self.payer(0, 0, 0)
        self.take_snapshot(days_ago(80))
        self.assertEqual(self.quality(), {"items": 0})

    def test_invoices_since_then_are_compared_with_what_was_foretold(self):
        good, bad = self.long_since(-9, "Good GmbH"), self.long_since(45, "Bad GmbH")
        for customer, delays in ((good, (-1, 0)), (bad, (20, 45))):
            self.book_history(customer, delays, first=60)
        self.invoice(100, partner=bad, days_overdue=70)
        self.invoice(100, partner=good, days_overdue=-5)
        self.take_snapshot(days_ago(95))
        quality = self.quality()
        self.assertEqual((quality["day"], quality["items"]), (days_ago(95), 5))
        self.assertEqual(quality["auc_late"], 1.0)
        # Two very late ones of the bad payer against a less late one of his own and two prompt ones.
        self.assertAlmostEqual(quality["auc_severe"], 5 / 6)
        self.assertAlmostEqual(quality["seen"], 0.6)
        self.assertTrue(quality["is_thin"])
        self.assertEqual(sum(group["items"] for group in quality["groups"]), 5)

    def test_of_very_many_customers_some_are_looked_at(self):
        for name in ("First GmbH", "Second GmbH", "Third GmbH"):
            payer = self.long_since(3, name)
            self.book_history(payer, (2, 9), first=60)
        self.take_snapshot(days_ago(95))
        self.assertEqual((self.quality()["every"], self.quality()["items"]), (1, 6))
        with patch.object(debitor_scoring_quality, "_LOOKED_AT", 2):
            quality = self.quality()
            self.assertEqual((quality["every"], quality["items"]), (2, 4))
            group = quality["groups"][0]
            behind = self.behind("quality", low=group["low"], high=group["high"])
        self.assertNotIn("Second GmbH", behind.mapped("name"))

    def test_a_group_opens_the_customers_behind_it(self):
        good, bad = self.long_since(-9, "Good GmbH"), self.long_since(45, "Bad GmbH")
        for customer, days in ((good, 0), (bad, 40)):
            self.paid(days, due_days_ago=60, partner=customer)
        self.take_snapshot(days_ago(95))
        last = self.quality()["groups"][-1]
        self.assertEqual(self.behind("quality", low=last["low"], high=last["high"]), bad)

    def test_very_late_is_not_asked_of_what_fell_due_lately(self):
        good, bad = self.long_since(-9, "Good GmbH"), self.long_since(45, "Bad GmbH")
        self.paid(0, due_days_ago=10, partner=good)
        self.invoice(100, partner=bad, days_overdue=10)
        self.take_snapshot(days_ago(95))
        quality = self.quality()
        self.assertEqual((quality["items"], quality["auc_late"]), (2, 1.0))
        self.assertIsNone(quality["auc_severe"])

    def test_what_was_settled_by_a_credit_note_is_no_case(self):
        payer = self.payer(0, 0, 0)
        invoice = self.invoice(100, partner=payer, days_overdue=60)
        refund = self.credit_note(100, partner=payer, due=days_ago(50))
        (self.item(invoice) | self.item(refund)).reconcile()
        self.take_snapshot(days_ago(95))
        self.assertEqual(self.quality(), {"items": 0})

    def test_days_count_from_the_next_banking_day(self):
        payer = self.payer(0, 0, 0)
        saturday = date(2026, 1, 17)
        invoice = self.invoice(due=saturday, partner=payer)
        self.pay(invoice, on=saturday + timedelta(days=2))
        self.take_snapshot(days_ago(95))
        self.assertEqual((self.quality()["items"], self.quality()["seen"]), (1, 0.0))


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPreview(PortfolioCommon):
    """What a changed model would do."""

    def preview(self, user=None, **vals):
        draft = self.scoring_model.copy({"company_id": self.company.id})
        draft.write(vals)
        action = draft.with_user(user or self.scorer).action_preview()
        return self.env[action["res_model"]].browse(action["res_id"])

    def counts(self, preview):
        return {
            line.code: (line.customers_before, line.customers_after)
            for line in preview.class_line_ids
            if line.customers_before or line.customers_after
        }

    def test_the_same_rules_change_nothing(self):
        self.prompt_payer()
        self.payer(70, 80, 90)
        self.Score._recompute(self.company)
        preview = self.preview()
        self.assertEqual(self.counts(preview), {"a": (1, 1), "e": (1, 1)})
        self.assertFalse(preview.line_ids)

    def test_stricter_limits_name_who_falls_and_what_is_open(self):
        payer = self.prompt_payer()
        self.invoice(250, partner=payer, days_overdue=-5)
        self.Score._recompute(self.company)
        preview = self.preview(minimum_a=99.0, minimum_b=98.0)
        [line] = preview.line_ids
        self.assertEqual(
            (line.partner_id, line.direction, line.class_before, line.amount_open),
            (payer, "worse", "a", 250.0),
        )
        self.assertAlmostEqual(line.score_before, line.score_after)
        self.assertIn("1 of 1", preview.summary)

    def test_marks_count_in_the_preview_too(self):
        payer = self.prompt_payer()
        self.mark(payer, "blacklist")
        self.Score._recompute(self.company)
        self.assertEqual(self.counts(self.preview(minimum_a=99.0, minimum_b=98.0)), {"e": (1, 1)})

    def test_nothing_is_changed(self):
        payer = self.prompt_payer()
        score = self.score_of(payer)
        before = (score.score, score.risk_class, score.model_id)
        self.preview(minimum_a=99.0, minimum_b=98.0)
        score.invalidate_recordset()
        self.assertEqual((score.score, score.risk_class, score.model_id), before)
        self.assertEqual(self.env["debitor.scoring.model"]._for(self.company), self.scoring_model)

    def test_only_administrators_look(self):
        with self.assertRaises(AccessError):
            self.preview(user=self.finance)
