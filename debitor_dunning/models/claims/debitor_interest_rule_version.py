from odoo import fields, models


class DebitorInterestRuleVersion(models.Model):
    """What a rule gives for debts that arose from a day on: a new law leaves old debts alone."""

    _name = "debitor.interest.rule.version"
    _description = "Version of a Default Interest Rule"
    _order = "rule_id, valid_from desc"
    _rec_name = "valid_from"

    rule_id = fields.Many2one(
        "debitor.interest.rule", required=True, ondelete="cascade", index=True
    )
    valid_from = fields.Date(
        string="Invoices From", required=True, help="Holds for invoices dated from this day on."
    )
    points = fields.Float(
        string="Percent or Points",
        digits=(8, 4),
        required=True,
        aggregator=None,
        help="Points above the base rate, or the whole rate where there is none.",
    )
    source = fields.Char(help="The law or contract that says so.")

    _valid_from_unique = models.UniqueIndex(
        "(rule_id, valid_from)", "A rule has one version for each day."
    )
