"""What finance and sales read of an order on hold, and who gets their answer."""

from freezegun import freeze_time
from odoo.tests import tagged

from .common import NOON, days_ago
from .hold_common import HoldCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestHoldTelling(HoldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.speak_german()
        cls.salesperson.write({"lang": "de_DE", "name": "Vera Kramer", "email": "vera@example.com"})
        cls.releaser.write({"name": "Bernd Huber", "email": "bernd@example.com"})

    def held(self, amount=1500.0, **vals):
        order = self.quotation(self.limited, amount, **vals)
        self.confirm(order)
        return order, self.assertHeld(order)

    def mail_to(self, user, model):
        """Return the last message that notified a user about a record of ``model``."""
        domain = [("notified_partner_ids", "in", user.partner_id.ids), ("model", "=", model)]
        return self.env["mail.message"].sudo().search(domain, order="id desc", limit=1)

    def test_a_release_is_told_in_the_reader_s_language_with_order_sum_and_reason(self):
        order, hold = self.held()
        hold.with_user(self.releaser).action_release("Zahlung avisiert")
        mail = self.mail_to(self.salesperson, "sale.order")
        self.assertEqual(mail.subject, f"Freigegeben: {order.name} · Limited GmbH")
        for text in ("Freigegeben von Bernd Huber: Zahlung avisiert", "1.500,00", "1.000,00"):
            self.assertIn(text, mail.body.replace("\xa0", " "))

    def test_a_refusal_says_that_the_order_stays_a_quotation(self):
        _order, hold = self.held()
        hold.with_user(self.releaser).action_refuse("Zahlt nicht")
        mail = self.mail_to(self.salesperson, "sale.order")
        self.assertIn("Zahlt nicht", mail.body)
        self.assertIn("bleibt ein Angebot", mail.body)

    def test_a_refusal_of_a_raised_order_forbids_its_delivery(self):
        order = self.quotation(self.limited, 900)
        self.confirm(order)
        order.order_line.price_unit = 5000
        order.debitor_hold_id.with_user(self.releaser).action_refuse("Zu viel")
        self.assertIn("nicht so ausgeliefert", self.mail_to(self.salesperson, "sale.order").body)

    def test_answers_reach_a_person(self):
        _order, hold = self.held()
        to_finance = self.mail_to(self.releaser, "debitor.credit.hold")
        self.assertEqual(to_finance.author_id, self.salesperson.partner_id)
        self.assertIn("vera@example.com", to_finance.email_from)
        self.assertEqual(to_finance.subject, f"Release? {hold.display_name}, 1,500.00\xa0€")
        for text in ("Vera Kramer confirmed", "more than the limit", "are open"):
            self.assertIn(text, to_finance.body)
        hold.with_user(self.releaser).action_release("Fine")
        to_sales = self.mail_to(self.salesperson, "sale.order")
        self.assertIn("bernd@example.com", to_sales.email_from)
        self.assertEqual(to_sales.author_id, self.releaser.partner_id)

    def test_who_sells_without_an_address_is_answered_by_way_of_the_company(self):
        self.company.email = "office@example.com"
        self.salesperson.email = False
        self.held()
        to_finance = self.mail_to(self.releaser, "debitor.credit.hold")
        self.assertIn("office@example.com", to_finance.email_from)

    def test_what_the_customer_confirmed_is_answered_by_finance(self):
        order = self.quotation(self.limited, 1500)
        order.with_user(self.env.ref("base.public_user")).sudo().with_context(
            send_email=True
        ).action_confirm()
        self.assertHeld(order)
        mail = self.mail_to(self.salesperson, "sale.order")
        self.assertEqual(mail.author_id, self.releaser.partner_id)
        self.assertIn(order.name, mail.subject)

    def test_after_a_release_the_banner_tells_who_decided_and_when(self):
        self.invoice(400, due=days_ago(20), partner=self.limited)
        self.score_of(self.limited)
        order, hold = self.held()
        self.assertTrue(order.debitor_banner["reasons"])
        hold.with_user(self.releaser).action_release("Paid on the phone")
        order.invalidate_recordset()
        banner = order.debitor_banner
        self.assertEqual((banner["reasons"], banner["warnings"]), ([], []))
        self.assertTrue(banner["is_released"])
        self.assertEqual(
            banner["hold"]["decision"], "by Bernd Huber on 03/18/2026: Paid on the phone"
        )
