from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...core.claims.base_rate import half_year_of
from ...core.claims.charges import ClaimKind

# Which of the shipped rules the law gives, by the company's country: business, consumer.
_RULES = {
    "DE": ("interest_rule_de_business", "interest_rule_de_consumer"),
    "AT": ("interest_rule_at_business", "interest_rule_at_private"),
    "CH": ("interest_rule_ch", "interest_rule_ch"),
}
_EU_RULES = ("interest_rule_eu", None)
# Usual accounts of a chart: interest, fees and lump sums, lost debts, small rests.
_ACCOUNTS = {
    "de_skr03": ("2650", "2700", "2400", "2400"),
    "de_skr04": ("7100", "4830", "6930", "6930"),
}
_ACCOUNT_FIELDS = (
    "dunning_interest_account_id",
    "dunning_fee_account_id",
    "dunning_loss_account_id",
    "dunning_rest_account_id",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    dunning_interest_business_id = fields.Many2one(
        "debitor.interest.rule",
        string="Interest From Businesses",
        compute="_compute_dunning_interest",
        store=True,
        readonly=False,
    )
    dunning_interest_consumer_id = fields.Many2one(
        "debitor.interest.rule",
        string="Interest From Consumers",
        compute="_compute_dunning_interest",
        store=True,
        readonly=False,
    )
    dunning_lump_sum = fields.Monetary(
        string="Lump Sum",
        default=40.0,
        help="Claimed once for a late invoice where the level says so; never from consumers"
        " (§ 288 (5) BGB, § 458 UGB: 40 EUR).",
    )
    dunning_counts_payment_day = fields.Boolean(
        string="Interest for the Day of Payment",
        default=True,
        help="The day on which a payment comes in still bears interest on the old amount.",
    )
    dunning_warns_consumers = fields.Boolean(
        string="Invoices Warn Consumers",
        help="The invoices say that a consumer is in default 30 days after due date and"
        " receipt (§ 286 (3) BGB).",
    )
    dunning_is_due_agreed = fields.Boolean(
        string="Due Dates Are Agreed",
        compute="_compute_dunning_interest",
        store=True,
        readonly=False,
        help="Default begins with the due date, without a reminder: the days of payment are"
        " agreed with all customers (§ 286 (2) BGB), or the law has it so (§ 1334 ABGB). A date"
        " merely printed on the invoice is not agreed.",
    )
    dunning_claim_booking = fields.Selection(
        [
            ("none", "Not at all: they are only claimed"),
            ("notice", "When the notice goes out"),
            ("payment", "When they are paid"),
        ],
        string="Book Claims",
        default="none",
        required=True,
    )
    dunning_claim_journal_id = fields.Many2one(
        "account.journal", string="Journal of Claims", check_company=True
    )
    dunning_interest_account_id = fields.Many2one(
        "account.account", string="Account of Interest", check_company=True
    )
    dunning_fee_account_id = fields.Many2one(
        "account.account", string="Account of Fees and Lump Sums", check_company=True
    )
    dunning_claim_order = fields.Selection(
        [
            ("principal", "Invoices first, then costs and interest"),
            ("law", "Costs, interest, invoices (§ 367 BGB)"),
        ],
        string="Payments Cover",
        default="principal",
        required=True,
    )
    dunning_loss_account_id = fields.Many2one(
        "account.account", string="Account of Lost Debts", check_company=True
    )
    dunning_rest_account_id = fields.Many2one(
        "account.account", string="Account of Small Rests", check_company=True
    )
    dunning_limit_user = fields.Monetary(
        string="Write-off Limit of Those Who Propose",
        default=5.0,
        help="Up to this sum they may write off an invoice.",
    )
    dunning_limit_approver = fields.Monetary(
        string="Write-off Limit of Those Who Approve",
        default=500.0,
        help="Up to this sum they may write off an invoice; an administrator has no limit.",
    )

    @api.depends("country_id")
    def _compute_dunning_interest(self):
        for company in self:
            code = company.country_id.code
            business, consumer = (
                name and self.env.ref(f"debitor_dunning.{name}", raise_if_not_found=False)
                for name in _RULES.get(code, _EU_RULES)
            )
            company.dunning_interest_business_id = business
            company.dunning_interest_consumer_id = consumer
            company.dunning_is_due_agreed = code == "AT"

    def _get_rate_warnings(self, day):
        """Return sentences about base rates that are needed on a day and missing or unverified."""
        self.ensure_one()
        rules = self.dunning_interest_business_id | self.dunning_interest_consumer_id
        Rate = self.env["debitor.base.rate"]
        half_year = format_date(self.env, half_year_of(day))
        sentences = []
        for series in sorted(filter(None, set(rules.mapped("series")))):
            rate = Rate._get_on(series, day)
            label = Rate._get_series_label(series)
            if not rate:
                sentences.append(
                    self.env._(
                        "The base rate from %(day)s is missing (%(series)s): days since then bear"
                        " no interest.",
                        day=half_year,
                        series=label,
                    )
                )
            elif not rate.is_verified:
                sentences.append(
                    self.env._(
                        "The base rate from %(day)s, %(percent)s %%, is not verified yet"
                        " (%(series)s).",
                        day=half_year,
                        percent=f"{rate.percent:g}",
                        series=label,
                    )
                )
        return sentences

    def _suggest_claim_accounts(self):
        """Fill in what is empty of journal and accounts, as the company's chart has them."""
        for company in self:
            for name in ("dunning_claim_journal_id", *_ACCOUNT_FIELDS):
                company[name] = company._get_or_suggest(name)

    def _get_or_suggest(self, name):
        """Return the journal or account that is set, else the usual one of the chart."""
        self.ensure_one()
        if self[name]:
            return self[name]
        if name == "dunning_claim_journal_id":
            return self.env["account.journal"].search(
                [("company_id", "=", self.id), ("type", "=", "general")], limit=1
            )
        codes = dict(zip(_ACCOUNT_FIELDS, _ACCOUNTS.get(self.chart_template, ()), strict=False))
        return self._find_account(codes[name]) if name in codes else self[name]

    def _find_account(self, code):
        """Return the account whose code is ``code``, with trailing zeros or without."""
        self.ensure_one()
        accounts = self.env["account.account"].with_company(self)
        found = accounts.search(
            [("company_ids", "parent_of", self.id), ("code", "=like", f"{code}%")], order="code"
        )
        return found.filtered(lambda account: account.code.rstrip("0") == code.rstrip("0"))[:1]

    def _get_claim_account(self, kind):
        self.ensure_one()
        if kind == ClaimKind.INTEREST.value:
            return self.dunning_interest_account_id
        return self.dunning_fee_account_id

    def _check_claim_accounts(self):
        """Raise where claims can't be booked, and say where to mend it."""
        for company in self:
            if not (
                company.dunning_claim_journal_id
                and company.dunning_interest_account_id
                and company.dunning_fee_account_id
            ):
                raise UserError(
                    self.env._(
                        "Claims of %s can't be booked: choose journal and accounts under"
                        " Invoicing › Configuration › Settings › Dunning.",
                        company.name,
                    )
                )
