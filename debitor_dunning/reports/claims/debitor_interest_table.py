import io
from datetime import date
from decimal import Decimal

import xlsxwriter
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date, get_lang

from ...core.claims.change import ChangeKind
from ..letter_format import LetterFormat

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (22, 12, 12, 8, 14, 12, 12, 14, 60)
# What a language writes its dates with, in the words of a spreadsheet.
_DATE_PARTS = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm", "%B": "mmmm"}


class DebitorInterestTable(models.AbstractModel):
    """The table of default interest: for each claim days, principal, rates and interest."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _get_interest_tables(self, claims, form):
        """Return one dict for each claim, its rows ready to be shown."""
        reasons = dict(claims._fields["start_reason"]._description_selection(self.env))
        periods = claims._get_periods()
        texts = self._get_change_texts()
        return [
            {
                "claim": claim,
                "label": claim.move_id.name or "",
                "notice": claim.notice_id.name,
                "currency": claim.currency_id.name,
                "start": form.date(claim.start_date),
                "reason": reasons.get(claim.start_reason, ""),
                "received": form.date(claim.received_date),
                "rule": claim.rule_id.name or "",
                "original": self._get_original(rows, form),
                "rows": [self._prepare_interest_period(row, form, texts) for row in rows],
                "ended_by": self._prepare_changes(rows[-1:], "ended_by", form, texts),
                "total": form.number(claim.interest_total),
                "before": form.number(claim.amount - claim.interest_total)
                if claim.currency_id.compare_amounts(claim.amount, claim.interest_total)
                else "",
                "amount": form.number(claim.amount),
                "is_verified": all(row["is_verified"] for row in rows),
            }
            for claim, rows in periods.items()
        ]

    @api.model
    def _prepare_interest_period(self, row, form, texts):
        return row | {
            "changes": self._prepare_changes([row], "changes", form, texts),
            "first_text": form.date(date.fromisoformat(row["first"])),
            "last_text": form.date(date.fromisoformat(row["last"])),
            "days_text": f"{row['days']}/{row['year']}",
            "principal_text": form.number(float(row["principal"])),
            "base_text": "" if row["base"] is None else form.percent(row["base"]),
            "percent_text": form.percent(row["percent"]),
            "interest_text": form.digits(float(row["interest"]), 4),
        }

    @api.model
    def _get_original(self, rows, form):
        """Return what was owed before anything lowered it, where a table begins with less."""
        changes = rows[0].get("changes") if rows else ()
        if not changes:
            return ""
        taken = sum(Decimal(change["amount"]) for change in changes)
        return form.number(float(Decimal(rows[0]["principal"]) + taken))

    @api.model
    def _get_change_texts(self):
        """Return ``{kind of change: sentence}``, translated once for all rows."""
        return {
            ChangeKind.PAYMENT.value: self.env._("Payment of %(day)s, %(number)s"),
            ChangeKind.CREDIT_NOTE.value: self.env._("Credit note of %(day)s, %(number)s"),
            ChangeKind.ENTRY.value: self.env._("Entry of %(day)s, %(number)s"),
        }

    @api.model
    def _prepare_changes(self, rows, key, form, texts):
        """Return texts and amounts of what lowered the principal, as ``as_json`` keeps it.

        Claims of earlier versions kept nothing of it.
        """
        return [
            {
                "text": texts[change["kind"]]
                % {
                    "day": form.date(date.fromisoformat(change["day"])),
                    "number": change["number"],
                },
                "amount": form.number(-float(change["amount"])),
            }
            for row in rows
            for change in row.get(key, ())
        ]

    @api.model
    def _render_interest_pdf(self, claims, lang=None):
        """Return the tables of these claims as the bytes of a PDF file."""
        claims = self._localize_claims(claims, lang)
        letter = self.with_env(claims.env)
        values = {
            "document_lang": claims.env.lang.replace("_", "-"),
            "company": claims.company_id,
            "date": format_date(claims.env, claims.company_id._get_today()),
            "groups": [
                {
                    "partner": partner,
                    "currency": currency,
                    "tables": letter._get_interest_tables(own, LetterFormat(claims.env, currency)),
                    "total": LetterFormat(claims.env, currency).amount(sum(own.mapped("amount"))),
                }
                for (partner, currency), own in claims.grouped(
                    lambda claim: (claim.partner_id, claim.currency_id)
                ).items()
            ],
        }
        html = str(self.env["ir.qweb"]._render("debitor_dunning.debitor_interest_report", values))
        return self._print_html(html)

    @api.model
    def _localize_claims(self, claims, lang):
        companies = claims.company_id
        if len(companies) != 1:
            raise UserError(self.env._("Choose claims for interest of one company."))
        claims.check_access("read")
        code = get_lang(self.env, lang or self.env.lang).code
        # Past the rules on contacts: the table is the same whoever makes it.
        return claims.sudo().with_company(companies).with_context(lang=code)

    @api.model
    def _render_interest_xlsx(self, claims):
        """Return the tables of these claims as the bytes of a workbook, with real numbers."""
        claims = self._localize_claims(claims, None)
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
            # What a customer is called must never become a formula.
            sheet = book.add_worksheet(self.env._("Interest"))
            formats = {
                "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
                "bold": book.add_format({"bold": True}),
                "date": book.add_format({"num_format": _get_date_format(claims.env)}),
                "money": book.add_format({"num_format": "#,##0.00"}),
                "sum": book.add_format({"num_format": "#,##0.00", "bold": True, "top": 1}),
                "percent": book.add_format({"num_format": "0.00"}),
                "fine": book.add_format({"num_format": "#,##0.0000"}),
            }
            for column, width in enumerate(_WIDTHS):
                sheet.set_column(column, column, width)
            row = 0
            for claim, periods in claims._get_periods().items():
                row = self._write_interest_table(sheet, formats, row, claim, periods)
        return target.getvalue()

    @api.model
    def _write_interest_table(self, sheet, formats, row, claim, periods):
        """Write one table and return the first free row below it."""
        title = f"{claim.partner_id.display_name} · {claim.move_id.name} · {claim.currency_id.name}"
        sheet.write_string(row, 0, title, formats["bold"])
        for column, head in enumerate(self._get_interest_heads()):
            sheet.write_string(row + 1, column, head, formats["head"])
        row += 2
        form, texts = LetterFormat(claim.env, claim.currency_id), self._get_change_texts()

        def explain(line, key):
            changes = self._prepare_changes([line], key, form, texts)
            return "; ".join(f"{one['text']}: {one['amount']}" for one in changes)

        for period in periods:
            sheet.write_string(row, 0, claim.move_id.name or "")
            sheet.write_datetime(row, 1, date.fromisoformat(period["first"]), formats["date"])
            sheet.write_datetime(row, 2, date.fromisoformat(period["last"]), formats["date"])
            sheet.write_number(row, 3, period["days"])
            sheet.write_number(row, 4, float(period["principal"]), formats["money"])
            if period["base"] is not None:
                sheet.write_number(row, 5, float(period["base"]), formats["percent"])
            sheet.write_number(row, 6, float(period["percent"]), formats["percent"])
            sheet.write_number(row, 7, float(period["interest"]), formats["fine"])
            sheet.write_string(row, 8, explain(period, "changes"))
            row += 1
        if periods and periods[-1].get("ended_by"):
            sheet.write_string(row, 0, claim.move_id.name or "")
            sheet.write_number(row, 4, 0, formats["money"])
            sheet.write_string(row, 8, explain(periods[-1], "ended_by"))
            row += 1
        before = claim.amount - claim.interest_total
        if not claim.currency_id.is_zero(before):
            sheet.write_string(row, 0, self.env._("Claimed or settled before"))
            sheet.write_number(row, 7, before, formats["money"])
            row += 1
        sheet.write_string(row, 0, self.env._("Interest claimed"), formats["bold"])
        sheet.write_number(row, 7, claim.amount, formats["sum"])
        return row + 2

    @api.model
    def _get_interest_heads(self):
        return (
            self.env._("Invoice"),
            self.env._("From"),
            self.env._("To"),
            self.env._("Days"),
            self.env._("Principal"),
            self.env._("Base rate %"),
            self.env._("Rate %"),
            self.env._("Interest"),
            self.env._("Principal lowered by"),
        )

    @api.model
    def _offer_interest(self, claims, kind):
        """Return the download of the tables as ``pdf`` or ``xlsx``; the file serves this only."""
        if not claims._get_periods():
            raise UserError(self.env._("There is no interest among these claims."))
        is_pdf = kind == "pdf"
        render = self._render_interest_pdf if is_pdf else self._render_interest_xlsx
        return self._offer_file(
            self.env._("Interest table") + f".{kind}",
            render(claims),
            "application/pdf" if is_pdf else _XLSX,
        )


def _get_date_format(env):
    """Return the date format of the language as a spreadsheet writes it."""
    pattern = get_lang(env).date_format
    for part, sign in _DATE_PARTS.items():
        pattern = pattern.replace(part, sign)
    return "yyyy-mm-dd" if "%" in pattern else pattern
