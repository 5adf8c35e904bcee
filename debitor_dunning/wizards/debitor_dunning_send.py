from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError


class DebitorDunningSend(models.TransientModel):
    """Says what sending will do, before it is done."""

    _name = "debitor.dunning.send"
    _description = "Send Dunning Notices"

    run_id = fields.Many2one("debitor.dunning.run", required=True, ondelete="cascade")
    notice_ids = fields.Many2many("debitor.dunning.notice", compute="_compute_summary")
    summary = fields.Char(compute="_compute_summary")
    freshness_problem = fields.Char(compute="_compute_summary")
    credit_count = fields.Integer(
        compute="_compute_summary", string="Customers With Unallocated Credits"
    )
    unsent_count = fields.Integer(
        compute="_compute_summary", string="Notices About Invoices Never Sent"
    )
    unreachable_count = fields.Integer(
        compute="_compute_summary", string="Notices Without an Address"
    )
    next_sending_day = fields.Date(compute="_compute_summary")
    send_at_once = fields.Boolean(
        help="Don't wait for the next sending day of the procedure.",
    )

    @api.depends("run_id")
    def _compute_summary(self):
        for wizard in self:
            today = wizard.run_id.company_id._get_today()
            notices = wizard.run_id.notice_ids.filtered(lambda one: one.state == "approved")
            wizard.notice_ids = notices
            wizard.summary = wizard._get_summary(notices)
            wizard.freshness_problem = wizard.run_id._get_freshness_problem()
            wizard.credit_count = len(notices.filtered("amount_credit").partner_id)
            wizard.unsent_count = len(notices.filtered("has_unsent_invoice"))
            wizard.unreachable_count = len(notices.filtered(lambda one: not one.channel))
            days = {
                procedure._as_calendar().next_sending_day(today)
                for procedure in notices.procedure_id.sudo()
            }
            later = [day for day in days if day and day > today]
            wizard.next_sending_day = min(later, default=False)

    def _get_summary(self, notices):
        """Return e.g. «12 notices to 11 customers (8 by E-mail, 4 by Letter), together 23.40 €.»."""
        labels = dict(notices._fields["channel"]._description_selection(self.env))
        by_channel = Counter(notices.filtered("channel").mapped("channel"))
        parts = [
            self.env._("%(count)s by %(channel)s", count=count, channel=labels[channel])
            for channel, count in by_channel.items()
        ]
        amounts = [
            currency.format(sum(group.mapped("amount_due")))
            for currency, group in notices.grouped("currency_id").items()
        ]
        if len(notices) == 1:
            return self.env._(
                "1 notice to %(partner)s by %(channel)s, %(amount)s.",
                partner=notices.partner_id.display_name,
                channel=labels.get(notices.channel) or self.env._("no channel"),
                amount=amounts[0],
            )
        return self.env._(
            "%(notices)s notices to %(partners)s customers (%(channels)s), together %(amount)s.",
            notices=len(notices),
            partners=len(notices.partner_id),
            channels=", ".join(parts) or self.env._("no channel"),
            amount=" + ".join(amounts),
        )

    def action_open_bank(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "account.open_account_journal_dashboard_kanban"
        )

    def action_open_credits(self):
        return self._action_notices(self.notice_ids.filtered("amount_credit"))

    def action_open_unsent(self):
        return self._action_notices(self.notice_ids.filtered("has_unsent_invoice"))

    def action_open_unreachable(self):
        return self._action_notices(self.notice_ids.filtered(lambda one: not one.channel))

    def _action_notices(self, notices):
        return self.env["debitor.dunning.insight"]._action_notices([("id", "in", notices.ids)])

    def action_confirm(self):
        """Queue the approved notices."""
        self.ensure_one()
        if not self.notice_ids:
            raise UserError(
                self.env._(
                    "Run %s holds no approved notice. Approve first.", self.run_id.display_name
                )
            )
        self.notice_ids._check_approver()
        self.run_id._queue(self.notice_ids, at_once=self.send_at_once)
        return {"type": "ir.actions.act_window_close"}
