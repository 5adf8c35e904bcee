import hashlib
import smtplib
from contextlib import contextmanager
from datetime import date
from email.utils import parseaddr
from unittest.mock import patch

from freezegun import freeze_time
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.debitor_dunning_notice_sending import _SENDING_LOCK, MAX_ATTEMPTS
from ..tools.mail_session import MailSession
from .common import DunningCommon, days_ago


@tagged("post_install", "-at_install")
class TestSending(DunningCommon):
    @contextmanager
    def mail_server(self, error=None):
        """Yield the messages that the mail server got; it may answer with ``error``."""
        outbox = []

        def send_email(server, message, **options):
            outbox.append(message)
            if error is not None:
                raise error
            return message["Message-Id"]

        with patch.object(self.env.registry["ir.mail_server"], "send_email", send_email):
            yield outbox

    def by_mail(self, **vals):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("email",)), (20, 10, ("email",))])
        self.invoice(**vals)
        return self.propose()

    def propose_letter(self, **vals):
        self.invoice(**vals)
        return self.propose()

    def assertNotSent(self, notice, **expected):  # noqa: N802 as in unittest
        self.assertNotice(notice, sent_on=False, **expected)
        items = notice.line_ids.move_line_id
        self.assertFalse(any(items.mapped("debitor_rank")), "no level is raised")

    # -- channels -------------------------------------------------------------

    def test_a_mail_goes_out_and_raises_the_level(self):
        run = self.by_mail()
        with self.mail_server() as outbox:
            notice = self.send(run)
        self.assertNotice(notice, state="sent", problem=False)
        self.assertTrue(notice.sent_on)
        [message] = outbox
        self.assertEqual(parseaddr(message["To"])[1], "office@example.com")
        self.assertEqual(message["Message-Id"], notice.message_ref)
        self.assertEqual(notice.line_ids.move_line_id.debitor_rank, 1)
        self.assertEqual(run.state, "sent")

    def test_the_letter_as_sent_is_kept_with_its_hash(self):
        run = self.by_mail()
        with self.mail_server():
            notice = self.send(run)
        content = notice.letter_id.raw
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertEqual(notice.letter_sha256, hashlib.sha256(content).hexdigest())
        self.assertEqual(notice.mail_message_id.message_id, notice.message_ref)

    def test_nothing_is_sent_twice(self):
        run = self.by_mail()
        with self.mail_server() as outbox:
            self.send(run)
            self.run_cron("ir_cron_send")
        self.assertEqual(len(outbox), 1)

    def test_a_letter_waits_for_the_printer_and_raises_no_level_yet(self):
        self.invoice()
        notice = self.send(self.propose())
        self.assertNotSent(notice, state="to_print", channel="letter")
        self.assertTrue(notice.letter_id)
        notice.action_print()
        notice.invalidate_recordset()
        self.assertNotice(notice, state="sent")
        self.assertEqual(notice.line_ids.move_line_id.debitor_rank, 1)

    def test_a_call_asks_the_person_in_charge(self):
        self.reset_procedure(
            self.procedure, levels=[(5, 10, ("phone",))], responsible_id=self.proposer.id
        )
        self.invoice()
        notice = self.send(self.propose())
        self.assertNotice(notice, state="sent", channel="phone")
        self.assertEqual(notice.activity_ids.user_id, self.proposer)
        self.assertIn("711 123456", notice.activity_ids.note)

    def test_without_a_mail_address_it_is_a_letter_where_the_level_allows(self):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("email", "letter"))])
        self.customer.email = False
        self.invoice()
        run = self.propose()
        self.assertNotice(run.notice_ids, channel="letter", problem="No e-mail address")
        self.assertNotSent(self.send(run), state="to_print")

    def test_without_any_address_it_fails_with_an_activity_and_is_not_marked_sent(self):
        self.customer.email = False
        run = self.by_mail()
        self.assertNotice(run.notice_ids, channel=False, problem="No e-mail address")
        with self.mail_server() as outbox:
            notice = self.send(run)
        self.assertFalse(outbox)
        self.assertNotSent(notice, state="failed", problem="No e-mail address")
        self.assertIn("No e-mail address", notice.activity_ids.note)
        self.assertEqual(notice.activity_ids.user_id, self.approver)

    def test_an_address_that_vanished_after_the_approval_is_noticed(self):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("email", "letter"))])
        self.invoice()
        run = self.propose()
        self.assertNotice(run.notice_ids, channel="email")
        self.customer.email = "no address"
        with self.mail_server() as outbox:
            notice = self.send(run)
        self.assertFalse(outbox)
        self.assertNotSent(notice, state="to_print", channel="letter")

    def test_a_blacklisted_address_fails_and_does_not_wait_forever(self):
        self.env["mail.blacklist"]._add(self.customer.email)
        notice = self.send(self.by_mail())
        self.assertNotSent(notice, state="failed")
        self.assertIn("blacklist", notice.problem)
        self.assertTrue(notice.activity_ids)

    def test_a_failed_notice_is_tried_again_when_the_address_is_there(self):
        self.customer.email = False
        notice = self.send(self.by_mail())
        self.customer.email = "new@example.com"
        notice.action_retry()
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
        self.assertNotice(notice, state="sent")
        self.assertEqual(parseaddr(outbox[0]["To"])[1], "new@example.com")

    def test_a_failed_notice_can_go_as_a_letter(self):
        self.customer.email = False
        notice = self.send(self.by_mail())
        notice.action_send_as_letter()
        self.run_cron("ir_cron_send")
        self.assertNotSent(notice, state="to_print", channel="letter")

    # -- another look before sending ------------------------------------------

    def test_what_was_paid_after_the_approval_is_not_dunned(self):
        run = self.by_mail()
        self.queue(run)
        self.pay(run.notice_ids.line_ids.move_id)
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
        self.assertFalse(outbox)
        self.assertNotSent(run.notice_ids, state="settled", problem="Nothing left to dun.")
        # What was approved can still be seen.
        self.assertNotice(run.notice_ids, level=1, total="100")
        self.assertFalse(run.notice_ids.line_ids.is_included)
        self.assertTrue(run.notice_ids.line_ids.exclusion_reason)

    def test_a_part_payment_after_the_approval_is_taken_off(self):
        run = self.by_mail()
        self.queue(run)
        self.pay(run.notice_ids.line_ids.move_id, 40)
        with self.mail_server():
            self.run_cron("ir_cron_send")
        self.assertNotice(run.notice_ids, state="sent", total="60")
        self.assertEqual(run.notice_ids.line_ids.amount_paid, 40)

    def test_a_part_payment_that_leaves_less_than_the_minimum_settles_the_notice(self):
        run = self.by_mail()
        self.procedure.minimum_amount = 5
        self.queue(run)
        self.pay(run.notice_ids.line_ids.move_id, 97)
        self.run_cron("ir_cron_send")
        self.assertNotSent(run.notice_ids, state="settled")

    def test_a_small_sum_that_a_person_wanted_goes_out(self):
        self.by_mail(amount=3).action_cancel()
        self.procedure.minimum_amount = 5
        invoice = self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        invoice.with_user(self.approver).action_debitor_remind_now()
        run = self.env["debitor.dunning.run"].search([], limit=1).with_user(self.approver)
        with self.mail_server() as outbox:
            notice = self.send(run)
        self.assertEqual(len(outbox), 1)
        self.assertNotice(notice, state="sent", total="3")

    def test_one_of_two_invoices_paid_after_the_approval_leaves_the_notice(self):
        run = self.by_mail()
        paid = run.notice_ids.line_ids.move_id
        left = self.invoice(60)
        run.action_propose()
        self.queue(run)
        self.pay(paid)
        with self.mail_server():
            self.run_cron("ir_cron_send")
        self.assertNotice(run.notice_ids, state="sent", total="60", lines=[(left, 1, 60)])
        self.assertFalse(self.item(paid).debitor_rank)

    def test_a_block_after_the_approval_stops_the_notice(self):
        run = self.by_mail()
        self.queue(run)
        self.block(note="scratched")
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
        self.assertFalse(outbox)
        self.assertNotSent(run.notice_ids, state="blocked")
        self.assertIn("scratched", run.notice_ids.problem)
        self.assertFalse(run.notice_ids.line_ids.is_live)

    def test_a_stopped_run_sends_nothing_more(self):
        run = self.by_mail()
        self.queue(run)
        run.action_stop()
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
            run.notice_ids._send_guarded(MailSession(self.env))
            self.assertFalse(outbox)
            run.action_continue()
            self.run_cron("ir_cron_send")
        self.assertEqual(len(outbox), 1)

    def test_problems_are_written_in_the_language_of_the_person_in_charge(self):
        self.env["res.lang"]._activate_lang("de_DE")
        run = self.by_mail()
        self.queue(run)
        run.notice_ids.user_id = self.proposer
        self.proposer.lang = "de_DE"
        self.customer.email = False
        self.run_cron("ir_cron_send")
        self.assertNotSent(run.notice_ids, state="failed", problem="Keine E-Mail-Adresse")

    def test_a_cancelled_invoice_leaves_the_notice(self):
        run = self.by_mail()
        self.queue(run)
        invoice = run.notice_ids.line_ids.move_id
        invoice.button_draft()
        invoice.button_cancel()
        self.run_cron("ir_cron_send")
        self.assertNotSent(run.notice_ids, state="settled")

    def test_a_credit_note_after_the_approval_is_netted(self):
        run = self.by_mail()
        self.queue(run)
        credit = self.credit_note(30)
        with self.mail_server():
            self.run_cron("ir_cron_send")
        invoice = run.notice_ids.line_ids.filtered(lambda one: not one.is_credit).move_id
        self.assertNotice(
            run.notice_ids,
            state="sent",
            total="70",
            lines=[(invoice, 1, 100), (credit, 0, -30)],
        )

    def test_a_credit_note_over_all_settles_the_notice(self):
        run = self.by_mail()
        self.queue(run)
        self.credit_note(100)
        self.run_cron("ir_cron_send")
        self.assertNotSent(run.notice_ids, state="settled")

    def test_what_only_goes_along_is_never_sent_alone(self):
        self.procedure.level_ids[1].minimum_amount = 500
        self.invoice(100, days_overdue=60)
        self.dun(days_ago(25))
        new = self.invoice(100, days_overdue=10)
        run = self.propose()
        self.queue(run)
        self.pay(new)
        self.run_cron("ir_cron_send")
        self.assertNotice(run.notice_ids, state="settled")

    def test_the_letter_is_dated_on_the_day_it_goes_out(self):
        run = self.by_mail()
        self.queue(run)
        with freeze_time("2026-03-20 12:00:00"), self.mail_server():
            self.run_cron("ir_cron_send")
        self.assertNotice(
            run.notice_ids, date=date(2026, 3, 20), deadline=date(2026, 3, 30), state="sent"
        )
        self.assertEqual(run.notice_ids.line_ids.days_overdue, 32)
        self.assertEqual(
            run.notice_ids.line_ids.move_line_id.debitor_notice_date, date(2026, 3, 20)
        )

    def test_nothing_goes_out_before_its_sending_day_or_from_a_stopped_run(self):
        run = self.by_mail()
        self.procedure.send_on_wednesday = False
        run._queue(self.approve(run))
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
            self.assertFalse(outbox)
            run.action_stop()
            with freeze_time("2026-03-19 12:00:00"):
                self.run_cron("ir_cron_send")
            self.assertFalse(outbox)
            run.action_continue()
            with freeze_time("2026-03-19 12:00:00"):
                self.run_cron("ir_cron_send")
        self.assertEqual(len(outbox), 1)

    # -- what goes wrong -------------------------------------------------------

    def test_a_refused_message_fails_with_the_servers_words(self):
        run = self.by_mail()
        error = smtplib.SMTPRecipientsRefused({"office@example.com": (550, b"no such user")})
        with self.mail_server(error):
            notice = self.send(run)
        self.assertNotSent(notice, state="failed")
        self.assertIn("no such user", notice.problem)
        self.assertTrue(notice.activity_ids)

    def test_a_message_put_off_waits_and_fails_in_the_end(self):
        run = self.by_mail()
        error = smtplib.SMTPRecipientsRefused({"office@example.com": (451, b"try later")})
        with self.mail_server(error):
            notice = self.send(run)
            self.assertNotSent(notice, state="queued")
            self.assertIn("try later", notice.problem)
            for _attempt in range(MAX_ATTEMPTS - 1):
                self.run_cron("ir_cron_send")
        self.assertNotSent(notice, state="failed")

    def test_a_message_put_off_goes_out_once_with_its_message_id(self):
        run = self.by_mail()
        later = smtplib.SMTPRecipientsRefused({"office@example.com": (451, b"try later")})
        with self.mail_server(later) as first:
            notice = self.send(run)
        with self.mail_server() as second:
            self.run_cron("ir_cron_send")
        self.assertNotice(notice, state="sent")
        self.assertEqual(first[0]["Message-Id"], second[0]["Message-Id"])
        letters = self.env["ir.attachment"].search(
            [("res_model", "=", notice._name), ("res_id", "=", notice.id)]
        )
        self.assertEqual(letters, notice.letter_id, "attachments don't pile up")

    def test_an_unreachable_server_makes_mails_wait_and_letters_go_on(self):
        run = self.by_mail()
        other = self.make_customer("Letter", dunning_procedure_id=self.make_procedure().id)
        self.invoice(partner=other)
        run.action_propose()
        with patch.object(
            self.env.registry["ir.mail_server"], "_connect__", side_effect=OSError("no route")
        ):
            notices = self.send(run)
        mail = notices.filtered(lambda one: one.channel == "email")
        self.assertNotSent(mail, state="queued")
        self.assertIn("no route", mail.problem)
        self.assertEqual((notices - mail).state, "to_print")
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
        self.assertEqual(len(outbox), 1)
        self.assertNotice(mail, state="sent", problem=False)

    def test_a_connection_that_breaks_off_leaves_a_doubt_and_not_a_second_mail(self):
        run = self.by_mail()
        with self.mail_server(smtplib.SMTPServerDisconnected("closed")) as outbox:
            notice = self.send(run)
            self.run_cron("ir_cron_send")
        self.assertEqual(len(outbox), 1)
        self.assertNotSent(notice, state="in_doubt")
        self.assertIn("closed", notice.problem)
        self.assertTrue(notice.activity_ids)

    def test_a_sender_that_died_leaves_a_doubt(self):
        run = self.by_mail()
        notice = self.queue(run)
        self.env.cr.execute(
            "UPDATE debitor_dunning_notice SET state = 'sending' WHERE id = %s", [notice.id]
        )
        notice.invalidate_recordset()
        with self.mail_server() as outbox:
            self.run_cron("ir_cron_send")
        self.assertFalse(outbox)
        self.assertNotSent(notice, state="in_doubt")
        self.assertTrue(notice.line_ids.is_live, "no second notice meanwhile")

    def test_a_sender_that_is_still_at_it_is_left_alone(self):
        notice = self.queue(self.by_mail())
        self.env.cr.execute(
            "UPDATE debitor_dunning_notice SET state = 'sending' WHERE id = %s", [notice.id]
        )
        notice.invalidate_recordset()
        with db_connect(self.env.cr.dbname).cursor() as sender:
            sender.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SENDING_LOCK, notice.id])
            self.run_cron("ir_cron_send")
        self.assertNotSent(notice, state="sending")

    def test_two_senders_never_take_the_same_notice(self):
        notice = self.queue(self.by_mail())
        with db_connect(self.env.cr.dbname).cursor() as other, self.mail_server() as outbox:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SENDING_LOCK, notice.id])
            self.run_cron("ir_cron_send")
        self.assertFalse(outbox)
        self.assertNotSent(notice, state="queued")

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_a_retried_transaction_does_not_send_again(self):
        notice = self.queue(self.by_mail())
        Line = self.env.registry["account.move.line"]
        apply, calls = Line._apply_notices, []

        def fail_once(lines, notices):
            calls.append(notices)
            if len(calls) == 1:
                lines.env.cr.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
            return apply(lines, notices)

        with (
            patch.object(Line, "_apply_notices", fail_once),
            patch("odoo.service.model.time.sleep"),
            self.mail_server() as outbox,
        ):
            self.run_cron("ir_cron_send")
        self.assertEqual((len(calls), len(outbox)), (2, 1))
        self.assertNotice(notice, state="sent")
        self.assertEqual(notice.line_ids.move_line_id.debitor_rank, 1)

    def test_a_doubt_is_resolved_by_a_person_who_knows_it_went_out(self):
        run = self.by_mail()
        with self.mail_server(smtplib.SMTPServerDisconnected("closed")):
            notice = self.send(run)
        notice.action_confirm_sent()
        self.assertNotice(notice, state="sent")
        self.assertEqual(notice.line_ids.move_line_id.debitor_rank, 1)
        self.assertIn(self.approver.name, notice.message_ids[:1].body)

    def test_a_doubt_is_resolved_by_sending_the_same_message_again(self):
        run = self.by_mail()
        with self.mail_server(smtplib.SMTPServerDisconnected("closed")) as first:
            notice = self.send(run)
        letter, text = notice.letter_id, notice.mail_message_id
        self.invoice(77)  # must not appear on what goes out again
        notice.action_send_again()
        with self.mail_server() as second:
            self.run_cron("ir_cron_send")
        self.assertNotice(notice, state="sent", total="100", is_resend=False)
        self.assertEqual(first[0]["Message-Id"], second[0]["Message-Id"])
        self.assertEqual((notice.letter_id, notice.mail_message_id), (letter, text))

    def test_a_broken_text_stops_one_notice_and_not_the_others(self):
        run = self.by_mail()
        other = self.make_customer("Good", dunning_procedure_id=self.make_procedure().id)
        self.invoice(partner=other)
        run.action_propose()
        self.env.cr.execute(
            "UPDATE debitor_dunning_level SET subject = %s WHERE id = %s",
            ['{"en_US": "{nonsense}"}', self.procedure.level_ids[0].id],
        )
        self.procedure.level_ids.invalidate_recordset()
        with mute_logger("odoo.addons.debitor_dunning.models.debitor_dunning_notice_sending"):
            notices = self.send(run)
        bad = notices.filtered(lambda one: one.partner_id == self.customer)
        self.assertNotSent(bad, state="failed")
        self.assertTrue(bad.activity_ids)
        self.assertEqual((notices - bad).state, "to_print")

    # -- once more -------------------------------------------------------------

    def bounced(self):
        run = self.by_mail()
        with self.mail_server():
            notice = self.send(run)
        notice.sudo()._message_receive_bounce("office@example.com", self.customer)
        return notice

    def test_a_blocked_customer_gets_nothing_once_more(self):
        notice = self.bounced()
        self.block(note="scratched")
        with self.mail_server() as outbox:
            notice.action_retry()
            self.run_cron("ir_cron_send")
        self.assertFalse(outbox)
        self.assertEqual(notice.state, "blocked")

    def test_a_cancelled_invoice_is_not_sent_once_more(self):
        notice = self.bounced()
        invoice = notice.line_ids.move_id
        invoice.button_draft()
        invoice.button_cancel()
        notice.action_send_as_letter()
        self.run_cron("ir_cron_send")
        self.assertEqual(notice.state, "settled")

    def test_the_letter_as_sent_survives_a_second_failure(self):
        notice = self.bounced()
        letter, sent_on = notice.letter_id, notice.sent_on
        notice.action_retry()
        with self.mail_server(smtplib.SMTPRecipientsRefused({"a": (550, b"no")})):
            self.run_cron("ir_cron_send")
        self.assertEqual(notice.state, "failed")
        notice.action_send_as_letter()
        with freeze_time("2026-03-25 12:00:00"):
            self.run_cron("ir_cron_send")
            notice.action_print()
        notice.invalidate_recordset()
        self.assertEqual((notice.letter_id, notice.sent_on), (letter, sent_on))

    def test_a_late_letter_does_not_lower_a_level(self):
        self.reset_procedure(self.procedure, levels=[(5, 3, ("email",)), (10, 3, ("email",))])
        item = self.item(self.invoice(days_overdue=30))
        first = self.dun(days_ago(16))
        self.dun(days_ago(1))
        self.assertEqual(item.debitor_rank, 2)
        first.sudo()._message_receive_bounce("office@example.com", self.customer)
        with self.mail_server():
            first.action_retry()
            self.run_cron("ir_cron_send")
        item.invalidate_recordset()
        self.assertEqual((first.state, item.debitor_rank), ("sent", 2))

    def test_what_is_paid_on_the_pile_is_not_printed(self):
        paid, blocked, left = (
            self.invoice(partner=self.make_customer(name)) for name in ("Paid", "Blocked", "Left")
        )
        notices = self.send(self.propose())
        self.pay(paid)
        self.block(partner_id=blocked.partner_id.id)
        notices.action_print()
        notices.invalidate_recordset()
        states = {notice.partner_id: notice.state for notice in notices}
        self.assertEqual(
            [states[one.partner_id] for one in (paid, blocked, left)],
            ["settled", "blocked", "sent"],
        )

    def test_a_mail_refused_first_is_kept_as_it_goes_out(self):
        run = self.by_mail()
        with self.mail_server(smtplib.SMTPRecipientsRefused({"a": (550, b"no")})):
            notice = self.send(run)
        self.pay(notice.line_ids.move_id, 40)
        notice.action_retry()
        with self.mail_server():
            self.run_cron("ir_cron_send")
        notice.invalidate_recordset()
        self.assertIn("60.00", notice.mail_message_id.body)
        self.assertEqual(notice.mail_message_id.attachment_ids, notice.letter_id)

    # -- what comes back -------------------------------------------------------

    def test_a_bounce_is_seen_at_the_notice_and_asks_a_person(self):
        run = self.by_mail()
        with self.mail_server():
            notice = self.send(run)
        notice.sudo()._message_receive_bounce("office@example.com", self.customer)
        self.assertNotice(notice, state="bounced")
        self.assertIn("office@example.com", notice.problem)
        self.assertTrue(notice.activity_ids)
        self.assertEqual(run.problem_count, 1)

    def test_after_a_bounce_a_letter_goes_and_the_mail_as_sent_is_kept(self):
        run = self.by_mail()
        with self.mail_server():
            notice = self.send(run)
        mail_letter = notice.letter_id
        notice.sudo()._message_receive_bounce("office@example.com", self.customer)
        notice.action_send_as_letter()
        self.run_cron("ir_cron_send")
        self.assertNotice(notice, state="to_print", channel="letter")
        self.assertTrue(mail_letter.exists())
        notice.action_print()
        notice.invalidate_recordset()
        self.assertEqual(notice.state, "sent")

    def test_a_bounced_notice_holds_its_items_until_a_person_decides(self):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("email",)), (20, 10, ("email",))])
        self.invoice(days_overdue=90)
        first = self.dun(days_ago(40))
        first.sudo()._message_receive_bounce("office@example.com", self.customer)
        run = self.propose()
        self.assertFalse(run.notice_ids)
        self.assertIn(first.name, run.skip_ids.reason)

        first.action_cancel()
        self.assertEqual(self.propose().notice_ids.rank, 1, "the level was set back")

    def test_a_bounce_proves_that_a_notice_in_doubt_went_out(self):
        notice = self.queue(self.by_mail()).sudo()
        notice._transition("sending")
        notice._after_doubt("the line broke")
        self.assertNotSent(notice, state="in_doubt")
        notice._message_receive_bounce("office@example.com", self.customer)
        self.assertNotice(notice, state="bounced")
        self.assertTrue(notice.sent_on)
        self.assertEqual(notice.line_ids.move_line_id.debitor_rank, 1)

    def test_a_due_date_moved_after_the_approval_takes_the_item_off(self):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("letter",))])
        invoice = self.invoice()
        run = self.propose()
        notice = self.queue(run)
        self.item(invoice).date_maturity = days_ago(-10)
        self.run_cron("ir_cron_send")
        self.assertNotice(notice, state="settled")

    def test_a_reprint_is_a_copy_and_changes_nothing(self):
        notice = self.send(self.propose_letter())
        notice.action_print()
        notice.invalidate_recordset()
        before = notice.read(["letter_id", "letter_sha256", "sent_on", "date", "state"])
        self.pay(notice.line_ids.move_id)
        with freeze_time("2026-04-15 12:00:00"):
            notice.action_print()
        notice.invalidate_recordset()
        self.assertEqual(notice.state, "sent")
        self.assertEqual(
            notice.read(["letter_id", "letter_sha256", "sent_on", "date", "state"]), before
        )

    def test_a_letter_as_sent_can_not_be_deleted_or_replaced(self):
        run = self.by_mail()
        with self.mail_server():
            notice = self.send(run)
        letter = notice.letter_id.with_user(self.manager)
        with self.assertRaisesNaming(Exception, notice.name):
            letter.unlink()
        with self.assertRaisesNaming(Exception, notice.name):
            letter.raw = b"%PDF other"
