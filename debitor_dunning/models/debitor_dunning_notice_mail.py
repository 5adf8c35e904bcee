from odoo import models
from odoo.fields import Command
from odoo.tools.mail import generate_tracking_message_id


class DebitorDunningNotice(models.Model):
    """The notice as a message, and what becomes of that."""

    _inherit = "debitor.dunning.notice"

    def _prepare_email(self):
        """Return the EmailMessage of this notice, and keep it in the notice's history."""
        self.ensure_one()
        content = self.env["debitor.dunning.letter"]._render_mail(self)
        if not self.message_ref:
            self.message_ref = generate_tracking_message_id(f"{self.id}-{self._name}")
        email_from = self._get_email_from()
        reply_to = self._notify_get_reply_to(default=email_from)[self.id]
        attachments = self.letter_id | self._get_invoice_attachments()
        if not self.mail_message_id:
            self._keep_mail_message(content, email_from, reply_to, attachments)
        elif not self.is_resend:
            # The first attempt failed for sure: what is kept is what goes out now.
            self.mail_message_id.sudo().write(
                {
                    "body": content["html"],
                    "subject": content["subject"],
                    "partner_ids": [Command.set(self.recipient_id.ids)],
                    "attachment_ids": [Command.set(attachments.ids)],
                }
            )
        return (
            self.env["ir.mail_server"]
            .sudo()
            ._build_email__(  # closed to users
                email_from=email_from,
                email_to=[self.recipient_id.email_formatted],
                subject=content["subject"],
                body=content["html"],
                body_alternative=content["text"],
                subtype="html",
                subtype_alternative="plain",
                reply_to=reply_to,
                message_id=self.message_ref,
                attachments=[(one.name, one.raw, one.mimetype) for one in attachments],
                headers={
                    "X-Odoo-Objects": f"{self._name}-{self.id}",
                    "Auto-Submitted": "auto-generated",
                },
            )
        )

    def _keep_mail_message(self, content, email_from, reply_to, attachments):
        self.mail_message_id = (
            self.env["mail.message"]
            .sudo()  # a billing user may send, but not write messages in another's name
            .create(
                {
                    "model": self._name,
                    "res_id": self.id,
                    "message_type": "email_outgoing",
                    "subject": content["subject"],
                    "body": content["html"],
                    "author_id": (self.user_id or self.env.user).partner_id.id,
                    "email_from": email_from,
                    "reply_to": reply_to,
                    "message_id": self.message_ref,
                    "partner_ids": self.recipient_id.ids,
                    "attachment_ids": attachments.ids,
                    "subtype_id": self.env.ref("mail.mt_note").id,
                }
            )
        )

    def _get_email_from(self):
        self.ensure_one()
        user = self.user_id or self.approved_by_id or self.env.user
        return user.email_formatted or self.company_id.email_formatted

    def _get_invoice_attachments(self):
        """Return the invoices' PDF files, where the level wants them and they exist."""
        if not self.level_id.attach_invoices:
            return self.env["ir.attachment"]
        moves = self.line_ids.filtered("is_included").move_id
        return moves.sudo().invoice_pdf_report_id  # as the customer got them

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail
        result = super()._message_receive_bounce(email, partner)
        # What came back did go out, even where its sender died before it knew.
        known = self.filtered(lambda one: one.state == "in_doubt")._transition("sent")
        known._after_sent()
        for notice in self._transition("bounced"):
            problem = notice.env._("The mail to %s came back.", email or notice.recipient_id.email)
            notice.problem = problem
            notice._ask_person(notice.env._("Dunning notice bounced"), problem)
        return result
