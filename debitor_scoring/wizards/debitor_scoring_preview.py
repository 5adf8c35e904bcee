from collections import defaultdict
from dataclasses import dataclass

from odoo import Command, api, fields, models

from ..core.history import PaymentHistory
from ..core.model import worse
from ..core.rating import Facts, rate
from ..core.score import score
from ..models.debitor_score_maker import BATCH, Basis
from ..models.debitor_scoring_class import RISK_CLASSES

# Beyond so many customers every n-th is looked at, so that nobody waits for minutes.
_LOOKED_AT = 20_000
_LISTED = 200
_NOT_RATED = RISK_CLASSES[-1][0]


@dataclass(frozen=True, slots=True)
class Change:
    """What the rules make of a customer; scores are None for who is not rated."""

    partner_id: int
    class_before: str
    class_after: str
    score_before: float | None
    score_after: float | None
    amount_open: float

    @property
    def direction(self):
        """Return worse, better or same; becoming rated or unrated is neither."""
        if self.class_before == self.class_after:
            return "same"
        if _NOT_RATED in (self.class_before, self.class_after):
            return "other"
        is_worse = worse(self.class_before, self.class_after) == self.class_after
        return "worse" if is_worse else "better"


class DebitorScoringPreview(models.TransientModel):
    """What a changed scoring model would do to today's customers, before it is used."""

    _name = "debitor.scoring.preview"
    _description = "Preview of a Scoring Model"

    model_id = fields.Many2one(
        "debitor.scoring.model", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(related="model_id.state", string="Model State")
    company_id = fields.Many2one(related="model_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    summary = fields.Text(readonly=True)
    class_line_ids = fields.One2many(
        "debitor.scoring.preview.class", "preview_id", string="Classes", readonly=True
    )
    line_ids = fields.One2many(
        "debitor.scoring.preview.line", "preview_id", string="Customers", readonly=True
    )

    @api.depends("model_id")
    def _compute_display_name(self):
        for preview in self:
            preview.display_name = preview.model_id.display_name

    def action_activate(self):
        """Use the model from now on."""
        self.ensure_one()
        self.model_id.action_activate()
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------------
    # Comparison
    # ------------------------------------------------------------------

    def _compare(self):
        """Rate today's customers by the model, and keep what would change."""
        self.ensure_one()
        self.model_id.check_access("read")
        # Whoever sets up scoring sees all customers' classes, whichever partners are open.
        preview = self.sudo()
        total, changes = preview._read_changes()
        preview.write(
            {
                "summary": preview._get_summary(total, changes),
                "class_line_ids": [Command.clear(), *map(Command.create, preview._count(changes))],
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(preview._prepare_line_vals(change))
                        for change in _pick(changes)
                    ),
                ],
            }
        )

    def _read_changes(self):
        """Return how many customers there are, and a ``Change`` for each one looked at."""
        company = self.company_id
        basis = self._get_basis()
        reader = self.env["debitor.scoring.reader"]
        ids = reader._read_debtor_ids(company)
        step = -(-len(ids) // _LOOKED_AT) or 1
        looked_at = ids[::step]
        changes = []
        for start in range(0, len(looked_at), BATCH):
            changes += self._rate(company, basis, looked_at[start : start + BATCH])
        return len(ids), changes

    def _get_basis(self):
        """Return what scores would be made with, the portfolio counted by these rules."""
        company, day = self.company_id, self.company_id._get_today()
        model = self.model_id._as_scoring_model()
        portfolio = self.env["debitor.scoring.reader"]._read_portfolio(company, model, day)
        rules = self.model_id._as_cap_rules()
        return Basis(company.id, self.model_id.id, day, model, rules, portfolio)

    @api.model
    def _rate(self, company, basis, partner_ids):
        """Return the changes of one batch, with four statements."""
        reader = self.env["debitor.scoring.reader"]
        histories = reader._read_histories(company, partner_ids, basis.model, basis.day)
        facts = reader._read_facts(company, partner_ids, basis.rules, basis.day)
        balances = reader._read_balances(company, partner_ids)
        partners = self.env["res.partner"].browse(partner_ids)
        current = self.env["debitor.score"]._for(partners, company)
        changes = []
        for partner_id in partner_ids:
            history = histories.get(partner_id, PaymentHistory())
            found = score(history, basis.portfolio, basis.model, basis.day)
            rating = rate(found, facts.get(partner_id, Facts()), basis.rules, basis.day)
            now = current.get(partner_id)
            balance = balances.get(partner_id)
            changes.append(
                Change(
                    partner_id,
                    now.risk_class if now else _NOT_RATED,
                    rating.risk_class,
                    now.score if now and now.own_class != _NOT_RATED else None,
                    found.value,
                    balance.open if balance else 0.0,
                )
            )
        return changes

    # ------------------------------------------------------------------
    # Result
    # ------------------------------------------------------------------

    def _get_summary(self, total, changes):
        if not changes:
            return self.env._("There are no customers to rate yet.")
        by_direction = defaultdict(list)
        for change in changes:
            by_direction[change.direction].append(change)
        currency = self.currency_id
        parts = [
            self.env._(
                "%(worse)s of %(all)s customers would get a worse class (%(amount)s open),"
                " %(better)s a better one, %(other)s would become rated or unrated.",
                worse=len(by_direction["worse"]),
                all=len(changes),
                amount=currency.format(sum(one.amount_open for one in by_direction["worse"])),
                better=len(by_direction["better"]),
                other=len(by_direction["other"]),
            )
        ]
        if len(changes) < total:
            parts.append(
                self.env._(
                    "Every %(step)s. of all %(total)s customers was looked at.",
                    step=-(-total // len(changes)),
                    total=total,
                )
            )
        return " ".join(parts)

    def _count(self, changes):
        """Return for each class how many customers it has and would have, and their sum."""
        before, after = defaultdict(list), defaultdict(list)
        for change in changes:
            before[change.class_before].append(change.amount_open)
            after[change.class_after].append(change.amount_open)
        return [
            {
                "code": code,
                "customers_before": len(before[code]),
                "customers_after": len(after[code]),
                "amount_before": sum(before[code]),
                "amount_after": sum(after[code]),
            }
            for code, _letter in RISK_CLASSES
        ]

    @api.model
    def _prepare_line_vals(self, change):
        return {
            "partner_id": change.partner_id,
            "direction": change.direction,
            "class_before": change.class_before,
            "class_after": change.class_after,
            "score_before": change.score_before or 0.0,
            "score_after": change.score_after or 0.0,
            "amount_open": change.amount_open,
        }


class DebitorScoringPreviewClass(models.TransientModel):
    _name = "debitor.scoring.preview.class"
    _description = "Class in the Preview of a Scoring Model"

    preview_id = fields.Many2one(
        "debitor.scoring.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    code = fields.Selection(RISK_CLASSES, string="Class", required=True)
    customers_before = fields.Integer("Customers Now")
    customers_after = fields.Integer("Customers Then")
    amount_before = fields.Monetary("Open Now")
    amount_after = fields.Monetary("Open Then")


class DebitorScoringPreviewLine(models.TransientModel):
    _name = "debitor.scoring.preview.line"
    _description = "Customer in the Preview of a Scoring Model"

    preview_id = fields.Many2one(
        "debitor.scoring.preview", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="preview_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    direction = fields.Selection(
        [("worse", "Worse"), ("better", "Better"), ("other", "Rated or unrated")]
    )
    class_before = fields.Selection(RISK_CLASSES, string="Class Now")
    class_after = fields.Selection(RISK_CLASSES, string="Class Then")
    score_before = fields.Float("Score Now", digits=(5, 1), aggregator=None)
    score_after = fields.Float("Score Then", digits=(5, 1), aggregator=None)
    amount_open = fields.Monetary("Open")

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()


def _pick(changes):
    """Return the customers to list: whose class would change, the largest sums first."""
    changed = [change for change in changes if change.direction != "same"]
    return sorted(changed, key=lambda one: -abs(one.amount_open))[:_LISTED]
