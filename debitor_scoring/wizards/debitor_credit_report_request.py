import base64
import logging
from datetime import date

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.debitor_credit_report import INTERESTS

_logger = logging.getLogger(__name__)
_FOUND = ("reference", "name", "address")


class DebitorCreditReportRequest(models.TransientModel):
    """Asks an agency: first which company it is, then for its report."""

    _name = "debitor.credit.report.request"
    _description = "Fetch Credit Report"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        default=lambda self: (
            self.env.context.get("active_model") == "res.partner"
            and self.env.context.get("active_id")
        ),
    )
    provider_id = fields.Many2one(
        "debitor.credit.provider",
        string="Agency",
        required=True,
        domain="[('code', '!=', 'manual'), ('company_id', 'in', [False, company_id])]",
        default=lambda self: self.env["debitor.credit.provider"].search(
            [("code", "!=", "manual"), ("company_id", "in", [False, self.env.company.id])], limit=1
        ),
    )
    interest = fields.Selection(INTERESTS, string="Legitimate Interest", required=True)
    line_ids = fields.One2many(
        "debitor.credit.report.request.line", "request_id", string="Companies Found"
    )
    is_searched = fields.Boolean()

    def action_find(self):
        """Ask the agency which of its companies may be the customer."""
        self.ensure_one()
        self._check_allowed()
        partner = self.partner_id.commercial_partner_id
        found = self._ask(lambda: self.provider_id._find(partner))
        self.write(
            {
                "is_searched": True,
                "line_ids": [Command.clear()]
                + [Command.create({name: one.get(name, "") for name in _FOUND}) for one in found],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fetch Credit Report"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _fetch(self, reference):
        """Fetch the report on the agency's company ``reference``, and keep it."""
        self.ensure_one()
        self._check_allowed()
        partner = self.partner_id.commercial_partner_id
        data = self._ask(lambda: self.provider_id._fetch(partner, reference, self.interest))
        vals = self._prepare_report_vals(data, partner, reference)
        return self.env["debitor.credit.report"].create(vals)

    def _prepare_report_vals(self, data, partner, reference):
        """Return values of a report from what an agency sent, checked for what must be there.

        :raise UserError: no usable value or date
        """
        value, day = data.get("value"), data.get("date") or self.company_id._get_today()
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_day(day):
            raise UserError(
                self.env._(
                    "%s sent no index, or no date, with its report. Nothing was kept; report it"
                    " to whoever made the connection.",
                    self.provider_id.name,
                )
            )
        vals = {
            "company_id": self.company_id.id,
            "partner_id": partner.id,
            "provider_id": self.provider_id.id,
            "date": day,
            "value": float(value),
            "agency_class": data.get("agency_class") or "",
            "amount_limit": self._convert_limit(data, day),
            "reference": reference,
            "interest": self.interest,
            "note": data.get("note") or "",
            "origin": "agency",
        }
        if _is_day(data.get("valid_until")):
            vals["valid_until"] = data["valid_until"]
        if data.get("file"):
            default = self.env._("Credit report %s.pdf", format_date(self.env, day))
            vals["file"] = base64.b64encode(data["file"])
            vals["filename"] = data.get("filename") or default
        return vals

    def _convert_limit(self, data, day):
        """Return the agency's limit in the company's currency; 0 without one that we know."""
        limit, own = data.get("amount_limit"), self.company_id.currency_id
        name = data.get("currency") or own.name
        currency = self.env["res.currency"].search([("name", "=", name)], limit=1)
        if not limit or not currency:
            return 0
        return currency._convert(float(limit), own, self.company_id, day)

    def _check_allowed(self):
        Report = self.env["debitor.credit.report"]
        Report.check_access("create")
        Report._check_may_keep(self.company_id, self.partner_id)

    def _ask(self, question):
        """Return the agency's answer; whatever breaks in its connection is told, not raised."""
        try:
            return question()
        except UserError:
            raise
        except Exception as error:
            _logger.exception("Credit agency %s failed", self.provider_id.code)
            raise UserError(
                self.env._(
                    "%(agency)s could not be asked: %(error)s. Try again later, or enter the"
                    " report by hand.",
                    agency=self.provider_id.name,
                    error=str(error) or type(error).__name__,
                )
            ) from error


class DebitorCreditReportRequestLine(models.TransientModel):
    _name = "debitor.credit.report.request.line"
    _description = "Company Found by an Agency"

    request_id = fields.Many2one(
        "debitor.credit.report.request", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True)
    address = fields.Char(readonly=True)
    reference = fields.Char(string="Agency's Number", readonly=True)

    def action_fetch(self):
        """Fetch the report on this company and open it."""
        self.ensure_one()
        report = self.request_id._fetch(self.reference)
        return {
            "type": "ir.actions.act_window",
            "res_model": report._name,
            "res_id": report.id,
            "views": [(False, "form")],
        }

    @api.depends("name", "reference")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.name} ({line.reference})"


def _is_day(value):
    return type(value) is date
