from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .camt_builder import Detail, Entry, payment
from .common import NOON, SECOND_IBAN
from .test_matching import MatchingCommon, pay


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestOddFiles(MatchingCommon):
    """What banks and people do that nobody expects; no money is lost, doubled or misbooked."""

    def test_entries_that_share_the_bank_s_reference_are_entries_of_their_own(self):
        file = self.bring(
            self.sheet(
                payment("10.00", "A", reference="R"),
                payment("20.00", "B", reference="R"),
                payment("20.00", "C", reference="R"),
                payment("-20.00", "D", reference="R"),
            )
        )
        self.assertFile(file, state="done", created=4)
        self.assertBooked("10.00", "20.00", "20.00", "-20.00")
        again = self.bring(
            self.sheet(
                payment("20.00", "C", reference="R"), payment("10.00", "A", reference="R"), id="X"
            )
        )
        self.assertFile(again, created=0, known=2)

    def test_a_second_statement_of_a_day_brings_its_equal_payment(self):
        """Its balances say that nothing of it was there before."""
        first = {"opening": "1000.00", "first": "2026-03-17", "last": "2026-03-17"}
        self.bring(self.sheet(payment("20.00", "Ticket"), payment("3.00", "X"), **first))
        file = self.bring(
            self.sheet(payment("20.00", "Ticket"), **(first | {"opening": "1023.00"}))
        )
        self.assertFile(file, state="done", created=1, known=0)
        self.assertBooked("20.00", "3.00", "20.00")
        again = self.bring(
            self.sheet(payment("20.00", "Ticket"), **(first | {"opening": "1023.00"}), id="X")
        )
        self.assertFile(again, created=0, known=1)
        third = self.bring(
            self.sheet(
                payment("20.00", "Ticket"),
                payment("-20.00", "Out"),
                **(first | {"opening": "1043.00"}),
            )
        )
        self.assertFile(third, state="done", created=2)
        self.assertBooked("20.00", "3.00", "20.00", "20.00", "-20.00")

    def test_a_text_longer_than_any_index_takes(self):
        text = " ".join(f"Zeile{number:05d}" for number in range(4000))
        file = self.bring(self.sheet(payment("1.00", text, party="P" * 400, end_to_end="E" * 300)))
        self.assertFile(file, state="done", created=1)
        self.assertEqual(self.get_lines().payment_ref, text)

    def test_signs_in_the_text_that_look_like_markup_stay_text(self):
        text = "<script>alert(1)</script> & 'x' % {0} %s"
        file = self.bring(self.sheet(payment("1.00", text, party=text)))
        self.assertFile(file, state="done", created=1)
        [shown] = self.review().get_page()["lines"]
        self.assertEqual((shown["text"], shown["party"]), (text, text))

    def test_an_amount_with_zeros_behind_the_cents_is_one_in_cents(self):
        file = self.bring(self.sheet(payment("12.50000", "A")))
        self.assertFile(file, state="done", created=1)
        self.assertBooked("12.50")

    def test_an_entry_of_nothing_is_there_and_waits_for_nobody(self):
        file = self.bring(self.sheet(payment("0.00", "Nothing"), payment("1.00", "A")))
        self.assertFile(file, state="done", created=2)
        shown = [one["text"] for one in self.review().get_page()["lines"]]
        self.assertEqual(shown, ["A"])

    def test_negative_charges_of_a_detail(self):
        details = [Detail("10.00", "A", "Alpha", charges="-1.00")]
        file = self.bring(self.sheet(Entry("10.00", details=details)))
        self.assertFile(file, state="done")
        self.assertEqual(sum(self.get_lines().mapped("amount")), 10.0)

    def test_a_journal_that_was_archived_takes_nothing(self):
        journal = self.make_journal(SECOND_IBAN)
        journal.active = False
        file = self.bring(self.sheet(payment("1.00"), iban=SECOND_IBAN))
        self.assertHeld(file, "unknown_account")

    def test_the_invoice_of_an_archived_customer_is_paid(self):
        move = self.invoice(119.0)
        self.customer.active = False
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        self.assertPaid(move)
        self.assertTrue(self.review().undo(self.get_lines().ids)["lines"][0]["proposals"])

    def test_an_invoice_that_was_cancelled_meanwhile_is_not_offered_and_not_booked(self):
        move, other = self.invoice(119.0), self.invoice(50.0)
        self.journal.debitor_auto_book = False
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [line] = self.get_lines()
        item = self.item(move)
        move.button_draft()
        move.button_cancel()
        [shown] = self.review().get_page()["lines"]
        self.assertFalse(shown["proposals"])
        with self.assertRaisesRegex(UserError, "paid or changed meanwhile"):
            self.review().accept(line.id, 0)
        with self.assertRaises(UserError):
            self.review().accept_items(line.id, [[item.id, 119.0]])
        self.review().accept_items(line.id, [[self.item(other).id, 50.0]])
        self.assertPaid(other)

    def test_what_another_user_has_booked_is_not_booked_twice(self):
        move, other = self.invoice(119.0), self.invoice(119.0)
        self.journal.debitor_auto_book = False
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [line] = self.get_lines()
        self.review().accept(line.id, 0)
        with self.assertRaisesRegex(UserError, "is matched already"):
            self.review(self.decider).accept_items(line.id, [[self.item(other).id, 119.0]])
        with self.assertRaises(UserError):
            self.review(self.decider).book_to_account(
                line.id, self.company_data["default_account_expense"].id
            )
        self.assertPaid(move)
        self.assertEqual(other.amount_residual, 119.0)

    def test_a_suggestion_in_a_period_that_was_locked_meanwhile_says_so(self):
        move = self.invoice(119.0)
        self.journal.debitor_auto_book = False
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [line] = self.get_lines()
        # Past the check that nothing waits in the period.
        self.env.cr.execute(
            "UPDATE res_company SET hard_lock_date = '2026-03-31' WHERE id = %s", [self.company.id]
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.review().accept(line.id, 0)
        self.env.invalidate_all()
        self.assertEqual(move.amount_residual, 119.0)
        self.assertFalse(line.is_reconciled)
