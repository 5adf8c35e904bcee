from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError

from ..core.advice import ClassTerms, advise


class SaleOrder(models.Model):
    """Advice from class and limit, and the one click that follows it."""

    _inherit = "sale.order"

    def _get_advice(self, exposure):
        """Return the core's ``Advice`` for this order."""
        self.ensure_one()
        # Classes are settings of finance; what they recommend is for sales.
        classes = self.env["debitor.scoring.model"]._for(self.company_id).sudo().class_ids
        terms = {
            one.code: ClassTerms(
                one.payment_term_id.id or None,
                Decimal(str(round(one.prepayment_percent * 100, 4))),
                one.needs_release,
            )
            for one in classes
        }
        return advise(
            exposure.risk_class,
            terms,
            self.sudo()._get_credit_asked(),
            exposure.committed,
            exposure.limit,
        )

    def _prepare_advice_banner(self, exposure):
        """Return the advice with its buttons, or False where there is none to give."""
        self.ensure_one()
        if self.state not in ("draft", "sent"):
            return False
        advice = self._get_advice(exposure)
        if advice.kind == "none":
            return False
        vals = self._prepare_terms_vals(advice)
        return {
            "kind": advice.kind,
            "text": self._get_advice_text(advice),
            "apply": bool(vals) and self._get_apply_label(advice),
            "is_applied": not vals and advice.kind != "talk",
            "ask": advice.kind == "talk",
        }

    def _get_advice_text(self, advice):
        term = self.env["account.payment.term"].sudo().browse(advice.payment_term_id)
        facts = {"percent": f"{advice.prepayment_percent.normalize():f}", "term": term.name}
        if advice.kind == "talk":
            return self.env._("Talk to accounting before you confirm.")
        if advice.prepayment_percent and term:
            return self.env._("Ask for %(percent)s %% in advance, the rest «%(term)s».", **facts)
        if advice.prepayment_percent:
            return self.env._("Ask for %(percent)s %% in advance.", **facts)
        return self.env._("Agree on «%(term)s».", **facts)

    def _get_apply_label(self, advice):
        if advice.prepayment_percent:
            percent = f"{advice.prepayment_percent.normalize():f}"
            return self.env._("Propose %s %% prepayment", percent)
        return self.env._("Apply recommended terms")

    def _prepare_terms_vals(self, advice):
        """Return what following the advice changes on the order; empty if nothing."""
        self.ensure_one()
        vals = {}
        if advice.payment_term_id and self.payment_term_id.id != advice.payment_term_id:
            vals["payment_term_id"] = advice.payment_term_id
        share = float(advice.prepayment_percent) / 100
        if share and not (self.require_payment and self.prepayment_percent >= share):
            vals |= {"require_payment": True, "prepayment_percent": share}
        return vals

    def action_apply_debitor_terms(self):
        """Follow the advice: payment terms and prepayment, with a note that tells so."""
        for company, orders in self.grouped("company_id").items():
            ids = [order._get_debtor().id for order in orders]
            exposures = self.env["debitor.credit.exposure"]._read(company, ids)
            for order in orders:
                order._apply_advice(order._get_advice(exposures[order._get_debtor().id]))

    def _apply_advice(self, advice):
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("%s is confirmed: terms are agreed on before that.", self.name)
            )
        vals = self._prepare_terms_vals(advice)
        if vals:
            self.write(vals)
            self._message_log(
                body=self.env._(
                    "Terms recommended for the class applied: %s", self._get_terms_text()
                )
            )

    def _get_terms_text(self):
        parts = [self.payment_term_id.name] if self.payment_term_id else []
        if self.require_payment:
            percent = f"{self.prepayment_percent * 100:g}"
            parts.append(self.env._("%s %% prepayment", percent))
        return ", ".join(parts)

    def action_ask_accounting(self):
        """Ask finance to have a word about this order."""
        self.ensure_one()
        self.check_access("write")
        decider = self.company_id.sudo()._get_credit_decider()
        # An activity for somebody in finance, whom sales need not be allowed to read.
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Talk to %s about this order", self.env.user.name),
            user_id=decider.id or self.env.uid,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s has an activity now.", decider.name or ""),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # -- by themselves, where the company wants it so ---------------------------

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_payment_term_id(self):
        # EXTENDS sale
        result = super()._compute_payment_term_id()
        for order, class_ in self._get_classes_to_apply():
            if class_.payment_term_id:
                order.payment_term_id = class_.payment_term_id
        return result

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_require_payment(self):
        # EXTENDS sale
        result = super()._compute_require_payment()
        for order, class_ in self._get_classes_to_apply():
            if class_.prepayment_percent:
                order.require_payment = True
        return result

    @api.depends("partner_id", "partner_invoice_id")
    def _compute_prepayment_percent(self):
        # EXTENDS sale
        result = super()._compute_prepayment_percent()
        for order, class_ in self._get_classes_to_apply():
            if class_.prepayment_percent:
                order.prepayment_percent = class_.prepayment_percent
        return result

    def _get_classes_to_apply(self):
        """Return (order, class) of those whose company applies terms by themselves."""
        pairs = []
        for company, orders in self.grouped("company_id").items():
            if not company.sudo().debitor_apply_terms:
                continue
            found = orders._read_risks()
            classes = self.env["debitor.scoring.model"]._for(company).sudo()
            for order in orders:
                key = (order._get_invoiced_partner()._origin.id, company.id)
                risk_class = found.get(key, (None, None))[1]
                if risk_class:
                    pairs.append((order, classes._get_class(risk_class)))
        return pairs
