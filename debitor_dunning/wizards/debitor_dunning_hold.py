from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# What the wizard can be opened from, and the field that then holds the chosen records.
_SUBJECT_FIELDS = {
    "res.partner": "partner_ids",
    "account.move": "move_ids",
    "account.move.line": "move_line_ids",
}
_DEFAULT_DAYS = 14
_NAMES_SHOWN = 3


class DebitorDunningHold(models.TransientModel):
    """Blocks dunning of customers, invoices or single items until a day."""

    _name = "debitor.dunning.hold"
    _description = "Hold Dunning"

    partner_ids = fields.Many2many("res.partner", string="Customers")
    move_ids = fields.Many2many("account.move", string="Invoices")
    move_line_ids = fields.Many2many("account.move.line", string="Open Items")
    days = fields.Integer(string="For Days", default=_DEFAULT_DAYS)
    date_to = fields.Date(
        string="Until",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        help="Last day of the block. Empty: until somebody lifts it.",
    )
    reason_id = fields.Many2one(
        "debitor.dunning.block.reason",
        required=True,
        default=lambda self: self.env["debitor.dunning.block.reason"]._get_by_name(),
    )
    note = fields.Char(help="For your colleagues; customers don't see it.")
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def default_get(self, fields):
        # EXTENDS base
        values = super().default_get(fields)
        name = _SUBJECT_FIELDS.get(self.env.context.get("active_model"))
        if name in fields and not values.get(name):
            values[name] = [(6, 0, self.env.context.get("active_ids", []))]
        return values

    @api.depends("days")
    def _compute_date_to(self):
        today = self.env.company._get_today()
        for wizard in self:
            if wizard.days:
                wizard.date_to = fields.Date.add(today, days=wizard.days)

    @api.depends("partner_ids", "move_ids", "move_line_ids", "date_to")
    def _compute_summary(self):
        for wizard in self:
            wizard.summary = wizard._get_summary()

    def _get_summary(self):
        """Return one sentence that says what will be held, and until when."""
        self.ensure_one()
        names = [subject.display_name for subject in self._get_subjects()]
        shown = ", ".join(names[:_NAMES_SHOWN])
        if len(names) > _NAMES_SHOWN:
            shown = self.env._(
                "%(names)s and %(count)s more", names=shown, count=len(names) - _NAMES_SHOWN
            )
        if self.date_to:
            return self.env._(
                "No dunning of %(subjects)s up to and including %(date)s.",
                subjects=shown,
                date=format_date(self.env, self.date_to),
            )
        return self.env._("No dunning of %s until somebody lifts the block.", shown)

    def _get_subjects(self):
        return self.partner_ids.commercial_partner_id or self.move_ids or self.move_line_ids

    def action_confirm(self):
        """Create a block for each of the chosen records."""
        self.ensure_one()
        subjects = self._prepare_subjects()
        if not subjects:
            raise UserError(self.env._("Choose at least one customer, invoice or open item."))
        self.env["debitor.dunning.block"].create(
            [
                {
                    **subject,
                    "reason_id": self.reason_id.id,
                    "note": self.note,
                    "date_to": self.date_to,
                }
                for subject in subjects
            ]
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_subjects(self):
        """Return the values that say what each block holds for."""
        return (
            [
                {"partner_id": partner.id, "company_id": self.env.company.id}
                for partner in self.partner_ids.commercial_partner_id
            ]
            + [{"move_id": move.id, "company_id": move.company_id.id} for move in self.move_ids]
            + [
                {
                    "move_id": line.move_id.id,
                    "move_line_id": line.id,
                    "company_id": line.company_id.id,
                }
                for line in self.move_line_ids
            ]
        )
