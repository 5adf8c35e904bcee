from decimal import Decimal

from odoo import fields, models

from ...core.claims.interest import DayCount, InterestRule


class DebitorInterestRule(models.Model):
    """How high default interest is: by law, or by contract."""

    _name = "debitor.interest.rule"
    _description = "Default Interest Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    series = fields.Selection(
        lambda self: (
            self.env["debitor.base.rate"]._fields["series"]._description_selection(self.env)
        ),
        string="Base Rate",
        help="Empty: the rate is fixed.",
    )
    day_count = fields.Selection(
        [
            (DayCount.ACT_365.value, "Days of 365"),
            (DayCount.ACT_366.value, "Days of the year, 366 in leap years"),
            (DayCount.THIRTY_360.value, "Months of 30 days, 360 a year"),
        ],
        default=DayCount.ACT_365.value,
        required=True,
    )
    version_ids = fields.One2many("debitor.interest.rule.version", "rule_id", copy=True)

    def _as_interest_rules(self):
        """Return ``[(first day of invoices it holds for, core InterestRule), …]``, newest first."""
        self.ensure_one()
        series = self.env["debitor.base.rate"]._get_series(self.series) if self.series else None
        return [
            (
                version.valid_from,
                InterestRule(Decimal(str(version.points)), series, DayCount(self.day_count)),
            )
            for version in self.version_ids.sorted("valid_from", reverse=True)
        ]
