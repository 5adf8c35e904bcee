from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.debitor_scoring.models.debitor_score import SCORE_GROUPS
from odoo.addons.debitor_scoring.models.debitor_scoring_class import RISK_CLASSES


class CrmLead(models.Model):
    """How the customer of an opportunity pays, and when its money would come."""

    _inherit = "crm.lead"

    debitor_risk_class = fields.Selection(
        RISK_CLASSES, string="Risk Class", compute="_compute_debitor_risk",
        search="_search_debitor_risk_class", groups=SCORE_GROUPS,
    )  # fmt: skip
    debitor_score_text = fields.Char(
        string="Class in Words", compute="_compute_debitor_risk", groups=SCORE_GROUPS
    )
    debitor_payment_date = fields.Date(
        string="Payment Expected", compute="_compute_debitor_risk", groups=SCORE_GROUPS,
        help="Expected closing, plus the customer's payment terms, plus the delay that their"
        " payments so far let expect.",
    )  # fmt: skip

    @api.depends("partner_id", "company_id", "date_deadline")
    @api.depends_context("company", "lang")
    def _compute_debitor_risk(self):
        for company, leads in self.grouped(lambda one: one.company_id or self.env.company).items():
            scores = self.env["debitor.score"]._for(leads.partner_id, company)
            texts = self.env["debitor.scoring.class"]._get_texts(company)
            for lead in leads:
                # Fields on a lead are for sales, the score behind them as well.
                score = scores.get(lead.partner_id.commercial_partner_id.id)
                score = score and score.sudo()
                lead.debitor_risk_class = score.risk_class if score else False
                lead.debitor_score_text = texts.get(score.risk_class) if score else False
                lead.debitor_payment_date = lead._get_payment_date(company, score)

    def _get_payment_date(self, company, score):
        """Return when the money of this opportunity would come, or False.

        Invoiced on the expected closing; of a customer who is not rated, on the due date.
        """
        self.ensure_one()
        if not self.date_deadline or not self.partner_id:
            return False
        # Which terms a customer has is no secret to sales, though the field is accounting's.
        partner = self.partner_id.sudo().with_company(company)
        lines = partner.property_payment_term_id.line_ids
        dues = [line._get_due_date(self.date_deadline) for line in lines]
        # Holidays are kept with the dunning procedure, which sales may not read.
        calendar = company.sudo()._get_dunning_calendar()
        due = calendar.next_working_day(max(dues, default=self.date_deadline))
        is_rated = bool(score) and score.risk_class != "new"
        return due + timedelta(days=score.expected_days if is_rated else 0)

    @api.model
    def _search_debitor_risk_class(self, operator, value):
        return [("partner_id.debitor_risk_class", operator, value)]
