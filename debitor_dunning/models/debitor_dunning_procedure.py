from decimal import Decimal

import holidays
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..core.calendar import Calendar, Pause, get_subdivision
from ..core.errors import ProcedureError
from ..core.procedure import Grouping, Procedure, check_levels
from .res_company import LEVEL_TEXTS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class DebitorDunningProcedure(models.Model):
    _name = "debitor.dunning.procedure"
    _description = "Dunning Procedure"
    _inherit = ["mail.thread"]
    _order = "company_id, sequence, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    level_ids = fields.One2many("debitor.dunning.level", "procedure_id", copy=True)
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Customers with one of these tags are dunned by this procedure,"
        " unless a procedure is set on the customer.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Person in Charge",
        domain="[('share', '=', False)]",
        help="Named on letters; replies to mails go to this person.",
    )
    grace_days = fields.Integer(
        default=3, tracking=True, help="Days after the due date during which nothing is dunned."
    )
    minimum_amount = fields.Monetary(
        default=5.0,
        tracking=True,
        help="A customer who owes less than this, after credits, gets no notice.",
    )
    pause_days = fields.Integer(
        string="Pause Between Notices",
        default=7,
        tracking=True,
        help="Least number of days between two notices to the same customer.",
    )
    grouping = fields.Selection(
        [
            (Grouping.DEBTOR.value, "One letter per customer"),
            (Grouping.LEVEL.value, "One letter per level"),
            (Grouping.INVOICE.value, "One letter per invoice"),
        ],
        default=Grouping.DEBTOR.value,
        required=True,
        string="Letters",
    )
    unsent_policy = fields.Selection(
        [
            ("remind", "Dun all the same"),
            ("mark", "Dun and warn in the proposal"),
            ("hold", "Don't dun until the invoice was sent"),
        ],
        default="mark",
        required=True,
        string="Invoices Never Sent",
    )
    freshness_days = fields.Integer(
        string="Bank Data Not Older Than",
        default=3,
        help="The run asks before sending when the last bank statement is older. 0: never ask.",
    )
    send_on_monday = fields.Boolean(default=True)
    send_on_tuesday = fields.Boolean(default=True)
    send_on_wednesday = fields.Boolean(default=True)
    send_on_thursday = fields.Boolean(default=True)
    send_on_friday = fields.Boolean(default=True)
    send_on_saturday = fields.Boolean()
    send_on_sunday = fields.Boolean()
    use_holidays = fields.Boolean(
        string="No Notices on Public Holidays",
        default=True,
        help="Holidays of the company's country and state.",
    )
    pause_from = fields.Char(string="Yearly Pause From", help="Day and month as MM-DD, e.g. 12-20")
    pause_to = fields.Char(string="Yearly Pause Until", help="Day and month as MM-DD, e.g. 01-06")

    _grace_days_positive = models.Constraint(
        "CHECK (grace_days >= 0 AND pause_days >= 0 AND freshness_days >= 0)",
        "Days of grace, pause and bank data can't be negative.",
    )
    _minimum_amount_positive = models.Constraint(
        "CHECK (minimum_amount >= 0)", "The minimum amount can't be negative."
    )

    @api.constrains("level_ids")
    def _check_levels(self):
        for procedure in self:
            try:
                check_levels(procedure._as_procedure().levels)
            except ProcedureError as error:
                raise ValidationError(procedure._explain_level_error(error)) from error

    def _explain_level_error(self, error):
        level = self.level_ids.sorted("days_after_due")[error.values["rank"] - 1]
        if error.code == "negative":
            return self.env._(
                "Level «%(level)s» of «%(procedure)s» has a negative number of days or amount."
                " Only the days after the due date may be negative.",
                level=level.name,
                procedure=self.name,
            )
        return self.env._(
            "Two levels of «%(procedure)s», one of them «%(level)s», come %(days)s days after the"
            " due date. Give each level more days than the one before.",
            level=level.name,
            procedure=self.name,
            days=error.values["days"],
        )

    @api.constrains("pause_from", "pause_to")
    def _check_pause(self):
        for procedure in self:
            procedure._get_pause()

    @api.constrains(*(f"send_on_{day}" for day in WEEKDAYS), "pause_from", "pause_to")
    def _check_sending_days(self):
        for procedure in self:
            today = procedure.company_id._get_today()
            if procedure._as_calendar().next_sending_day(today) is None:
                raise ValidationError(
                    self.env._(
                        "«%s» never sends anything: choose at least one weekday, and a yearly"
                        " pause that leaves some days.",
                        procedure.name,
                    )
                )

    def _get_pause(self):
        self.ensure_one()
        if not self.pause_from and not self.pause_to:
            return None
        try:
            start, end = (
                fields.Date.to_date(f"2000-{text}") for text in (self.pause_from, self.pause_to)
            )
        except (ValueError, TypeError) as error:
            raise ValidationError(
                self.env._(
                    "The yearly pause of «%s» needs two dates as month and day, e.g. 12-20 and"
                    " 01-06.",
                    self.name,
                )
            ) from error
        return Pause((start.month, start.day), (end.month, end.day))

    def _as_procedure(self):
        """Return the rules as a core ``Procedure``; its levels are ranked from 1."""
        self.ensure_one()
        levels = self.level_ids.sorted("days_after_due")
        return Procedure(
            id=self.id,
            levels=tuple(level._as_level(rank) for rank, level in enumerate(levels, start=1)),
            grace_days=self.grace_days,
            minimum=Decimal(str(self.minimum_amount)),
            pause_days=self.pause_days,
            grouping=Grouping(self.grouping),
            holds_never_sent=self.unsent_policy == "hold",
        )

    def _as_calendar(self):
        """Return the core ``Calendar`` of the company's place and this procedure's days."""
        self.ensure_one()
        weekdays = (day for day, name in enumerate(WEEKDAYS) if self[f"send_on_{name}"])
        return Calendar(
            holidays=self._get_holidays(
                self.company_id.country_code or "", self.company_id.state_id.code or ""
            )
            if self.use_holidays
            else frozenset(),
            weekdays=frozenset(weekdays),
            pause=self._get_pause(),
        )

    @api.model
    @ormcache("country_code", "state_code")
    def _get_holidays(self, country_code, state_code):
        """Return the holidays of a state, or of the country where the state is unknown."""
        # One country's module is loaded, not all of them to look for the code.
        for subdivision in (get_subdivision(country_code, state_code), None):
            try:
                return holidays.country_holidays(country_code, subdiv=subdivision or None)
            except NotImplementedError:
                continue
        return frozenset()

    def _check_usable(self):
        """Raise where a run by this procedure can't make any notice."""
        for procedure in self:
            if not procedure.level_ids:
                raise ValidationError(
                    self.env._(
                        "The dunning procedure «%s» has no levels. Add at least one level, or"
                        " archive the procedure.",
                        procedure.name,
                    )
                )

    def _translate_default_texts(self, languages=None):
        """Translate the texts of levels that are still the shipped ones and not translated.

        :param languages: codes of languages; all installed ones unless given
        """
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        for lang in set(languages or installed) - {"en_US"}:
            shipped = self.env["res.company"]._get_default_dunning_texts(lang)
            for level in self.level_ids.with_context(lang=lang):
                source = level.with_context(lang="en_US")
                vals = {
                    name: shipped[source[name]]
                    for name in LEVEL_TEXTS
                    if source[name] in shipped and level[name] == source[name]
                }
                if vals:
                    level.write(vals)
