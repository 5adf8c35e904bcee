from markupsafe import Markup, escape
from odoo import SUPERUSER_ID, models


class DebitorCreditHold(models.Model):
    """Who is told what: finance by activity, sales by message, the customer nothing."""

    _inherit = "debitor.credit.hold"

    def _tell_finance(self):
        """Give finance an activity for each order, and note on the order that it waits."""
        for company, holds in self.grouped("company_id").items():
            decider = company._get_credit_decider()
            # A caller's context must not keep finance from being told.
            # As the system: whoever makes an activity may delete it.
            told = holds.with_user(SUPERUSER_ID).with_context(
                lang=decider.lang or self.env.lang, mail_activity_automation_skip=False
            )
            for hold in told:
                hold.activity_schedule(
                    "debitor_scoring.mail_activity_hold",
                    summary=hold.env._("Release %s?", hold.order_id.name),
                    note=hold._get_html_reasons(),
                    user_id=decider.id or False,
                )
        for hold in self:
            hold.order_id._message_log(body=hold._get_order_note())

    def _get_order_note(self):
        lead = self.env._("On hold: finance decides about this order.")
        if self.amount_paid:
            lead = self.env._(
                "On hold: finance decides about this order. The customer has paid %s already.",
                self.order_currency_id.format(self.amount_paid),
            )
        return self._as_html(lead)

    def _get_html_reasons(self):
        lead = ""
        if self.amount_paid:
            lead = self.env._(
                "The customer has paid %s already.",
                self.order_currency_id.format(self.amount_paid),
            )
        return self._as_html(lead)

    def _as_html(self, lead):
        """Return a lead and the reasons as a safe list."""
        items = Markup().join(
            Markup("<li>%s</li>") % escape(text) for text in self._get_reason_texts()
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (lead, items)

    def _tell_sales(self):
        """Tell the salesperson of an order that somebody else confirmed: it's on hold."""
        for hold in self:
            order = hold.order_id
            partner = order.user_id.partner_id
            if not partner or order.user_id == self.env.user:
                continue
            hold = hold.with_context(lang=order.user_id.lang)
            order.with_context(lang=order.user_id.lang).message_notify(
                partner_ids=partner.ids,
                subject=hold.env._("%s is on hold", order.name),
                body=hold._get_order_note(),
            )

    def _log_decision(self, text):
        """Note the decision on the orders, and tell who sells and who asked."""
        for hold in self.sudo():
            order = hold.order_id
            body = text % {"user": self.env.user.name, "note": hold.note}
            order._message_log(body=body, author_id=self.env.user.partner_id.id)
            asked = hold.requested_by_id.filtered(lambda user: not user.share and user.active)
            partners = (order.user_id | asked).partner_id - self.env.user.partner_id
            if partners:
                order.message_notify(
                    partner_ids=partners.ids,
                    author_id=self.env.user.partner_id.id,
                    subject=f"{order.name}: {hold._get_state_text()}",
                    body=body,
                )

    def _get_state_text(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _get_notification(self):
        """Return the action that tells whoever pressed «Confirm» which orders wait, and why."""
        texts = []
        for hold in self:
            reasons = " ".join(hold._get_reason_texts())
            texts.append(f"{hold.order_id.sudo().name}: {reasons}")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("On hold: finance decides"),
                "message": "\n".join(texts),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
