from decimal import Decimal

from odoo import fields, models

from ...core.claims.charges import LevelCharges
from ...tools.money import to_decimal


class DebitorDunningLevel(models.Model):
    _inherit = "debitor.dunning.level"

    has_interest = fields.Boolean(
        string="Claim Interest", help="Default interest up to the day of the letter."
    )
    has_interest_table = fields.Boolean(
        string="Enclose Interest Table",
        default=True,
        help="Add a page that shows how the interest was computed, for each item.",
    )
    fee_business = fields.Monetary(
        string="Fee for Businesses",
        help="Claimed once for each notice, if the customer was in default before it.",
    )
    fee_consumer = fields.Monetary(
        string="Fee for Consumers",
        help="Courts allow what the letter itself costs, about postage and paper, and nothing"
        " for the reminder that brings default about.",
    )
    has_lump_sum = fields.Boolean(
        string="Claim Lump Sum", help="Once for each late invoice, never from consumers."
    )

    _fees_positive = models.Constraint(
        "CHECK (COALESCE(fee_business, 0) >= 0 AND COALESCE(fee_consumer, 0) >= 0)",
        "A fee can't be negative.",
    )

    def _has_charges(self):
        self.ensure_one()
        return bool(
            self.has_interest or self.has_lump_sum or self.fee_business or self.fee_consumer
        )

    def _as_charges(self, company, currency, date):
        """Return the core's ``LevelCharges`` in the currency of a notice."""
        self.ensure_one()

        def convert(amount):
            converted = company.currency_id._convert(amount, currency, company, date)
            return to_decimal(converted, currency)

        return LevelCharges(
            fee_consumer=convert(self.fee_consumer),
            fee_business=convert(self.fee_business),
            lump_sum=convert(company.dunning_lump_sum) if self.has_lump_sum else Decimal(0),
        )
