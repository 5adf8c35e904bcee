from odoo import api, fields, models
from odoo.tools import SQL

from .debitor_score import SCORE_GROUPS
from .debitor_scoring_class import RISK_CLASSES


class SaleOrder(models.Model):
    """The class of who will owe the money, in lists and forms."""

    _inherit = "sale.order"

    debitor_score_id = fields.Many2one(
        "debitor.score", string="Payment Score", compute="_compute_debitor_risk",
        groups=SCORE_GROUPS,
    )  # fmt: skip
    debitor_risk_class = fields.Selection(
        RISK_CLASSES, string="Risk Class", compute="_compute_debitor_risk",
        search="_search_debitor_risk_class", groups=SCORE_GROUPS,
    )  # fmt: skip

    debitor_score_text = fields.Char(
        string="Class in Words", compute="_compute_debitor_risk", groups=SCORE_GROUPS
    )

    @api.depends("partner_id", "partner_invoice_id", "company_id")
    @api.depends_context("lang")
    def _compute_debitor_risk(self):
        found = self._read_risks()
        for order in self:
            key = (order._get_invoiced_partner()._origin.id, order.company_id.id)
            score_id, risk_class, text = found.get(key, (False, False, False))
            order.debitor_score_id = score_id
            order.debitor_risk_class = risk_class
            order.debitor_score_text = text

    def _get_invoiced_partner(self):
        self.ensure_one()
        return self.partner_invoice_id or self.partner_id

    def _read_risks(self):
        """Return ``{(partner id, company id): (score id, class, words)}``, in one statement.

        Straight from the tables: a list of orders must not cost a statement for the invoice
        addresses that it doesn't show, nor some for what the classes are called. Who sees an
        order sees its class; the fields have groups.
        """
        partner_ids = {order._get_invoiced_partner()._origin.id for order in self} - {False}
        if not partner_ids:
            return {}
        self.env["debitor.score"].flush_model(["partner_id", "risk_class", "model_id"])
        self.env["debitor.scoring.class"].flush_model(["code", "label", "model_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, score.company_id, score.id, score.risk_class,
                       COALESCE(class.label ->> %s, class.label ->> 'en_US')
                  FROM res_partner partner
                  JOIN debitor_score score ON score.partner_id = partner.commercial_partner_id
             LEFT JOIN debitor_scoring_class class
                    ON class.model_id = score.model_id AND class.code = score.risk_class
                 WHERE partner.id = ANY(%s)
                   AND score.company_id = ANY(%s)
                """,
                self.env.lang or "en_US",
                list(partner_ids),
                self.company_id.ids,
            )
        )
        return {
            (partner_id, company_id): (score_id, code, self._get_class_text(code, label))
            for partner_id, company_id, score_id, code, label in rows
        }

    @api.model
    def _get_class_text(self, code, label):
        """Return letter and words as ``debitor.scoring.class`` has them, «C · often pays late»."""
        if not label:
            return dict(RISK_CLASSES)[code]
        return label if code == "new" else f"{code.upper()} · {label}"

    @api.model
    def _search_debitor_risk_class(self, operator, value):
        return [("partner_invoice_id.debitor_risk_class", operator, value)]
