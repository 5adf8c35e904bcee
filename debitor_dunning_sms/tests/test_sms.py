from odoo.addons.debitor_dunning.tests.common import DunningCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSms(DunningCommon):
    def send_by_sms(self, **customer):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("sms", "email"))])
        self.invoice(partner=self.make_customer("Zweirad Schulz OHG", **customer))
        run = self.propose()
        self.queue(run)
        self.run_cron("ir_cron_send")
        return run.notice_ids

    def test_one_message_with_sum_and_deadline_is_queued(self):
        notice = self.send_by_sms(phone="+49 171 1234567")
        self.assertNotice(notice, state="sent", channel="sms")
        message = self.env["sms.sms"].search([("partner_id", "=", notice.recipient_id.id)])
        self.assertEqual(len(message), 1)
        self.assertIn(notice.line_ids.move_id.name, message.body)
        self.assertIn("100.00", message.body)
        self.run_cron("ir_cron_send")
        again = self.env["sms.sms"].search([("partner_id", "=", notice.recipient_id.id)])
        self.assertEqual(again, message)

    def test_without_a_phone_number_the_next_channel_is_taken(self):
        self.reset_procedure(self.procedure, levels=[(5, 10, ("sms", "email"))])
        self.invoice(partner=self.make_customer("Zweirad Schulz OHG", phone=False))
        notice = self.propose().notice_ids
        self.assertEqual(notice.channel, "email")
        self.assertIn("phone", notice.problem)
