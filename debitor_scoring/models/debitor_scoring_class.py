from odoo import api, fields, models

RISK_CLASSES = [
    ("a", "A"),
    ("b", "B"),
    ("c", "C"),
    ("d", "D"),
    ("e", "E"),
    ("new", "Not rated"),
]
RATED_CLASSES = RISK_CLASSES[:-1]


class DebitorScoringClass(models.Model):
    """What a class is called, and what it means for an order: terms, limit, release."""

    _name = "debitor.scoring.class"
    _description = "Risk Class"
    _order = "model_id, sequence, id"
    _rec_name = "label"

    model_id = fields.Many2one(
        "debitor.scoring.model", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="model_id.company_id", store=True, index=True)
    state = fields.Selection(related="model_id.state")
    code = fields.Selection(RISK_CLASSES, string="Class", required=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    label = fields.Char(
        required=True, translate=True, help="In words, as it stands beside the letter."
    )
    limit_factor = fields.Float(
        default=1.0, digits=(6, 2), help="The suggested limit is multiplied by this."
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Recommended Terms",
        help="Empty: the usual terms stay.",
    )
    prepayment_percent = fields.Float(
        string="Recommended Prepayment",
        digits=(5, 4),
        help="Share of the order to be paid before it is confirmed; 0 for none.",
    )
    needs_release = fields.Boolean(
        help="Finance releases each order of such a customer, whatever the limit.",
    )
    dunning_procedure_id = fields.Many2one(
        "debitor.dunning.procedure",
        help="Used where neither the customer nor a tag has one.",
    )

    _one_per_model = models.UniqueIndex("(model_id, code)", "A scoring model has each class once.")
    _prepayment_is_a_share = models.Constraint(
        "CHECK (prepayment_percent BETWEEN 0 AND 1)",
        "The recommended prepayment lies between 0 and 100 %.",
    )
    _factor_not_negative = models.Constraint(
        "CHECK (limit_factor >= 0)", "The factor of the suggested limit can't be negative."
    )

    @api.depends("code")
    def _compute_sequence(self):
        order = {code: rank for rank, (code, _letter) in enumerate(RISK_CLASSES)}
        for one in self:
            one.sequence = order.get(one.code, len(order))

    @api.depends("code", "label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for one in self:
            one.display_name = one._get_text()

    def _get_text(self):
        """Return letter and words, «C · often pays late»; «not rated» needs no letter."""
        self.ensure_one()
        if self.code == "new":
            return self.label or ""
        return f"{(self.code or '').upper()} · {self.label}"

    @api.model
    def _get_texts(self, company):
        """Return ``{code: letter and words}`` of the model that a company uses."""
        classes = self.env["debitor.scoring.model"]._for(company).sudo().class_ids
        return {one.code: one._get_text() for one in classes}

    @api.model_create_multi
    def create(self, vals_list):
        classes = super().create(vals_list)
        classes.model_id._check_changeable()
        return classes

    def write(self, vals):
        # How a class is named and what it recommends may change at any time; what decides
        # about limits and releases belongs to the version.
        if not vals.keys() <= _ALWAYS_CHANGEABLE:
            self.model_id._check_changeable()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_from_drafts(self):
        self.model_id._check_changeable()


_ALWAYS_CHANGEABLE = {
    "label",
    "payment_term_id",
    "prepayment_percent",
    "needs_release",
    "dunning_procedure_id",
}
