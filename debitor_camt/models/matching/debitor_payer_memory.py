from odoo import api, fields, models
from odoo.tools import SQL

from ...core.matching import normalise_name

# How many customers one IBAN or name may pay for before it counts as shared.
SHARED_FROM = 3


class DebitorPayerMemory(models.Model):
    """Who pays from an IBAN or under a name, as persons confirmed it."""

    _name = "debitor.payer.memory"
    _description = "Known Payer"
    _order = "partner_id, kind, value"
    _rec_name = "value"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer or Vendor",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection([("iban", "IBAN"), ("name", "Name")], required=True, readonly=True)
    value = fields.Char(required=True, readonly=True)
    count = fields.Integer(string="Matches", readonly=True)
    last_date = fields.Date(string="Last Seen", readonly=True)

    _value_once = models.UniqueIndex(
        "(company_id, kind, value, partner_id)", "A payer is remembered once for each partner."
    )

    @api.model
    def _learn(self, facts, count=1):
        """Remember, or with ``count=-1`` take back, what matches say about payers.

        :param facts: ``[(company id, partner id, IBAN, name, date)]``; IBAN and name may be empty
        """
        rows = [
            (company_id, partner_id, kind, value, day)
            for company_id, partner_id, iban, name, day in facts
            for kind, value in (("iban", iban), ("name", normalise_name(name or "")))
            if value
        ]
        for company_id, partner_id, kind, value, day in sorted(rows):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO debitor_payer_memory
                              (company_id, partner_id, kind, value, count, last_date)
                       VALUES (%s, %s, %s, %s, %s, %s)
                  ON CONFLICT (company_id, kind, value, partner_id) DO UPDATE
                          SET count = debitor_payer_memory.count + %s,
                              last_date = greatest(debitor_payer_memory.last_date, %s)""",
                    company_id,
                    partner_id,
                    kind,
                    value,
                    max(count, 0),
                    day,
                    count,
                    day,
                )
            )
        self.env.cr.execute("DELETE FROM debitor_payer_memory WHERE count <= 0")
        self.invalidate_model()

    def action_forget(self):
        """Forget payers; the next payment is matched as if it were their first."""
        self.check_access("unlink")
        self.unlink()
