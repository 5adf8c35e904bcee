from odoo import api, models
from odoo.tools import format_date


class DebitorDunningNotice(models.Model):
    _inherit = "debitor.dunning.notice"

    @api.model
    def _get_sms_problem(self, recipient):
        """Return why ``recipient`` can't get an SMS, or False."""
        if not recipient.phone:
            return self.env._("No phone number")
        if not recipient._phone_format(fname="phone"):
            return self.env._("«%s» is not a phone number", recipient.phone)
        return False

    def _send_by_sms(self, session):
        """Queue the SMS in the transaction that counts the notice as sent.

        Odoo's own SMS queue sends it from there, once; its failures show in the
        notice's history.
        """
        self._message_sms(
            self._get_sms_text(),
            partner_ids=self.recipient_id.ids,
            sms_pid_to_number={
                self.recipient_id.id: self.recipient_id._phone_format(fname="phone")
            },
            put_in_queue=True,
        )
        self._transition("sent")
        self._after_sent()
        self._commit()

    def _get_sms_text(self):
        """Return the level's subject with sum and deadline, in the recipient's language."""
        self.ensure_one()
        notice = self.with_context(lang=self.lang)
        values = {
            "subject": self.env["debitor.dunning.letter"]._render_mail(self)["subject"],
            "amount": notice.currency_id.format(notice.amount_total),
            "company": notice.company_id.name,
        }
        if not notice.deadline:
            return notice.env._("%(subject)s. Open: %(amount)s. %(company)s", **values)
        return notice.env._(
            "%(subject)s. Please pay %(amount)s by %(deadline)s. %(company)s",
            deadline=format_date(notice.env, notice.deadline),
            **values,
        )
