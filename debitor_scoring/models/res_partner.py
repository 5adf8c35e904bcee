from odoo import api, fields, models
from odoo.fields import Domain

from .debitor_score import ACCOUNTING_GROUPS, RELIABILITIES, SCORE_GROUPS
from .debitor_scoring_class import RISK_CLASSES

# They decide whether, and with whom, a customer is scored.
_WATCHED = {
    "is_company", "company_type", "parent_id", "vat", "debitor_party",
    "debitor_scoring_excluded",
}  # fmt: skip


class ResPartner(models.Model):
    _inherit = "res.partner"

    debitor_scoring_excluded = fields.Boolean(
        string="Not Scored",
        help="No score is made of this customer's payments, and an existing one is deleted.",
        groups=ACCOUNTING_GROUPS,
        tracking=True,
    )
    debitor_score_id = fields.Many2one(
        "debitor.score", string="Payment Score", compute="_compute_debitor_score",
        groups=SCORE_GROUPS,
    )  # fmt: skip
    debitor_risk_class = fields.Selection(
        RISK_CLASSES, string="Risk Class", compute="_compute_debitor_score",
        search="_search_debitor_risk_class", groups=SCORE_GROUPS,
    )  # fmt: skip
    debitor_score = fields.Float(
        string="Score", digits=(5, 1), compute="_compute_debitor_score", groups=SCORE_GROUPS
    )
    debitor_score_text = fields.Char(
        string="Class in Words", compute="_compute_debitor_score", groups=SCORE_GROUPS
    )
    debitor_score_reasons = fields.Text(
        string="Why This Class", compute="_compute_debitor_score_facts", groups=SCORE_GROUPS
    )
    debitor_score_reliability = fields.Selection(
        RELIABILITIES, string="Reliability", compute="_compute_debitor_score_facts",
        groups=SCORE_GROUPS,
    )  # fmt: skip
    debitor_score_open = fields.Monetary(
        string="Open With Us", compute="_compute_debitor_score_balance", groups=SCORE_GROUPS,
        help="All that is open with the current company, whoever looks.",
    )  # fmt: skip
    debitor_score_overdue = fields.Monetary(
        string="Overdue With Us", compute="_compute_debitor_score_balance", groups=SCORE_GROUPS
    )
    debitor_score_group = fields.Json(
        string="Group of Companies", compute="_compute_debitor_score_group", groups=SCORE_GROUPS
    )
    debitor_score_group_text = fields.Char(
        string="Group", compute="_compute_debitor_score_group", groups=SCORE_GROUPS
    )
    debitor_mark_ids = fields.One2many(
        "debitor.risk.mark", "partner_id", string="Classes by Hand",
        context={"active_test": False}, groups=ACCOUNTING_GROUPS,
    )  # fmt: skip
    debitor_snapshot_ids = fields.One2many(
        "debitor.score.snapshot", "partner_id", string="Scores by Month", groups=SCORE_GROUPS
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_debitor_score(self):
        scores = self.env["debitor.score"]._for(self, self.env.company)
        texts = self.env["debitor.scoring.class"]._get_texts(self.env.company)
        for partner in self:
            score = scores.get(partner.commercial_partner_id.id)
            partner.debitor_score_id = score or False
            partner.debitor_score = score.score if score else 0.0
            partner.debitor_risk_class = score.risk_class if score else False
            partner.debitor_score_text = texts.get(score.risk_class) if score else False

    @api.model
    def _search_debitor_risk_class(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        codes = [code for code in value if code]
        domain = Domain("company_id", "=", self.env.company.id)
        # Past rules as in ``_for``: what is found is partners that the user may read.
        Score = self.env["debitor.score"].sudo()
        found = Domain(
            "commercial_partner_id",
            "in",
            Score._search(domain & Domain("risk_class", "in", codes)).subselect("partner_id"),
        )
        if False in value:  # «no class at all»
            any_ = Score._search(domain).subselect("partner_id")
            found |= Domain("commercial_partner_id", "not in", any_)
        return found if operator == "in" else ~found

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_debitor_score_facts(self):
        for partner in self:
            score = partner.debitor_score_id
            partner.debitor_score_reasons = score.reason_text if score else False
            partner.debitor_score_reliability = score.reliability if score else False

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_debitor_score_balance(self):
        balances = self.env["debitor.score"]._read_balances(
            self.env.company, self.commercial_partner_id.ids
        )
        for partner in self:
            balance = balances.get(partner.commercial_partner_id.id)
            partner.debitor_score_open = balance.open if balance else 0.0
            partner.debitor_score_overdue = balance.overdue if balance else 0.0

    @api.depends("commercial_partner_id", "parent_id")
    @api.depends_context("company", "lang")
    def _compute_debitor_score_group(self):
        for partner in self:
            summary = self.env["debitor.score"]._get_group_summary(partner._origin or partner)
            partner.debitor_score_group = summary or False
            partner.debitor_score_group_text = (
                partner._get_group_text(summary) if summary else False
            )

    def _get_group_text(self, summary):
        currency = self.env.company.currency_id
        return self.env._(
            "%(count)s companies, worst class %(letter)s, open %(open)s, overdue %(overdue)s",
            count=summary["count"],
            letter=dict(self._fields["debitor_risk_class"]._description_selection(self.env))[
                summary["risk_class"]
            ],
            open=currency.format(summary["open"]),
            overdue=currency.format(summary["overdue"]),
        )

    def _get_risk_group(self):
        """Return the commercial partners of the group of companies that ``self`` belongs to.

        That is the top of ``parent_id`` and all companies below it.
        """
        self.ensure_one()
        top = self.sudo()  # a sum must not depend on which of a group's partners one may read
        while top.parent_id:
            top = top.parent_id
        members = top.with_context(active_test=False).search(
            [("id", "child_of", top.id), "|", ("is_company", "=", True), ("id", "=", top.id)]
        )
        return members.commercial_partner_id.with_env(self.env)

    @api.depends_context("show_risk_class", "company", "uid")
    def _compute_display_name(self):
        # EXTENDS base
        super()._compute_display_name()
        if not self.env.context.get("show_risk_class") or not self._may_see_scores():
            return
        scores = self.env["debitor.score"]._for(self, self.env.company)
        letters = dict(self._fields["debitor_risk_class"]._description_selection(self.env))
        for partner in self:
            score = scores.get(partner.commercial_partner_id.id)
            if score and partner.display_name:
                first, *others = partner.display_name.split("\n")
                partner.display_name = "\n".join(
                    [f"{first} · {letters[score.risk_class]}", *others]
                )

    def _may_see_scores(self):
        return self.env.user.has_groups(SCORE_GROUPS)  # asked of the person, even under sudo

    def write(self, vals):
        # EXTENDS base: what decides whether, and with whom, a customer is scored
        is_news = not _WATCHED.isdisjoint(vals)  # asked first: base takes some of them away
        before = self.commercial_partner_id.ids if is_news else []
        result = super().write(vals)
        if is_news:
            ids = {*before, *self.commercial_partner_id.ids}
            self.env["debitor.score.news"].sudo()._note((None, id_) for id_ in ids)
        return result

    def action_debitor_recompute_score(self):
        """Compute the score of these customers anew, now."""
        self.env["debitor.score"]._check_may_see()
        # Nobody may write scores; everybody who sees one may have it computed.
        self.env["debitor.score"].sudo()._recompute(
            self.env.company, self.commercial_partner_id.ids
        )

    def action_debitor_explain_score(self):
        """Open the score of this customer with its explanation."""
        self.ensure_one()
        return self.debitor_score_id.action_explain()
