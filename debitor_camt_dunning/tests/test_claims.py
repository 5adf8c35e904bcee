from odoo import Command
from odoo.addons.debitor_camt.tests.camt_builder import Sheet, build_camt, payment
from odoo.addons.debitor_dunning.tests.test_claim_booking import BookingCommon
from odoo.tests import new_test_user, tagged

IBAN = "DE89370400440532013000"


@tagged("post_install", "-at_install")
class TestClaims(BookingCommon):
    """An invoice of 1000.00 with claims of 52.03: fee 5.00, lump sum 40.00, interest 7.03."""

    chart_template = "de_skr03"
    codes = ("265", "27", "2406", "1776")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]
        cls.bank.set_bank_account(IBAN)
        cls.clerk = new_test_user(
            cls.env,
            login="camt_clerk",
            groups="account.group_account_invoice",
            company_id=cls.env.company.id,
            company_ids=[Command.set(cls.env.company.ids)],
        )

    def pay(self, amount, text, reference="R-1"):
        entry = payment(
            amount, text, party=self.customer.name, day="2026-03-18", reference=reference
        )
        content = build_camt(Sheet([entry], iban=IBAN, opening=None))
        self.env["debitor.bank.file"].import_files([("bank.xml", content)])
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", self.bank.id)], order="id desc", limit=1
        )

    def test_invoice_and_claims_are_paid_with_one_payment(self):
        for mode in ("notice", "payment"):
            with self.subTest(mode=mode):
                self.book(mode)
                notice = self.dun_today()
                line = self.pay("1052.03", self.move.name, reference=f"R-{mode}")
                self.assertTrue(line.is_reconciled)
                self.assertEqual(self.item(self.move).amount_residual, 0.0)
                self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})
                self.assertTrue(all(notice.claim_ids.entry_line_id.mapped("reconciled")))
                self.env["debitor.bank.review"].undo(line.ids)
                self.assertEqual(self.item(self.move).amount_residual, 1000.0)
                self.assertEqual(set(notice.claim_ids.mapped("state")), {"booked"})
                notice.action_cancel()

    def test_a_suggestion_with_claims_is_shown_and_taken_by_a_person(self):
        self.bank.debitor_auto_book = False
        for mode in ("notice", "payment"):
            with self.subTest(mode=mode):
                self.book(mode)
                notice = self.dun_today()
                line = self.pay("1052.03", self.move.name, reference=f"R-{mode}")
                self.assertFalse(line.is_reconciled)
                review = self.env["debitor.bank.review"].with_user(self.clerk)
                [shown] = review.get_lines(line.ids)
                first = shown["proposals"][0]
                self.assertEqual(
                    sorted(item["part"] for item in first["items"]), [5.0, 7.03, 40.0, 1000.0]
                )
                self.assertTrue(all(item["name"] for item in first["items"]))
                review.accept(line.id, first["number"])
                self.assertEqual(self.item(self.move).amount_residual, 0.0)
                self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})
                review.undo(line.ids)
                notice.action_cancel()

    @staticmethod
    def warned(run):
        """Return the codes of the warnings above the review of a run."""
        return [one["code"] for one in run.get_review()["warnings"]]

    def test_a_run_warns_of_customers_whose_payment_waits_to_be_matched(self):
        self.bank.debitor_auto_book = False
        self.book("none")
        run = self.propose()
        self.assertIn(self.customer, run.notice_ids.partner_id)
        self.assertNotIn("paying", self.warned(run))
        line = self.pay("1000.00", self.move.name)
        warning = run.get_review()["warnings"][0]
        self.assertEqual(warning["code"], "paying")
        self.assertIn("1", warning["text"])
        self.env["debitor.bank.review"].accept(line.id, 0)
        self.assertNotIn("paying", self.warned(run))

    def test_a_payment_of_the_invoice_alone_leaves_the_claims_open(self):
        self.book("payment")
        notice = self.dun_today()
        line = self.pay("1000.00", self.move.name)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.item(self.move).amount_residual, 0.0)
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"claimed"})

    def test_claims_that_are_never_booked_are_no_part_of_a_payment(self):
        self.book("none")
        self.dun_today()
        line = self.pay("1052.03", self.move.name)
        self.assertFalse(line.is_reconciled)
