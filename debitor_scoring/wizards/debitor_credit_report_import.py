import base64
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..core.errors import ScoringError
from ..core.external import to_band
from ..tools.credit_report_file import Problem, read_report_file

# More reasons than these fill no dialog; who has mended them sees the next.
_SHOWN_PROBLEMS = 25


class DebitorCreditReportImport(models.TransientModel):
    """Takes credit reports from a CSV file, all of them or none."""

    _name = "debitor.credit.report.import"
    _description = "Import Credit Reports"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    provider_id = fields.Many2one(
        "debitor.credit.provider",
        string="Agency",
        domain="[('company_id', 'in', [False, company_id])]",
        help="For lines that name none.",
    )
    interest = fields.Selection(
        selection=lambda self: (
            self.env["debitor.credit.report"]._fields["interest"]._description_selection(self.env)
        ),
        string="Legitimate Interest",
        required=True,
        default="relation",
    )
    file = fields.Binary(string="CSV File", required=True, attachment=False)
    filename = fields.Char()

    def action_import(self):
        """Add the reports that are new; any line that can't be taken refuses the whole file.

        :raise UserError: names each such line with its reason
        """
        self.ensure_one()
        rows, problems = read_report_file(base64.b64decode(self.file))
        vals_list, known = [], 0
        if not any(problem.line < 2 for problem in problems):
            vals_list, known, more = self._prepare_reports(rows)
            problems += more
        if problems:
            raise UserError(self._get_refusal(problems))
        self.env["debitor.credit.report"].create(vals_list)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Credit reports: %(new)s new, %(known)s known before.",
                    new=len(vals_list),
                    known=known,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ------------------------------------------------------------------
    # From lines to reports
    # ------------------------------------------------------------------

    def _prepare_reports(self, rows):
        """Return values of new reports, how many are known, and what is wrong."""
        partners = self._find_partners(rows)
        providers = self._find_providers()
        existing = self._read_existing([id_ for ids in partners.values() for id_ in ids])
        today = self.company_id._get_today()
        vals_list, known, problems, seen = [], 0, [], {}
        # Read together, not line by line.
        everyone = self.env["res.partner"].browse({id_ for ids in partners.values() for id_ in ids})
        for row in rows:
            provider = providers.get(row.provider.casefold()) if row.provider else self.provider_id
            problem = self._find_problem(row, partners[row.line], everyone, provider, today)
            if problem is None:
                key = (partners[row.line][0], provider.id, row.day)
                value = existing.get(key)
                problem = self._find_clash(row, value, seen.setdefault(key, row.line))
            if problem:
                problems.append(problem)
            elif value is not None:
                known += 1
            else:
                vals_list.append(self._prepare_report_vals(row, key[0], provider))
        return vals_list, known, problems

    def _find_problem(self, row, partner_ids, everyone, provider, today):
        """Return what speaks against a line by itself, None if nothing does."""
        who = row.customer or row.vat or row.name
        if len(partner_ids) != 1:
            code = "several" if partner_ids else "unknown"
            return Problem(row.line, code, {"who": who, "count": len(partner_ids)})
        partner = everyone.browse(partner_ids).with_prefetch(everyone._prefetch_ids)
        if not self.env["debitor.credit.report"]._may_keep(self.company_id, partner):
            return Problem(row.line, "person", {"who": partner.display_name})
        if not provider:
            code = "agency" if row.provider else "no_agency"
            return Problem(row.line, code, {"text": row.provider})
        if row.day > today:
            return Problem(row.line, "future", {"day": row.day})
        try:
            to_band(provider.scale, float(row.value))
        except ScoringError:
            return Problem(row.line, "value", {"value": row.value, "agency": provider.name})
        return None

    def _find_clash(self, row, value, first_line):
        """Return why a line contradicts a report that is there, or an earlier line."""
        if first_line != row.line:
            return Problem(row.line, "twice", {"first": first_line})
        if value is not None and value != float(row.value):
            return Problem(row.line, "other", {"value": value, "day": row.day})
        return None

    def _prepare_report_vals(self, row, partner_id, provider):
        vals = {
            "company_id": self.company_id.id,
            "partner_id": partner_id,
            "provider_id": provider.id,
            "date": row.day,
            "value": float(row.value),
            "agency_class": row.agency_class,
            "amount_limit": float(row.amount_limit or 0),
            "reference": row.reference,
            "interest": self.interest,
            "origin": "file",
        }
        return vals | {"valid_until": row.valid_until} if row.valid_until else vals

    # ------------------------------------------------------------------
    # What the database knows
    # ------------------------------------------------------------------

    def _find_partners(self, rows):
        """Return ``{line: [commercial partner id, …]}``, three searches for all lines.

        A customer number decides alone; else the VAT number; else the name in full.
        """
        by_key = {name: self._search_partners(name, rows) for name in ("ref", "vat", "name")}
        found = {}
        for row in rows:
            texts = {"ref": row.customer, "vat": row.vat, "name": row.name}
            field = next(name for name, text in texts.items() if text)
            found[row.line] = sorted(by_key[field].get(_as_key(field, texts[field]), ()))
        return found

    def _search_partners(self, field, rows):
        attribute = {"ref": "customer"}.get(field, field)
        keys = {_as_key(field, text) for row in rows if (text := getattr(row, attribute))}
        if not keys:
            return {}
        domain = [
            (field, "!=", False),
            ("company_id", "in", [False, self.company_id.id]),
            ("is_company", "=", True) if field == "name" else ("id", "!=", False),
        ]
        Partner = self.env["res.partner"]
        query = Partner._search(domain)
        expression = {
            "ref": SQL("lower(btrim(res_partner.ref))"),
            "vat": SQL("upper(regexp_replace(res_partner.vat, '[^0-9A-Za-z]', '', 'g'))"),
            "name": SQL("lower(btrim(res_partner.name))"),
        }[field]
        query.add_where(SQL("%s = ANY(%s)", expression, list(keys)))
        by_key = defaultdict(set)
        for key, partner_id in self.env.execute_query(
            query.select(expression, SQL("res_partner.commercial_partner_id"))
        ):
            by_key[key].add(partner_id)
        return by_key

    def _find_providers(self):
        """Return the agencies by their name in lower case."""
        domain = [("company_id", "in", [False, self.company_id.id])]
        providers = self.env["debitor.credit.provider"].search(domain)
        return {provider.name.casefold(): provider for provider in providers}

    def _read_existing(self, partner_ids):
        """Return ``{(partner id, provider id, day): value}`` of the reports that are there."""
        reports = self.env["debitor.credit.report"].search_fetch(
            [("company_id", "=", self.company_id.id), ("partner_id", "in", partner_ids)],
            ["partner_id", "provider_id", "date", "value"],
        )
        return {
            (report.partner_id.id, report.provider_id.id, report.date): report.value
            for report in reports
        }

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def _get_refusal(self, problems):
        lines = [
            self._get_problem_text(problem)
            for problem in sorted(problems, key=lambda one: one.line)[:_SHOWN_PROBLEMS]
        ]
        more = len(problems) - len(lines)
        if more > 0:
            lines.append(self.env._("… and %s more lines.", more))
        return "\n".join([self.env._("Nothing was imported:"), *lines])

    def _get_problem_text(self, problem):
        text = self._get_problem_sentence(problem.code, problem.values)
        if not problem.line:
            return text
        return self.env._("Line %(line)s: %(problem)s", line=problem.line, problem=text)

    def _get_problem_sentence(self, code, values):
        texts = self._get_file_texts(values) | self._get_record_texts(values)
        return texts[code]()

    @api.model
    def _get_file_texts(self, values):
        """Return what can be wrong with the file itself, by code."""
        return {
            "long": lambda: self.env._(
                "The file is too long: %s lines at most. Divide it.", values["limit"]
            ),
            "quotes": lambda: self.env._("A quotation mark is opened and never closed."),
            "empty": lambda: self.env._("There is no report in the file."),
            "head": lambda: self.env._(
                "The head must name the columns «customer» (or «vat» or «name»), «date» and"
                " «value»; missing: %s.",
                ", ".join(values["missing"]),
            ),
            "nobody": lambda: self.env._("It names no customer."),
            "date": lambda: self.env._(
                "«%s» is no date: write 2026-03-18 or 18.03.2026.", values["text"]
            ),
            "backwards": lambda: self.env._(
                "It expires on %(until)s, before its own day %(day)s.",
                until=format_date(self.env, values["until"]),
                day=format_date(self.env, values["day"]),
            ),
            "number": lambda: self.env._("«%s» is no number.", values["text"]),
            "unclear": lambda: self.env._(
                "«%s» may be read in two ways: write it without separators of thousands.",
                values["text"],
            ),
        }

    @api.model
    def _get_record_texts(self, values):
        """Return what can be wrong between the file and our records, by code."""
        return {
            "unknown": lambda: self.env._(
                "No customer is «%s». Look at the customer number, or leave the line out.",
                values["who"],
            ),
            "several": lambda: self.env._(
                "%(count)s customers are «%(who)s». Give the customer number.",
                count=values["count"],
                who=values["who"],
            ),
            "person": lambda: self.env._(
                "%s is a private person; reports on persons are switched off in this company.",
                values["who"],
            ),
            "agency": lambda: self.env._(
                "No agency is called «%s». Look under Credit Agencies.", values["text"]
            ),
            "no_agency": lambda: self.env._("It names no agency, and none was chosen for all."),
            "future": lambda: self.env._(
                "%s is still to come.", format_date(self.env, values["day"])
            ),
            "value": lambda: self.env._(
                "%(value)s is no value of the scale of %(agency)s.",
                value=values["value"],
                agency=values["agency"],
            ),
            "twice": lambda: self.env._("It repeats line %s.", values["first"]),
            "other": lambda: self.env._(
                "There is a report of %(day)s with another index, %(value)s. Archive it first.",
                day=format_date(self.env, values["day"]),
                value=f"{values['value']:g}",
            ),
        }


def _as_key(field, text):
    """Return a text as the database compares it."""
    if field == "vat":
        return "".join(sign for sign in text if sign.isalnum()).upper()
    return text.strip().lower()
