import io
from datetime import date
from decimal import Decimal

import openpyxl
from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from pypdf import PdfReader

from .common import NOON, TODAY, DunningCommon, days_ago


@freeze_time(NOON)
class ClaimsCommon(DunningCommon):
    """Two levels: a friendly reminder, and one that claims all that may be claimed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure.level_ids.unlink()
        cls.procedure.level_ids = [
            cls.level_command(5, 10),
            cls.level_command(
                20,
                10,
                fee_business=5.0,
                fee_consumer=2.5,
                has_interest=True,
                has_lump_sum=True,
            ),
        ]
        cls.consumer = cls.make_customer("Erika Muster", is_company=False)

    def remind(self, on):
        """Let the first level have gone out to everybody on an earlier day."""
        return self.dun(on)

    def claims(self, notice, kind=None):
        claims = notice.claim_ids or notice._get_draft_claims()
        return claims.filtered(lambda claim: kind in (None, claim.kind))

    def assertClaims(self, notice, **expected):  # noqa: N802 as in unittest
        """Assert sums of claims by kind, e.g. ``fee="5.00"``."""
        found = {}
        for claim in self.claims(notice):
            found[claim.kind] = found.get(claim.kind, Decimal(0)) + Decimal(f"{claim.amount:.2f}")
        self.assertEqual(found, {kind: Decimal(amount) for kind, amount in expected.items()})


@tagged("post_install", "-at_install")
class TestClaims(ClaimsCommon):
    def test_business_and_consumer_with_the_same_invoices(self):
        for partner in (self.customer, self.consumer):
            self.invoice(1000.0, days_overdue=40, partner=partner)
        self.remind(days_ago(25))
        business, consumer = self.propose().notice_ids.sorted("id")
        # reminded on 21 February: 25 days of interest from the day after, 1.27 % + 9 or + 5
        self.assertClaims(business, fee="5.00", lump_sum="40.00", interest="7.03")
        self.assertClaims(consumer, fee="2.50", interest="4.29")
        self.assertEqual(business.amount_claims, 52.03)
        self.assertEqual(business.amount_due, 1052.03)
        self.assertIn("the customer is a company", business.claim_note)
        self.assertIn("nothing says that the customer is a business", consumer.claim_note)
        self.assertIn("No lump sum", consumer.claim_note)
        claim = self.claims(consumer, "interest")
        self.assertEqual(
            (claim.party_kind, claim.party_evidence, claim.start_reason, claim.start_date),
            ("consumer", "nothing", "reminder", days_ago(24)),
        )

    def test_the_reminder_that_brings_default_about_costs_nothing(self):
        self.procedure.level_ids.sorted("days_after_due")[0].write(
            {"fee_business": 5.0, "fee_consumer": 2.5, "has_interest": True, "has_lump_sum": True}
        )
        self.invoice(1000.0, days_overdue=10)
        notice = self.propose().notice_ids
        self.assertClaims(notice)
        self.assertIn("No fee: this reminder itself", notice.claim_note)
        self.assertIn("not in default", notice.claim_note)

    def test_a_company_whose_due_dates_are_agreed_pays_from_the_first_reminder_on(self):
        self.customer.with_company(self.company).debitor_is_due_agreed = True
        level = self.procedure.level_ids.sorted("days_after_due")[0]
        level.write({"fee_business": 5.0, "has_interest": True})
        self.invoice(1000.0, due=date(2026, 3, 6))  # a Friday
        notice = self.propose().notice_ids
        # 7 to 18 March: 12 days at 10.27 %
        self.assertClaims(notice, fee="5.00", interest="3.38")
        self.assertEqual(self.claims(notice, "interest").start_reason, "agreed_date")

    def test_what_is_set_on_the_customer_decides(self):
        self.consumer.debitor_party = "business"
        self.invoice(1000.0, days_overdue=40, partner=self.consumer)
        self.remind(days_ago(25))
        notice = self.propose().notice_ids
        self.assertClaims(notice, fee="5.00", lump_sum="40.00", interest="7.03")
        self.assertIn("set on the customer", notice.claim_note)

    def test_a_contract_beats_the_law(self):
        rule = self.env["debitor.interest.rule"].create(
            {
                "name": "Contract",
                "version_ids": [Command.create({"valid_from": "2020-01-01", "points": 12.0})],
            }
        )
        self.customer.with_company(self.company).debitor_interest_rule_id = rule
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        claim = self.claims(self.propose().notice_ids, "interest")
        self.assertEqual((claim.amount, claim.rule_id), (8.22, rule))

    def test_part_payments_and_netted_credits_lessen_the_interest_from_their_days_on(self):
        invoice = self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        self.pay(invoice, 400.0, on=days_ago(10))
        notice = self.propose().notice_ids
        claim = self.claims(notice, "interest")
        # 15 days on 1000, payment day included, 10 days on 600
        self.assertEqual(claim.amount, 5.91)
        self.assertEqual(
            [(row["days"], row["principal"]) for row in claim._get_periods()[claim]],
            [(15, "1000.00"), (10, "600.00")],
        )
        self.advance(100.0)
        run = self.propose()
        self.assertFalse(run.notice_ids, "the item is on a notice")
        notice.action_cancel()
        # the credit of today lessens nothing up to today
        self.assertEqual(self.claims(self.propose().notice_ids, "interest").amount, 5.91)

    def test_a_base_rate_that_changes_splits_the_interest(self):
        self.invoice(1000.0, due=date(2025, 5, 1))
        move = self.item(self.env["account.move"].search([], limit=1, order="id desc")).move_id
        move.write({"debitor_default_from": date(2025, 6, 1), "debitor_default_note": "refused"})
        self.remind(days_ago(25))
        claim = self.claims(self.propose().notice_ids, "interest")
        self.assertEqual(claim.start_reason, "manual")
        self.assertEqual(
            [(row["first"], row["base"]) for row in claim._get_periods()[claim]],
            [("2025-06-01", "2.27"), ("2025-07-01", "1.27"), ("2026-01-01", "1.27")],
        )

    def test_a_missing_base_rate_is_a_warning_and_no_zero(self):
        self.env.ref("debitor_dunning.base_rate_de_2026_01").unlink()
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        run = self.propose()
        self.assertFalse(self.claims(run.notice_ids, "interest"))
        self.assertIn("The base rate from 01/01/2026 is missing", run.notice_ids.claim_note)
        self.assertIn("rate", [one["code"] for one in run.get_review()["warnings"]])
        [warning] = self.env["debitor.dunning.first.steps"].get_steps()["warnings"]
        self.assertIn("01/01/2026 is missing", warning)

    def test_claims_follow_the_letter_date(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        run = self.propose()
        with freeze_time("2026-03-20 12:00:00"):
            [notice] = self.send_letters(run)
        claim = self.claims(notice, "interest")
        self.assertEqual(
            (claim.amount, claim.date, claim.state), (7.6, date(2026, 3, 20), "claimed")
        )
        self.assertTrue(claim.periods)

    def send_letters(self, run):
        """Send by the scheduled action and print what it made."""
        notices = self.send(run)
        notices.with_user(self.approver).action_print()
        return notices

    def test_later_interest_takes_the_place_of_earlier_and_is_never_doubled(self):
        self.procedure.level_ids = [self.level_command(30, 10, has_interest=True)]
        self.invoice(1000.0, days_overdue=48)
        self.remind(days_ago(40))
        first = self.dun(days_ago(20))
        second = self.propose().notice_ids
        old = self.claims(first, "interest")
        self.assertEqual(old.state, "claimed")
        self.assertNotIn(old, second.carried_claim_ids)
        self.assertEqual(
            second.carried_claim_ids, self.claims(first, "fee") | self.claims(first, "lump_sum")
        )
        self.send_letters(second.run_id)
        new = self.claims(second, "interest")
        self.assertEqual((old.state, old.replaced_by_id, new.state), ("replaced", new, "claimed"))
        second.action_cancel()
        self.assertEqual((old.state, new.state), ("claimed", "cancelled"))

    def test_waived_interest_is_not_claimed_again_by_the_next_notice(self):
        self.procedure.level_ids = [self.level_command(30, 10, has_interest=True)]
        self.invoice(1000.0, days_overdue=48)
        self.remind(days_ago(40))
        first = self.dun(days_ago(20))
        old = self.claims(first, "interest")
        old.with_user(self.approver).action_waive("goodwill")
        second = self.propose().notice_ids
        new = self.claims(second, "interest")
        self.assertEqual(
            new.amount, self.company.currency_id.round(new.interest_total - old.amount)
        )
        self.assertGreater(old.amount, 0)

    def test_the_lump_sum_is_claimed_once_for_each_invoice_ever(self):
        self.procedure.level_ids = [self.level_command(30, 10, has_lump_sum=True)]
        self.invoice(1000.0, days_overdue=48)
        self.remind(days_ago(40))
        first = self.dun(days_ago(20))
        self.claims(first, "lump_sum").with_user(self.approver).action_waive("goodwill")
        second = self.propose().notice_ids
        self.assertFalse(self.claims(second, "lump_sum"))
        self.assertIn("claimed before", second.claim_note)

    def test_claims_outlive_the_principal_and_get_a_notice_of_their_own(self):
        invoice = self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(30))
        first = self.dun(days_ago(15))
        self.pay(invoice)
        claims = self.claims(first)
        self.assertEqual(set(claims.mapped("state")), {"claimed"})
        self.assertFalse(self.propose().notice_ids, "no item is open")
        claims.with_user(self.approver).action_dun()
        run = self.env["debitor.dunning.run"].search([], limit=1, order="id desc")
        notice = run.notice_ids
        self.assertEqual(notice.carried_claim_ids, claims)
        self.assertEqual(notice.amount_due, sum(claims.mapped("amount")))
        self.send_letters(run.with_user(self.approver))
        self.assertEqual(notice.state, "sent")

    def test_a_proposal_that_is_left_out_claims_nothing(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        run = self.propose()
        run.notice_ids.action_exclude("not now")
        self.assertFalse(run.notice_ids.claim_drafts or run.notice_ids.amount_claims)
        run.notice_ids.action_include()
        self.assertClaims(run.notice_ids, fee="5.00", lump_sum="40.00", interest="7.03")

    def test_nobody_writes_claims_by_hand(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        notice = self.dun(TODAY)
        claim = notice.claim_ids[0].with_user(self.manager)
        for name in ("amount_claims", "claim_drafts", "carried_claim_ids"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                notice.with_user(self.manager).write({name: False})
        for vals in ({"amount": 1.0}, {"state": "paid"}, {"amount_paid": 1.0}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                claim.write(vals)
        with self.assertRaises(AccessError):
            claim.copy()
        with self.assertRaises(AccessError):
            claim.unlink()

    def test_only_approvers_waive(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        claim = self.claims(self.dun(TODAY), "fee")
        with self.assertRaises(AccessError):
            claim.with_user(self.proposer).action_waive("x")
        claim.with_user(self.approver).action_waive("x")
        self.assertEqual((claim.state, claim.waived_reason), ("waived", "x"))
        with self.assertRaisesNaming(UserError, claim.display_name):
            claim.with_user(self.approver).action_waive("again")
        claim.with_user(self.approver).action_claim_again()
        self.assertEqual(claim.state, "claimed")


@tagged("post_install", "-at_install")
class TestClaimLetters(ClaimsCommon):
    def test_both_letters_say_what_is_claimed(self):
        for partner in (self.customer, self.consumer):
            self.invoice(1000.0, days_overdue=40, partner=partner)
        self.remind(days_ago(25))
        business, consumer = self.propose().notice_ids.sorted("id")
        texts = [self.read_letter(notice) for notice in (business, consumer)]
        for part in ("Reminder fee", "Lump sum", "7.03", "10.27", "1,052.03", "Interest table"):
            self.assertIn(part, texts[0])
        for part in ("4.29", "6.27", "1,006.79"):
            self.assertIn(part, texts[1])
        self.assertNotIn("Lump sum", texts[1])

    def read_letter(self, notice):
        content = self.env["debitor.dunning.letter"]._render_pdf(notice)
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)

    def test_the_interest_table_as_spreadsheet_and_as_report(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        notice = self.propose().notice_ids
        letter = self.env["debitor.dunning.letter"]
        claim = self.claims(notice, "interest")
        self.assertTrue(letter._render_interest_xlsx(claim).startswith(b"PK"))
        self.assertTrue(letter._render_interest_pdf(claim).startswith(b"%PDF"))
        self.assertIn("/web/content/", notice.action_print_interest()["url"])

    def test_the_table_names_what_lowered_the_principal(self):
        invoice = self.invoice(1000.0, days_overdue=40)
        early = self.pay(invoice, 100.0, on=days_ago(30)).move_id
        self.remind(days_ago(25))
        late = self.pay(invoice, 400.0, on=days_ago(10)).move_id
        credit = self.credit_note(50.0, due=days_ago(-9))
        (credit.line_ids + invoice.line_ids).filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        notice = self.propose().notice_ids
        claim = self.claims(notice, "interest")
        rows = claim._get_periods()[claim]
        self.assertEqual(
            [[(one["kind"], one["number"]) for one in row["changes"]] for row in rows],
            [
                [("payment", early.name)],
                [("payment", late.name)],
                [("credit_note", credit.name)],
            ],
        )
        self.assertEqual([row["principal"] for row in rows], ["900.00", "500.00", "450.00"])
        text = self.read_letter(notice)
        for entry, day in ((early, "02/16/2026"), (late, "03/08/2026")):
            self.assertIn(f"Payment of {day}, {entry.name}", text)
        self.assertIn(f"Credit note of 03/13/2026, {credit.name}", text)
        self.assertIn("Original amount 1,000.00", text)
        letter = self.env["debitor.dunning.letter"]
        sheet = openpyxl.load_workbook(io.BytesIO(letter._render_interest_xlsx(claim))).active
        self.assertIn(f"{late.name}: −400.00", sheet.cell(4, 9).value)

    def test_the_table_names_the_credit_that_a_notice_nets(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        payment = self.advance(100.0)
        payment.move_id.button_draft()
        payment.move_id.date = days_ago(5)
        payment.move_id.action_post()
        claim = self.claims(self.propose().notice_ids, "interest")
        rows = claim._get_periods()[claim]
        self.assertEqual(
            [[one["number"] for one in row["changes"]] for row in rows],
            [[], [payment.move_id.name]],
        )

    def test_a_payment_that_ends_the_interest_is_named(self):
        invoice = self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        notices = self.record_as_sent(self.propose())
        payment = self.pay(invoice, on=days_ago(10))
        claim = notices.claim_ids.filtered(lambda one: one.kind == "interest")
        [row] = claim.periods
        self.assertEqual(
            [(one["number"], one["amount"]) for one in row["ended_by"]],
            [(payment.move_id.name, "1000.00")],
        )
        content = self.env["debitor.dunning.letter"]._render_interest_pdf(claim)
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        self.assertIn(payment.move_id.name, text)

    def test_dates_of_the_spreadsheet_are_written_as_its_reader_writes_them(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        claim = self.claims(self.propose().notice_ids, "interest")
        letter = self.env["debitor.dunning.letter"].with_context(lang="de_DE")
        book = openpyxl.load_workbook(io.BytesIO(letter._render_interest_xlsx(claim)))
        cell = book.active.cell(3, 2)
        self.assertEqual((cell.number_format, cell.value.date()), ("dd.mm.yyyy", days_ago(24)))

    def test_an_unverified_rate_is_written_as_its_reader_writes_numbers(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env.ref("debitor_dunning.base_rate_de_2026_01").is_verified = False
        company = self.company.with_context(lang="de_DE")
        self.assertIn("1,27", " ".join(company._get_rate_warnings(TODAY)))
