"""Class and expected payment on opportunities."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo.addons.debitor_scoring.tests.common import NOON, ScoringCommon
from odoo.exceptions import AccessError
from odoo.tests import tagged


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestLead(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.sudo().group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.term = cls.env["account.payment.term"].create(
            {
                "name": "30 days",
                "line_ids": [(0, 0, {"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )

    def lead(self, partner, **vals):
        return self.env["crm.lead"].create(
            {
                "name": "Saws",
                "type": "opportunity",
                "partner_id": partner.id,
                "user_id": self.salesperson.id,
                "date_deadline": date(2026, 4, 1),
                **vals,
            }
        )

    def test_money_is_expected_after_closing_terms_and_habit(self):
        customer = self.payer(20, 20, 20, 20)
        customer.property_payment_term_id = self.term
        score = self.score_of(customer)
        lead = self.lead(customer)
        due = date(2026, 5, 4)  # 1 May, thirty days later, is a holiday before a weekend
        self.assertGreater(score.expected_days, 10)
        self.assertEqual(lead.debitor_payment_date, due + timedelta(days=score.expected_days))
        self.assertEqual(lead.debitor_risk_class, score.risk_class)
        self.assertEqual(lead.debitor_score_text, score.label)

    def test_who_is_not_rated_is_expected_to_pay_on_the_due_date(self):
        lead = self.lead(self.make_customer("New"))
        self.assertEqual(lead.debitor_payment_date, date(2026, 4, 1))

    def test_without_a_closing_date_nothing_is_expected(self):
        self.assertFalse(self.lead(self.customer, date_deadline=False).debitor_payment_date)

    def test_a_salesperson_sees_it_and_finds_by_it(self):
        customer = self.payer(70, 80)
        self.score_of(customer)
        lead = self.lead(customer)
        self.env.invalidate_all()
        own = lead.with_user(self.salesperson)
        self.assertTrue(own.debitor_risk_class)
        found = own.search([("debitor_risk_class", "=", own.debitor_risk_class)])
        self.assertIn(lead, found)

    def test_an_employee_outside_sales_sees_no_class(self):
        lead = self.lead(self.customer)
        with self.assertRaises(AccessError):
            lead.with_user(self.employee).read(["debitor_risk_class"])

    def test_a_list_of_leads_costs_no_statement_per_lead(self):
        customers = [self.make_customer(f"C{number}") for number in range(20)]
        leads = self.env["crm.lead"].union(*(self.lead(one) for one in customers))
        costs = []
        for some in (leads[:2], leads[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("partner_id.commercial_partner_id")
            before = self.env.cr.sql_log_count
            some.mapped("debitor_risk_class")
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[1], costs[0] + 2, costs)
