"""Attempts to get a wrong sum: odd orders of payments, currencies, companies and bookings."""

import io
from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged
from pypdf import PdfReader

from .common import NOON, TODAY, days_ago
from .test_claim_defects import DefectsCommon


class BreaksCommon(DefectsCommon):
    def receivable(self):
        return self.balances().get("receivable", 0)

    def reconcile(self, *moves):
        lines = self.env["account.move.line"].browse()
        for move in moves:
            lines += move.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        lines.filtered(lambda one: not one.reconciled).reconcile()


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestInterestFollowsTheBooks(BreaksCommon):
    def test_booked_interest_is_lowered_by_a_payment_of_an_earlier_day(self):
        self.book("notice")
        notice = self.dun_today()
        interest = self.kind(notice, "interest")
        self.assertEqual(self.receivable(), 52.03)
        self.pay(self.move, on=days_ago(20))
        # 5 days, the day of payment included
        self.assertEqual(
            (interest.amount, interest.amount_open, interest.state), (1.41, 1.41, "booked")
        )
        self.assertEqual(sum(interest.booked_line_ids.mapped("amount_residual")), 1.41)
        self.assertEqual(self.receivable(), round(46.41 - 1000.0, 2))
        self.invoice(100.0, days_overdue=10)
        self.assertEqual(self.propose().notice_ids.amount_claims, 46.41)

    def test_interest_booked_by_several_notices_is_lowered_as_a_whole(self):
        self.book("notice")
        notices = self.two_levels_of_interest()
        interest = self.env["debitor.claim"].browse()
        for notice in notices:
            interest += self.kind(notice, "interest")
        self.assertEqual(interest.mapped("amount"), [3.1, 1.68, 2.25])
        self.pay(self.move, 400.0, on=days_ago(20))
        # 11, 17 and 25 days, of which the first 5 on 1000 and the others on 600
        self.assertEqual(interest.mapped("interest_total"), [2.42, 3.43, 4.78])
        self.assertEqual(interest.mapped("amount"), [2.42, 1.01, 1.35])
        residuals = sum(interest.booked_line_ids.mapped("amount_residual"))
        self.assertAlmostEqual(residuals, 4.78)

    def test_booked_interest_ends_with_a_payment_before_default(self):
        self.book("notice")
        interest = self.kind(self.dun_today(), "interest")
        self.pay(self.move, on=days_ago(30))
        self.assertEqual((interest.amount, interest.state), (0.0, "waived"))
        self.assertEqual(sum(interest.booked_line_ids.mapped("amount_residual")), 0.0)
        self.assertEqual(self.receivable(), 45.0 - 1000.0)

    def test_booked_interest_that_was_paid_in_part_keeps_what_was_paid(self):
        self.book("notice")
        interest = self.kind(self.dun_today(), "interest")
        self.register(50.0, order="law")  # 45.00 of costs, 5.00 of interest
        self.assertEqual(interest.amount_paid, 5.0)
        self.pay(self.move, on=days_ago(20))
        self.assertEqual(
            (interest.amount, interest.amount_open, interest.state), (5.0, 0.0, "paid")
        )

    def dun_after_an_undone_payment(self):
        """Return new interest, and what is carried of the earlier one that a payment lowered."""
        notice = self.dun_today()
        payment = self.pay(self.move, on=days_ago(20))
        self.assertEqual(self.kind(notice, "interest").amount, 1.41)
        payment.action_cancel()
        self.procedure.level_ids = [self.level_command(45, 5, has_interest=True)]
        with freeze_time("2026-04-07 12:00:00"):
            [new] = self.propose(date=date(2026, 4, 7)).notice_ids
        interest = new._get_draft_claims().filtered(lambda one: one.kind == "interest")
        carried = new.carried_claim_ids.filtered(lambda one: one.kind == "interest")
        return interest.amount, sum(carried.mapped("amount_open"))

    def test_lowered_interest_is_claimed_anew_once_the_payment_is_undone(self):
        # 45 days in all at 10.27 %: 12.66
        self.assertEqual(self.dun_after_an_undone_payment(), (12.66, 0))

    def test_booked_interest_that_was_lowered_is_added_to_once_the_payment_is_undone(self):
        self.book("notice")
        self.assertEqual(self.dun_after_an_undone_payment(), (11.25, 1.41))

    def test_a_credit_note_counts_from_its_own_day_whenever_it_is_allocated(self):
        notice = self.dun_today()
        credit = self.credit_note(400.0, due=days_ago(-4))
        credit.button_draft()
        credit.write({"invoice_date": days_ago(10), "date": days_ago(10)})
        credit.action_post()
        with freeze_time("2026-03-25 12:00:00"):
            self.reconcile(self.move, credit)
        # 15 days on 1000, 10 days on 600
        self.assertEqual(self.kind(notice, "interest").amount, 5.91)

    def test_an_unallocated_credit_still_counts_when_a_payment_comes_late(self):
        payment = self.advance(100.0)
        payment.move_id.button_draft()
        payment.move_id.date = days_ago(15)
        payment.move_id.action_post()
        notice = self.dun(TODAY)
        interest = self.kind(notice, "interest")
        # 10 days on 1000, 15 days on 900
        self.assertEqual(interest.amount, 6.61)
        self.pay(self.move, 500.0, on=days_ago(5))
        # the last 5 days on 400
        self.assertEqual(interest.amount, 5.91)
        self.reconcile(self.move, payment.move_id)
        self.assertEqual(interest.amount, 5.91, "allocated, the credit counts once")

    def test_a_credit_that_was_allocated_since_the_proposal_counts_once(self):
        payment = self.advance(100.0)
        payment.move_id.button_draft()
        payment.move_id.date = days_ago(15)
        payment.move_id.action_post()
        run = self.propose()
        self.reconcile(self.move, payment.move_id)
        run.notice_ids._renew_claims()
        self.assertEqual(
            [one.amount for one in run.notice_ids._get_draft_claims() if one.kind == "interest"],
            [6.61],
        )

    def test_interest_below_zero_is_neither_claimed_nor_clamped(self):
        rule = self.env["debitor.interest.rule"].create(
            {
                "name": "Base rate only",
                "series": "de",
                "version_ids": [Command.create({"valid_from": "2010-01-01", "points": 0.0})],
            }
        )
        self.customer.with_company(self.company).debitor_interest_rule_id = rule
        self.move.write(
            {"debitor_default_from": date(2022, 7, 1), "debitor_default_note": "refused"}
        )
        rates = self.env["debitor.base.rate"].search([("series", "=", "de")])
        rates.filtered(lambda one: one.half_year.year >= 2023).write({"percent": 0.0})
        notice = self.propose().notice_ids
        kinds = notice._get_draft_claims().mapped("kind")
        self.assertNotIn("interest", kinds)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCurrenciesCompaniesAndCents(BreaksCommon):
    def test_a_foreign_invoice_bears_interest_in_its_own_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        dollar.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            [
                {"name": day, "rate": rate, "currency_id": dollar.id, "company_id": self.company.id}
                for day, rate in (("2025-01-01", 2.0), ("2026-03-01", 4.0))
            ]
        )
        self.book("notice")
        partner = self.make_customer("Dollar Inc.")
        move = self.invoice(1000.0, days_overdue=40, partner=partner, currency=dollar)
        self.remind(days_ago(25))
        # 100 EUR at the rate of 8 March: 400 USD
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {
                "payment_date": days_ago(10),
                "currency_id": self.company.currency_id.id,
                "amount": 100.0,
                "payment_difference_handling": "open",
            }
        )._create_payments()
        self.assertEqual(move.amount_residual, 600.0)
        notice = self.dun(TODAY).filtered(lambda one: one.partner_id == partner)
        found = {one.kind: one.amount for one in notice.claim_ids}
        self.assertEqual(found, {"fee": 20.0, "lump_sum": 160.0, "interest": 5.91})
        lines = notice.claim_ids.booked_line_ids
        self.assertEqual(lines.currency_id, dollar)
        self.assertAlmostEqual(sum(lines.mapped("balance")), round(185.91 / 4, 2), delta=0.011)

    def test_companies_claim_by_their_own_rules_and_from_their_own_books(self):
        other = self.make_company("Zweite GmbH")
        company = other["company"]
        company.dunning_receipt_days = 0
        level = company.dunning_procedure_id.level_ids.sorted("days_after_due")[0]
        level.write({"has_interest": True, "fee_business": 9.0})
        company.dunning_is_due_agreed = True
        move = self.invoice(
            500.0, days_overdue=40, company=company, account=other["default_account_revenue"]
        )
        notice = self.dun_today()
        env = self.env(context=dict(self.env.context, allowed_company_ids=company.ids))
        run = self.env["debitor.dunning.run"].with_env(env).create({"company_id": company.id})
        run.action_propose()
        own = run.notice_ids
        self.assertEqual(own.line_ids.move_id, move)
        self.assertFalse(own.carried_claim_ids, "claims of the other company")
        fees = [one.amount for one in own._get_draft_claims() if one.kind == "fee"]
        self.assertEqual(fees, [9.0])
        result = (
            self.env["debitor.dunning.simulation"]
            .with_context(allowed_company_ids=(self.company + company).ids)
            .simulate(company_id=company.id)
        )
        self.assertAlmostEqual(result["claims"], own.amount_claims)
        self.assertEqual(notice.claim_ids.company_id, self.company)

    def test_many_items_add_up_to_the_cent(self):
        partner = self.make_customer("Viele Posten GmbH")
        for number in range(12):
            self.invoice(17.77 + number, days_overdue=40, partner=partner)
        self.remind(days_ago(25))
        notice = self.dun(TODAY).filtered(lambda one: one.partner_id == partner)
        claims = notice.claim_ids
        self.assertEqual(len(self.kind(notice, "interest")), 12)
        self.assertEqual(notice.amount_claims, round(sum(claims.mapped("amount")), 2))
        content = self.env["debitor.dunning.letter"]._render_pdf(notice)
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        self.assertIn(f"{notice.amount_due:,.2f}", text)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBookedClaims(BreaksCommon):
    def test_a_claim_is_waived_although_its_month_is_locked(self):
        self.book("notice")
        notice = self.dun_today()
        lump = self.kind(notice, "lump_sum").with_user(self.approver)
        self.company.fiscalyear_lock_date = TODAY
        lump.action_waive("goodwill")
        self.assertEqual((lump.state, self.receivable()), ("waived", 12.03))

    def test_a_notice_cancelled_after_its_fee_was_paid_leaves_the_money_to_the_debtor(self):
        self.book("notice")
        notice = self.dun_today()
        fee = self.kind(notice, "fee")
        self.register(5.0, order="law")
        self.assertEqual((fee.state, self.receivable()), ("paid", round(47.03, 2)))
        notice.action_cancel()
        self.assertEqual((fee.state, fee.amount_paid), ("paid", 5.0))
        self.assertEqual(
            set((notice.claim_ids - fee).mapped("state")), {"cancelled"}, "what was not paid"
        )
        self.assertEqual(self.receivable(), 0.0)
        self.assertEqual(self.move.amount_residual, 1000.0)

    def test_a_payment_covers_nothing_that_was_claimed_after_its_day(self):
        self.book("payment")
        notice = self.dun_today()
        split, _payment = self.register(1000.0, payment_date=days_ago(20))
        self.assertFalse(split)
        self.assertEqual(self.move.amount_residual, 0.0)
        self.assertEqual(
            {one.kind: one.amount_open for one in notice.claim_ids},
            {"fee": 5.0, "lump_sum": 40.0, "interest": 1.41},
        )

    def test_a_bank_line_covers_nothing_that_was_claimed_after_its_day(self):
        self.book("payment")
        notice = self.dun_today()
        line = self.bank_line(1000.0)
        line.date = days_ago(20)
        item = self.move.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        line._pay_items_and_claims(item, order="law")
        self.assertEqual((self.move.amount_residual, notice.claim_ids.entry_id.ids), (0.0, []))

    def test_a_claim_paid_in_part_asks_only_for_its_rest(self):
        self.book("payment")
        self.dun_today()
        self.register(30.0, order="law")  # 30.00 of 45.00 of costs
        self.invoice(100.0, days_overdue=10)
        notice = self.propose().notice_ids.filtered("carried_claim_ids")
        self.assertEqual(notice.amount_claims, 22.03)
