from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..core.checks import Code
from ..models.problem_text import _STATEMENT
from .camt_builder import Entry, payment
from .common import FOREIGN_IBAN, IBAN, NOON, SECOND_IBAN, CamtCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestQuarantine(CamtCommon):
    """What doesn't add up waits with its reason; nothing of it is imported."""

    def release(self, file, user=None):
        file.sheet_ids.filtered(lambda one: one.state == "quarantine").with_user(
            user or self.decider
        ).action_release()

    # -- reasons --------------------------------------------------------------

    def test_a_statement_that_does_not_add_up(self):
        file = self.bring(self.sheet(payment("1.00"), closing="1001.50"))
        self.assertFile(file, state="attention", created=0, quarantine=1)
        self.assertHeld(file, "unbalanced")
        self.assertIn("0.50", file.sheet_ids.problem_text)
        self.assertBooked()

    def test_a_gap_to_the_last_statement(self):
        self.bring(self.sheet(payment("1.00"), first="2026-03-10", last="2026-03-10"))
        file = self.bring(self.sheet(payment("2.00"), opening="1500.00"))
        self.assertHeld(file, "gap")
        self.assertIn("499.00", file.sheet_ids.problem_text.replace("\xa0", " "))

    def test_a_statement_that_fills_the_gap_lets_the_next_one_pass(self):
        self.bring(self.sheet(payment("1.00"), first="2026-03-10", last="2026-03-10"))
        late = self.bring(self.sheet(payment("2.00"), opening="1500.00"))
        self.bring(
            self.sheet(
                payment("499.00", day="2026-03-12"),
                opening="1001.00",
                first="2026-03-11",
                last="2026-03-12",
            )
        )
        self.assertFile(late, state="done", created=1)
        self.assertFalse(late.sheet_ids.decided_by_id)
        self.assertBooked("1.00", "499.00", "2.00")

    def test_statements_may_come_in_any_order(self):
        begin = "2026-03-01"
        self.bring(self.sheet(payment("1.00", day=begin), first=begin, last=begin))
        days = [
            self.sheet(
                payment("10.00", day=f"2026-03-{day:02}"),
                opening=f"{1001 + 10 * number}.00",
                first=f"2026-03-{day:02}",
                last=f"2026-03-{day:02}",
            )
            for number, day in enumerate(range(2, 8))
        ]
        files = [self.bring(day) for day in (*days[:0:-1], days[0])]
        for file in files:
            self.assertFile(file, state="done", created=1)
        self.assertTrue(all(self.get_lines().statement_id.mapped("is_valid")))

    def test_a_statement_entered_by_hand_counts_as_the_last_one(self):
        self.env["account.bank.statement"].create(
            {
                "name": "By hand",
                "balance_start": 0,
                "balance_end_real": 80,
                "line_ids": [
                    (0, 0, {"journal_id": self.journal.id, "date": "2026-03-01", "amount": 80})
                ],
            }
        )
        self.assertHeld(self.bring(self.sheet(payment("1.00"))), "gap")
        file = self.bring(self.sheet(payment("2.00"), opening="80.00"))
        self.assertFile(file, state="done", created=1)

    def test_the_number_of_entries_that_the_bank_announces(self):
        file = self.bring(self.sheet(payment("1.00"), announced=3))
        self.assertHeld(file, "entry_count")
        self.assertFile(self.bring(self.sheet(payment("2.00"), announced=1)), state="done")

    def test_an_unknown_account_says_what_to_do(self):
        file = self.bring(self.sheet(payment("1.00"), iban=FOREIGN_IBAN))
        self.assertHeld(file, "unknown_account")
        self.assertIn(FOREIGN_IBAN, file.sheet_ids.problem_text)
        self.assertIn("Create a journal", file.sheet_ids.problem_text)
        journal = self.make_journal(FOREIGN_IBAN)
        file.sheet_ids.with_user(self.clerk).action_check_again()
        self.assertFile(file, state="done", created=1)
        self.assertBooked("1.00", journal=journal)

    def test_the_way_out_of_an_unknown_account_is_a_button(self):
        file = self.bring(self.sheet(payment("1.00"), iban=FOREIGN_IBAN))
        self.assertTrue(file.sheet_ids.needs_journal)
        action = file.sheet_ids.action_create_journal()
        self.env[action["res_model"]].with_context(**action["context"]).create(
            {"acc_number": action["context"]["default_acc_number"]}
        )
        file.sheet_ids.with_user(self.clerk).action_check_again()
        self.assertFile(file, state="done", created=1)

    def test_an_account_of_another_company_is_unknown(self):
        other = self.make_company()["company"]
        journal = self.make_journal(SECOND_IBAN, company=other)
        file = self.bring(self.sheet(payment("1.00"), iban=SECOND_IBAN))
        self.assertHeld(file, "unknown_account")
        self.assertBooked(journal=journal)

    def test_two_journals_of_one_account_are_ambiguous(self):
        self.make_journal(IBAN, code="TWIN")
        self.assertHeld(self.bring(self.sheet(payment("1.00"))), "ambiguous_account")

    def test_a_statement_in_another_currency_than_its_journal(self):
        file = self.bring(self.sheet(payment("1.00", currency="CHF"), currency="CHF"))
        self.assertHeld(file, "wrong_currency")

    def test_a_locked_period(self):
        self.company.fiscalyear_lock_date = "2026-03-17"
        file = self.bring(self.sheet(payment("1.00")))
        self.assertHeld(file, "locked")
        with self.assertRaisesNaming(UserError, "locked"):
            self.release(file)
        self.company.fiscalyear_lock_date = "2026-03-16"
        file.sheet_ids.with_user(self.clerk).action_check_again()
        self.assertBooked("1.00")

    def test_an_amount_finer_than_a_cent(self):
        self.assertHeld(self.bring(self.sheet(payment("1.005"))), "too_precise")

    def test_an_entry_without_a_day(self):
        file = self.bring(self.sheet(Entry("1.00", day=None), first="2026-03-10"))
        self.assertHeld(file, "no_date")
        self.release(file)
        self.assertEqual(str(self.get_lines().date), "2026-03-17")
        oneday = self.bring(self.sheet(Entry("2.00", day=None), opening="1001.00"))
        self.assertFile(oneday, state="done", created=1)

    def test_only_the_statement_that_is_wrong_waits(self):
        second = self.make_journal(SECOND_IBAN)
        file = self.bring(
            self.sheet(payment("1.00"), closing="9.00"),
            self.sheet(payment("2.00"), iban=SECOND_IBAN),
        )
        self.assertFile(file, state="attention", created=1, quarantine=1)
        self.assertBooked()
        self.assertBooked("2.00", journal=second)

    def test_a_wrong_statement_of_which_all_is_known_needs_no_decision(self):
        self.bring(self.sheet(payment("1.00")))
        file = self.bring(self.sheet(payment("1.00"), closing="77.00"))
        self.assertFile(file, state="done", known=1)
        self.assertIn("77.00", file.sheet_ids.problem_text)

    def test_a_report_with_an_unknown_account_is_not_overlooked(self):
        file = self.bring(
            self.sheet(payment("1.00"), opening=None, iban=FOREIGN_IBAN), kind="camt.052"
        )
        self.assertHeld(file, "unknown_account")

    # -- decisions ------------------------------------------------------------

    def test_a_released_statement_is_imported_and_says_who_did_it(self):
        file = self.bring(self.sheet(payment("1.00"), closing="1001.50"))
        self.release(file)
        self.assertFile(file, state="done", created=1, quarantine=0)
        self.assertBooked("1.00")
        sheet = file.sheet_ids
        self.assertEqual((sheet.state, sheet.decided_by_id), ("imported", self.decider))
        self.assertIn("0.50", sheet.problem_text)
        self.assertEqual(file.message_ids[:1].author_id, self.decider.partner_id)

    def test_a_rejected_statement_is_not_imported_and_says_who_did_it(self):
        file = self.bring(self.sheet(payment("1.00"), closing="1001.50"))
        file.sheet_ids.with_user(self.decider).action_reject()
        self.assertFile(file, state="done", created=0, rejected=1)
        self.assertBooked()
        self.assertEqual(file.sheet_ids.decided_by_id, self.decider)
        with self.assertRaises(UserError):
            self.release(file)
            file.sheet_ids.with_user(self.decider).action_release()

    def test_what_has_no_journal_can_not_be_released(self):
        file = self.bring(self.sheet(payment("1.00"), iban=FOREIGN_IBAN))
        self.assertFalse(file.sheet_ids.is_releasable)
        with self.assertRaisesNaming(UserError, FOREIGN_IBAN):
            self.release(file)

    def test_a_released_statement_brings_only_what_has_not_come_meanwhile(self):
        entries = [payment("1.00", "A"), payment("2.00", "B")]
        held = self.bring(self.sheet(*entries, closing="9.00"))
        self.bring(self.sheet(*entries[:1]))
        self.release(held)
        self.assertFile(held, state="done", created=1, known=1)
        self.assertBooked("1.00", "2.00")

    def test_releasing_is_not_for_everybody(self):
        file = self.bring(self.sheet(payment("1.00"), closing="1001.50"))
        for action in ("action_release", "action_reject"):
            with self.assertRaises(AccessError):
                getattr(file.sheet_ids.with_user(self.clerk), action)()
        self.assertEqual(file.sheet_ids.state, "quarantine")

    def test_checking_again_changes_nothing_by_itself(self):
        file = self.bring(self.sheet(payment("1.00"), closing="1001.50"))
        file.sheet_ids.with_user(self.clerk).action_check_again()
        self.assertHeld(file, "unbalanced")

    def test_every_reason_has_a_sentence(self):
        self.assertEqual(set(_STATEMENT), {code.value for code in Code})
