from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.debitor_dunning_notice import TRANSITIONS
from .common import TODAY, DunningCommon, days_ago

# What a person can press, and the state it leads to.
ACTIONS = {
    "action_exclude": ("proposed",),
    "action_include": ("excluded",),
    "action_raise": ("proposed",),
    "action_lower": ("proposed",),
    "action_approve": ("proposed",),
    "action_withdraw_approval": ("approved", "queued"),
    "action_send": ("approved",),
    "action_retry": ("failed", "bounced"),
    "action_send_as_letter": ("approved", "failed", "in_doubt", "bounced"),
    "action_confirm_sent": ("in_doubt",),
    "action_send_again": ("in_doubt",),
    "action_cancel": TRANSITIONS["cancelled"],
}


@tagged("post_install", "-at_install")
class TestNotice(DunningCommon):
    def _set_state(self, notice, state):
        """Put a notice in a state, whatever way would lead there."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE debitor_dunning_notice SET state = %s, sent_on = %s WHERE id = %s",
            [state, "2026-03-18" if state in ("sent", "bounced") else None, notice.id],
        )
        self.env.invalidate_all()

    # -- states ---------------------------------------------------------------

    def test_each_forbidden_action_raises_a_sentence_that_names_the_notice(self):
        self.invoice()
        notice = self.propose().notice_ids
        for action, allowed in ACTIONS.items():
            for state in dict(notice._fields["state"].selection):
                if state in allowed:
                    continue
                with self.subTest(action=action, state=state):
                    self._set_state(notice, state)
                    with self.assertRaisesNaming(UserError, notice.name):
                        getattr(notice, action)()
                    notice.invalidate_recordset()
                    self.assertEqual(notice.state, state)

    def test_a_transition_moves_only_what_may_move(self):
        self.invoice()
        self.invoice(partner=self.make_customer("Other"))
        first, second = self.propose().notice_ids
        self._set_state(first, "sent")
        moved = (first | second)._transition("approved")
        self.assertEqual(moved, second)
        self.assertEqual((first.state, second.state), ("sent", "approved"))

    def test_a_state_can_not_be_written_past_the_transitions(self):
        self.invoice()
        notice = self.propose(user=self.proposer).notice_ids
        for state in ("approved", "queued", "sent"):
            with self.subTest(state=state), self.assertRaises(UserError):
                notice.write({"state": state})
                notice.flush_recordset()
            notice.invalidate_recordset()
        self.assertEqual(notice.state, "proposed")

    def test_a_notice_can_not_be_made_in_a_later_state(self):
        self.invoice()
        notice = self.propose(user=self.proposer).notice_ids
        vals = notice.copy_data({"name": "X/1", "state": "queued"})[0]
        with self.assertRaises(UserError):
            notice.create(vals)

    # -- approving ------------------------------------------------------------

    def test_approving_notes_who_and_when(self):
        self.invoice()
        run = self.propose(user=self.proposer)
        run.with_user(self.approver).action_approve()
        self.assertNotice(run.notice_ids, state="approved", approved_by_id=self.approver)
        self.assertTrue(run.notice_ids.approved_on)
        self.assertEqual(run.state, "approved")

    def test_one_notice_sent_singly_leaves_the_others_to_be_approved(self):
        self.invoice()
        self.invoice(partner=self.make_customer("Other"))
        run = self.propose()
        first, second = run.notice_ids
        first.action_approve()
        self.assertEqual(run.state, "proposed")
        first.action_send()
        first.sudo()._transition("sending")._transition("sent")._after_sent()
        self.assertEqual(run.state, "proposed")
        run.action_approve()
        self.assertEqual((first.state, second.state), ("sent", "approved"))

    def test_a_proposer_can_neither_approve_nor_send_nor_cancel(self):
        self.invoice()
        run = self.propose(user=self.proposer)
        notice = run.notice_ids
        for record, action in (
            (run, "action_approve"), (run, "action_cancel"), (run, "action_send"),
            (notice, "action_approve"), (notice, "action_cancel"),
        ):  # fmt: skip
            with self.subTest(action=action), self.assertRaisesNaming(AccessError, "Approve"):
                getattr(record, action)()
        notice.with_user(self.approver).action_approve()
        with self.assertRaisesNaming(AccessError, "Approve"):
            notice.action_send()

    def test_a_reviewed_run_can_be_approved_by_somebody_else(self):
        self.invoice()
        run = self.propose(user=self.proposer)
        run.action_review()
        self.assertEqual(run.state, "reviewed")
        with self.assertRaisesNaming(UserError, run.name):
            run.action_review()
        run.with_user(self.approver).action_approve()
        with self.assertRaisesNaming(UserError, run.name):
            run.with_user(self.approver).action_approve()
        with self.assertRaisesNaming(UserError, run.name):
            run.action_propose()

    # -- what a person changes ------------------------------------------------

    def test_a_line_can_be_taken_out_and_in_again(self):
        first, second = self.invoice(100), self.invoice(50, days_overdue=20)
        notice = self.propose().notice_ids
        line = notice.line_ids.filtered(lambda one: one.move_id == first)
        line.action_exclude("Customer called")
        self.assertNotice(notice, total="50", line_count=1, lines=[(second, 1, 50)])
        self.assertEqual((line.exclusion_reason, line.is_live), ("Customer called", False))
        line.action_include()
        self.assertNotice(notice, total="150", line_count=2)

    def test_taking_out_the_last_line_leaves_the_notice_out(self):
        self.invoice(100)
        notice = self.propose().notice_ids
        notice.line_ids.action_exclude("Customer called")
        self.assertNotice(notice, state="excluded", exclusion_reason="Customer called", total="100")
        self.assertFalse(notice.line_ids.is_live)
        notice.action_include()
        self.assertNotice(notice, state="proposed", line_count=1)

    def test_an_approval_can_be_taken_back_until_the_notice_goes_out(self):
        self.invoice()
        run = self.propose()
        self.queue(run)
        notice = run.notice_ids
        with self.assertRaises(AccessError):
            notice.with_user(self.proposer).action_withdraw_approval()
        run.with_user(self.approver).action_withdraw_approval()
        self.assertNotice(notice, state="proposed", approved_by_id=self.env["res.users"])
        self.assertEqual(run.state, "proposed")
        notice.action_raise()
        self.queue(run)
        self.run_cron("ir_cron_send")
        with self.assertRaisesNaming(UserError, "gone out"):
            run.action_withdraw_approval()

    def test_a_line_taken_out_comes_back_in_the_next_run(self):
        first, _second = self.invoice(100), self.invoice(50)
        notice = self.propose().notice_ids
        notice.line_ids.filtered(lambda one: one.move_id == first).action_exclude()
        self.assertNotice(self.propose().notice_ids, lines=[(first, 1, 100)])

    def test_a_notice_left_out_lets_go_of_its_items(self):
        self.invoice()
        run = self.propose()
        run.notice_ids.action_exclude("Not now")
        self.assertNotice(run.notice_ids, state="excluded", exclusion_reason="Not now")
        self.assertEqual(run.notice_count, 0)
        self.assertTrue(self.propose().notice_ids)

    def test_leaving_a_notice_out_can_be_taken_back(self):
        self.invoice()
        notice = self.propose().notice_ids
        notice.action_exclude()
        notice.action_include()
        self.assertNotice(notice, state="proposed", exclusion_reason=False)
        self.assertTrue(notice.line_ids.is_live)

    def test_levels_can_be_raised_and_lowered_within_the_ladder(self):
        self.invoice()
        notice = self.propose().notice_ids
        with self.assertRaisesNaming(UserError, "first"):
            notice.action_lower()
        notice.action_raise()
        self.assertNotice(notice, level=2, level_id=self.procedure.level_ids[1])
        notice.action_raise()
        with self.assertRaisesNaming(UserError, "last"):
            notice.action_raise()
        self.assertNotice(notice, level=3)
        notice.action_lower()
        self.assertNotice(notice, level=2)

    def test_a_raised_notice_takes_deadline_and_channel_of_its_new_level(self):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("email",)), (20, 3, ("letter",))])
        self.invoice()
        notice = self.propose().notice_ids
        self.assertNotice(notice, channel="email")
        notice.action_raise()
        self.assertNotice(notice, channel="letter")
        self.assertEqual((notice.deadline - notice.date).days, 5, "three days end on a Saturday")

    def test_lines_of_an_approved_notice_stay_as_they_are(self):
        self.invoice()
        notice = self.propose().notice_ids
        notice.action_approve()
        for action in ("action_exclude", "action_include", "action_raise", "action_lower"):
            with self.subTest(action=action), self.assertRaisesNaming(UserError, notice.name):
                getattr(notice.line_ids, action)()

    def test_another_recipient_brings_language_and_channel(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.reset_procedure(self.procedure, levels=[(5, 7, ("email", "letter"))])
        contact = self.env["res.partner"].create(
            {
                "name": "Director",
                "parent_id": self.customer.id,
                "type": "other",
                "lang": "de_DE",
                "street": "Ring 1",
                "city": "Ulm",
            }
        )
        self.invoice()
        notice = self.propose().notice_ids
        self.assertNotice(notice, channel="email")
        notice.recipient_id = contact
        self.assertNotice(notice, lang="de_DE", channel="letter")

    # -- sent -----------------------------------------------------------------

    def test_sending_writes_the_level_to_item_and_invoice(self):
        invoice = self.invoice()
        notice = self.dun(days_ago(10))
        item = self.item(invoice)
        self.assertRecordValues(
            item,
            [
                {
                    "debitor_rank": 1,
                    "debitor_level_id": self.procedure.level_ids[0].id,
                    "debitor_notice_id": notice.id,
                    "debitor_notice_date": days_ago(10),
                    "debitor_deadline": notice.deadline,
                }
            ],
        )
        self.assertEqual(invoice.debitor_notice_id, notice)
        self.assertEqual(self.customer.debitor_notice_id, notice)
        self.assertEqual(notice.run_id.state, "sent")
        self.assertFalse(notice.line_ids.is_live)

    def test_sending_writes_no_level_to_credits(self):
        self.invoice()
        credit = self.credit_note(10)
        self.dun(days_ago(10))
        self.assertFalse(self.item(credit).debitor_rank)

    def test_cancelling_a_sent_notice_sets_the_level_back_and_leaves_a_trace(self):
        invoice = self.invoice(days_overdue=90)
        first = self.dun(days_ago(40))
        second = self.dun(days_ago(20))
        second.action_cancel()
        self.assertNotice(second, state="cancelled")
        self.assertTrue(second.exists())
        self.assertTrue(second.sent_on, "it went out all the same")
        self.assertRecordValues(
            self.item(invoice),
            [
                {
                    "debitor_rank": 1,
                    "debitor_notice_id": first.id,
                    "debitor_deadline": first.deadline,
                }
            ],
        )
        self.assertEqual(invoice.debitor_level_id, self.procedure.level_ids[0])
        self.assertIn("Cancelled", second.message_ids[:1].body)
        first.action_cancel()
        self.assertRecordValues(
            self.item(invoice), [{"debitor_rank": 0, "debitor_notice_id": False}]
        )
        self.assertFalse(invoice.debitor_level_id)
        self.assertNotice(self.propose().notice_ids, level=1)

    def test_cancelling_an_older_notice_leaves_the_level_of_the_newer_one(self):
        invoice = self.invoice(days_overdue=90)
        first = self.dun(days_ago(40))
        self.dun(days_ago(20))
        first.action_cancel()
        self.assertEqual(self.item(invoice).debitor_rank, 2)

    def test_a_sent_notice_is_never_deleted(self):
        self.invoice()
        notice = self.dun(days_ago(10))
        with self.assertRaisesNaming(UserError, notice.name):
            notice.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            notice.line_ids.with_user(self.manager).unlink()

    def test_a_sent_notice_is_never_changed(self):
        self.invoice()
        notice = self.dun(days_ago(10)).with_user(self.manager)
        other = self.make_customer("Other")
        changes = {
            "amount_total": 1.0,
            "date": TODAY,
            "deadline": TODAY,
            "recipient_id": other.id,
            "lang": "fr_FR",
            "letter_sha256": "0",
            "letter_id": False,
            "name": "X",
            "channel": "phone",
            "sent_on": False,
        }
        for name, value in changes.items():
            with self.subTest(field=name), self.assertRaises(UserError):
                notice.write({name: value})
            notice.invalidate_recordset()
        for vals in ({"amount_residual": 1.0}, {"rank": 3}, {"is_included": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                notice.line_ids.write(vals)
            notice.line_ids.invalidate_recordset()

    def test_what_follows_from_the_books_is_closed_to_everybody(self):
        self.invoice()
        self.invoice(50, partner=self.make_customer("Other"))
        notice, other = self.propose().notice_ids
        secret = self.env["ir.attachment"].create({"name": "secret", "raw": b"1"})
        for vals in (
            {"letter_id": secret.id},
            {"is_resend": True},
            {"amount_total": 9999.0},
            {"sent_on": "2020-01-01 00:00:00"},
            {"approved_by_id": self.manager.id},
            {"partner_id": other.partner_id.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                notice.with_user(self.manager).write(vals)
        with self.assertRaises(AccessError):
            notice.with_user(self.manager).copy({"name": "X"})
        line = other.line_ids.with_user(self.manager)
        for vals in ({"notice_id": notice.id}, {"amount_residual": 1.0}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                line.write(vals)
        with self.assertRaises(AccessError):
            line.copy({"notice_id": notice.id})

    def test_only_proposals_and_what_was_cancelled_can_be_deleted(self):
        self.invoice()
        run = self.propose()
        self.queue(run)
        with self.assertRaisesNaming(UserError, run.notice_ids.name):
            run.notice_ids.with_user(self.manager).unlink()

    def test_a_cancelled_proposal_does_not_hold_a_draft(self):
        invoice = self.invoice()
        run = self.propose()
        run.action_cancel()
        invoice.button_draft()
        invoice.invoice_line_ids.unlink()
        invoice.unlink()
        self.assertFalse(run.notice_ids.line_ids)

    def test_later_payments_change_only_what_is_still_open(self):
        invoice = self.invoice(100)
        notice = self.dun(days_ago(10))
        self.assertEqual((notice.amount_open_now, notice.payment_state), (100, "open"))
        self.pay(invoice, 40)
        notice.invalidate_recordset()
        self.assertNotice(notice, total="100", amount_open_now=60, payment_state="partial")
        self.pay(invoice)
        notice.invalidate_recordset()
        self.assertNotice(notice, total="100", amount_open_now=0, payment_state="paid")

    def test_one_paid_invoice_of_two_does_not_resolve_the_notice(self):
        first, second = self.invoice(100), self.invoice(60)
        notice = self.dun(days_ago(10))
        self.pay(first)
        notice.invalidate_recordset()
        self.assertEqual((notice.amount_open_now, notice.payment_state), (60, "partial"))
        self.pay(second)
        notice.invalidate_recordset()
        self.assertEqual(notice.payment_state, "paid")

    def test_an_invoice_of_a_locked_period_gets_its_level(self):
        invoice = self.invoice(days_overdue=60)
        self.company.fiscalyear_lock_date = days_ago(40)
        self.dun(days_ago(10))
        self.assertEqual(self.item(invoice).debitor_rank, 1)

    def test_an_invoice_on_a_sent_notice_can_be_corrected(self):
        invoice = self.invoice(100)
        self.dun(days_ago(10))
        invoice.button_draft()
        invoice.invoice_line_ids.write({"price_unit": 90})
        invoice.invoice_date_due = days_ago(5)
        invoice.action_post()
        self.assertEqual(invoice.amount_residual, 90)

    # -- blocks ---------------------------------------------------------------

    def test_blocks_on_customer_invoice_and_instalment(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 5}),
                ],
            }
        )
        parts = self.invoice(200, due=days_ago(40), term=term)
        whole = self.invoice(70)
        first, second = self.item(parts)
        cases = (
            ({"move_line_id": first.id}, second | self.item(whole)),
            ({"move_id": parts.id, "move_line_id": second.id}, first | self.item(whole)),
            ({"move_id": parts.id}, self.item(whole)),
            ({"partner_id": self.customer.id}, self.env["account.move.line"]),
        )
        for vals, expected in cases:
            with self.subTest(vals=vals):
                block = self.block(**vals)
                self.assertEqual(block.partner_id, self.customer)
                run = self.propose()
                self.assertEqual(run.notice_ids.line_ids.move_line_id, expected)
                self.assertEqual(set(run.skip_ids.mapped("reason_code")), {"blocked"})
                run.action_cancel()
                block.action_lift()
                self.assertEqual(block.state, "lifted")
        self.assertEqual(len(self.propose().notice_ids.line_ids), 3)

    def test_a_block_holds_from_its_first_to_its_last_day(self):
        self.invoice()
        for vals, state, holds in (
            ({"date_from": days_ago(9), "date_to": TODAY}, "active", True),
            ({"date_from": TODAY, "date_to": False}, "active", True),
            ({"date_from": days_ago(9), "date_to": days_ago(1)}, "expired", False),
            ({"date_from": days_ago(-1), "date_to": False}, "future", False),
        ):
            with self.subTest(vals=vals):
                block = self.block(**vals)
                self.assertEqual(block.state, state)
                self.assertIn(block, block.search([("state", "=", state)]))
                run = self.propose()
                self.assertEqual(bool(run.skip_ids), holds)
                self.assertEqual(bool(self.customer.debitor_block_id), holds)
                self.customer.invalidate_recordset()
                run.action_cancel()
                block.action_lift()

    def test_a_block_on_a_contact_holds_for_the_whole_customer(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self.invoice()
        block = self.block(partner_id=contact.id)
        self.assertEqual(block.partner_id, self.customer)
        self.assertNothingProposed(self.propose(), blocked=1)

    def test_the_reason_of_a_block_is_named_with_its_end(self):
        self.invoice()
        self.block(note="door 7 is scratched", date_to=days_ago(-5))
        run = self.propose()
        self.assertIn("Complaint is being checked (door 7 is scratched)", run.skip_ids.reason)
        self.assertIn("03/23/2026", run.skip_ids.reason)

    def test_a_block_is_lifted_and_never_deleted(self):
        block = self.block()
        with self.assertRaises(UserError):
            block.unlink()

    def test_a_block_on_one_instalment_is_seen_at_its_invoice_only(self):
        invoice, other = self.invoice(), self.invoice()
        block = self.block(move_line_id=self.item(invoice).id)
        self.assertEqual(invoice.debitor_block_id, block)
        self.assertFalse(other.debitor_block_id)
        self.assertFalse(self.customer.debitor_block_id)
        moves = self.env["account.move"]
        found = moves.search(
            [("debitor_block_id", "!=", False), ("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(found, invoice)
        partners = self.env["res.partner"].search(
            [("debitor_block_id", "!=", False), ("id", "=", self.customer.id)]
        )
        self.assertFalse(partners)

    def test_blocked_invoices_and_customers_are_found(self):
        invoice = self.invoice()
        other = self.make_customer("Other")
        free = self.invoice(partner=other)
        self.block()
        both = [("id", "in", (invoice | free).ids)]
        Move = self.env["account.move"]
        self.assertEqual(Move.search([("debitor_block_id", "!=", False), *both]), invoice)
        self.assertEqual(Move.search([("debitor_block_id", "=", False), *both]), free)
        partners = [("id", "in", (self.customer | other).ids)]
        Partner = self.env["res.partner"]
        self.assertEqual(
            Partner.search([("debitor_block_id", "!=", False), *partners]), self.customer
        )
        self.assertEqual(Partner.search([("debitor_block_id", "=", False), *partners]), other)

    def test_dates_of_today_come_from_the_companys_place(self):
        """Half past eleven at night in London is the next day in Berlin."""
        self.invoice(due=days_ago(5))
        with freeze_time("2026-03-18 23:30:00"):
            run = self.env["debitor.dunning.run"].create({})
        self.assertEqual(str(run.date), "2026-03-19")
