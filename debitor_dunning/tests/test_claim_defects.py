"""Ways in which a letter could demand more than is owed, or the books could say something else."""

import logging
from datetime import date
from unittest.mock import patch

import psycopg2
from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NOON, TODAY, days_ago
from .test_claim_booking import BookingCommon

LATER = "2026-03-25 12:00:00"


@freeze_time(NOON)
class DefectsCommon(BookingCommon):
    chart_template = "de_skr03"

    def kind(self, notice, kind):
        return notice.claim_ids.filtered(lambda claim: claim.kind == kind)

    def last_run(self):
        run = self.env["debitor.dunning.run"].search([], limit=1, order="id desc")
        return run.with_user(self.approver)

    def dun_claims(self, claims):
        """Return the notice about these claims alone."""
        claims.with_user(self.approver).action_dun()
        return self.last_run().notice_ids

    def print_letters(self, notices):
        """Print, let the sender make anew what it must, and print again."""
        notices = notices.with_user(self.approver)
        notices.action_print()
        self.run_cron("ir_cron_send")
        notices.invalidate_recordset()
        waiting = notices.filtered(lambda notice: notice.state == "to_print")
        if waiting:
            waiting.action_print()
        notices.invalidate_recordset()

    def two_levels_of_interest(self):
        """Return three notices on the way to 7.03 of interest, sent 14 and 8 days ago and today."""
        self.procedure.level_ids.deadline_days = 2
        self.procedure.level_ids = [
            self.level_command(days, 2, has_interest=True) for days in (25, 28)
        ]
        return self.dun(days_ago(14)), self.dun(days_ago(8)), self.dun(TODAY)

    def reset_channels(self, channel):
        for level in self.procedure.level_ids:
            level.channel_ids.unlink()
            level.channel_ids = [Command.create({"channel": channel})]

    def instalments(self, amount=2000.0):
        """Return an invoice of two halves, due 94 and 34 days ago."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 60)
                ],
            }
        )
        return self.invoice(
            amount, due=days_ago(80), term=term, partner=self.make_customer("Zwei Raten GmbH")
        )


@tagged("post_install", "-at_install")
class TestWhatALetterDemands(DefectsCommon):
    def test_a_lowered_level_claims_nothing_of_the_higher_one(self):  # 1
        notice = self.propose().notice_ids
        self.assertEqual(notice.amount_claims, 52.03)
        notice.action_lower()
        self.assertEqual((notice.rank, notice.amount_claims), (1, 0))
        self.assertFalse(notice.claim_drafts)
        self.send(notice.run_id)
        self.assertFalse(notice._get_shown_claims())

    def test_a_proposer_changes_levels_and_items_only_by_the_actions(self):  # 2
        notice = self.propose(user=self.proposer).notice_ids
        level = self.procedure.level_ids.sorted("days_after_due")[0]
        line = notice.line_ids.with_user(self.proposer)
        for vals in (
            {"level_id": level.id, "rank": 1},
            {"is_included": False},
            {"is_live": False},
            {"exclusion_reason": "x"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                line.write(vals)
        notice.with_user(self.proposer).action_lower()
        self.assertEqual((notice.rank, notice.amount_claims), (1, 0))
        self.invoice(10.0, days_overdue=5)
        line.action_exclude("x")
        self.assertEqual(notice.state, "excluded")

    def test_another_level_than_the_approved_one_does_not_go_out(self):  # 2
        run = self.propose()
        notice = run.notice_ids
        notice.action_lower()
        self.queue(run)
        top = self.procedure.level_ids.sorted("days_after_due")[-1]
        notice.line_ids.sudo().write({"level_id": top.id, "rank": 2})
        self.run_cron("ir_cron_send")
        notice.invalidate_recordset()
        self.assertEqual(notice.state, "proposed")
        self.assertIn("not the one that was approved", notice.problem)
        self.assertEqual((notice.rank, notice.amount_claims, notice.approved_on), (2, 52.03, False))
        self.assertEqual(run.state, "proposed")

    def test_a_lower_level_that_a_payment_left_over_goes_out(self):  # 2, the other way
        small = self.invoice(100.0, days_overdue=10)
        run = self.propose()
        notice = self.queue(run)
        self.assertEqual(notice.approved_level_id, notice.level_id)
        self.pay(self.move)
        self.run_cron("ir_cron_send")
        self.assertNotice(notice, state="to_print", level=1, lines=[(small, 1, 100.0)])

    def test_no_lump_sum_goes_along_to_a_consumer(self):  # 3
        notice = self.dun_today()
        self.customer.debitor_party = "consumer"
        self.invoice(100.0, days_overdue=10)
        second = self.propose().notice_ids
        lump = self.kind(notice, "lump_sum")
        self.assertNotIn(lump, second.carried_claim_ids)
        self.assertEqual(second.carried_claim_ids, notice.claim_ids - lump)
        self.assertIn(f"Not demanded: {lump.display_name}", second.claim_note)
        self.assertIn("Waive it", second.claim_note)
        [warning] = [
            one for one in second.run_id.get_review()["warnings"] if one["code"] == "claims"
        ]
        self.assertIn(lump.display_name, warning["text"])
        self.queue(second.run_id)
        self.run_cron("ir_cron_send")
        second.invalidate_recordset()
        self.assertIn("Not demanded", second.claim_note, "told after it was made too")
        lump.with_user(self.approver).action_waive("consumer")
        with self.assertRaisesNaming(UserError, lump.display_name, "consumer"):
            lump.with_user(self.approver).action_claim_again()

    def test_a_day_of_default_set_by_hand_waits_until_each_instalment_is_due(self):  # 4
        move = self.instalments()
        move.write({"debitor_default_from": days_ago(60), "debitor_default_note": "refused"})
        first, second = self.item(move)
        notices = self.propose().notice_ids.filtered(lambda one: one.partner_id == move.partner_id)
        notices.action_raise()
        starts = {
            claim.move_line_id: claim.start_date
            for claim in notices._get_draft_claims()
            if claim.kind == "interest"
        }
        self.assertEqual(starts[first], days_ago(60))
        self.assertGreater(starts[second], second.date_maturity)

    def test_default_begins_when_the_letter_left_the_house(self):  # 5
        move = self.invoice(1000.0, days_overdue=12, partner=self.make_customer("Spät GmbH"))
        with freeze_time("2026-03-14 12:00:00"):
            notice = self.send(self.propose(date="2026-03-14")).filtered(
                lambda one: one.line_ids.move_id == move
            )
        self.assertEqual((notice.state, notice.date), ("to_print", date(2026, 3, 14)))
        with freeze_time("2026-03-23 12:00:00"):
            notice.with_user(self.approver).action_print()
        with freeze_time("2026-04-10 12:00:00"):
            second = self.propose(date="2026-04-10").notice_ids.filtered(
                lambda one: one.line_ids.move_id == move
            )
            [interest] = second._get_draft_claims().filtered(lambda one: one.kind == "interest")
        self.assertEqual(interest.start_date, date(2026, 3, 24))
        notice.invalidate_recordset()
        self.assertEqual(notice.went_out_on, date(2026, 3, 23))

    def test_default_begins_with_the_letter_after_a_mail_came_back(self):  # 5
        self.move.is_move_sent = False  # or thirty days would bring default about
        notice = self.env["debitor.dunning.notice"].search([], limit=1, order="id desc")
        notice.sudo()._transition("bounced")
        with freeze_time("2026-03-12 12:00:00"):
            notice.action_send_as_letter()
            self.run_cron("ir_cron_send")
            notice.with_user(self.approver).action_print()
        second = self.propose().notice_ids
        [interest] = second._get_draft_claims().filtered(lambda one: one.kind == "interest")
        self.assertEqual(interest.start_date, date(2026, 3, 13))
        notice.invalidate_recordset()
        self.assertEqual((notice.date, notice.went_out_on), (days_ago(25), date(2026, 3, 12)))

    def test_a_printed_letter_knows_what_was_paid_since_it_was_made(self):  # 6a
        self.procedure.level_ids = [self.level_command(25, 10, has_interest=True)]
        first = self.dun(days_ago(14))
        second = self.send(self.propose())
        self.assertEqual((second.state, second.amount_claims), ("to_print", 52.03))
        self.kind(first, "interest").with_user(self.approver).action_set_paid()
        second.with_user(self.approver).action_print()
        self.assertEqual(second.state, "queued")
        self.assertIn("made anew", second.problem)
        self.print_letters(second)
        self.assertEqual(second.state, "sent")
        interest = self.kind(first, "interest") | self.kind(second, "interest")
        self.assertEqual(round(sum(interest.mapped("amount")), 2), 7.03)

    def test_a_doubt_resolved_later_claims_no_interest_that_was_paid_meanwhile(self):  # 6a
        self.procedure.level_ids = [self.level_command(25, 10, has_interest=True)]
        first = self.dun(days_ago(14))
        notice = self.queue(self.propose())
        notice._step_claims()
        notice.sudo()._transition("sending")
        notice.sudo()._after_doubt("the line broke")
        self.kind(first, "interest").with_user(self.approver).action_set_paid()
        with mute_logger("odoo.addons.debitor_dunning.models.claims.debitor_claim_maker"):
            notice.with_user(self.approver).action_confirm_sent()
        interest = self.kind(first, "interest") | self.kind(notice, "interest")
        self.assertEqual(round(sum(interest.mapped("amount")), 2), 7.03)
        bodies = " ".join(notice.message_ids.mapped("body"))
        self.assertIn("could be claimed", bodies, "the notice says that it demanded more")

    def test_a_letter_on_the_pile_does_not_demand_what_was_waived(self):  # 6b
        first = self.dun_today()
        self.pay(self.move)
        notice = self.dun_claims(first.claim_ids)
        self.send(notice.run_id)
        self.assertEqual((notice.state, notice.amount_claims), ("to_print", 52.03))
        self.kind(first, "lump_sum").with_user(self.approver).action_waive("goodwill")
        self.print_letters(notice)
        self.assertEqual((notice.state, notice.amount_claims), ("sent", 12.03))
        self.assertAlmostEqual(sum(notice._get_shown_claims().mapped("amount")), 12.03)

    def test_a_letter_whose_claims_stand_is_printed_as_it_was_made(self):  # 6, the other way
        notice = self.send(self.propose())
        letter = notice.letter_id
        with freeze_time(LATER):
            self.assertTrue(notice.with_user(self.approver).action_print())
        notice.invalidate_recordset()
        self.assertEqual((notice.state, notice.letter_id, notice.date), ("sent", letter, TODAY))

    def test_a_letter_sent_once_more_demands_only_what_still_stands(self):  # 6c
        notice = self.dun_today()
        notice.sudo()._transition("bounced")
        notice.claim_ids.with_user(self.approver).action_waive("goodwill")
        notice.with_user(self.approver).action_send_as_letter()
        self.run_cron("ir_cron_send")
        notice.invalidate_recordset()
        self.assertEqual((notice.state, notice.amount_claims), ("to_print", 0))
        self.assertEqual(notice.amount_due, 1000.0)
        self.assertFalse(notice._get_shown_claims())
        self.print_letters(notice)
        self.assertEqual(notice.state, "sent")

    def test_claims_are_on_one_notice_under_way(self):  # 7
        claims = self.dun_today().claim_ids
        notice = self.dun_claims(claims)
        with self.assertRaisesNaming(UserError, claims[0].display_name, notice.name):
            claims.with_user(self.approver).action_dun()
        other = self.invoice(100.0, days_overdue=10)
        second = self.propose().notice_ids
        self.assertIn(other, second.line_ids.move_id)
        self.assertFalse(second.carried_claim_ids)
        notice.action_cancel()
        self.assertFalse(claims.live_notice_id)
        run = second.run_id
        run.action_propose()
        self.assertEqual(run.notice_ids.carried_claim_ids, claims)

    def test_two_runs_about_different_invoices_demand_claims_once(self):  # 7
        claims = self.dun_today().claim_ids
        self.pay(self.move)
        self.invoice(100.0, days_overdue=10)
        first = self.propose().notice_ids
        self.assertEqual(first.carried_claim_ids, claims)
        self.invoice(200.0, days_overdue=10)
        second = self.propose().notice_ids
        self.assertEqual((second.amount_total, second.amount_claims), (200.0, 0))
        self.assertIn(first.name, second.claim_note)

    def test_interest_that_another_notice_demands_is_not_claimed_anew(self):  # 7
        first = self.dun(days_ago(14))
        interest = self.kind(first, "interest")
        self.procedure.level_ids = [self.level_command(25, 10, has_interest=True)]
        notice = self.dun_claims(interest)
        self.assertEqual(interest.live_notice_id, notice)
        second = self.propose().notice_ids
        self.assertFalse(second._get_draft_claims().filtered(lambda one: one.kind == "interest"))
        notice.action_cancel()
        run = second.run_id
        run.action_propose()
        [new] = run.notice_ids._get_draft_claims().filtered(lambda one: one.kind == "interest")
        self.assertGreater(new.amount, interest.amount)
        self.assertEqual(interest.live_notice_id, run.notice_ids)

    def test_a_bounced_notice_holds_its_claims(self):  # 7
        notice = self.dun_today()
        notice.sudo()._transition("bounced")
        self.assertEqual(notice.claim_ids.live_notice_id, notice)
        with self.assertRaisesNaming(UserError, notice.name):
            notice.claim_ids.with_user(self.approver).action_dun()

    def test_one_invoice_has_one_lump_sum_on_all_letters_under_way(self):  # 8
        move = self.instalments()
        move.write({"debitor_default_from": days_ago(60), "debitor_default_note": "refused"})
        first, second = self.item(move)
        notices = self.env["debitor.dunning.notice"]
        for item in (first, second):
            item.with_user(self.approver).action_debitor_remind_now()
            notice = self.last_run().notice_ids
            while notice.rank < 2:
                notice.action_raise()
            notices |= notice
            self.send(notice.run_id)
        self.assertEqual(set(notices.mapped("state")), {"to_print"})
        drafted = [one["kind"] for notice in notices for one in notice.claim_drafts]
        self.assertEqual(drafted.count("lump_sum"), 1)
        self.assertIn("claimed before", notices[1].claim_note)
        notices.with_user(self.approver).action_print()
        notices.invalidate_recordset()
        for notice in notices:
            self.assertEqual(notice.amount_claims, round(sum(notice.claim_ids.mapped("amount")), 2))

    def test_a_blocked_customer_gets_no_notice_about_claims(self):  # 9
        self.reset_channels("phone")
        claims = self.dun_today().claim_ids
        self.pay(self.move)
        notice = self.dun_claims(claims)
        self.block()
        self.send(notice.run_id)
        self.assertEqual(notice.state, "blocked")
        self.assertIn("Complaint", notice.problem)
        with self.assertRaisesNaming(UserError, "dunning block"):
            claims.with_user(self.approver).action_dun()

    def test_claims_of_a_disputed_invoice_stay_off_other_notices(self):  # 9
        claims = self.dun_today().claim_ids
        block = self.block(move_id=self.move.id)
        self.invoice(100.0, days_overdue=10)
        notice = self.propose().notice_ids
        self.assertEqual((notice.amount_due, notice.amount_claims), (100.0, 0))
        self.assertIn("because of a dunning block", notice.claim_note)
        block.action_lift()
        run = notice.run_id
        run.action_propose()
        self.assertEqual(
            run.notice_ids.filtered(lambda one: one.amount_claims).carried_claim_ids, claims
        )

    def test_claims_of_a_credited_invoice_are_not_demanded(self):  # 10
        claims = self.dun_today().claim_ids
        reversal = self.env["account.move.reversal"].create(
            {"move_ids": self.move.ids, "journal_id": self.move.journal_id.id, "date": TODAY}
        )
        self.move._reverse_moves(
            [{"invoice_date": TODAY, "journal_id": reversal.journal_id.id}], cancel=True
        )
        self.assertEqual(self.move.payment_state, "reversed")
        self.invoice(100.0, days_overdue=10)
        notice = self.propose().notice_ids
        self.assertFalse(notice.carried_claim_ids)
        self.assertIn("cancelled or credited. Waive it", notice.claim_note)
        self.assertIn("claims", [one["code"] for one in notice.run_id.get_review()["warnings"]])
        with self.assertRaisesNaming(UserError, claims[0].display_name):
            claims.with_user(self.approver).action_dun()

    def test_claims_of_a_cancelled_invoice_are_not_demanded(self):  # 10
        self.dun_today()
        self.move.button_draft()
        self.move.button_cancel()
        self.invoice(100.0, days_overdue=10)
        notice = self.propose().notice_ids
        self.assertEqual(notice.amount_due, 100.0)

    def test_a_payment_of_an_earlier_day_lowers_the_interest_claimed(self):  # 10
        notice = self.dun_today()
        interest = self.kind(notice, "interest")
        self.assertEqual(interest.amount, 7.03)
        self.pay(self.move, on=days_ago(20))
        # 5 days, the day of payment included
        self.assertEqual((interest.amount, interest.state), (1.41, "claimed"))
        self.assertEqual(
            sum(row["days"] for row in interest.periods if row["principal"] != "0.00"), 5
        )
        self.invoice(100.0, days_overdue=10)
        self.assertEqual(self.propose().notice_ids.amount_claims, 46.41)

    def test_a_payment_before_default_ends_the_interest(self):  # 10
        notice = self.dun_today()
        interest = self.kind(notice, "interest")
        self.pay(self.move, on=days_ago(30))
        self.assertEqual((interest.amount, interest.state), (0.0, "waived"))
        self.assertIn("earlier day", interest.waived_reason)

    def test_a_payment_of_today_leaves_the_interest_claimed(self):  # 10, the other way
        notice = self.dun_today()
        self.pay(self.move)
        self.assertEqual(self.kind(notice, "interest").amount, 7.03)

    def test_a_notice_about_one_claim_stays_about_it(self):  # 27
        claims = self.dun_today().claim_ids
        self.pay(self.move)
        interest = claims.filtered(lambda claim: claim.kind == "interest")
        notice = self.dun_claims(interest)
        self.assertEqual(notice.amount_claims, 7.03)
        notice.run_id.action_approve()
        notice.action_withdraw_approval()
        self.assertEqual((notice.state, notice.amount_claims), ("proposed", 7.03))
        self.assertEqual(notice.carried_claim_ids, interest)
        notice.action_exclude("x")
        self.assertFalse(interest.live_notice_id)
        notice.action_include()
        self.assertEqual((notice.amount_claims, interest.live_notice_id), (7.03, notice))


@tagged("post_install", "-at_install")
class TestWhatTheBooksSay(DefectsCommon):
    def setUp(self):
        super().setUp()
        self.book("notice")

    def balance(self):
        return self.balances().get("receivable", 0)

    def test_what_was_paid_of_a_claim_is_not_booked_again(self):  # 11a
        notice = self.dun_today()
        lump = self.kind(notice, "lump_sum").with_user(self.approver)
        self.register(1010.0, order="principal")
        self.assertEqual((lump.amount_paid, lump.state), (5.0, "booked"))
        lump.action_waive("goodwill")
        lump.action_claim_again()
        self.assertEqual((lump.state, lump.amount_open), ("booked", 35.0))
        self.assertEqual(lump.entry_line_id.amount_residual, 35.0)
        self.assertEqual(self.balance(), 52.03 - 1010.0)
        notice.action_cancel()
        self.assertEqual(lump.state, "cancelled")
        self.assertEqual(self.balance(), 5.0 - 1010.0, "the fee was paid, the rest is taken back")

    def test_interest_paid_in_part_is_settled_for_good(self):  # 11b
        self.book("payment")
        self.procedure.level_ids = [self.level_command(25, 10, has_interest=True)]
        first = self.dun(days_ago(14))
        old = self.kind(first, "interest").with_user(self.approver)
        others = (first.claim_ids - old).with_user(self.approver)
        others.action_waive("x")
        self.register(3.0, order="law")
        self.assertEqual((old.amount, old.amount_paid, old.state), (3.1, 3.0, "booked"))
        old.action_waive("x")
        old.action_claim_again()
        notice = self.propose().notice_ids
        [draft] = notice._get_draft_claims().filtered(lambda one: one.kind == "interest")
        self.assertEqual(draft.amount, round(draft.interest_total - old.amount_paid, 2))

    def test_a_payment_undone_after_a_waiver_leaves_nothing_open(self):  # 12a
        notice = self.dun_today()
        lump = self.kind(notice, "lump_sum")
        _split, payment = self.register(1010.0, order="principal")
        lump.with_user(self.approver).action_waive("goodwill")
        payment.action_cancel()
        self.assertEqual((lump.state, lump.amount_paid), ("waived", 0))
        self.assertEqual(sum(lump.booked_line_ids.mapped("amount_residual")), 0)
        self.assertEqual(self.balance(), 12.03)

    def test_a_payment_undone_after_cancelling_revives_no_claim(self):  # 12b
        notice = self.dun_today()
        _split, payment = self.register(1052.03)
        notice.action_cancel()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})
        payment.action_cancel()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"cancelled"})
        self.assertEqual(self.balance(), 0)
        self.assertFalse(self.propose().notice_ids.carried_claim_ids)

    def test_notices_cancelled_out_of_order_revive_only_what_still_stands(self):  # 13
        self.book("none")
        first, second, third = self.two_levels_of_interest()
        old, middle, new = (self.kind(one, "interest") for one in (first, second, third))
        second.action_cancel()
        self.assertEqual((middle.state, old.replaced_by_id), ("cancelled", new))
        third.action_cancel()
        self.assertEqual(
            (old.state, middle.state, new.state), ("claimed", "cancelled", "cancelled")
        )
        self.assertFalse(old.replaced_by_id)

    def test_an_entry_that_an_accountant_reversed_is_a_waiver(self):  # 19
        notice = self.dun_today()
        notice.claim_ids.entry_id._reverse_moves(cancel=True)
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"waived"})
        self.assertIn("reversed by", notice.claim_ids[0].waived_reason)
        self.assertEqual(sum(notice.claim_ids.mapped("amount_paid")), 0)
        self.assertEqual(self.balance(), 0)
        notice.claim_ids.with_user(self.approver).action_claim_again()
        self.assertEqual(self.balance(), 52.03)

    def test_the_entry_of_a_claim_stays_posted(self):  # 20
        notice = self.dun_today()
        entry = notice.claim_ids.entry_id
        with self.assertRaisesNaming(UserError, entry.name, notice.name):
            entry.button_draft()
        notice.claim_ids.with_user(self.approver).action_waive("x")
        back = self.env["account.move"].search([("debitor_claim_back_id", "!=", False)])
        for move in (entry, back[0]):
            with self.subTest(move=move.ref), self.assertRaises(UserError):
                move.button_draft()
        self.assertEqual(self.balance(), 0)

    def test_what_claims_refer_to_is_not_deleted(self):
        notice = self.dun_today()
        with self.assertRaisesNaming(UserError, notice.name):
            notice.claim_ids.entry_id.with_context(force_delete=True).unlink()
        self.move.button_draft()
        with self.assertRaisesNaming(UserError, notice.name):
            self.move.with_context(force_delete=True).unlink()

    def test_nobody_says_by_hand_which_entry_takes_a_claim_back(self):
        claim = self.dun_today().claim_ids[0]
        accountant = self.make_user("accountant", "account.group_account_manager")
        with self.assertRaises(AccessError):
            self.move.with_user(accountant).write({"debitor_claim_back_id": claim.id})

    def test_claims_from_before_the_switch_are_not_booked_by_night(self):  # 30
        self.book("none")
        notice = self.dun_today()
        self.book("notice")
        self.env["debitor.claim"]._cron_book()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"claimed"})
        self.assertEqual(self.balances(), {})

    def break_posting(self, error):
        return patch.object(self.env.registry["debitor.claim"], "_make_entry", side_effect=error)

    def test_whatever_keeps_claims_from_being_booked_keeps_no_letter(self):
        with self.break_posting(ValueError("odd chart")), mute_logger(
            "odoo.addons.debitor_dunning.models.claims.debitor_claim_booking"
        ):  # fmt: skip
            notice = self.dun_today()
        self.assertEqual(notice.state, "sent")
        self.assertEqual(set(notice.claim_ids.mapped("booking_problem")), {"odd chart"})
        with self.break_posting(psycopg2.errors.SerializationFailure()), self.assertRaises(
            psycopg2.errors.SerializationFailure
        ):  # fmt: skip
            notice.claim_ids._book_where_due()

    def test_proposals_of_the_night_do_not_wait_for_claims(self):
        self.company.dunning_is_automatic = True
        logger = logging.getLogger("odoo.addons.debitor_dunning.models.claims.debitor_dunning_run")
        with (
            patch.object(
                self.env.registry["debitor.claim"], "_cron_book", side_effect=ValueError("odd")
            ),
            self.assertLogs(logger, "ERROR"),
        ):
            self.env["debitor.dunning.run"]._cron_nightly()
        self.assertTrue(
            self.env["debitor.dunning.run"].search([("is_automatic", "=", True)], limit=1)
        )


@tagged("post_install", "-at_install")
class TestWhatPeopleSee(DefectsCommon):
    def html(self, notice):
        return self.env["debitor.dunning.letter"]._render_html(notice)

    def test_a_proposal_shows_no_claim_that_was_waived_meanwhile(self):
        first = self.dun_today()
        self.pay(self.move)
        notice = self.dun_claims(first.claim_ids)
        self.assertIn("Lump sum for late payment", self.html(notice))
        self.kind(first, "lump_sum").with_user(self.approver).action_waive("goodwill")
        self.assertNotIn("Lump sum for late payment", self.html(notice))
        notice.action_approve()
        self.assertEqual((notice.state, notice.amount_due), ("approved", 12.03))

    def test_a_notice_about_nothing_is_not_approved(self):
        claims = self.dun_today().claim_ids
        self.pay(self.move)
        notice = self.dun_claims(claims)
        claims.with_user(self.approver).action_waive("goodwill")
        with self.assertRaisesNaming(UserError, notice.name, "demands nothing"):
            notice.action_approve()
        self.assertEqual(notice.state, "proposed")

    def test_a_run_leaves_out_the_notices_about_nothing(self):
        self.invoice(500.0, days_overdue=40, partner=self.consumer)
        self.remind(days_ago(25))
        notices = self.dun(TODAY)
        self.assertEqual(len(notices), 2)
        own = self.dun_claims(notices.claim_ids)
        theirs = own.filtered(lambda one: one.partner_id == self.consumer)
        theirs.carried_claim_ids.with_user(self.approver).action_waive("goodwill")
        own.run_id.action_approve()
        self.assertEqual(theirs.state, "excluded")
        self.assertIn("Nothing left", theirs.exclusion_reason)
        self.assertEqual((own - theirs).state, "approved")

    def test_review_and_send_dialog_show_what_the_letters_demand(self):
        run = self.propose()
        review = run.get_review()
        self.assertEqual((review["amount"], run.amount_company), (1052.03, 1052.03))
        self.assertEqual([level["amount"] for level in review["levels"]], [1052.03])
        [row] = run.get_review_page()["rows"]
        self.assertEqual((row["amount"], row["claims"]), (1052.03, 52.03))
        self.approve(run)
        wizard = self.env["debitor.dunning.send"].with_user(self.approver)
        self.assertIn("1,052.03", wizard.create({"run_id": run.id}).summary)

    def test_a_letter_about_claims_alone_says_that_the_invoice_is_paid(self):
        claims = self.dun_today().claim_ids
        self.pay(self.move)
        notice = self.dun_claims(claims)
        html = self.html(notice)
        self.assertIn(f"Invoice {self.move.name} is paid", html)
        self.assertNotIn(">Paid</th>", html)
        self.assertIn("52.03", html)
        self.assertEqual(notice.run_id.bank_date, notice.run_id._get_bank_date())

    def test_a_letter_about_claims_of_an_open_invoice_says_nothing_of_a_payment(self):
        html = self.html(self.dun_claims(self.dun_today().claim_ids))
        self.assertIn("are still to be paid", html)
        self.assertNotIn("is paid", html)

    def test_a_letter_whose_deadline_is_over_is_made_anew(self):
        notice = self.send(self.propose())
        self.assertEqual(notice.state, "to_print")
        letter = notice.letter_id
        with freeze_time("2026-04-10 12:00:00"):
            self.assertFalse(notice.with_user(self.approver).action_print())
            notice.invalidate_recordset()
            self.assertIn("deadline is over", notice.problem)
            self.print_letters(notice)
        self.assertEqual((notice.state, notice.date), ("sent", date(2026, 4, 10)))
        self.assertGreater(notice.deadline, notice.date)
        self.assertNotEqual(notice.letter_id, letter)

    def test_the_customer_shows_the_latest_notice_and_the_highest_level(self):
        top = self.dun_today()
        self.invoice(100.0, due=date(2026, 3, 10))
        later = self.dun(date(2026, 3, 25))
        self.assertLess(later.rank, top.rank)
        partner = self.customer.with_company(self.company)
        self.assertEqual(
            (partner.debitor_notice_id, partner.debitor_notice_date, partner.debitor_level_id),
            (later, date(2026, 3, 25), top.level_id),
        )

    def test_the_split_names_its_parts_in_the_order_chosen(self):
        self.book("payment")
        self.dun_today()
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"payment_date": TODAY})
        )
        wizard.amount = 1020.0
        for order, first, last in (
            ("law", "costs", "invoices"),
            ("principal", "invoices", "costs"),
        ):
            with self.subTest(order=order):
                wizard.debitor_claim_order = order
                self.assertTrue(wizard.debitor_takes_claims)
                text = wizard.debitor_split
                self.assertLess(text.index(f"{first}:"), text.index(f"{last}:"))
        wizard.debitor_claim_order = "none"
        self.assertFalse(wizard.debitor_takes_claims)
