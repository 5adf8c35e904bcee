from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .debitor_scoring_class import RISK_CLASSES
from .debitor_scoring_reader import NOTHING_OPEN

SCORE_GROUPS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly"
)
ACCOUNTING_GROUPS = "account.group_account_invoice,account.group_account_readonly"
RELIABILITIES = [("low", "Low"), ("medium", "Medium"), ("good", "Good")]


class DebitorScore(models.Model):
    """The present score of one commercial partner with one company, and why it is so.

    Written by ``debitor.score.maker`` in bulk, and by nobody by hand.
    """

    _name = "debitor.score"
    _description = "Payment Score"
    _order = "company_id, score, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True,
        ondelete="cascade", help="The commercial partner.",
    )  # fmt: skip
    date = fields.Date(required=True, readonly=True, help="Day for which it was computed.")
    model_id = fields.Many2one("debitor.scoring.model", readonly=True, ondelete="restrict")
    score = fields.Float(
        readonly=True, digits=(5, 1), aggregator="avg",
        help="0 to 100: 100 pays everything early. Empty for who is not rated.",
    )  # fmt: skip
    own_class = fields.Selection(
        RISK_CLASSES, string="Class by Score", readonly=True,
        help="By the own payment history alone.",
    )  # fmt: skip
    risk_class = fields.Selection(
        RISK_CLASSES, string="Class", required=True, readonly=True, index=True,
        help="After what caps the class or was decided by hand.",
    )  # fmt: skip
    class_id = fields.Many2one(
        "debitor.scoring.class", string="Meaning of the Class", compute="_compute_class_id"
    )
    label = fields.Char(compute="_compute_class_id", string="Class in Words")
    previous_class = fields.Selection(RISK_CLASSES, readonly=True)
    class_changed_on = fields.Date(readonly=True)
    reliability = fields.Selection(
        RELIABILITIES, readonly=True, help="How much evidence the score rests on."
    )
    evidence = fields.Float(
        readonly=True, digits=(8, 1), help="Weight of paid items plus number of overdue ones."
    )
    probability_late = fields.Float(
        readonly=True, digits=(5, 4), aggregator="avg", string="Pays Late",
        help="Probability that an invoice is paid after its due date.",
    )  # fmt: skip
    probability_severe = fields.Float(
        readonly=True, digits=(5, 4), aggregator="avg", string="Pays More Than 30 Days Late"
    )
    expected_days = fields.Integer(
        readonly=True, aggregator="avg", string="Expected Delay",
        help="Days after the due date; negative before it.",
    )  # fmt: skip
    low_days = fields.Integer(readonly=True, aggregator=None, string="Delay at Best")
    high_days = fields.Integer(readonly=True, aggregator=None, string="Delay at Worst")
    masses = fields.Json(
        readonly=True, help="Weights by bucket: of settled and overdue items and the portfolio."
    )
    reasons = fields.Json(string="Facts That Cap", readonly=True)
    reason_text = fields.Text(compute="_compute_reason_text", string="Reasons")
    suggested_limit = fields.Monetary(readonly=True, aggregator=None)

    _one_per_partner = models.UniqueIndex("(company_id, partner_id)")
    _by_class = models.Index("(company_id, risk_class)")

    @api.depends("model_id", "risk_class")
    @api.depends_context("lang")
    def _compute_class_id(self):
        for score in self:
            class_ = score.model_id._get_class(score.risk_class)
            score.class_id = class_
            score.label = class_._get_text() if class_ else False

    @api.depends_context("lang")
    @api.depends("reasons", "expected_days", "probability_severe")
    def _compute_reason_text(self):
        for company, scores in self.grouped("company_id").items():
            balances = self._read_balances(company, scores.partner_id.ids)
            for score in scores:
                balance = balances.get(score.partner_id.id, NOTHING_OPEN)
                score.reason_text = "\n".join(score._get_reason_texts(balance=balance))

    @api.depends("partner_id", "risk_class")
    @api.depends_context("lang")
    def _compute_display_name(self):
        letters = dict(self._fields["risk_class"]._description_selection(self.env))
        for score in self:
            letter = letters.get(score.risk_class, "")
            score.display_name = f"{score.partner_id.display_name} · {letter}"

    @api.model
    def _for(self, partners, company):
        """Return ``{commercial partner id: score}`` of those who have one, in one statement."""
        ids = partners.commercial_partner_id.ids
        if not ids:
            return {}
        # One statement, and past rules: who sees an order sees its customer's class. The
        # fields keep their groups.
        scores = self.sudo().search(
            [("company_id", "=", company.id), ("partner_id", "in", ids)], order="id"
        )
        return {score.partner_id.id: score.sudo(self.env.su) for score in scores}

    @api.model
    def _read_balances(self, company, partner_ids):
        """Return ``{commercial partner id: Balance}`` of today, in one statement.

        Past record rules: what a customer owes the company must be the same for a
        salesperson, who may read only some orders and no entries, as for finance. Callers show
        sums only, and only to users who may see a score.
        """
        return self.env["debitor.scoring.reader"]._read_balances(company, partner_ids)

    @api.model
    def _check_may_see(self):
        """Raise unless the user may see scores at all."""
        if not self.env.su and not self.has_access("read"):
            raise AccessError(self.env._("Scores are shown to sales and accounting only."))

    @api.model
    def _recompute(self, company, partner_ids=None):
        """Compute scores of a company's customers anew, today; None takes all.

        :return: number of customers that have a score afterwards
        """
        return self.env["debitor.score.maker"]._recompute(company, partner_ids)

    @api.model
    def _recompute_soon(self, company):
        """Let the scheduled action compute all scores of a company as soon as it can."""
        self.env["debitor.score.maker"]._recompute_soon(company)

    def _invalidate(self):
        """Forget what is in memory of scores, after they were written by SQL."""
        self.invalidate_model()
        Partner = self.env["res.partner"]
        Partner.invalidate_model(
            [name for name in Partner._fields if name.startswith("debitor_score")]
            + ["debitor_risk_class"],
            flush=False,
        )

    def _get_reason_texts(self, limit=3, balance=None):
        """Return the strongest reasons of the class as sentences in the user's language.

        :param limit: how many; None for all, with facts that would cap a better class
        :param balance: the ``Balance`` of the customer where the caller has read it
        """
        self.ensure_one()
        return self.env["debitor.score.explainer"]._get_sentences(self, limit, balance)

    def _get_explanation(self):
        """Return the lost points in parts, for the bar: ``[{kind, bucket, label, points,
        line_ids}]``; the parts sum up to 100 less the score."""
        self.ensure_one()
        self.check_access("read")
        return self.env["debitor.score.explainer"]._get_parts(self)

    def get_explanation(self):
        """As ``_get_explanation``, for the screen."""
        return self._get_explanation()

    def action_explain(self):
        """Open the score with its explanation."""
        self.ensure_one()
        return self._get_records_action(name=self.partner_id.display_name, target="new")

    def action_open_invoices(self, line_ids):
        """Open the invoices behind a part of the explanation, those that the user may read."""
        self.ensure_one()
        lines = self.env["account.move.line"].sudo().browse(line_ids).exists()
        # Only this customer's: the ids come from the browser.
        lines = lines.filtered(
            lambda line: (
                line.company_id == self.company_id
                and line.partner_id.commercial_partner_id == self.partner_id
            )
        )
        moves = lines.move_id.with_env(self.env)._filtered_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices of %s", self.partner_id.display_name),
            "res_model": "account.move",
            "domain": [("id", "in", moves.ids)],
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }

    def action_recompute(self):
        """Compute these scores anew, now."""
        self.check_access("read")
        for company, scores in self.grouped("company_id").items():
            # Nobody may write scores; everybody who sees one may have it computed.
            self.sudo()._recompute(company, scores.partner_id.ids)

    @api.model
    def _get_group_summary(self, partner):
        """Return what all companies of a partner's group owe and how they pay, or None.

        :return: dict of ``risk_class`` (the worst), ``open``, ``overdue``, ``count``; None
            where the group has one member only
        """
        members = partner._get_risk_group()
        if len(members) < 2:
            return None
        company = self.env.company
        balances = self._read_balances(company, members.ids)
        order = [code for code, _letter in RISK_CLASSES]
        classes = [score.risk_class for score in self._for(members, company).values()]
        rated = [code for code in classes if code != "new"]
        return {
            "risk_class": max(rated, key=order.index) if rated else "new",
            "open": sum(balance.open for balance in balances.values()),
            "overdue": sum(balance.overdue for balance in balances.values()),
            "count": len(members),
        }

    @api.model
    def _forget_without_data(self, company, day):
        """Delete scores that the run of ``day`` did not renew, and of who may not be scored."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM debitor_score WHERE company_id = %s AND (
                          date < %s OR partner_id IN (
                              SELECT debtor.id FROM res_partner debtor
                               WHERE (%s) IS NOT TRUE))""",
                company.id,
                day,
                self.env["debitor.scoring.reader"]._get_scored_where(company),
            )
        )
        self._invalidate()
