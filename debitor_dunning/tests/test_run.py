from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import TODAY, DunningCommon, days_ago


@tagged("post_install", "-at_install")
class TestRun(DunningCommon):
    # -- items and levels -----------------------------------------------------

    def test_an_overdue_invoice_gets_the_first_level(self):
        invoice = self.invoice(119, days_overdue=30)
        run = self.propose()
        self.assertEqual(run.state, "proposed")
        self.assertNotice(
            run.notice_ids,
            level=1,
            total="119.00",
            partner_id=self.customer,
            state="proposed",
            date=TODAY,
            deadline=date(2026, 3, 30),  # ten days end on a Saturday
            lines=[(invoice, 1, 119)],
        )
        self.assertEqual(run.notice_ids.line_ids.days_overdue, 30)

    def test_the_instalments_of_an_invoice_are_dunned_apart(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 60}),
                ],
            }
        )
        invoice = self.invoice(200, due=days_ago(30), term=term)
        self.assertEqual(len(self.item(invoice)), 2)
        run = self.propose()
        self.assertNotice(run.notice_ids, level=1, total="100", lines=[(invoice, 1, 100)])
        self.assertEqual(run.notice_ids.line_ids.move_line_id, self.item(invoice)[0])
        self.record_as_sent(run)
        first, second = self.item(invoice)
        self.assertEqual((first.debitor_rank, second.debitor_rank), (1, 0))
        self.assertEqual(invoice.debitor_level_id, self.procedure.level_ids[0])

    def test_due_dates_count_from_the_day_after(self):
        self.reset_procedure(self.procedure, levels=[(5, 7)])
        self.invoice(due=date(2026, 3, 12))  # a Thursday
        with freeze_time("2026-03-16 12:00:00"):
            self.assertNothingProposed(self.propose(date=date(2026, 3, 16)), grace=1)
        with freeze_time("2026-03-17 12:00:00"):
            self.assertTrue(self.propose(date=date(2026, 3, 17)).notice_ids)

    def test_a_due_date_on_a_public_holiday_counts_from_the_next_working_day(self):
        self.reset_procedure(self.procedure, levels=[(1, 7)])
        self.invoice(due=date(2026, 4, 3))  # Good Friday; Easter Monday is the 6th
        with freeze_time("2026-04-07 12:00:00"):
            self.assertNothingProposed(self.propose(date=date(2026, 4, 7)), grace=1)
        with freeze_time("2026-04-08 12:00:00"):
            self.assertTrue(self.propose(date=date(2026, 4, 8)).notice_ids)

    def test_levels_follow_each_other_and_none_is_skipped(self):
        invoice = self.invoice(days_overdue=200)
        for level, day in enumerate((days_ago(60), days_ago(40), days_ago(20)), start=1):
            notice = self.dun(day)
            self.assertNotice(notice, level=level)
            self.assertEqual(self.item(invoice).debitor_rank, level)
        self.assertNothingProposed(self.propose(), last_level=1)

    def test_the_next_level_waits_for_the_deadline_of_the_last_notice(self):
        self.invoice(days_overdue=60)
        notice = self.dun(date(2026, 3, 9))
        self.assertEqual(notice.deadline, date(2026, 3, 19))
        self.assertNothingProposed(self.propose(), deadline_running=1)
        with freeze_time("2026-03-19 12:00:00"):
            self.assertFalse(self.propose(date=date(2026, 3, 19)).notice_ids)
        with freeze_time("2026-03-20 12:00:00"):
            self.assertNotice(self.propose(date=date(2026, 3, 20)).notice_ids, level=2)

    def test_the_days_between_two_notices_of_an_item(self):
        levels = self.procedure.level_ids
        levels[0].deadline_days = 0
        levels[1].min_days_since_last = 14
        self.invoice(days_overdue=60)
        self.dun(days_ago(13))
        self.assertNothingProposed(self.propose(), too_soon=1)

    def test_grace_days(self):
        self.reset_procedure(self.procedure, levels=[(1, 7)], grace_days=3)
        self.invoice(due=date(2026, 3, 16))
        run = self.propose()
        self.assertNothingProposed(run, grace=1)
        self.assertEqual(run.skip_ids.reason_until, date(2026, 3, 20))

    def test_the_pause_between_two_letters_to_a_customer(self):
        self.procedure.pause_days = 7
        self.invoice(days_overdue=60)
        self.dun(days_ago(3))
        self.invoice(days_overdue=10)
        run = self.propose()
        self.assertNothingProposed(run, pause=1, deadline_running=1)

    def test_a_reminder_before_the_due_date(self):
        self.reset_procedure(self.procedure, levels=[(-3, 0), (5, 7)])
        invoice = self.invoice(due=date(2026, 3, 21))
        self.invoice(due=date(2026, 3, 22))
        run = self.propose()
        self.assertNotice(run.notice_ids, level=1, lines=[(invoice, 1, 100)])
        self.assertFalse(run.skip_ids, "what is not due yet is not recorded")
        self.assertEqual(run.notice_ids.line_ids.days_overdue, -3)

    def test_one_letter_with_the_highest_level_and_each_item_with_its_own(self):
        old = self.invoice(50, days_overdue=60)
        self.dun(days_ago(25))
        new = self.invoice(70, days_overdue=10)
        run = self.propose()
        self.assertNotice(run.notice_ids, level=2, total="120", lines=[(old, 2, 50), (new, 1, 70)])

    # -- credits and minimum sums ---------------------------------------------

    def test_credit_notes_and_unallocated_payments_are_shown_and_netted(self):
        invoice = self.invoice(100)
        credit = self.credit_note(20)
        payment = self.advance(30)
        self.assertNotice(
            self.propose().notice_ids,
            total="50",
            amount_overdue=100,
            amount_credit=-50,
            line_count=1,
            lines=[(invoice, 1, 100), (credit, 0, -20), (payment.move_id, 0, -30)],
        )

    def test_what_credits_cover_is_recorded_and_not_dunned(self):
        self.invoice(100)
        self.credit_note(100)
        run = self.propose()
        self.assertNothingProposed(run, covered_by_credit=1)
        self.assertIn("100.00", run.skip_ids.reason)

    def test_a_sum_below_the_minimum_is_recorded_and_not_dunned(self):
        self.procedure.minimum_amount = 5
        self.invoice(100)
        self.credit_note(95.01)
        run = self.propose()
        self.assertNothingProposed(run, below_minimum=1)
        self.assertEqual((run.skip_ids.reason_amount, run.skip_ids.reason_limit), (4.99, 5))

    def test_below_a_levels_minimum_the_lower_level_applies(self):
        self.procedure.level_ids[1].minimum_amount = 500
        old = self.invoice(100, days_overdue=60)
        self.dun(days_ago(25))
        new = self.invoice(100, days_overdue=10)
        notice = self.propose().notice_ids
        self.assertNotice(notice, level=1, lines=[(old, 1, 100), (new, 1, 100)])
        self.assertEqual(notice.line_ids.mapped("is_repeated"), [True, False])

    def test_part_payments_leave_the_rest_to_be_dunned(self):
        invoice = self.invoice(100)
        self.pay(invoice, 40)
        notice = self.propose().notice_ids
        self.assertNotice(notice, total="60", lines=[(invoice, 1, 60)])
        self.assertEqual(notice.line_ids.amount_paid, 40)

    # -- obstacles ------------------------------------------------------------

    def test_paid_cancelled_and_draft_invoices_are_never_reminded(self):
        self.pay(self.invoice())
        cancelled = self.invoice()
        cancelled.button_draft()
        cancelled.button_cancel()
        self.invoice(post=False)
        self.assertNothingProposed(self.propose())

    def test_a_payment_that_is_registered_but_not_booked_stops_the_reminder(self):
        """Accounting addons let payments wait without an entry for the bank statement."""
        self.inbound_payment_method_line.payment_account_id = False
        invoice = self.invoice(100)
        Move = self.env.registry["account.move"]
        with patch.object(Move, "_get_invoice_in_payment_state", lambda self: "in_payment"):
            payment = self.pay(invoice)
            self.assertFalse(payment.move_id)
            self.assertEqual((invoice.payment_state, invoice.amount_residual), ("in_payment", 100))
        self.assertNothingProposed(self.propose(), in_payment=1)

    def test_no_follow_up_is_honoured(self):
        invoice = self.invoice()
        self.item(invoice).no_followup = True
        self.assertNothingProposed(self.propose(), excluded=1)

    def test_an_item_without_a_due_date_is_named(self):
        invoice = self.invoice()
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE id = %s",
            [self.item(invoice).id],
        )
        self.item(invoice).invalidate_recordset()
        self.assertNothingProposed(self.propose(), no_due_date=1)

    def test_an_invoice_never_sent_is_reminded_marked_or_held(self):
        self.invoice(sent=False)
        for policy, is_marked in (("remind", False), ("mark", True)):
            self.procedure.unsent_policy = policy
            run = self.propose()
            self.assertEqual(run.notice_ids.has_unsent_invoice, is_marked)
            run.action_cancel()
        self.procedure.unsent_policy = "hold"
        self.assertNothingProposed(self.propose(), never_sent=1)

    # -- letters --------------------------------------------------------------

    def test_each_currency_gets_its_own_letter(self):
        dollar = self.setup_other_currency("USD", rates=[("2020-01-01", 2.0)])
        self.invoice(100)
        foreign = self.invoice(60, currency=dollar)
        euro, other = self.propose().notice_ids.sorted("currency_id")
        if euro.currency_id != self.company.currency_id:
            euro, other = other, euro
        self.assertNotice(euro, total="100")
        self.assertNotice(
            other, total="60", currency_id=dollar, amount_company=30, lines=[(foreign, 1, 60)]
        )

    def test_a_currency_without_a_rate_is_left_out_with_its_reason(self):
        dollar = self.setup_other_currency("USD", rates=[("2020-01-01", 2.0)])
        self.invoice(60, currency=dollar)
        dollar.rate_ids.unlink()
        self.assertNothingProposed(self.propose(), no_rate=1)

    def test_one_letter_for_each_level_and_the_credits_on_the_largest(self):
        self.procedure.grouping = "level"
        old = self.invoice(300, days_overdue=60)
        self.dun(days_ago(25))
        new = self.invoice(100, days_overdue=10)
        credit = self.credit_note(30)
        first, second = self.propose().notice_ids.sorted("rank")
        self.assertNotice(first, level=1, lines=[(new, 1, 100)])
        self.assertNotice(second, level=2, total="270", lines=[(old, 2, 300), (credit, 0, -30)])

    def test_one_letter_for_each_invoice(self):
        self.procedure.grouping = "invoice"
        self.invoice(100)
        self.invoice(60)
        totals = self.propose().notice_ids.mapped("amount_total")
        self.assertEqual(sorted(totals), [60, 100])

    def test_contacts_of_a_customer_share_one_letter(self):
        contact = self.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": self.customer.id}
        )
        self.invoice(100)
        self.invoice(50, partner=contact)
        self.assertNotice(self.propose().notice_ids, total="150", partner_id=self.customer)

    # -- recipient ------------------------------------------------------------

    def test_the_recipient_is_dunning_contact_invoice_address_or_customer(self):
        self.customer.lang = "en_US"
        self.invoice()
        run = self.propose()
        self.assertNotice(run.notice_ids, recipient_id=self.customer, lang="en_US")
        for kind in ("invoice", "dunning"):
            contact = self.env["res.partner"].create(
                {"name": kind, "type": kind, "parent_id": self.customer.id}
            )
            run.action_propose()
            self.assertNotice(run.notice_ids, recipient_id=contact, partner_id=self.customer)

    def test_a_delivery_address_or_another_customers_contact_never_gets_the_letter(self):
        other = self.make_customer("Other")
        self.env["res.partner"].create(
            [
                {"name": "Yard", "type": "delivery", "parent_id": self.customer.id},
                {"name": "Else", "type": "dunning", "parent_id": other.id},
                {"name": "Gone", "type": "dunning", "parent_id": self.customer.id, "active": False},
            ]
        )
        self.invoice()
        self.assertNotice(self.propose().notice_ids, recipient_id=self.customer)

    def test_the_recipients_language_is_kept_on_the_notice(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "en_US"
        self.env["res.partner"].create(
            {
                "name": "Accounts",
                "type": "dunning",
                "lang": "de_DE",
                "parent_id": self.customer.id,
            }
        )
        self.invoice()
        self.assertNotice(self.propose().notice_ids, lang="de_DE")

    # -- runs -----------------------------------------------------------------

    def test_only_some_customers_tags_or_procedures(self):
        tag = self.env["res.partner.category"].create({"name": "Trade"})
        other = self.make_customer("Tagged", category_id=tag.ids)
        special = self.make_procedure()
        third = self.make_customer("Special", dunning_procedure_id=special.id)
        for partner in (self.customer, other, third):
            self.invoice(partner=partner)
        cases = (
            ({"partner_ids": self.customer.ids}, self.customer),
            ({"category_ids": tag.ids}, other),
            ({"procedure_ids": special.ids}, third),
        )
        for filters, expected in cases:
            run = self.propose(**filters)
            self.assertEqual(run.notice_ids.partner_id, expected)
            run.action_cancel()

    def test_proposing_again_replaces_what_was_proposed(self):
        invoice = self.invoice()
        run = self.propose()
        self.pay(invoice)
        self.invoice(55)
        run.action_propose()
        self.assertNotice(run.notice_ids, total="55")

    def test_a_second_run_leaves_out_what_is_on_a_notice(self):
        self.invoice()
        first = self.propose()
        second = self.propose()
        self.assertNothingProposed(second, on_notice=1)
        self.assertIn(first.notice_ids.name, second.skip_ids.reason)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_an_item_on_two_live_notices(self):
        invoice = self.invoice()
        notice = self.propose().notice_ids
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            notice.line_ids.sudo().copy()
            self.env.flush_all()
        self.assertEqual(notice.line_ids.move_id, invoice)

    def test_taking_in_again_what_is_on_another_notice_by_now_is_refused(self):
        invoice = self.invoice()
        first = self.propose().notice_ids
        first.action_exclude()
        second = self.propose().notice_ids
        with self.assertRaisesNaming(UserError, invoice.name, second.name):
            first.action_include()
        self.assertEqual(first.state, "excluded")

    def test_an_item_keeps_its_level_when_the_ladder_gets_another_rung(self):
        invoice = self.invoice(days_overdue=90)
        self.dun(days_ago(40))
        reached = self.item(invoice).debitor_level_id
        self.procedure.level_ids = [self.level_command(2)]
        notice = self.propose().notice_ids
        levels = self.procedure.level_ids.sorted("days_after_due")
        self.assertEqual(levels.ids.index(reached.id), 1)
        self.assertEqual(notice.level_id, levels[2])

    def test_a_bank_journal_out_of_use_does_not_make_the_data_look_old(self):
        journals = self.company_data["default_journal_bank"]
        journals |= journals.copy()
        for journal, day in zip(journals, (days_ago(1), days_ago(300)), strict=True):
            self.env["account.bank.statement.line"].create(
                {"journal_id": journal.id, "date": day, "payment_ref": "Rent", "amount": 1}
            )
        self.assertEqual(self.propose().bank_date, days_ago(1))

    def test_a_run_in_the_future_or_in_a_locked_period_is_refused(self):
        run = self.env["debitor.dunning.run"].create({"date": date(2026, 3, 19)})
        with self.assertRaisesNaming(UserError, run.name, "future"):
            run.action_propose()
        self.company.fiscalyear_lock_date = date(2026, 2, 28)
        run.date = date(2026, 2, 28)
        with self.assertRaisesNaming(UserError, run.name, "locked"):
            run.action_propose()
        run.date = date(2026, 3, 1)
        run.action_propose()

    def test_a_procedure_without_levels_is_refused_by_name(self):
        self.procedure.level_ids.unlink()
        with self.assertRaisesNaming(ValidationError, self.procedure.name, "no levels"):
            self.propose()

    def test_a_company_without_any_procedure_is_told_so(self):
        self.procedure.active = False
        with self.assertRaisesNaming(UserError, self.company.name, "procedure"):
            self.propose()

    def test_runs_are_numbered_and_their_notices_too(self):
        self.invoice()
        run = self.propose()
        self.assertRegex(run.name, r"^ML/2026/\d{4}$")
        self.assertEqual(run.notice_ids.name, f"{run.name}/0001")

    def test_a_run_with_notices_is_cancelled_and_not_deleted(self):
        self.invoice()
        run = self.propose()
        with self.assertRaisesNaming(UserError, run.name):
            run.unlink()
        run.action_cancel()
        self.assertEqual((run.state, run.notice_ids.state), ("cancelled", "cancelled"))
        self.assertTrue(self.propose().notice_ids, "its items are free again")

    def test_a_salespersons_rules_do_not_change_sums(self):
        mine, others = self.invoice(40), self.invoice(60)
        rule = self.env["ir.rule"].create(
            {
                "name": "Own entries only",
                "model_id": self.env.ref("account.model_account_move_line").id,
                "domain_force": f"[('move_id', '=', {mine.id})]",
            }
        )
        self.assertTrue(rule.active)
        visible = (
            self.env["account.move.line"]
            .with_user(self.proposer)
            .search([("move_id", "in", (mine | others).ids)])
        )
        self.assertEqual(visible.move_id, mine)
        self.assertNotice(self.propose(user=self.proposer).sudo().notice_ids, total="100")

    # -- sending days ---------------------------------------------------------

    def test_notices_wait_for_the_next_sending_day(self):
        self.procedure.write(dict.fromkeys(("send_on_wednesday", "send_on_thursday"), False))
        self.invoice()
        run = self.propose()
        run._queue(self.approve(run))
        self.assertNotice(run.notice_ids, state="queued", send_on=date(2026, 3, 20))
        self.assertEqual(run.state, "sending")
        self.assertFalse(run.notice_ids.search(run.notice_ids._get_due_domain()))

    def test_notices_wait_over_public_holidays_and_the_yearly_pause(self):
        self.procedure.write({"pause_from": "12-20", "pause_to": "01-06"})
        self.invoice()
        run = self.propose()
        with freeze_time("2026-04-03 12:00:00"):
            run._queue(self.approve(run))
        self.assertEqual(run.notice_ids.send_on, date(2026, 4, 7))
        calendar = self.procedure._as_calendar()
        self.assertEqual(calendar.next_sending_day(date(2026, 12, 21)), date(2027, 1, 7))

    def test_a_person_may_send_at_once(self):
        self.procedure.send_on_wednesday = False
        self.invoice()
        run = self.propose()
        self.approve(run)
        wizard = (
            self.env["debitor.dunning.send"]
            .with_user(self.approver)
            .create({"run_id": run.id, "send_at_once": True})
        )
        self.assertIn("1 notice to", wizard.summary)
        wizard.action_confirm()
        self.assertEqual(run.notice_ids.send_on, TODAY)

    def test_a_run_without_approved_notices_can_not_be_sent(self):
        self.invoice()
        run = self.propose()
        wizard = (
            self.env["debitor.dunning.send"].with_user(self.approver).create({"run_id": run.id})
        )
        with self.assertRaisesNaming(UserError, run.name):
            wizard.action_confirm()

    def test_what_follows_from_the_work_on_a_run_is_closed_to_everybody(self):
        self.invoice()
        run = self.propose().with_user(self.manager)
        for vals in ({"state": "approved"}, {"is_automatic": True}, {"name": "X"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                run.write(vals)
        run.action_approve()
        with self.assertRaisesNaming(UserError, run.name):
            run.date = days_ago(1)
