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
                lang=decider.lang or self.env.lang,
                mail_activity_automation_skip=False,
                mail_activity_quick_update=True,  # the mail of _ask_decider says more
            )
            for hold in told:
                hold.activity_schedule(
                    "debitor_scoring.mail_activity_hold",
                    summary=hold.env._("Release %s?", hold.order_id.name),
                    note=hold._get_html_reasons(),
                    user_id=decider.id or False,
                )
            if decider - self.env.user and not self.env.context.get("mail_activity_quick_update"):
                told._ask_decider(decider, self.env.user)
        for hold in self:
            hold.order_id._message_log(body=hold._get_order_note())

    def _ask_decider(self, decider, asking):
        """Mail to who decides, with all that the decision needs; a reply goes to sales.

        :param asking: the user who confirmed; a customer has nobody's address to offer
        """
        for hold in self:
            seller = hold.order_id.user_id or (decider if asking.share else asking)
            total = hold.order_currency_id.format(hold.amount)
            hold.message_notify(
                partner_ids=decider.partner_id.ids,
                author_id=seller.partner_id.id,
                email_from=hold._get_sender(seller),
                subject=hold.env._(
                    "Release? %(order)s, %(total)s", order=hold.display_name, total=total
                ),
                body=hold._get_question(total),
                model_description=hold.env["ir.model"]._get(hold._name).display_name,
                email_layout_xmlid="mail.mail_notification_layout",
            )

    def _get_question(self, total):
        """Return what finance is asked: which order, why it waits, what the customer owes."""
        currency = self.currency_id
        sums = self.env._(
            "%(open)s are open, %(overdue)s of them overdue; ordered and not invoiced: %(ordered)s.",
            open=currency.format(self.amount_open),
            overdue=currency.format(self.amount_overdue),
            ordered=currency.format(self.amount_ordered),
        )
        who = self.env._("The customer") if self.is_by_customer else self.requested_by_id.name
        lead = self.env._(
            "%(who)s confirmed %(order)s over %(total)s. It waits for your decision:",
            who=who,
            order=self.display_name,
            total=total,
        )
        paid = self._get_paid_text()
        return self._as_html(lead) + Markup("<p>%s</p>") % " ".join(filter(None, [sums, paid]))

    def _get_paid_text(self):
        if not self.amount_paid:
            return ""
        return self.env._(
            "The customer has paid %s already.", self.order_currency_id.format(self.amount_paid)
        )

    def _get_order_note(self):
        lead = self.env._("On hold: finance decides about this order.")
        if self.amount_paid:
            lead = self.env._(
                "On hold: finance decides about this order. The customer has paid %s already.",
                self.order_currency_id.format(self.amount_paid),
            )
        return self._as_html(lead)

    def _get_html_reasons(self):
        return self._as_html(self._get_paid_text())

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
            decider = hold.company_id._get_credit_decider()
            hold = hold.with_context(lang=order.user_id.lang)
            hold._notify_about_order(
                partner,
                # Whoever confirmed may be the customer: questions go to who decides.
                decider or self.env.user,
                hold.env._("On hold: %s", hold.display_name),
                hold._get_order_note(),
            )

    def _log_decision(self):
        """Note the decision on the orders, and tell who sells and who asked, in their languages."""
        for hold in self.sudo():
            hold.order_id._message_log(
                body=hold._get_decision_text(), author_id=self.env.user.partner_id.id
            )
            asked = hold.requested_by_id.filtered(lambda user: not user.share and user.active)
            told = (hold.order_id.user_id | asked) - self.env.user
            for lang, users in told.grouped("lang").items():
                told_hold = hold.with_context(lang=lang or self.env.lang)
                told_hold._notify_about_order(
                    users.partner_id,
                    self.env.user,
                    f"{told_hold._get_state_text()}: {hold.display_name}",
                    told_hold._get_decision_note(),
                )

    def _notify_about_order(self, partners, author, subject, body):
        """Mail to people of the house about the order; a reply goes to ``author``."""
        self.order_id.message_notify(
            partner_ids=partners.ids,
            author_id=author.partner_id.id,
            email_from=self._get_sender(author),
            subject=subject,
            body=body,
        )

    def _get_sender(self, user):
        """Return the address of a user, else the company's: without one no mail goes out."""
        return user.email_formatted or self.company_id.email_formatted

    def _get_decision_text(self):
        """Return the decision as one sentence."""
        values = {"user": self.decided_by_id.name, "note": self.note}
        if self.state == "released":
            return self.env._("Released by %(user)s: %(note)s", **values)
        return self.env._("Not released by %(user)s: %(note)s", **values)

    def _get_decision_note(self):
        """Return the decision with what it means for the order, and what it was about."""
        total = self.order_currency_id.format(self.amount)
        is_quotation = self.order_id.state in ("draft", "sent")
        if self.state == "released" and is_quotation:
            next_step = self.env._("The order over %s is confirmed with that.", total)
        elif self.state == "released":
            next_step = self.env._("The order, confirmed before and now over %s, goes on.", total)
        elif is_quotation:
            next_step = self.env._("The order over %s stays a quotation.", total)
        else:
            next_step = self.env._(
                "The order, confirmed before and now over %s, must not be delivered as it is.",
                total,
            )
        lead = Markup("%s</p><p>%s %s") % (
            self._get_decision_text(),
            next_step,
            self.env._("It had waited because:"),
        )
        return self._as_html(lead)

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
