from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)
_MODEL_NAME = _lt("Payment history")


class ResCompany(models.Model):
    _inherit = "res.company"

    debitor_score_persons = fields.Boolean(
        string="Score Private Persons",
        help="Off: only companies are scored. Before you switch it on, read the data-protection"
        " notes: it needs a legal basis, and information of those concerned.",
    )
    debitor_score_keep_months = fields.Integer(
        string="Keep Scores for Months",
        default=36,
        help="Monthly scores older than this are deleted each night; 0 keeps them for ever.",
    )

    debitor_decision_keep_years = fields.Integer(
        string="Keep Decisions for Years",
        default=3,
        help="Classes by hand, blacklist and insolvency that ended, and orders on hold that were"
        " decided, are deleted this long afterwards; 0 keeps them for ever.",
    )

    _decision_years_not_negative = models.Constraint(
        "CHECK (debitor_decision_keep_years >= 0)",
        "Decisions can't be kept for less than no year: enter 0 to keep them for ever.",
    )
    _score_months_not_negative = models.Constraint(
        "CHECK (debitor_score_keep_months >= 0)",
        "Scores can't be kept for less than no month: enter 0 to keep them for ever.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        companies = super().create(vals_list)
        companies._create_default_scoring_model()
        return companies

    def write(self, vals):
        # EXTENDS base
        result = super().write(vals)
        if "debitor_score_persons" in vals:
            for company in self:
                self.env["debitor.score"].sudo()._recompute_soon(company)
        return result

    @api.model
    def _get_decision_limits(self):
        """Return ``{company: day}`` before which decisions are deleted, of those that delete."""
        companies = self.search([("debitor_decision_keep_years", ">", 0)])
        return {
            company: fields.Date.subtract(
                company._get_today(), years=company.debitor_decision_keep_years
            )
            for company in companies
        }

    def _create_default_scoring_model(self):
        """Give companies the shipped model; a branch is scored by its parent's."""
        Model = self.env["debitor.scoring.model"].sudo()  # creating a company asks for no more
        for company in self.filtered(lambda one: not one.parent_id):
            if Model.search_count([("company_id", "=", company.id)], limit=1):
                continue
            model = Model.with_context(lang="en_US").create(
                {"name": Model._translate("en_US", _MODEL_NAME), "company_id": company.id}
            )
            languages = [code for code, _name in self.env["res.lang"].get_installed()]
            model.update_field_translations(
                "name", {lang: Model._translate(lang, _MODEL_NAME) for lang in languages}
            )
            model.write({"state": "active", "version": 1, "activated_on": company._get_today()})
