from freezegun import freeze_time
from odoo.tests import tagged

from .common import NOON, ScoringCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDunningProcedure(ScoringCommon):
    """Which procedure dunning takes: customer, tag, class, company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Reader = cls.env["debitor.open.item.reader"]
        cls.strict = cls.make_procedure("Strict")
        cls.gentle = cls.make_procedure("Gentle")
        classes = {one.code: one for one in cls.scoring_model.class_ids}
        classes["e"].dunning_procedure_id = cls.strict
        classes["a"].dunning_procedure_id = cls.gentle

    def bad_payer(self):
        payer = self.payer(70, 80, 90, 100)
        self.assertEqual(self.score_of(payer).risk_class, "e")
        return payer

    def procedure_of(self, partner):
        return self.Reader._read_procedures(self.company, partner)[partner.id]

    def test_the_class_decides_where_nobody_else_did(self):
        self.assertEqual(self.procedure_of(self.bad_payer()), self.strict)

    def test_a_class_without_a_procedure_leaves_the_company_s(self):
        payer = self.payer(5, 5, 5, 5)
        self.assertIn(self.score_of(payer).risk_class, ("b", "c", "d"))
        self.assertEqual(self.procedure_of(payer), self.procedure)

    def test_who_has_no_score_gets_the_company_s(self):
        self.assertEqual(self.procedure_of(self.make_customer("New GmbH")), self.procedure)

    def test_the_customer_s_own_procedure_wins(self):
        payer = self.bad_payer()
        payer.with_company(self.company).dunning_procedure_id = self.gentle
        self.assertEqual(self.procedure_of(payer), self.gentle)

    def test_a_tag_wins_over_the_class(self):
        payer = self.bad_payer()
        tag = self.env["res.partner.category"].create({"name": "Public authority"})
        payer.category_id = tag
        self.gentle.category_ids = tag
        self.assertEqual(self.procedure_of(payer), self.gentle)

    def test_a_procedure_out_of_use_is_passed_over(self):
        payer = self.bad_payer()
        self.strict.active = False
        self.assertEqual(self.procedure_of(payer), self.procedure)

    def test_the_score_of_another_company_decides_nothing(self):
        other = self.make_company()["company"]
        payer = self.bad_payer()
        model = self.env["debitor.scoring.model"]._for(other)
        strict = self.make_procedure("Strict too", company=other)
        model.class_ids.dunning_procedure_id = strict
        found = self.Reader._read_procedures(other, payer)
        self.assertEqual(found[payer.id], other.dunning_procedure_id)

    def test_a_run_duns_by_the_procedure_of_the_class(self):
        payer = self.bad_payer()
        self.reset_procedure(self.strict, levels=[(1, 3)])
        self.reset_procedure(self.procedure, levels=[(90, 10)])
        self.invoice(100, partner=payer, days_overdue=10)
        self.invoice(100, partner=self.customer, days_overdue=10)
        run = self.propose()
        self.assertEqual(run.notice_ids.partner_id, payer)
        self.assertEqual(run.notice_ids.procedure_id, self.strict)

    def test_many_customers_cost_no_statement_more(self):
        payers = [self.payer(70, 80, name=f"Payer {number}") for number in range(6)]
        partners = self.env["res.partner"].union(*payers)
        self.Score._recompute(self.company, partners.ids)
        # The first round fills caches.
        few, many = (
            min(self.count_statements(some) for _again in range(2))
            for some in (partners[:2], partners)
        )
        self.assertEqual(few, many)

    def count_statements(self, partners):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Reader._read_procedures(self.company, partners)
        return self.env.cr.sql_log_count - before
