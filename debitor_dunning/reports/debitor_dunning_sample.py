from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.misc import get_lang

# Invoices of the made-up notice: days overdue more than the level asks for, amount, paid.
_ITEMS = ((16, 1483.20, 0.0), (0, 892.50, 400.0))
_CREDIT = -119.0
_TERM = timedelta(days=14)


class DebitorDunningSample(models.AbstractModel):
    """A made-up notice, to try a level's texts on; nothing of it is stored."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _get_sample(self, level, lang=None, party="business"):
        """Return a notice at ``level`` that exists only in memory.

        :param party: ``business`` or ``consumer``: whom it is addressed to
        """
        code = get_lang(self.env, lang).code
        letter = self.with_context(lang=code)
        level = level.with_context(lang=code)
        company = level.company_id or self.env.company
        today = fields.Date.context_today(level)
        partner = letter._new_sample_partner(company, party)
        notice = letter.env["debitor.dunning.notice"].new(
            {
                "name": f"ML/{today.year}/0042/0007",
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "partner_id": partner,
                "recipient_id": partner,
                "lang": code,
                "procedure_id": level.procedure_id.id,
                "level_id": level.id,
                "rank": level.rank,
                "date": today,
                "user_id": (level.procedure_id.responsible_id or self.env.user).id,
                "line_ids": [
                    Command.create(vals) for vals in letter._prepare_sample_lines(level, today)
                ],
            }
        )
        notice.update(
            {
                "deadline": notice._get_deadline(level, today),
                "amount_total": sum(notice.line_ids.mapped("amount_residual")),
                "oldest_due": min(filter(None, notice.line_ids.mapped("date_maturity"))),
            }
        )
        return notice

    @api.model
    def _new_sample_partner(self, company, party):
        return self.env["res.partner"].new(self._prepare_sample_partner(company, party))

    @api.model
    def _prepare_sample_partner(self, company, party):
        return {
            "name": self.env._("Maria Sample"),
            "company_name": party == "business" and self.env._("Sample Ltd."),
            "ref": "10042",
            "street": self.env._("1 Sample Street"),
            "zip": "12345",
            "city": self.env._("Sampletown"),
            "country_id": company.country_id.id,
            "email": "maria@example.com",
        }

    @api.model
    def _prepare_sample_lines(self, level, today):
        """Return values of two overdue invoices and a credit note."""
        lines = [
            {
                "level_id": level.id,
                "rank": level.rank,
                "is_included": True,
                "is_credit": False,
                "days_overdue": level.days_after_due + more_days,
                "date_maturity": today - timedelta(days=level.days_after_due + more_days),
                "amount_total": amount,
                "amount_residual": amount - paid,
            }
            for more_days, amount, paid in _ITEMS
        ]
        lines.append(
            {
                "is_included": True,
                "is_credit": True,
                "date_maturity": today,
                "amount_total": _CREDIT,
                "amount_residual": _CREDIT,
            }
        )
        for number, line in enumerate(lines, start=17):
            line["currency_id"] = level.currency_id.id
            line["move_id"] = self.env["account.move"].new(
                {
                    "name": f"{'RG' if line['is_credit'] else 'RE'}/{today.year}/{number:05d}",
                    "move_type": "out_refund" if line["is_credit"] else "out_invoice",
                    "invoice_date": line["date_maturity"] - _TERM,
                    "company_id": level.company_id.id,
                }
            )
        return lines
