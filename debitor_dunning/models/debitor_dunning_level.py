from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.errors import PlaceholderError
from ..core.procedure import Level
from ..core.text import PLACEHOLDERS, check_text, fill_text

TEXT_FIELDS = ("subject", "intro", "closing")


class DebitorDunningLevel(models.Model):
    _name = "debitor.dunning.level"
    _description = "Dunning Level"
    _order = "procedure_id, days_after_due, id"

    name = fields.Char(required=True, translate=True)
    procedure_id = fields.Many2one(
        "debitor.dunning.procedure", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="procedure_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="procedure_id.currency_id")
    rank = fields.Integer(
        compute="_compute_rank", help="Position among the levels of the procedure, from 1."
    )
    days_after_due = fields.Integer(
        string="Days After Due Date",
        required=True,
        default=7,
        help="Negative: a reminder before the due date.",
    )
    min_days_since_last = fields.Integer(
        string="Days Since Last Notice",
        help="Least number of days since the last notice about the same item.",
    )
    minimum_amount = fields.Monetary(
        help="Where the customer's items at this level sum up to less, the next lower level"
        " applies.",
    )
    deadline_days = fields.Integer(
        string="New Deadline in Days",
        default=7,
        help="The next level can't be reached before this deadline has passed. 0: no deadline.",
    )
    channel_ids = fields.One2many(
        "debitor.dunning.level.channel",
        "level_id",
        copy=True,
        help="The first channel that is possible for the customer is taken.",
    )
    attach_invoices = fields.Boolean(help="Add the invoices' PDF files to the mail.")
    needs_approval = fields.Boolean(
        default=True,
        help="A person approves each notice. Otherwise the scheduled run sends by itself.",
    )
    subject = fields.Char(
        required=True, translate=True, default=lambda self: self.env._("Reminder")
    )
    intro = fields.Text(string="Text Above the Table", translate=True)
    closing = fields.Text(string="Text Below the Table", translate=True)

    @api.depends("days_after_due", "procedure_id.level_ids.days_after_due")
    def _compute_rank(self):
        for level in self:
            siblings = level.procedure_id.level_ids.sorted("days_after_due")
            ids = siblings.ids
            level.rank = ids.index(level.id) + 1 if level.id in ids else 0

    @api.constrains(
        "days_after_due", "min_days_since_last", "minimum_amount", "deadline_days", "procedure_id"
    )
    def _check_order(self):
        self.procedure_id._check_levels()

    @api.constrains(*TEXT_FIELDS)
    def _check_texts(self):
        for level in self:
            for name in TEXT_FIELDS:
                level._check_text(level._fields[name], level[name])

    def _check_text(self, field, text):
        try:
            check_text(text or "")
        except PlaceholderError as error:
            raise ValidationError(
                self.env._(
                    "«%(text)s» of level «%(level)s» holds the placeholder %(placeholder)s, which"
                    " does not exist. Known are: %(known)s",
                    text=field.string,
                    level=self.name,
                    placeholder=error.values["placeholder"],
                    known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                )
            ) from error

    def update_field_translations(self, field_name, translations, source_lang=""):
        # EXTENDS base: the translation dialog writes past the constraints.
        result = super().update_field_translations(field_name, translations, source_lang)
        if field_name in TEXT_FIELDS:
            for lang in translations:
                self.with_context(lang=lang)._check_texts()
        return result

    def _as_level(self, rank):
        self.ensure_one()
        return Level(
            id=self.id,
            rank=rank,
            days_after_due=self.days_after_due,
            min_days_since_last=self.min_days_since_last,
            minimum=Decimal(str(self.minimum_amount)),
            deadline_days=self.deadline_days,
        )

    def _fill(self, field_name, values, lang):
        """Return a text of this level in ``lang`` with its placeholders replaced."""
        self.ensure_one()
        return fill_text(self.with_context(lang=lang)[field_name] or "", values)
