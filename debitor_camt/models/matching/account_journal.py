from odoo import fields, models

from ...core.matching import MatchRules
from ...tools.money import to_decimal


class AccountJournal(models.Model):
    _inherit = "account.journal"

    debitor_auto_book = fields.Boolean(
        string="Book Clear Payments",
        default=True,
        help="Payments that fit one way only, to the cent, are booked by themselves. Everything"
        " else is suggested.",
    )
    debitor_auto_limit = fields.Monetary(
        string="Book by Itself up to",
        currency_field="company_currency_id",
        help="Larger payments are suggested and wait for a person. Zero: no limit.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    debitor_difference_amount = fields.Monetary(
        string="Small Difference up to",
        currency_field="company_currency_id",
        help="A payment that is wrong by no more than this, and by no more than the percentage,"
        " settles its invoice; the difference goes to the account. Zero: never.",
    )
    debitor_difference_percent = fields.Float(string="And up to Percent", default=1.0)
    debitor_difference_account_id = fields.Many2one(
        "account.account", string="Account of Small Differences", check_company=True
    )
    debitor_charge_account_id = fields.Many2one(
        "account.account", string="Account of Bank Charges", check_company=True
    )
    debitor_discount_days = fields.Integer(
        string="Days of Grace for Discounts",
        default=3,
        help="A payment that comes this many days after the end of the discount still takes it.",
    )

    def _as_match_rules(self):
        """Return the core's ``MatchRules`` in the currency of the journal."""
        self.ensure_one()
        currency = self.currency_id or self.company_id.currency_id
        today = fields.Date.context_today(self)

        def convert(amount):
            converted = self.company_id.currency_id._convert(
                amount, currency, self.company_id, today
            )
            return to_decimal(converted, currency)

        account = self.debitor_difference_account_id
        return MatchRules(
            max_auto_amount=convert(self.debitor_auto_limit) if self.debitor_auto_limit else None,
            difference_amount=convert(self.debitor_difference_amount if account else 0),
            difference_percent=to_decimal(self.debitor_difference_percent, currency),
            discount_grace_days=self.debitor_discount_days,
        )
