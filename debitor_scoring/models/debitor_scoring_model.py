from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate

from ..core.errors import ScoringError
from ..core.model import BUCKETS, POINTS, ScoringModel
from ..core.rating import CapRules
from .debitor_scoring_class import RATED_CLASSES

_lt = LazyTranslate(__name__)

# The shipped model is the one measured on public ledgers, see bench/README.md.
_CLASSES = (
    {"code": "a", "label": _lt("pays reliably"), "limit_factor": 1.5},
    {"code": "b", "label": _lt("pays mostly on time"), "limit_factor": 1.25},
    {"code": "c", "label": _lt("often pays late"), "limit_factor": 1.0},
    {"code": "d", "label": _lt("pays very late"), "limit_factor": 0.75, "prepayment_percent": 0.3},
    {
        "code": "e",
        "label": _lt("high risk"),
        "limit_factor": 0.5,
        "prepayment_percent": 1.0,
        "needs_release": True,
    },
    {"code": "new", "label": _lt("not rated"), "limit_factor": 0.0},
)
# What may change of a version that is in use: nothing that a score depends on.
_ALWAYS_CHANGEABLE = {"name", "state", "version", "activated_on", "class_ids"}
# What the formula is made of.
_FORMULA = (
    "half_life_days", "window_months", "prior_strength", "minimum_evidence",
    "reliability_medium", "reliability_good", "severe_after_days",
    "minimum_a", "minimum_b", "minimum_c", "minimum_d",
    *(f"points_{bucket}" for bucket in range(BUCKETS)),
)  # fmt: skip
# What is wrong, by the field of the core's model.
_PROBLEMS = {
    "half_life_days": _lt("the half-life must be at least one day."),
    "window_months": _lt("the window must be at least one month."),
    "prior_strength": _lt("the weight of the portfolio must be above 0."),
    "points": _lt(
        "the earliest payment has 100 points, and a later one never more than an earlier one."
    ),
    "minimums": _lt("the limits of the classes must fall from A to D, between 100 and 0."),
    "minimum_evidence": _lt("the least evidence can't be negative."),
    "reliability_limits": _lt("good reliability needs as much evidence as medium, or more."),
    "severe_after_days": _lt("«very late» begins after 3, 7, 15, 30 or 60 days."),
    "limit_factors": _lt("the factors of the suggested limit can't be negative."),
}


class DebitorScoringModel(models.Model):
    """How a company's scores are made, in versions.

    A version in use never changes, so that every score can be explained for ever.
    """

    _name = "debitor.scoring.model"
    _description = "Scoring Model"
    _inherit = ["mail.thread"]
    _order = "company_id, version desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    version = fields.Integer(readonly=True, copy=False, help="Given when it is activated.")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In use"), ("archived", "Used before")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    activated_on = fields.Date(readonly=True, copy=False)
    half_life_days = fields.Integer(
        string="Half-life in Days",
        default=180,
        required=True,
        tracking=True,
        help="A payment counts half as much after so many days.",
    )
    window_months = fields.Integer(
        string="Window in Months",
        default=48,
        required=True,
        tracking=True,
        help="What was due before counts for nothing.",
    )
    prior_strength = fields.Float(
        string="Weight of the Portfolio",
        default=2.0,
        required=True,
        tracking=True,
        help="Missing evidence is filled up with so many payments as all customers make them.",
    )
    minimum_evidence = fields.Float(
        string="Least Evidence",
        default=0.0,
        required=True,
        tracking=True,
        help="A customer whose paid and overdue items weigh less is not rated; with 0 a single"
        " one is enough.",
    )
    reliability_medium = fields.Float(
        string="Medium Reliability From",
        default=3.0,
        required=True,
        tracking=True,
        help="Weight of paid and overdue items together.",
    )
    reliability_good = fields.Float(
        string="Good Reliability Above", default=10.0, required=True, tracking=True
    )
    severe_after_days = fields.Integer(
        string="«Very Late» After Days",
        default=30,
        required=True,
        tracking=True,
        help="The end of one of the ranges below: 3, 7, 15, 30 or 60.",
    )
    points_0 = fields.Float("8 days or more before", default=POINTS[0], tracking=True)
    points_1 = fields.Float("3 to 7 days before", default=POINTS[1], tracking=True)
    points_2 = fields.Float("On time", default=POINTS[2], tracking=True)
    points_3 = fields.Float("1 to 3 days late", default=POINTS[3], tracking=True)
    points_4 = fields.Float("4 to 7 days late", default=POINTS[4], tracking=True)
    points_5 = fields.Float("8 to 15 days late", default=POINTS[5], tracking=True)
    points_6 = fields.Float("16 to 30 days late", default=POINTS[6], tracking=True)
    points_7 = fields.Float("31 to 60 days late", default=POINTS[7], tracking=True)
    points_8 = fields.Float("More than 60 days late", default=POINTS[8], tracking=True)
    minimum_a = fields.Float("A from", default=85.0, tracking=True)
    minimum_b = fields.Float("B from", default=75.0, tracking=True)
    minimum_c = fields.Float("C from", default=62.0, tracking=True)
    minimum_d = fields.Float("D from", default=45.0, tracking=True)
    returned_debit_count = fields.Integer(
        string="Returned Debits", default=2, tracking=True,
        help="So many returned direct debits cap the class; 0 never does.",
    )  # fmt: skip
    returned_debit_days = fields.Integer(string="Within Days", default=90, tracking=True)
    returned_debit_class = fields.Selection(
        RATED_CLASSES, string="Returned Debits: At Most", default="d", tracking=True
    )
    dunning_rank = fields.Integer(
        string="Dunning Level No.", default=3, tracking=True,
        help="An open item at this level or a higher one caps the class; 0 never does.",
    )  # fmt: skip
    dunning_class = fields.Selection(
        RATED_CLASSES, string="Dunning Level: At Most", default="d", tracking=True
    )
    report_class = fields.Selection(
        RATED_CLASSES,
        string="Credit Reports Cap From",
        default="d",
        tracking=True,
        help="A valid report whose index lies in this class or a worse one caps the class at its"
        " own. Empty: never.",
    )
    class_ids = fields.One2many("debitor.scoring.class", "model_id", copy=True)

    _one_active = models.UniqueIndex(
        "(company_id) WHERE state = 'active'", "A company uses one scoring model at a time."
    )

    @api.depends("name", "version")
    def _compute_display_name(self):
        for model in self:
            model.display_name = (
                self.env._("%(name)s, version %(version)s", name=model.name, version=model.version)
                if model.version
                else model.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        models_ = super().create(vals_list)
        for model in models_:
            if not model.class_ids:
                model._create_default_classes()
        return models_

    def write(self, vals):
        if not vals.keys() <= _ALWAYS_CHANGEABLE:
            self._check_changeable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        used = self.filtered(lambda model: model.state != "draft")
        if used:
            raise UserError(
                self.env._(
                    "«%s» was in use: scores refer to it. Make a new version instead.",
                    used[0].display_name,
                )
            )

    def _check_changeable(self):
        """Raise where a version is or was in use: scores made with it must stay explicable."""
        used = self.filtered(lambda model: model.state != "draft")
        if used:
            raise UserError(
                self.env._(
                    "«%s» is or was in use and stays as it is. Choose «New Version», change that"
                    " and activate it.",
                    used[0].display_name,
                )
            )

    def _get_class(self, code):
        self.ensure_one()
        return self.class_ids.filtered(lambda one: one.code == code)[:1]

    @api.model
    def _for(self, company):
        """Return the model in use for a company: its own, else its nearest parent's."""
        companies = company | company.parent_ids
        # Whoever sees a score sees how it is made, in whichever branch.
        found = self.sudo().search([("company_id", "in", companies.ids), ("state", "=", "active")])
        by_company = {model.company_id: model for model in found}
        for one in company | company.parent_ids.sorted(lambda one: -len(one.parent_path or "")):
            if one in by_company:
                return by_company[one].with_env(self.env)
        return self.browse()

    def action_new_version(self):
        """Copy to a draft that may be changed, and open it."""
        self.ensure_one()
        draft = self.copy({"company_id": self.company_id.id})
        return draft._get_records_action(name=self.env._("New Version"))

    def action_activate(self):
        """Use this version from now on, and compute all scores of the company anew."""
        self.ensure_one()
        if self.state == "active":
            return
        self._check_model()
        used = self.search([("company_id", "=", self.company_id.id), ("state", "!=", "draft")])
        used.filtered(lambda model: model.state == "active").state = "archived"
        self.flush_model(["state"])
        self.write(
            {
                "state": "active",
                "version": max([*used.mapped("version"), self.version, 0]) + 1
                if not self.version
                else self.version,
                "activated_on": self.company_id._get_today(),
            }
        )
        self.env["debitor.score"]._recompute_soon(self.company_id)

    def _create_default_classes(self):
        """Give the model the shipped classes, with words in all installed languages."""
        self.ensure_one()
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        classes = self.with_context(lang="en_US")
        classes.class_ids = [
            Command.create({**vals, "label": self._translate("en_US", vals["label"])})
            for vals in _CLASSES
        ]
        labels = {vals["code"]: vals["label"] for vals in _CLASSES}
        for one in self.class_ids:
            one.update_field_translations(
                "label", {lang: self._translate(lang, labels[one.code]) for lang in languages}
            )

    @api.model
    def _translate(self, lang, text):
        return self.with_context(lang=lang).env._(text)  # pylint: disable=W8301,E8502

    def _as_scoring_model(self):
        """Return the core's ``ScoringModel``.

        :raise UserError: names the field that contradicts the others
        """
        self.ensure_one()
        try:
            return ScoringModel(
                half_life_days=self.half_life_days,
                window_months=self.window_months,
                prior_strength=self.prior_strength,
                points=tuple(self[f"points_{bucket}"] for bucket in range(BUCKETS)),
                minimums=(self.minimum_a, self.minimum_b, self.minimum_c, self.minimum_d),
                minimum_evidence=self.minimum_evidence,
                reliability_limits=(self.reliability_medium, self.reliability_good),
                severe_after_days=self.severe_after_days,
                limit_factors={
                    one.code: Decimal(f"{one.limit_factor:.2f}")
                    for one in self.class_ids
                    if one.code != "new"  # no evidence, no suggestion
                },
            )
        except ScoringError as error:
            raise self._as_user_error(error) from error

    def _as_cap_rules(self):
        """Return the core's ``CapRules``: which facts cap the class, and at what."""
        self.ensure_one()
        codes = [code for code, _letter in RATED_CLASSES]
        return CapRules(
            returned_debits=self.returned_debit_count,
            returned_debit_days=self.returned_debit_days,
            returned_debit_cap=self.returned_debit_class or None,
            dunning_rank=self.dunning_rank,
            dunning_cap=self.dunning_class or None,
            report_bands=frozenset(
                codes[codes.index(self.report_class) :] if self.report_class else ()
            ),
        )

    def _as_user_error(self, error):
        """Return the ``ValidationError`` that says what is wrong with this model."""
        problem = _PROBLEMS.get(error.values.get("field"))
        return ValidationError(
            self.env._(
                "«%(model)s»: %(problem)s",
                model=self.name,
                # pylint: disable-next=W8301,E8502
                problem=self.env._(problem) if problem else str(error),
            )
        )

    @api.constrains(*_FORMULA)
    def _check_model(self):
        for model in self:
            model._as_scoring_model()
