from odoo.tests import HttpCase, tagged

from .common import days_ago
from .hold_common import HoldCommon


@tagged("post_install", "-at_install")
class TestCreditHoldTour(HoldCommon, HttpCase):
    """An order on hold, by keyboard and mouse and in German: sales asks, finance decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.speak_german()
        cls.scoring_model.class_ids.filtered(lambda one: one.code == "e").write(
            {"needs_release": True, "prepayment_percent": 1.0}
        )
        cls.seller = cls.make_user(
            "tour_seller",
            "sales_team.group_sale_salesman",
            name="Vera Kramer",
            lang="de_DE",
            password="tour_seller",
        )
        cls.decider = cls.make_user(
            "tour_decider",
            "debitor_scoring.group_credit_release,sales_team.group_sale_salesman_all_leads",
            name="Bernd Huber",
            lang="de_DE",
            password="tour_decider",
        )
        cls.company.write(
            {"name": "Muster Maschinenbau GmbH", "debitor_hold_user_id": cls.decider.id}
        )

    def make_late_payer(self):
        customer = self.make_customer("Zweirad Schulz OHG", city="Köln", credit_limit=5000)
        self.book_paid(
            (customer, days_ago(120 + 20 * number), days_late, 900 + 75 * number)
            for number, days_late in enumerate((45, 62, 38, 71, 55, 33))
        )
        self.invoice(1240, due=days_ago(41), partner=customer)
        self.invoice(600, due=days_ago(12), partner=customer)
        self.score_of(customer)
        return customer

    def test_sales_asks_and_finance_decides_in_german(self):
        customer = self.make_late_payer()
        self.assertEqual(customer.debitor_risk_class, "e")
        order = self.quotation(customer, 2380, user=self.seller)

        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "debitor_credit_hold_sales",
            login=self.seller.login,
        )
        self.env.invalidate_all()
        self.assertEqual((order.state, order.debitor_hold_state), ("draft", "waiting"))
        self.assertEqual((order.require_payment, order.prepayment_percent), (True, 1.0))

        self.start_tour(
            "/odoo/action-debitor_scoring.debitor_credit_hold_action",
            "debitor_credit_hold_finance",
            login=self.decider.login,
        )
        self.env.invalidate_all()
        self.assertEqual((order.state, order.debitor_hold_state), ("sale", "released"))
        self.assertEqual(order.debitor_hold_id.decided_by_id, self.decider)
