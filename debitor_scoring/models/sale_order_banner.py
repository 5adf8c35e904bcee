from odoo import api, fields, models
from odoo.tools import format_date

from .debitor_credit_exposure import Exposure
from .debitor_score import ACCOUNTING_GROUPS, SCORE_GROUPS

# Colours only underline: letter and words stand beside them everywhere.
_TONES = {"a": "success", "b": "success", "c": "warning", "d": "danger", "e": "danger"}


class SaleOrder(models.Model):
    """The line above a quotation: class, reasons, sums, advice, and what waits."""

    _inherit = "sale.order"

    debitor_banner = fields.Json(
        compute="_compute_debitor_banner", exportable=False, groups=SCORE_GROUPS
    )

    @api.depends(
        "state", "partner_id", "partner_invoice_id", "company_id", "currency_id", "amount_total",
        "payment_term_id", "require_payment", "prepayment_percent", "debitor_hold_ids.state",
        "debitor_hold_ids.is_current",
    )  # fmt: skip
    @api.depends_context("lang", "uid")
    def _compute_debitor_banner(self):
        self.debitor_banner = False
        for company, orders in self.filtered("partner_id").grouped("company_id").items():
            if company:
                orders._fill_banners(company)

    def _fill_banners(self, company):
        debtors = {order: order._get_debtor()._origin for order in self}
        ids = {debtor.id for debtor in debtors.values()}
        exposures = self.env["debitor.credit.exposure"]._read(company, ids)
        texts = self.env["debitor.scoring.class"]._get_texts(company)
        last = self.browse(self._origin.ids)._read_last_holds()
        for order, debtor in debtors.items():
            order.debitor_banner = order._prepare_banner(
                debtor,
                exposures.get(debtor.id, Exposure()),
                texts,
                last.get(order._origin.id),
            )

    def _prepare_banner(self, debtor, exposure, texts, hold):
        """Return what the banner shows: words and sums ready to read, in the user's language."""
        self.ensure_one()
        warnings = self._get_banner_warnings(exposure, hold)
        is_released = bool(hold) and hold.state == "released" and not warnings
        return {
            "risk_class": exposure.risk_class,
            "letter": "–" if exposure.risk_class == "new" else exposure.risk_class.upper(),
            "label": texts.get(exposure.risk_class) or "",
            "tone": _TONES.get(exposure.risk_class, "secondary"),
            "is_released": is_released,
            "debtor": debtor.display_name if debtor != self.partner_id._origin else "",
            # Finance knew them and has decided: what counts now is that, and by whom.
            "reasons": [] if is_released else self._get_banner_reasons(exposure),
            "sums": self._get_banner_sums(exposure),
            "warnings": warnings,
            "warnings_lead": self._get_warnings_lead(),
            "hold": self._prepare_hold_banner(hold) if hold else False,
            "advice": self._prepare_advice_banner(exposure),
            "score_id": self.debitor_score_id.id,
            "may_open_items": self.env.user.has_groups(ACCOUNTING_GROUPS),
        }

    def _get_banner_reasons(self, exposure):
        if not self.debitor_score_id:
            return [self.env._("No payments of this customer are known yet.")]
        # Read past rules as the sums are; B shows the same on the customer.
        score = self.debitor_score_id.sudo()
        return score._get_reason_texts(limit=3)

    def _get_banner_sums(self, exposure):
        """Return the company's whole sums, whatever orders the user may read."""
        currency = self.company_id.currency_id
        sums = [
            {
                "key": "open",
                "label": self.env._("Open"),
                "text": currency.format(float(exposure.open)),
            },
            {
                "key": "overdue",
                "label": self.env._("Overdue"),
                "text": currency.format(float(exposure.overdue)),
                "tone": "danger" if exposure.overdue > 0 else "",
            },
        ]
        if exposure.ordered:
            label = self.env._("Ordered, not invoiced")
            sums.append(
                {"key": "ordered", "label": label, "text": currency.format(float(exposure.ordered))}
            )
        if exposure.limit is not None:
            label = self.env._("Left of the limit")
            text = self.env._(
                "%(available)s of %(limit)s",
                available=currency.format(float(exposure.available)),
                limit=currency.format(float(exposure.limit)),
            )
            tone = "danger" if not exposure.available else ""
            sums.append({"key": "limit", "label": label, "text": text, "tone": tone})
        return sums

    def _get_banner_warnings(self, exposure, hold):
        """Return why the order would wait, or should, before anybody confirms it."""
        if self.state not in ("draft", "sent") or self.company_id.debitor_hold_mode == "off":
            return []
        if hold and hold.state == "waiting":
            return []
        reasons = self.sudo()._get_hold_reasons(exposure, hold)
        new = self.env["debitor.credit.hold"].new(
            {"company_id": self.company_id.id, "reasons": reasons}
        )
        return new.sudo()._get_reason_texts()

    def _get_warnings_lead(self):
        if self.company_id.debitor_hold_mode == "hold":
            return self.env._("Confirmed now, this order waits for finance:")
        return self.env._("Mind:")

    def _prepare_hold_banner(self, hold):
        """Return what became of the order's hold."""
        leads = {
            "waiting": self.env._("On hold: finance decides"),
            "released": self.env._("Released by finance"),
            "refused": self.env._("Not released by finance"),
        }
        decision = ""
        if hold.decided_on:
            decision = self.env._(
                "by %(user)s on %(day)s: %(note)s",
                user=hold.decided_by_id.name,
                day=format_date(self.env, fields.Datetime.context_timestamp(self, hold.decided_on)),
                note=hold.note,
            )
        return {
            "state": hold.state,
            "lead": leads[hold.state],
            "texts": hold._get_reason_texts() if hold.state == "waiting" else [],
            "decision": decision,
            "can_decide": hold.state == "waiting" and hold.with_env(self.env)._may_decide(),
        }

    def action_explain_score(self):
        """Open the score with its explanation."""
        self.ensure_one()
        return self.debitor_score_id.action_explain()

    def action_open_debtor_items(self):
        """Open what the debtor owes, for those who may read it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Invoices of %s", self._get_debtor().display_name),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("commercial_partner_id", "=", self._get_debtor().id),
                ("company_id", "=", self.company_id.id),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            ],
            "context": {"create": False},
        }
