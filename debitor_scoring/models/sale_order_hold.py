import functools
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.debitor_dunning.tools.money import to_decimal
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.hold import needs_release
from .debitor_credit_exposure import Exposure
from .debitor_credit_hold import HOLD_STATES
from .debitor_score import SCORE_GROUPS

_TOTALS = ("amount_untaxed", "amount_tax", "amount_total")
# What turns an order to another debtor, or to another sum.
_TURNING = {"partner_id", "partner_invoice_id", "currency_id", "pricelist_id", "company_id"}


@dataclass(frozen=True, slots=True)
class HoldCheck:
    """Why an order has to wait: reasons as JSON, and what was known of its debtor."""

    reasons: list
    exposure: Exposure


class SaleOrder(models.Model):
    """Whatever confirms an order, ``action_confirm`` or a written state, asks here first."""

    _inherit = "sale.order"

    debitor_hold_ids = fields.One2many(
        "debitor.credit.hold", "order_id", string="Holds", groups=SCORE_GROUPS, copy=False
    )
    debitor_hold_id = fields.Many2one(
        "debitor.credit.hold", string="Last Hold", compute="_compute_debitor_hold",
        groups=SCORE_GROUPS,
    )  # fmt: skip
    debitor_hold_state = fields.Selection(
        HOLD_STATES, string="Finance Release", compute="_compute_debitor_hold",
        search="_search_debitor_hold_state", groups=SCORE_GROUPS,
    )  # fmt: skip

    # Computed and never stored: there is nothing to write by RPC, to import or to copy.
    @api.depends("debitor_hold_ids.state", "debitor_hold_ids.is_current")
    def _compute_debitor_hold(self):
        last = self.ids and self._read_last_holds()
        for order in self:
            hold = last.get(order._origin.id) if last else None
            order.debitor_hold_id = hold.id if hold else False
            order.debitor_hold_state = hold.state if hold else False

    def _read_last_holds(self):
        """Return ``{order id: hold}`` of the last hold that still says something."""
        # What an order waits for is seen by all who see the order.
        holds = self.env["debitor.credit.hold"].sudo()
        domain = Domain("order_id", "in", self.ids) & Domain("is_current", "=", True)
        return {hold.order_id.id: hold for hold in holds.search(domain, order="id")}

    @api.model
    def _search_debitor_hold_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["debitor.credit.hold"].flush_model(["order_id", "state", "is_current"])
        last = SQL(
            "SELECT DISTINCT ON (order_id) order_id, state FROM debitor_credit_hold"
            " WHERE is_current ORDER BY order_id, id DESC"
        )
        states = [state for state in value if state]
        held = SQL("(SELECT order_id FROM (%s) AS held WHERE state = ANY(%s))", last, states)
        found = Domain("id", "in", held)
        if False in value:
            found |= Domain("id", "not in", SQL("(SELECT order_id FROM (%s) AS held)", last))
        return found

    # -- the gate -------------------------------------------------------------

    def _register_hook(self):
        # EXTENDS base: the gate has to stand before what *every* addon does on confirming. In
        # the order of inheritance many (stock, loyalty, events, shop, mails) would come first
        # and deliver, redeem or thank for an order that waits.
        super()._register_hook()
        model_class = self.env.registry[self._name]
        if hasattr(vars(model_class).get("action_confirm"), "debitor_gate"):
            return
        confirm = model_class.action_confirm

        @functools.wraps(confirm)
        def action_confirm(self):
            return self._confirm_or_hold(confirm)

        action_confirm.debitor_gate = True
        model_class.action_confirm = action_confirm

    def _unregister_hook(self):
        # EXTENDS base
        result = super()._unregister_hook()
        model_class = self.env.registry[self._name]
        if hasattr(vars(model_class).get("action_confirm"), "debitor_gate"):
            del model_class.action_confirm
        return result

    def _confirm_or_hold(self, confirm):
        """Confirm what may go; what may not waits for finance, and whoever asked is told.

        :param confirm: how all addons together confirm
        :return: what they return, or an action that names the orders on hold
        """
        checks = self._check_release()
        if not checks:
            result = confirm(self)
            self._drop_holds(("waiting",))
            return result
        held = self.browse([order.id for order in checks])
        held.check_access("write")
        for order in held:
            problem = order._confirmation_error_message()
            if problem:
                raise UserError(problem)
        go = self - held
        if go:
            confirm(go)
            go._drop_holds(("waiting",))
        holds = self.env["debitor.credit.hold"]._hold(
            checks, is_by_customer=bool(self.env.context.get("send_email"))
        )
        return holds._get_notification()

    def _check_release(self, is_confirmed=False):
        """Return ``{order: HoldCheck}`` of those that finance has to release first.

        Orders of one debtor count one after the other, in the order of their making.

        :param is_confirmed: judge them although they are confirmed: their lines were raised,
            or somebody wrote the state
        """
        checks = {}
        # Which orders and entries the user may read must not decide what a debtor owes.
        orders = self.sudo()
        if not is_confirmed:
            orders = orders.filtered(lambda order: order.state in ("draft", "sent"))
            orders._recompute_totals()
        for company, judged in orders.grouped("company_id").items():
            if company.debitor_hold_mode == "hold":
                checks.update(judged._check_release_of(company))
        return {self.browse(id_): check for id_, check in checks.items()}

    def _recompute_totals(self):
        """Compute the totals of unconfirmed orders anew from their lines.

        They are stored, and whatever is stored can be written by RPC.
        """
        orders = self.filtered(lambda order: order.company_id.debitor_hold_mode == "hold")
        orders.order_line.mapped("tax_ids")  # at once; while computing they come line by line
        foreign = orders.filtered(lambda order: order.currency_id != order.company_id.currency_id)
        for records, names in (
            (foreign, ("currency_rate",)),
            (orders, _TOTALS),
            (orders.order_line, ("price_subtotal", "price_tax", "price_total")),
        ):
            for name in names:
                self.env.add_to_compute(records._fields[name], records)

    def _check_not_forged(self, vals):
        """Raise where somebody writes the total of a confirmed order, which counts as owed."""
        if self.env.su or not vals.keys() & {*_TOTALS, "currency_rate", "invoice_status"}:
            return
        for order in self:
            if order.state == "sale" and order.company_id.sudo().debitor_hold_mode == "hold":
                raise UserError(
                    self.env._("%s: totals follow from the lines; change those.", order.name)
                )

    def _check_release_of(self, company):
        """Return ``{order id: HoldCheck}`` of orders of one company."""
        debtors = {order.id: order._get_debtor().id for order in self}
        buyers = {order.id: order.partner_id.commercial_partner_id.id for order in self}
        # One limit for the legal entity, whichever of its branches sells.
        self.env["debitor.credit.line"]._claim(company.root_id, set(debtors.values()))
        exposures = self.env["debitor.credit.exposure"]._read(
            company, {*debtors.values(), *buyers.values()}, without_orders=self.ids
        )
        last = self._read_last_holds()
        checks = {}
        for order in self.sorted("id"):
            exposure = exposures[debtors[order.id]].with_buyer(exposures[buyers[order.id]])
            reasons = order._get_hold_reasons(exposure, last.get(order.id))
            if reasons:
                checks[order.id] = HoldCheck(reasons, exposure)
            else:
                exposures[debtors[order.id]] = exposure.plus_order(order._get_credit_asked())
        return checks

    def _get_hold_reasons(self, exposure, hold=None):
        """Return why the order needs a release, as JSON; empty lets it go."""
        self.ensure_one()
        released = self._get_released(hold)
        if (
            released is not None
            and self.currency_id.compare_amounts(self.amount_total, released) <= 0
        ):
            return []
        asked = self._get_credit_asked()
        if self.currency_id.compare_amounts(self._get_paid(), self.amount_total) >= 0:
            if not exposure.is_barred and not self.company_id.debitor_hold_paid:
                return []
            asked = self._to_company_currency(self.amount_total)
        found = needs_release(
            exposure.risk_class, exposure.needs_release, exposure.committed, asked, exposure.limit
        )
        reasons = [{"code": one.code, "values": dict(one.values)} for one in found]
        if reasons and released is not None:
            values = {"released": released, "currency_id": self.currency_id.id}
            reasons.append({"code": "raised", "values": values})
        return reasons

    def _get_released(self, hold):
        """Return up to which total finance released this order, or None.

        A release holds for the debtor and the currency that finance saw.
        """
        self.ensure_one()
        if (
            not hold
            or hold.state != "released"
            or hold.partner_id != self._get_debtor()
            or hold.order_currency_id != self.currency_id
        ):
            return None
        return hold.released_up_to

    def _get_debtor(self):
        """Return who will owe the money: the company behind the invoice address."""
        self.ensure_one()
        return (self.partner_invoice_id or self.partner_id).commercial_partner_id

    def _get_credit_asked(self):
        """Return what of the order is given on credit, in the company's currency.

        What was paid online and is booked already lowers the open sum, so it is not taken
        off here again.
        """
        self.ensure_one()
        return self._to_company_currency(self.amount_total - self._get_paid(only_unbooked=True))

    def _get_paid(self, only_unbooked=False):
        """Return what was paid online, in the order's currency whatever it was paid in."""
        self.ensure_one()
        today = self.company_id._get_today()
        return sum(
            tx.currency_id._convert(tx.amount, self.currency_id, self.company_id, today)
            for tx in self.sudo().transaction_ids
            if tx.state in ("authorized", "done") and not (only_unbooked and tx.payment_id)
        )

    def _to_company_currency(self, amount):
        company = self.company_id
        if self.currency_id == company.currency_id:
            rate = 1.0
        elif self.state in ("draft", "sent"):
            # Confirming sets the order's date, and with it the rate, to today's.
            rate = self.env["res.currency"]._get_conversion_rate(
                company.currency_id, self.currency_id, company, company._get_today()
            )
        else:
            rate = self.currency_rate
        rate = rate or 1.0
        return max(to_decimal(amount / rate, company.currency_id), Decimal(0))

    # -- other ways to a confirmed order ---------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS sale: an order that is imported as confirmed is made as a quotation and then
        # confirmed like any other, so that it can be held
        confirmed = [self._is_to_be_gated(vals) for vals in vals_list]
        if not any(confirmed):
            orders = super().create(vals_list)
            # A default of the user's own may have confirmed them.
            orders.filtered(lambda order: order.state == "sale")._refuse_unreleased()
            return orders
        orders = super().create(
            [
                {**vals, "state": "draft"} if gated else vals
                for vals, gated in zip(vals_list, confirmed, strict=True)
            ]
        )
        self.browse(
            [order.id for order, gated in zip(orders, confirmed, strict=True) if gated]
        ).with_context(default_state=False, send_email=False).action_confirm()
        for order, vals, gated in zip(orders, vals_list, confirmed, strict=True):
            if gated and order.state == "sale" and vals.get("date_order"):
                order.date_order = vals["date_order"]
        return orders

    @api.model
    def _is_to_be_gated(self, vals):
        state = vals.get("state", self.env.context.get("default_state"))
        company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
        return state == "sale" and company.sudo().debitor_hold_mode == "hold"

    def write(self, vals):
        # EXTENDS sale: a written state confirms as well, and a confirmed order can be turned
        # to another debtor
        self._check_not_forged(vals)
        becoming = self.browse()
        if vals.get("state") == "sale":
            becoming = self.filtered(lambda order: order.state != "sale")
        turned = self.browse()
        if vals.keys() & _TURNING:
            turned = self.filtered(lambda order: order.state == "sale")
        result = super().write(vals)
        if becoming:
            becoming._refuse_unreleased()
        if turned:
            turned._hold_confirmed()
        if vals.get("state") in ("cancel", "draft"):
            self._drop_holds(("waiting", "released", "refused"))
        return result

    def _refuse_unreleased(self):
        """Raise where orders became confirmed past the gate; the change is undone."""
        self.sudo()._recompute_totals()  # of every line, whoever may read it
        checks = self._check_release(is_confirmed=True)
        for order, check in checks.items():
            hold = self.env["debitor.credit.hold"].new(
                {"company_id": order.company_id.id, "reasons": check.reasons}
            )
            raise UserError(
                self.env._(
                    "%(order)s needs a release by finance: %(reasons)s Confirm it by «Confirm»:"
                    " then it waits on hold, and finance is asked.",
                    order=order.name,
                    reasons=" ".join(hold._get_reason_texts()),
                )
            )

    def _hold_confirmed(self):
        """Put confirmed orders that were raised, or turned to another debtor, on hold.

        They stay confirmed; until finance decides, nothing more should be delivered, see
        :meth:`_debitor_is_delivery_allowed`.
        """
        checks = self._check_release(is_confirmed=True)
        if checks:
            self.env["debitor.credit.hold"]._hold(checks)

    def _drop_holds(self, states):
        if not self:
            return
        # Nobody writes holds by hand; these have lost their order.
        holds = self.env["debitor.credit.hold"].sudo()
        domain = Domain("order_id", "in", self.ids) & Domain("state", "in", list(states))
        holds.search(domain & Domain("is_current", "=", True))._drop()

    def _debitor_is_delivery_allowed(self):
        """Return whether goods may leave for this order: a hook for stock and services.

        False while finance has to decide about the order, or has refused it.
        """
        self.ensure_one()
        hold = self._read_last_holds().get(self.id)
        return not hold or hold.state == "released"

    def _is_waiting_for_check(self):
        """Return whether the order waits, for the customer's page, where nothing else is said."""
        self.ensure_one()
        hold = self._read_last_holds().get(self.id)
        return bool(hold) and hold.state == "waiting"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """Keep orders about which finance decided: the decision is on record with them."""
        decided = self.env["debitor.credit.hold"].sudo()  # whoever deletes need not see holds
        domain = Domain("order_id", "in", self.ids) & Domain("decided_on", "!=", False)
        hold = decided.search(domain, limit=1)
        if hold:
            raise UserError(
                self.env._(
                    "Finance decided about %s; that stays on record. Cancel the order instead of"
                    " deleting it.",
                    hold.order_id.name,
                )
            )

    def action_view_hold(self):
        self.ensure_one()
        return self.debitor_hold_id._get_records_action()

    def action_release_hold(self):
        return self.debitor_hold_id.action_ask_release()

    def action_refuse_hold(self):
        return self.debitor_hold_id.action_ask_refuse()
