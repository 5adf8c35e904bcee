from datetime import timedelta

from dateutil.relativedelta import relativedelta
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..core.errors import ScoringError
from ..core.external import Report, to_band
from .debitor_credit_provider import SCALES

INTERESTS = [
    ("order", "An order that we would deliver on account"),
    ("relation", "Open items in a running business relation"),
    ("claim", "A claim that is overdue"),
]
# What changes the class of a customer; a change of anything else needs no new score.
_WATCHED = {"provider_id", "date", "value", "valid_until", "active"}
# For more customers than these nobody waits.
_AT_ONCE = 20


class DebitorCreditReport(models.Model):
    """What a credit agency said about a customer on a day.

    A report may cap the class by the visible rule of its scale (``core.external``) while it
    is valid; it never changes the own score.
    """

    _name = "debitor.credit.report"
    _description = "Credit Report"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    provider_id = fields.Many2one(
        "debitor.credit.provider",
        string="Agency",
        required=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    scale = fields.Selection(
        SCALES, compute="_compute_scale", store=True, precompute=True, required=True
    )
    date = fields.Date(
        string="Report Date",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._get_today(),
    )
    value = fields.Float(
        string="Index",
        required=True,
        tracking=True,
        aggregator=None,
        help="The number on the agency's own scale, as printed on the report.",
    )
    agency_class = fields.Char(
        string="Agency's Class", help="As the agency words it; shown, never computed with."
    )
    band = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"), ("e", "E")],
        compute="_compute_band",
        store=True,
        help="Where the value lies on the agency's scale. While the report is valid, the"
        " customer's class may be capped by it.",
    )
    amount_limit = fields.Monetary(
        string="Agency's Limit", help="The credit that the agency thinks right."
    )
    valid_until = fields.Date(
        compute="_compute_valid_until",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
    )
    reference = fields.Char(help="The agency's number of the company or of the report.")
    interest = fields.Selection(
        INTERESTS,
        string="Legitimate Interest",
        help="Why we may ask an agency (GDPR art. 6 (1) f).",
    )
    origin = fields.Selection(
        [("hand", "Entered by hand"), ("file", "Imported file"), ("agency", "Fetched from agency")],
        default="hand",
        required=True,
        readonly=True,
    )
    file = fields.Binary(string="PDF", attachment=True)
    filename = fields.Char()
    note = fields.Text()
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("valid", "Valid"), ("replaced", "Replaced"), ("expired", "Expired")],
        compute="_compute_state",
        search="_search_state",
    )

    _report_unique = models.UniqueIndex(
        "(company_id, partner_id, provider_id, date) WHERE active IS TRUE",
        "There is a report of this agency on this customer and day already.",
    )
    _valid_until_later = models.Constraint(
        "CHECK (valid_until >= date)", "A report can't expire before its own day."
    )

    # ------------------------------------------------------------------
    # Computed
    # ------------------------------------------------------------------

    @api.depends("provider_id")
    def _compute_scale(self):
        for report in self:
            report.scale = report.provider_id.scale

    @api.depends("provider_id", "date")
    def _compute_valid_until(self):
        for report in self:
            days = report.provider_id.validity_days
            report.valid_until = report.date and report.date + timedelta(days=days)

    @api.depends("scale", "value")
    def _compute_band(self):
        for report in self:
            try:
                report.band = report.scale and to_band(report.scale, report.value)
            except ScoringError:
                report.band = False  # the constraint says so

    @api.depends("date", "valid_until", "partner_id", "provider_id", "company_id", "active")
    def _compute_state(self):
        latest = self._read_latest_ids(self.company_id.ids, self.partner_id.ids)
        for report in self:
            today = (report.company_id or self.env.company)._get_today()
            if report.valid_until and report.valid_until < today:
                report.state = "expired"
            else:
                is_latest = not report._origin or report._origin.id in latest
                report.state = "valid" if is_latest else "replaced"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_today()
        latest = list(self._read_latest_ids(self.env.companies.ids))
        alive = Domain("valid_until", ">=", today)
        found = {
            "valid": alive & Domain("id", "in", latest),
            "replaced": alive & Domain("id", "not in", latest),
            "expired": Domain("valid_until", "<", today),
        }
        return Domain.OR(found[state] for state in value if state in found)

    @api.depends("partner_id", "provider_id", "date")
    def _compute_display_name(self):
        for report in self:
            day = format_date(self.env, report.date) if report.date else ""
            parts = (report.partner_id.name, report.provider_id.name, day)
            report.display_name = ", ".join(filter(None, parts)) if report.partner_id else ""

    @api.model
    def _read_latest_ids(self, company_ids, partner_ids=None):
        """Return the ids of the newest report of each agency on each customer, in one statement."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (company_id, partner_id, provider_id) id
                     FROM debitor_credit_report
                    WHERE active AND company_id = ANY(%s) AND %s
                 ORDER BY company_id, partner_id, provider_id, date DESC, id DESC""",
                list(company_ids),
                SQL("TRUE") if partner_ids is None else SQL("partner_id = ANY(%s)", partner_ids),
            )
        )
        return {id_ for [id_] in rows}

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("scale", "value")
    def _check_value(self):
        for report in self:
            try:
                to_band(report.scale, report.value)
            except ScoringError as error:
                scales = dict(self._fields["scale"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(value)s is no value of the scale «%(scale)s». Look at the report again,"
                        " or choose another agency.",
                        value=f"{report.value:g}",
                        scale=scales.get(report.scale, ""),
                    )
                ) from error

    @api.constrains("date")
    def _check_date(self):
        for report in self:
            if report.date > report.company_id._get_today():
                raise ValidationError(
                    self.env._(
                        "A report can't be of a later day than today: %s.",
                        format_date(self.env, report.date),
                    )
                )

    @api.constrains("partner_id", "company_id")
    def _check_person(self):
        for report in self:
            self._check_may_keep(report.company_id, report.partner_id)

    @api.model
    def _may_keep(self, company, partner):
        """Tell whether a company may keep reports on ``partner``: on persons only if set so."""
        # Past the rules on contacts: what is lawful doesn't depend on who asks.
        partner = partner.sudo().commercial_partner_id
        is_person = partner._get_debitor_party().is_consumer
        return not is_person or company.sudo().debitor_score_persons

    @api.model
    def _check_may_keep(self, company, partner):
        if not self._may_keep(company, partner):
            raise ValidationError(
                self.env._(
                    "%s is a private person, and reports on persons are switched off in this"
                    " company. Mark the customer as a company if it is one, or have reports on"
                    " persons switched on in the settings of the payment score.",
                    partner.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def get_empty_list_help(self, help_message):
        # EXTENDS base: only who may enter reports is invited to; actions are read by sudo
        if not self.sudo(False).has_access("create"):
            help_message = Markup('<p class="o_view_nocontent_smiling_face">%s</p><p>%s</p>') % (
                self.env._("No credit report yet"),
                self.env._(
                    "Reports may cap a customer's class. Whoever releases orders enters them:"
                    " hand them what an agency told you."
                ),
            )
        return super().get_empty_list_help(help_message)

    @api.model_create_multi
    def create(self, vals_list):
        reports = super().create([self._as_commercial(vals) for vals in vals_list])
        reports._tell_scores()
        return reports

    def write(self, vals):
        if vals.keys() & {"partner_id", "company_id"}:
            raise UserError(
                self.env._("A report stays with its customer: archive it and enter another one.")
            )
        result = super().write(vals)
        if _WATCHED & vals.keys():
            self._tell_scores()
        return result

    def unlink(self):
        pairs = {(one.company_id.id, one.partner_id.commercial_partner_id.id) for one in self}
        result = super().unlink()
        self.env["debitor.score.news"]._note(pairs)
        return result

    @api.model
    def _as_commercial(self, vals):
        """Reports are kept for the company that a contact belongs to."""
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        return vals | {"partner_id": partner.commercial_partner_id.id} if partner else vals

    def _tell_scores(self):
        """Let the scores of these customers be made anew: a few at once, many by the next run."""
        pairs = {(report.company_id, report.partner_id.commercial_partner_id) for report in self}
        if len(pairs) > _AT_ONCE:
            self.env["debitor.score.news"]._note(
                (company.id, partner.id) for company, partner in pairs
            )
            return
        for company, partner in pairs:
            # Who enters reports needs no right to write scores.
            self.env["debitor.score"].sudo()._recompute(company, partner.ids)

    # ------------------------------------------------------------------
    # For the rating
    # ------------------------------------------------------------------

    @api.model
    def _read_reports(self, company, partner_ids, date):
        """Return ``{commercial partner id: (core Report, …)}``: the newest valid one of each agency.

        One statement, past record rules: a class must not depend on who looks.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (partner.commercial_partner_id, report.provider_id)
                          partner.commercial_partner_id, provider.name, report.band,
                          report.date, report.valid_until
                     FROM debitor_credit_report report
                     JOIN res_partner partner ON partner.id = report.partner_id
                     JOIN debitor_credit_provider provider ON provider.id = report.provider_id
                    WHERE report.active AND report.company_id = %s AND report.date <= %s
                      AND partner.commercial_partner_id = ANY(%s)
                 ORDER BY partner.commercial_partner_id, report.provider_id,
                          report.date DESC, report.id DESC""",
                company.id,
                date,
                list(partner_ids),
            )
        )
        found = {}
        for partner_id, *row in rows:
            report = Report(*row)
            if report.is_valid(date):
                found.setdefault(partner_id, []).append(report)
        return {partner_id: tuple(reports) for partner_id, reports in found.items()}

    # ------------------------------------------------------------------
    # Retention
    # ------------------------------------------------------------------

    @api.autovacuum
    def _gc_reports(self):
        """Delete reports that expired longer ago than the company keeps scores."""
        for company in self.env["res.company"].search([("debitor_score_keep_months", ">", 0)]):
            limit = company._get_today() - relativedelta(months=company.debitor_score_keep_months)
            domain = [("company_id", "=", company.id), ("valid_until", "<", limit)]
            self.with_context(active_test=False).search(domain).unlink()
