from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from .camt_builder import Detail, Entry, build_camt, payment
from .common import NOON, CamtCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestKnown(CamtCommon):
    """However often and in whichever files a bank tells of a payment, it is booked once."""

    def bring_054(self, *entries, **facts):
        return self.bring(self.sheet(*entries, opening=None, **facts), kind="camt.054")

    def bring_052(self, *entries, **facts):
        return self.bring(self.sheet(*entries, opening=None, **facts), kind="camt.052")

    def get_preview(self):
        return self.env["debitor.bank.transaction"].search(
            [("journal_id", "=", self.journal.id), ("state", "=", "preview")]
        )

    # -- one kind of message --------------------------------------------------

    def test_the_very_same_file_is_told_apart_by_its_content(self):
        content = build_camt(self.sheet(payment("1.00"), payment("2.00", "Other")))
        first = self.bring_bytes(content)
        again = self.bring_bytes(content, name="renamed.xml")
        self.assertEqual(first, again)
        self.assertFile(first, created=2, repeat=1)
        self.assertBooked("1.00", "2.00")

    def test_a_statement_that_is_exported_again_is_known_line_by_line(self):
        entries = [payment("1.00", "A"), payment("2.00", "B")]
        self.bring(self.sheet(*entries))
        again = self.bring(self.sheet(*entries))
        self.assertFile(again, state="done", created=0, known=2)
        self.assertEqual(again.sheet_ids.state, "known")
        self.assertEqual(again.transaction_ids.line_id, self.get_lines())
        self.assertBooked("1.00", "2.00")

    def test_two_equal_payments_of_a_day_are_two(self):
        file = self.bring(self.sheet(payment("5.00", "Same"), payment("5.00", "Same")))
        self.assertFile(file, created=2)
        again = self.bring(self.sheet(payment("5.00", "Same"), payment("5.00", "Same")))
        self.assertFile(again, created=0, known=2)
        self.assertBooked("5.00", "5.00")

    def test_overlapping_periods_lose_and_double_nothing(self):
        first = [payment("10.00", "A", day="2026-03-16"), payment("20.00", "B", day="2026-03-17")]
        second = [first[1], payment("30.00", "C", day="2026-03-18")]
        self.bring(self.sheet(*first, first="2026-03-16"))
        file = self.bring(self.sheet(*second, opening="1010.00", last="2026-03-18"))
        self.assertFile(file, state="done", created=1, known=1)
        self.assertBooked("10.00", "20.00", "30.00")
        statements = self.get_lines().statement_id
        self.assertEqual(sorted(statements.mapped("balance_end_real")), [1030.0, 1060.0])
        self.assertTrue(all(statements.mapped("is_valid")))
        self.assertTrue(all(statements.mapped("is_complete")))

    def test_an_overlap_within_one_file_too(self):
        shared = payment("20.00", "B", reference="R-2")
        file = self.bring(
            self.sheet(payment("10.00", "A"), shared, last="2026-03-17"),
            self.sheet(shared, opening="1010.00", last="2026-03-18"),
        )
        self.assertFile(file, state="done", created=2, known=1)
        self.assertBooked("10.00", "20.00")

    # -- notifications --------------------------------------------------------

    def test_a_notification_is_shown_and_not_booked(self):
        file = self.bring_054(payment("7.00", "RE 1"))
        self.assertFile(file, state="done", created=0, preview=1, pending=0)
        self.assertBooked()

    def test_the_statement_replaces_the_notification(self):
        self.bring_054(payment("7.00", "RE 1", end_to_end="E1"))
        self.bring(self.sheet(payment("7.00", "RE 1", end_to_end="E1")))
        self.assertBooked("7.00")
        self.assertFalse(self.get_preview())

    def test_a_notification_after_the_statement_is_known(self):
        self.bring(self.sheet(payment("7.00", "RE 1", reference="R1")))
        file = self.bring_054(payment("7.00", "RE 1 in other words", reference="R1"))
        self.assertFile(file, created=0, known=1, preview=0)
        self.assertBooked("7.00")

    def test_a_sum_in_the_statement_is_booked_by_the_details_of_the_notification(self):
        details = [
            Detail("100.00", "RE 1", "A", end_to_end="E1"),
            Detail("50.00", "RE 2", "B", end_to_end="E2"),
        ]
        self.bring_054(Entry("150.00", reference="BATCH", details=details))
        file = self.bring(self.sheet(Entry("150.00", reference="BATCH"), payment("1.00", "X")))
        self.assertFile(file, state="done", created=3)
        self.assertBooked("100.00", "50.00", "1.00")
        self.assertEqual(
            set(self.get_lines().mapped("partner_name")) - {"Holzbau Maier GmbH"}, {"A", "B"}
        )
        self.assertFalse(self.get_preview())
        self.assertTrue(self.get_lines().statement_id.is_complete)
        again = self.bring(self.sheet(Entry("150.00", reference="BATCH"), payment("1.00", "X")))
        self.assertFile(again, created=0, known=2)
        notification = self.bring_054(Entry("150.00", reference="BATCH", details=details))
        self.assertFile(notification, created=0, known=2, preview=0)
        self.assertBooked("100.00", "50.00", "1.00")

    def test_details_that_come_after_their_sum_take_its_place(self):
        """Whether or not both name the entry by the same reference."""
        ways = ((1, {"reference": "BATCH"}, {"reference": "BATCH"}), (2, {"text": "Sammler"}, {}))
        for number, of_sum, of_details in ways:
            with self.subTest(of_sum=of_sum):
                total, first = f"{150 + number}.00", f"{100 + number}.00"
                day = {"day": f"2026-03-1{number}", "last": "2026-03-18", "opening": None}
                entry_day = {"day": day.pop("day")}
                details = [Detail(first, "RE 1", "A"), Detail("50.00", "RE 2", "B")]
                sum_entry = Entry(total, **of_sum, **entry_day)
                statement = self.bring(self.sheet(sum_entry, **day))
                self.assertBooked(total)
                [old] = self.get_lines()
                file = self.bring_054(Entry(total, details=details, **of_details, **entry_day))
                self.assertBooked(first, "50.00")
                self.assertFile(file, state="done", created=0, known=2, preview=0)
                self.assertFile(statement, state="done", created=2)
                self.assertEqual(file.transaction_ids.line_id, self.get_lines())
                self.assertEqual((old.state, old.debitor_key), ("cancel", False))
                self.assertIn(file.name, "".join(old.move_id.message_ids.mapped("body")))
                again = self.bring(self.sheet(sum_entry, **day, first="2026-03-02"))
                self.assertFile(again, created=0, known=1)
                other = self.bring_054(
                    Entry(total, details=details, **of_details, **entry_day), first="2026-03-02"
                )
                self.assertFile(other, created=0, known=2)
                self.assertBooked(first, "50.00")
                for one in (other, again, file, statement):
                    one.with_user(self.decider).action_cancel()

    def test_the_statement_of_a_sum_that_gave_way_stays_complete(self):
        self.bring(self.sheet(Entry("150.00", reference="BATCH"), payment("1.00", "X")))
        details = [Detail("100.00", "RE 1", "A"), Detail("50.00", "RE 2", "B")]
        self.bring_054(Entry("150.00", reference="BATCH", details=details))
        self.assertBooked("100.00", "50.00", "1.00")
        statement = self.get_lines().statement_id
        self.assertTrue(statement.is_complete)
        self.assertEqual(statement.balance_end, 1151.0)

    def test_a_sum_that_is_matched_stays_until_its_match_is_undone(self):
        self.bring(self.sheet(Entry("150.00", reference="BATCH")))
        [line] = self.get_lines()
        account = self.company_data["default_account_revenue"]
        review = self.env["debitor.bank.review"].with_user(self.clerk)
        review.book_to_account(line.id, account.id)
        details = [Detail("100.00", "RE 1", "A"), Detail("50.00", "RE 2", "B")]
        file = self.bring_054(Entry("150.00", reference="BATCH", details=details))
        self.assertBooked("150.00")
        self.assertFile(file, state="done", known=2)
        [sheet] = file.sheet_ids
        self.assertIn("Undo the match of the sum first", sheet.problem_text)
        with self.assertRaisesNaming(UserError, "150.00", "matched"):
            sheet.with_user(self.clerk).action_use_details()
        review.undo(line.ids)
        sheet.with_user(self.clerk).action_use_details()
        self.assertBooked("100.00", "50.00")
        self.assertFalse(sheet.problem_text)
        self.assertFalse(sheet.has_kept_sums)

    def test_a_sum_in_a_locked_period_stays(self):
        self.bring(self.sheet(Entry("150.00", reference="BATCH")))
        # Past the check that nothing waits: as if the line had been undone by a manager.
        self.env.cr.execute(
            "UPDATE res_company SET hard_lock_date = '2026-03-18' WHERE id = %s", [self.company.id]
        )
        self.env.invalidate_all()
        details = [Detail("100.00", "RE 1", "A"), Detail("50.00", "RE 2", "B")]
        file = self.bring_054(Entry("150.00", reference="BATCH", details=details))
        self.assertBooked("150.00")
        self.assertIn("can't be replaced", file.sheet_ids.problem_text)

    def test_details_that_do_not_make_the_sum_leave_it(self):
        self.bring(self.sheet(Entry("150.00", reference="BATCH")))
        details = [Detail("100.00", "RE 1", "A"), Detail("49.00", "RE 2", "B")]
        self.bring_054(Entry("149.00", reference="BATCH", details=details))
        self.assertBooked("150.00")

    def test_an_unnamed_payment_gets_its_name_from_a_later_notification(self):
        self.bring(self.sheet(Entry("7.00", reference="R")))
        self.bring_054(payment("7.00", "RE 1", party="Maier", reference="R"))
        [line] = self.get_lines()
        self.assertEqual((line.partner_name, line.payment_ref), ("Maier", "RE 1"))

    def test_details_are_found_without_a_common_reference(self):
        details = [Detail("100.00", "RE 1", "A"), Detail("50.00", "RE 2", "B")]
        self.bring_054(Entry("150.00", details=details))
        self.bring(self.sheet(Entry("150.00", text="Sammler")))
        self.assertBooked("100.00", "50.00")
        again = self.bring(self.sheet(Entry("150.00", text="Sammler"), first="2026-03-16"))
        self.assertFile(again, created=0, known=1)
        notification = self.bring_054(Entry("150.00", details=details), first="2026-03-16")
        self.assertFile(notification, created=0, known=2)
        self.assertBooked("100.00", "50.00")

    def test_details_that_do_not_add_up_are_not_used(self):
        details = [Detail("100.00", "RE 1", "A"), Detail("49.00", "RE 2", "B")]
        self.bring_054(Entry("149.00", details=details))
        self.bring(self.sheet(Entry("150.00")))
        self.assertBooked("150.00")
        self.assertEqual(len(self.get_preview()), 2)

    def test_an_unnamed_payment_gets_its_name_from_the_notification(self):
        self.bring_054(payment("7.00", "RE 1", party="Maier", reference="R"))
        self.bring(self.sheet(Entry("7.00", reference="R")))
        self.assertEqual(
            (self.get_lines().partner_name, self.get_lines().payment_ref), ("Maier", "RE 1")
        )

    # -- notifications that are booked ----------------------------------------

    def test_a_journal_may_book_notifications_and_the_statement_recognises_them(self):
        self.journal.debitor_booked_messages = "notifications"
        file = self.bring_054(payment("7.00", "RE 1", end_to_end="E1"))
        self.assertFile(file, created=1, preview=0)
        statement = self.bring(
            self.sheet(payment("7.00", "RE 1 other words", end_to_end="E1"), payment("2.00", "New"))
        )
        self.assertFile(statement, state="done", created=1, known=1)
        self.assertBooked("7.00", "2.00")
        again = self.bring(
            self.sheet(payment("7.00", "RE 1 other words", end_to_end="E1"), payment("2.00", "New"))
        )
        self.assertFile(again, created=0, known=2)
        self.assertBooked("7.00", "2.00")

    def test_a_sum_in_the_statement_is_recognised_by_its_booked_details(self):
        self.journal.debitor_booked_messages = "notifications"
        details = [Detail("100.00", "RE 1", "A"), Detail("50.00", "RE 2", "B")]
        self.bring_054(Entry("150.00", details=details))
        statement = self.bring(self.sheet(Entry("150.00", text="Sammler")))
        self.assertFile(statement, created=0, known=1)
        self.assertBooked("100.00", "50.00")

    def test_a_second_equal_payment_is_not_taken_for_the_first(self):
        self.journal.debitor_booked_messages = "notifications"
        self.bring_054(payment("7.00", "One"))
        statement = self.bring(self.sheet(payment("7.00", "First"), payment("7.00", "Second")))
        self.assertFile(statement, created=1, known=1)
        self.assertBooked("7.00", "7.00")

    def test_a_booked_notification_after_the_statement_brings_nothing(self):
        self.journal.debitor_booked_messages = "notifications"
        self.bring(self.sheet(payment("7.00", "One")))
        file = self.bring_054(payment("7.00", "In other words"))
        self.assertFile(file, created=0, known=1)
        another = self.bring_054(payment("7.00", "In other words still"))
        self.assertFile(another, created=1)
        self.assertBooked("7.00", "7.00")

    def test_statements_still_connect_after_booked_notifications(self):
        self.journal.debitor_booked_messages = "notifications"
        self.bring(self.sheet(payment("1.00", "A")))
        self.bring_054(payment("7.00", "B", day="2026-03-18", end_to_end="E"))
        statement = self.bring(
            self.sheet(
                payment("7.00", "B", day="2026-03-18", end_to_end="E"),
                opening="1001.00",
                first="2026-03-18",
                last="2026-03-18",
            )
        )
        self.assertFile(statement, state="done", known=1)

    # -- reports --------------------------------------------------------------

    def test_a_report_is_a_preview_until_the_statement_comes(self):
        report = self.bring_052(payment("3.00", "RE 9", end_to_end="E9"))
        self.assertFile(report, state="done", created=0, preview=1)
        self.assertBooked()
        self.bring(self.sheet(payment("3.00", "RE 9", end_to_end="E9")))
        self.assertBooked("3.00")
        self.assertFile(report, preview=0)

    def test_a_report_after_the_statement_is_known(self):
        self.bring(self.sheet(payment("3.00", "RE 9")))
        report = self.bring_052(payment("3.00", "RE 9"))
        self.assertFile(report, known=1, preview=0)

    def test_a_pending_entry_is_shown_until_it_is_booked(self):
        pending = payment("4.00", "Later", end_to_end="E4", status="PDNG")
        file = self.bring(self.sheet(payment("1.00", "Now"), pending))
        self.assertFile(file, state="done", created=1, pending=1)
        self.assertBooked("1.00")
        booked = payment("4.00", "Later", end_to_end="E4", day="2026-03-18")
        self.bring(self.sheet(booked, opening="1001.00", first="2026-03-18", last="2026-03-18"))
        self.assertBooked("1.00", "4.00")
        self.assertFile(file, pending=0)

    def test_a_report_that_comes_again_shows_each_payment_once(self):
        self.bring_052(payment("3.00", "RE 9"))
        self.bring_052(payment("3.00", "RE 9"), payment("4.00", "RE 10"))
        self.assertEqual(sorted(self.get_preview().mapped("amount")), [3.0, 4.0])

    def test_report_notification_and_statement_in_any_order_book_once(self):
        ways = (
            ("052", "054", "053"),
            ("053", "054", "052"),
            ("054", "053", "052"),
            ("052", "053", "054"),
        )
        for number, way in enumerate(ways, 1):
            entry = payment(f"{number}.00", f"RE {number}", end_to_end=f"E{number}")
            for kind in way:
                facts = {"opening": f"{1000 + number * (number - 1) / 2:.2f}"}
                if kind != "053":
                    facts = {"opening": None}
                self.bring(self.sheet(entry, **facts), kind=f"camt.{kind}")
            with self.subTest(way):
                self.assertEqual(self.get_lines().mapped("amount").count(number), 1)
                self.assertFalse(self.get_preview())
