from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from .debitor_scoring_class import RISK_CLASSES
from .hold_text import get_hold_sentence

# Deleted at once; what is left comes with the next round of the clean-up.
_BATCH = 1000
HOLD_STATES = [
    ("waiting", "Waiting for finance"),
    ("released", "Released"),
    ("refused", "Refused"),
    ("obsolete", "No longer needed"),
]


class DebitorCreditHold(models.Model):
    """One order that waited for a decision of finance: why, and who decided what.

    Nobody may write it directly, finance neither: ``action_release`` and ``action_refuse`` do,
    for those who may decide, and ``sale.order`` makes it. So it serves as the log as well.
    """

    _name = "debitor.credit.hold"
    _description = "Order on Hold"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, readonly=True, index=True,
        help="The company that would be invoiced.",
    )  # fmt: skip
    user_id = fields.Many2one(related="order_id.user_id", store=True, string="Salesperson")
    state = fields.Selection(
        HOLD_STATES, default="waiting", required=True, readonly=True, index=True, tracking=True
    )
    is_current = fields.Boolean(
        default=True, readonly=True, help="Off once the order was cancelled or the reason is gone."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        string="Order Total", currency_field="order_currency_id", readonly=True
    )
    amount_paid = fields.Monetary(
        string="Paid in Advance", currency_field="order_currency_id", readonly=True
    )
    amount_open = fields.Monetary(string="Open", readonly=True)
    amount_overdue = fields.Monetary(string="Overdue", readonly=True)
    amount_ordered = fields.Monetary(
        string="Ordered, Not Invoiced", readonly=True, help="By other confirmed orders."
    )
    credit_limit = fields.Monetary(readonly=True, help="As it was; 0 where none was set.")
    risk_class = fields.Selection(RISK_CLASSES, string="Class", readonly=True)
    reasons = fields.Json(readonly=True)
    reason_text = fields.Text(string="Why", compute="_compute_reason_text")
    is_by_customer = fields.Boolean(
        string="Confirmed by the Customer", readonly=True, help="By signature or payment online."
    )
    requested_by_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    note = fields.Char(string="Reason of the Decision", readonly=True, tracking=True)
    released_up_to = fields.Monetary(
        currency_field="order_currency_id",
        readonly=True,
        help="An order that is raised above this sum waits again.",
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_waiting_per_order = models.UniqueIndex("(order_id) WHERE state = 'waiting'")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for hold in self:
            hold.reason_text = "\n".join(hold._get_reason_texts())

    @api.depends_context("uid")
    def _compute_can_decide(self):
        may = self._may_decide()
        for hold in self:
            hold.can_decide = may and hold.state == "waiting"

    @api.depends("order_id", "partner_id")
    def _compute_display_name(self):
        for hold in self:
            # The name is no secret to who may read the hold, in whichever group.
            order = hold.order_id.sudo()
            hold.display_name = f"{order.name} · {hold.partner_id.sudo().name or ''}"

    def _get_reason_texts(self):
        """Return why the order waits, as sentences in the user's language."""
        self.ensure_one()
        return [
            get_hold_sentence(self.env, reason, self.currency_id) for reason in self.reasons or ()
        ]

    @api.model
    def _may_decide(self):
        return self.env.su or self.env.user.has_group("debitor_scoring.group_credit_release")

    # -- decisions of finance -------------------------------------------------

    def action_release(self, note=None, up_to=None):
        """Release the orders up to a sum, and confirm them.

        :param note: why, required
        :param up_to: in the order's currency; the order's total as it was asked for if empty
        :return: action that tells which orders wait again, or None
        """
        self._check_decision(note)
        for hold in self:
            hold._decide("released", note, released_up_to=up_to or hold.amount)
        self._log_decision()
        return self._confirm_released()

    def action_refuse(self, note=None):
        """Refuse the orders: they stay quotations, and their salespeople are told why."""
        self._check_decision(note)
        for hold in self:
            hold._decide("refused", note)
        self._log_decision()

    def action_ask_release(self):
        """Open the question «why?» before a release."""
        return self._ask("release")

    def action_ask_refuse(self):
        """Open the question «why?» before a refusal."""
        return self._ask("refuse")

    def _ask(self, decision):
        titles = {
            "release": self.env._("Release Order"),
            "refuse": self.env._("Refuse Order"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[decision],
            "res_model": "debitor.hold.release",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_hold_ids": [Command.set(self.ids)],
                "default_decision": decision,
            },
        }

    def _check_decision(self, note):
        """Raise unless the user may decide about these holds now, and says why."""
        if not self._may_decide():
            raise AccessError(
                self.env._(
                    "Only those who may release orders decide about «%s». Finance has an"
                    " activity for it; ask there.",
                    self[:1].display_name,
                )
            )
        self.check_access("read")
        if not (note or "").strip():
            raise UserError(self.env._("Say why: the salesperson reads it."))
        # Two of finance may decide at the same moment: the second is told.
        locked = self.sudo().try_lock_for_update()
        decided = self.filtered(lambda one: one.state != "waiting" or one not in locked)
        if decided:
            raise UserError(
                self.env._(
                    "Somebody else decides about «%s», or did so meanwhile. Reload the page.",
                    decided[0].display_name,
                )
            )

    def _decide(self, state, note, **vals):
        """Write a decision; nobody has the right to do so by hand."""
        self.sudo().write(
            {
                "state": state,
                "note": note.strip(),
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **vals,
            }
        )
        self.sudo().activity_feedback(["debitor_scoring.mail_activity_hold"], feedback=note)

    def _confirm_released(self):
        """Confirm the orders that were asked to be confirmed."""
        # Finance decides, and need not have the rights of sales, stock or projects that
        # confirming an order asks for; the salesperson or the customer had confirmed.
        for hold in self.sudo():
            order = hold.order_id
            if order.state not in ("draft", "sent"):
                continue
            if hold.is_by_customer:
                order = order.with_context(send_email=True)
            order.action_confirm()
            if order.state == "sale":
                order.transaction_ids._debitor_invoice_released()
        again = self.order_id.filtered(lambda order: order.debitor_hold_state == "waiting")
        return again.debitor_hold_id._get_notification() if again else None

    # -- made by orders -------------------------------------------------------

    @api.model
    def _hold(self, checks, is_by_customer=False):
        """Put orders on hold, or renew the hold they are on.

        :param checks: ``{order: HoldCheck}``
        :return: the holds
        """
        su = self.sudo()  # nobody may make holds by hand
        orders = self.env["sale.order"].union(*checks)
        waiting = {
            hold.order_id.id: hold
            for hold in su.search([("order_id", "in", orders.ids), ("state", "=", "waiting")])
        }
        new = [order for order in orders if order.id not in waiting]
        for order in orders - orders.browse([order.id for order in new]):
            waiting[order.id].write(self._prepare_facts(order, checks[order]))
        made = su.create(
            [
                {
                    **self._prepare_facts(order, checks[order]),
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "is_by_customer": is_by_customer,
                    "requested_by_id": self.env.uid,
                }
                for order in new
            ]
        )
        if is_by_customer:
            # A cart of the shop would otherwise be offered to the customer again.
            new_orders = made.order_id.filtered(lambda order: order.state == "draft")
            new_orders.with_context(tracking_disable=True).action_quotation_sent()
        made._tell_finance()
        made._tell_sales()
        orders.invalidate_recordset(["debitor_hold_id", "debitor_hold_state", "debitor_banner"])
        return (su.browse([hold.id for hold in waiting.values()]) | made).with_env(self.env)

    @api.model
    def _prepare_facts(self, order, check):
        """Return the values of what was known when the order was judged."""
        exposure = check.exposure
        order = order.sudo()
        return {
            "partner_id": order._get_debtor().id,
            "order_currency_id": order.currency_id.id,
            "amount": order.amount_total,
            "amount_paid": order.amount_paid,
            "amount_open": float(exposure.open),
            "amount_overdue": float(exposure.overdue),
            "amount_ordered": float(exposure.ordered),
            "credit_limit": float(exposure.limit or 0),
            "risk_class": exposure.risk_class,
            "reasons": check.reasons,
        }

    def _drop(self):
        """End holds whose order has no more use for them; what was decided stays on record."""
        if self:
            self.sudo().write({"is_current": False})
            waiting = self.sudo().filtered(lambda hold: hold.state == "waiting")
            waiting.write({"state": "obsolete"})
            waiting.activity_unlink(["debitor_scoring.mail_activity_hold"])

    @api.autovacuum
    def _gc_holds(self):
        """Delete holds that ended longer ago than each company keeps decisions (art. 5 (1) e GDPR).

        A refusal goes on keeping the goods of a confirmed order from leaving, see
        ``sale.order._debitor_is_delivery_allowed``.

        :return: how many were deleted, and whether there are more
        """
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & (
                Domain("decided_on", "<", day)
                | (Domain("state", "=", "obsolete") & Domain("write_date", "<", day))
            )
            for company, day in self.env["res.company"]._get_decision_limits().items()
        )
        still_refused = (
            Domain("state", "=", "refused")
            & Domain("is_current", "=", True)
            & Domain("order_id.state", "=", "sale")
        )
        # Nobody has the right to delete holds by hand.
        holds = self.sudo().search(domain & ~still_refused, limit=_BATCH)
        holds.unlink()
        return len(holds), len(holds) == _BATCH

    def action_open_order(self):
        self.ensure_one()
        return self.order_id._get_records_action()
