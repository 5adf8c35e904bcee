from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.translate import LazyTranslate
from pytz import country_timezones

from ..core.calendar import Calendar

_lt = LazyTranslate(__name__)

LEVEL_TEXTS = ("name", "subject", "intro", "closing")
# The shipped ladder. Texts are the user's from then on; they are only a good beginning.
_LEVELS = (
    {
        "name": _lt("Payment Reminder"),
        "days_after_due": 5,
        "deadline_days": 10,
        "subject": _lt("Payment reminder: {invoices}"),
        "intro": _lt(
            "In the bustle of everyday business the invoices listed below may have escaped your"
            " notice. According to our records they have not been paid yet."
        ),
        "closing": _lt(
            "Please transfer {amount} by {deadline}. If something about the invoices is unclear,"
            " just give us a call."
        ),
        "channels": ("email", "letter"),
    },
    {
        "name": _lt("First Dunning Notice"),
        "days_after_due": 20,
        "deadline_days": 10,
        "subject": _lt("{level}: {invoices}"),
        "intro": _lt(
            "Unfortunately we could not find a payment for the items below, although we have"
            " reminded you of them."
        ),
        "has_interest": True,
        "fee_business": 5.0,
        "closing": _lt(
            "We ask you to transfer {amount} to our account by {deadline}. Should you have reasons"
            " not to pay, please let us know before that date."
        ),
        "channels": ("email", "letter"),
    },
    {
        "name": _lt("Last Dunning Notice"),
        "days_after_due": 35,
        "deadline_days": 7,
        "subject": _lt("{level}: {invoices}"),
        "intro": _lt("Despite our notices the items below are still open."),
        "has_interest": True,
        "fee_business": 5.0,
        "closing": _lt(
            "We set you a last deadline: please transfer {amount} by {deadline}. After this date"
            " we will hand the claim over for collection without further notice, which means"
            " further costs for you."
        ),
        "channels": ("letter", "email"),
    },
)


class ResCompany(models.Model):
    _inherit = "res.company"

    dunning_procedure_id = fields.Many2one(
        "debitor.dunning.procedure",
        string="Default Dunning Procedure",
        domain="[('company_id', 'parent_of', id)]",
    )
    dunning_is_automatic = fields.Boolean(
        string="Propose Dunning Each Night",
        default=True,
        help="The scheduled action makes a proposal each night on which notices may go out.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        companies = super().create(vals_list)
        # A branch is dunned by its parent's procedure until it gets one of its own.
        companies.filtered(
            lambda company: not company.parent_id
        )._create_default_dunning_procedure()
        return companies

    def _get_today(self):
        """Return today's date where the company is, whoever asks and wherever the server stands."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self._get_timezone()), fields.Datetime.now()
        ).date()

    def _get_timezone(self):
        """Return the zone set on the company's address, else the first one of its country."""
        self.ensure_one()
        zones = country_timezones.get(self.country_code or "", ())
        return self.partner_id.tz or (zones[0] if zones else self.env.user.tz) or "UTC"

    def _get_language_of(self, user):
        """Return the language of a person; behind the scheduler's user it is the company's."""
        self.ensure_one()
        languages = (user.lang if user.active else False, self.partner_id.lang, self.env.lang)
        return next(filter(None, languages), "en_US")

    def _get_dunning_procedure(self):
        """Return the company's default procedure, or its nearest parent's."""
        self.ensure_one()
        for company in self | self.parent_ids.sorted(lambda one: -len(one.parent_path or "")):
            if company.dunning_procedure_id.active:
                return company.dunning_procedure_id
        return self.env["debitor.dunning.procedure"]

    def _get_dunning_calendar(self):
        """Return working days at the company's place, for customers without a procedure."""
        return (
            self._get_dunning_procedure()._as_calendar()
            if self._get_dunning_procedure()
            else Calendar()
        )

    def _create_default_dunning_procedure(self):
        """Create the shipped procedure, in all installed languages, where there is none."""
        missing = self.filtered(lambda company: not company.dunning_procedure_id)
        for company in missing.sudo():  # creating a company doesn't ask for dunning rights
            procedure = (
                self.env["debitor.dunning.procedure"]
                .sudo()
                .with_context(lang="en_US")
                .create(company._prepare_default_dunning_procedure_vals())
            )
            procedure._translate_default_texts()
            company.dunning_procedure_id = procedure

    def _prepare_default_dunning_procedure_vals(self):
        self.ensure_one()
        return {
            "name": "Standard",
            "company_id": self.id,
            "level_ids": [
                Command.create(
                    {key: value for key, value in level.items() if key != "channels"}
                    | {
                        "channel_ids": [
                            Command.create({"sequence": rank, "channel": channel})
                            for rank, channel in enumerate(level["channels"], start=1)
                        ]
                    }
                )
                for level in self._get_default_dunning_levels("en_US")
            ],
        }

    @api.model
    def _get_default_dunning_levels(self, lang):
        """Return the shipped levels with their texts in ``lang``."""
        env = self.with_context(lang=lang).env
        return [
            {
                key: env._(value) if key in LEVEL_TEXTS else value  # pylint: disable=E8502
                for key, value in level.items()
            }
            for level in _LEVELS
        ]

    @api.model
    def _get_default_dunning_texts(self, lang):
        """Return ``{shipped text in English: the same in lang}``."""
        return {
            english[key]: translated[key]
            for english, translated in zip(
                self._get_default_dunning_levels("en_US"),
                self._get_default_dunning_levels(lang),
                strict=True,
            )
            for key in LEVEL_TEXTS
        }
