"""What previews and simulations say of claims, and that they make none."""

import io
from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged
from pypdf import PdfReader

from .common import NOON, days_ago
from .test_claims import ClaimsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestSimulatedClaims(ClaimsCommon):
    def simulate(self, **kwargs):
        self.env.flush_all()
        simulation = self.env["debitor.dunning.simulation"].with_user(self.proposer)
        return simulation.simulate(company_id=self.company.id, **kwargs)

    def assertForeseen(self, result, run):  # noqa: N802 as in unittest
        """Assert that a simulation said of each notice what a run then demands."""
        found = sorted((row["partner_id"], round(row["claims"], 2)) for row in result["rows"])
        demanded = sorted((notice.partner_id.id, notice.amount_claims) for notice in run.notice_ids)
        self.assertEqual(found, demanded)
        self.assertAlmostEqual(result["claims"], sum(run.notice_ids.mapped("amount_claims")))

    def test_a_simulation_tells_what_the_run_will_claim_and_claims_nothing(self):
        for partner in (self.customer, self.consumer):
            self.pay(self.invoice(1000.0, days_overdue=40, partner=partner), 100.0, days_ago(8))
        self.remind(days_ago(25))
        self.advance(50.0)
        result = self.simulate()
        self.assertFalse(self.env["debitor.claim"].search([]))
        self.assertFalse(self.env["debitor.dunning.notice"].search([("state", "=", "proposed")]))
        kinds = {one["code"]: round(one["amount"], 2) for one in result["claim_kinds"]}
        self.assertEqual((kinds["fee"], kinds["lump_sum"]), (7.5, 40.0))
        self.assertTrue(kinds["interest"])
        self.assertForeseen(result, self.propose())

    def test_what_earlier_notices_claimed_is_demanded_once_more_and_not_twice(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        self.record_as_sent(self.propose())
        self.procedure.level_ids = [self.level_command(30, 10, has_interest=True)]
        later = date(2026, 4, 20)
        with freeze_time(f"{later} 12:00:00"):
            result = self.simulate(date=later)
            kinds = {one["code"]: round(one["amount"], 2) for one in result["claim_kinds"]}
            # fee and lump sum of the last notice; its interest is part of the new one
            self.assertEqual(kinds["earlier"], 45.0)
            self.assertForeseen(result, self.propose(date=later))

    def test_a_proposal_under_way_is_taken_for_not_being_there(self):
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        run = self.propose()
        self.assertForeseen(self.simulate(), run)

    def test_a_lump_sum_on_an_approved_letter_is_not_foreseen_again(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "In two parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 20)
                ],
            }
        )
        self.invoice(1000.0, days_overdue=40, term=term)
        self.remind(days_ago(25))
        self.approve(self.propose())
        result = self.simulate(date=date(2026, 4, 20))
        self.assertNotIn("lump_sum", [one["code"] for one in result["claim_kinds"]])

    def test_a_missing_base_rate_is_a_warning(self):
        self.env.ref("debitor_dunning.base_rate_de_2026_01").unlink()
        self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))
        [warning] = self.simulate()["claim_warnings"]
        self.assertIn("01/01/2026 is missing", warning)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestSampleClaims(ClaimsCommon):
    def sample(self, level, party="business"):
        letter = self.env["debitor.dunning.letter"]
        notice = letter._get_sample(level, party=party)
        return notice, letter._render_html(notice)

    def test_the_letter_beside_the_wording_shows_what_the_level_claims(self):
        level = self.procedure.level_ids.sorted("days_after_due")[1]
        notice, html = self.sample(level)
        for part in ("Reminder fee of", "Lump sum", "Default interest", "Interest table"):
            self.assertIn(part, html)
        self.assertIn("example, not claimed", html)
        # due 36 and 20 days ago, reminded five days later: 31 and 15 days at 10.27 %;
        # the credit note of today lessens nothing yet
        self.assertClaims(notice, fee="5.00", lump_sum="80.00", interest="15.02")
        total = notice.amount_total + 100.02
        self.assertIn(f"{total:,.2f}", html)
        self.assertFalse(self.env["debitor.claim"].search([]))

    def test_a_consumer_is_shown_less(self):
        level = self.procedure.level_ids.sorted("days_after_due")[1]
        notice, html = self.sample(level, party="consumer")
        self.assertClaims(notice, fee="2.50", interest="9.17")
        self.assertNotIn("Lump sum", html)
        self.assertNotIn("Sample Ltd.", html)

    def test_the_first_reminder_shows_no_claims(self):
        level = self.procedure.level_ids.sorted("days_after_due")[0]
        level.write({"fee_business": 5.0, "has_interest": True})
        notice, html = self.sample(level)
        self.assertClaims(notice)
        self.assertNotIn("example, not claimed", html)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestReceipt(ClaimsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure.level_ids.sorted("days_after_due")[0].has_interest = True

    @freeze_time("2026-04-01 12:00:00")
    def test_thirty_days_run_from_the_receipt_of_an_invoice_that_is_due_at_once(self):
        invoice = self.invoice(1000.0, due=date(2026, 2, 9))
        invoice.button_draft()
        invoice.invoice_date = date(2026, 2, 9)
        invoice.invoice_date_due = date(2026, 2, 9)
        invoice.action_post()
        for days, first in ((4, date(2026, 3, 17)), (0, date(2026, 3, 12))):
            self.company.dunning_receipt_days = days
            run = self.propose()
            claim = self.claims(run.notice_ids, "interest")
            self.assertEqual((claim.start_reason, claim.start_date), ("thirty_days", first))
            self.assertEqual(claim.received_date, date(2026, 2, 9 + days))
            run.notice_ids.action_cancel()

    @freeze_time("2026-04-01 12:00:00")
    def test_the_claim_keeps_the_day_of_receipt_and_its_table_names_it(self):
        self.invoice(1000.0, due=date(2026, 2, 9))
        notices = self.record_as_sent(self.propose())
        claim = notices.claim_ids.filtered(lambda one: one.kind == "interest")
        self.assertEqual(claim.received_date, date(2026, 1, 30))
        content = self.env["debitor.dunning.letter"]._render_interest_pdf(claim)
        text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
        self.assertIn("received 01/30/2026", text)
