from odoo import api, fields, models
from odoo.tools import SQL


class DebitorCreditLine(models.Model):
    """One row for each debtor whose orders are checked against a limit.

    It holds no facts. Whoever checks an order writes the row first, so that of two orders
    confirmed at the same moment the second waits, fails on its old snapshot, is tried again by
    Odoo and then counts the first. A mere lock would not do: with repeatable reads the second
    would go on without seeing the first.
    """

    _name = "debitor.credit.line"
    _description = "Credit Line"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    checked_on = fields.Datetime(required=True)

    _one_per_debtor = models.UniqueIndex("(company_id, partner_id)")

    @api.model
    def _claim(self, company, partner_ids):
        """Let nobody else check orders of these debtors until this transaction ends."""
        if not partner_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO debitor_credit_line (company_id, partner_id, checked_on)
                     SELECT %s, one, NOW() AT TIME ZONE 'UTC'
                       FROM UNNEST(%s) AS one
                   ORDER BY one
                ON CONFLICT (company_id, partner_id)
                  DO UPDATE SET checked_on = EXCLUDED.checked_on
                """,
                company.id,
                sorted(partner_ids),
            )
        )
