from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from ...core.claims.base_rate import half_year_of, next_half_year
from ...core.claims.charges import ClaimKind

# Which of the shipped rules the law gives, by the company's country: business, consumer.
_RULES = {
    "DE": ("interest_rule_de_business", "interest_rule_de_consumer"),
    "AT": ("interest_rule_at_business", "interest_rule_at_private"),
    "CH": ("interest_rule_ch", "interest_rule_ch"),
}
_EU_RULES = ("interest_rule_eu", None)
_NO_RULES = (None, None)
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
    dunning_receipt_days = fields.Integer(
        string="Days Until Receipt",
        default=4,
        help="An invoice counts as received so many days after its date. From receipt and due"
        " date, the later of them, run the 30 days after which default begins (§ 286 (3) BGB)."
        " Authorities reckon with four days for a letter (§ 122 (2) AO, since 2025); enter 0 if"
        " all your invoices go out by e-mail on their date.",
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

    _dunning_receipt_days = models.Constraint(
        "CHECK (dunning_receipt_days >= 0)",
        "An invoice can't be received before its date: enter 0 days or more until receipt.",
    )

    @api.depends("country_id")
    def _compute_dunning_interest(self):
        for company in self:
            code = company.country_id.code
            business, consumer = (
                name and self.env.ref(f"debitor_dunning.{name}", raise_if_not_found=False)
                for name in _RULES.get(code, _EU_RULES if company._is_in_eu() else _NO_RULES)
            )
            company.dunning_interest_business_id = business
            company.dunning_interest_consumer_id = consumer
            company.dunning_is_due_agreed = code == "AT"

    def _is_in_eu(self):
        self.ensure_one()
        return "EU" in (self.country_id.country_group_codes or ())

    def _prepare_default_dunning_procedure_vals(self):
        # EXTENDS debitor_dunning: outside of the EU a fee is only owed where it was agreed
        vals = super()._prepare_default_dunning_procedure_vals()
        if not self._is_in_eu():  # art. 6 of directive 2011/7/EU
            for _command, _id, level in vals["level_ids"]:
                level["fee_business"] = 0.0
        return vals

    def _get_rate_warnings(self, day, run=None):
        """Return sentences about base rates that are needed up to a day and missing or unverified.

        :param run: its notices may need others: before a series begins, or by a contract
        """
        self.ensure_one()
        rules = self.dunning_interest_business_id | self.dunning_interest_consumer_id
        needed = self._read_missing_half_years(run) if run else set()
        sentences = []
        for series in sorted(filter(None, set(rules.mapped("series")))):
            known = self._read_rates(series, day)
            missing = self._find_gaps(known, day)
            needed.difference_update(missing)
            sentences += self._get_series_warnings(series, missing, known.get(half_year_of(day)))
        return sentences + [
            self.env._(
                "Notices need the base rate from %s, which is missing: the days of its half-year"
                " bear no interest.",
                format_date(self.env, first),
            )
            for first in sorted(needed)
        ]

    def _read_rates(self, series, day):
        """Return ``{first day of a half-year: its record}`` up to a day."""
        rates = self.env["debitor.base.rate"].sudo()  # the same for everybody
        domain = [("series", "=", series), ("half_year", "<=", day)]
        return {rate.half_year: rate for rate in rates.search(domain)}

    @api.model
    def _find_gaps(self, known, day):
        """Return the half-years without a value since a series begins, up to that of ``day``."""
        last = half_year_of(day)
        first, gaps = min(known, default=last), []
        while first <= last:
            if first not in known:
                gaps.append(first)
            first = next_half_year(first)
        return gaps

    def _get_series_warnings(self, series, missing, current):
        label = self.env["debitor.base.rate"]._get_series_label(series)
        sentences = []
        if missing:
            sentences.append(
                self.env._(
                    "The base rate from %(days)s is missing (%(series)s): the days of its half-year"
                    " bear no interest.",
                    days=", ".join(format_date(self.env, first) for first in missing),
                    series=label,
                )
            )
        if current and not current.is_verified:
            sentences.append(
                self.env._(
                    "The base rate from %(day)s, %(percent)s %%, is not verified yet (%(series)s).",
                    day=format_date(self.env, current.half_year),
                    percent=formatLang(self.env, current.percent),
                    series=label,
                )
            )
        return sentences

    @api.model
    def _read_missing_half_years(self, run):
        """Return the half-years that notices of a run need and found no base rate for."""
        run.notice_ids.flush_model(["claim_trace", "run_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT jsonb_array_elements_text(claim_trace->'missing')
                     FROM debitor_dunning_notice WHERE run_id = %s""",
                run.id,
            )
        )
        return {fields.Date.to_date(first) for [first] in rows}

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
