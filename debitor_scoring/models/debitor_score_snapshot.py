from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .debitor_score import ACCOUNTING_GROUPS
from .debitor_scoring_class import RISK_CLASSES


class DebitorScoreSnapshot(models.Model):
    """What a score was in a month: history, migration, and proof of what was known."""

    _name = "debitor.score.snapshot"
    _description = "Payment Score by Month"
    _order = "date desc, id desc"
    _rec_name = "month_name"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    month_name = fields.Char(string="Month and Year", compute="_compute_month_name")
    date = fields.Date(required=True, readonly=True, help="Day of the last score in the month.")
    score = fields.Float(readonly=True, digits=(5, 1), aggregator="avg")
    risk_class = fields.Selection(RISK_CLASSES, string="Class", required=True, readonly=True)
    probability_late = fields.Float(readonly=True, aggregator="avg")
    probability_severe = fields.Float(readonly=True, aggregator="avg")
    expected_days = fields.Integer(readonly=True, aggregator="avg")
    # Sales see what a customer owes, not what all customers together did month by month.
    amount_open = fields.Monetary(readonly=True, groups=ACCOUNTING_GROUPS)
    amount_overdue = fields.Monetary(readonly=True, groups=ACCOUNTING_GROUPS)

    _one_per_month = models.UniqueIndex("(company_id, partner_id, month)")
    _by_month = models.Index("(company_id, month)")

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for snapshot in self:
            snapshot.month_name = format_date(self.env, snapshot.month, date_format="LLL yyyy")

    @api.model
    def _take(self, company, day, partner_ids=None):
        """Keep the present scores as those of the month of ``day``, in one statement."""
        Score = self.env["debitor.score"]
        Score.flush_model()
        reader = self.env["debitor.scoring.reader"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO debitor_score_snapshot (
                          company_id, partner_id, month, date, score, risk_class,
                          probability_late, probability_severe, expected_days,
                          amount_open, amount_overdue, create_uid, write_uid,
                          create_date, write_date)
                   SELECT score.company_id, score.partner_id, date_trunc('month', %(day)s::date),
                          %(day)s, score.score, score.risk_class, score.probability_late,
                          score.probability_severe, score.expected_days,
                          coalesce(balance.open, 0), coalesce(balance.overdue, 0),
                          %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM debitor_score score
                LEFT JOIN (%(balances)s) balance ON balance.partner_id = score.partner_id
                    WHERE score.company_id = %(company)s AND %(which)s
              ON CONFLICT (company_id, partner_id, month) DO UPDATE
                      SET date = excluded.date, score = excluded.score,
                          risk_class = excluded.risk_class,
                          probability_late = excluded.probability_late,
                          probability_severe = excluded.probability_severe,
                          expected_days = excluded.expected_days,
                          amount_open = excluded.amount_open,
                          amount_overdue = excluded.amount_overdue,
                          write_date = excluded.write_date""",
                day=day,
                uid=self.env.uid,
                company=company.id,
                balances=reader._get_balance_query(company, day, partner_ids),
                which=SQL("TRUE")
                if partner_ids is None
                else SQL("score.partner_id = ANY(%s)", list(partner_ids)),
            )
        )
        self.invalidate_model()

    @api.model
    def _forget_unscored(self, company, partner_ids=None):
        """Delete the months of customers who may not be scored (any more); None looks at all."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM debitor_score_snapshot snapshot
                    USING res_partner debtor
                    WHERE snapshot.company_id = %s AND debtor.id = snapshot.partner_id
                      AND (%s) IS NOT TRUE AND %s""",
                company.id,
                self.env["debitor.scoring.reader"]._get_scored_where(company),
                SQL("TRUE")
                if partner_ids is None
                else SQL("snapshot.partner_id = ANY(%s)", list(partner_ids)),
            )
        )
        self.invalidate_model()

    @api.autovacuum
    def _forget_old(self):
        """Delete what is older than each company keeps (art. 5 (1) e GDPR)."""
        for company in self.env["res.company"].search([("debitor_score_keep_months", ">", 0)]):
            first = fields.Date.subtract(
                company._get_today().replace(day=1), months=company.debitor_score_keep_months
            )
            self.env.cr.execute(
                SQL(
                    "DELETE FROM debitor_score_snapshot WHERE company_id = %s AND month < %s",
                    company.id,
                    first,
                )
            )
        self.invalidate_model()
