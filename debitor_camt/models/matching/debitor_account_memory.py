from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...core.habits import IBAN, NAME, TEXT, Habit, Trait


class DebitorAccountMemory(models.Model):
    """To which accounts persons booked bank transactions, by what these have in common."""

    _name = "debitor.account.memory"
    _description = "Learned Account"
    _order = "account_id, kind, value"
    _rec_name = "value"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    account_id = fields.Many2one(
        "account.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    tax_ids = fields.Many2many("account.tax", string="Taxes", readonly=True)
    kind = fields.Selection(
        [(IBAN, "IBAN"), (NAME, "Name"), (TEXT, "Text")], required=True, readonly=True
    )
    value = fields.Char(
        string="IBAN, Name or Words",
        required=True,
        readonly=True,
        help="Of a text the words that tell what it is about.",
    )
    code = fields.Char(
        string="Transaction Code",
        readonly=True,
        help="The bank's code of the kind of transaction, to which the words belong.",
    )
    count = fields.Integer(string="Bookings", readonly=True)
    last_date = fields.Date(string="Last Seen", readonly=True)

    _value_once = models.UniqueIndex(
        "(company_id, kind, value, code, account_id)", "It is remembered once for each account."
    )

    @api.model
    def _learn(self, facts, count=1):
        """Remember, or with ``count=-1`` take back, what bookings to accounts say.

        :param facts: ``[(company id, account id, taxes, core traits, date)]``
        """
        for company_id, account_id, taxes, traits, day in facts:
            memories = self.browse(
                self._learn_trait(company_id, account_id, trait, day, count) for trait in traits
            )
            if count > 0:
                memories.tax_ids = taxes
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM debitor_account_memory WHERE count <= 0")
        self.invalidate_model()

    @api.model
    def _learn_trait(self, company_id, account_id, trait, day, count):
        """Count one trait of a booking; return the id of its memory."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO debitor_account_memory
                          (company_id, account_id, kind, value, code, count, last_date)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)
              ON CONFLICT (company_id, kind, value, code, account_id) DO UPDATE
                      SET count = debitor_account_memory.count + %s,
                          last_date = greatest(debitor_account_memory.last_date, %s)
                RETURNING id""",
                company_id,
                account_id,
                trait.kind,
                trait.value,
                trait.code,
                max(count, 0),
                day,
                count,
                day,
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_habits(self, companies, traits):
        """Return ``[(memory, core Habit)]`` of what may have one of the traits."""
        of_kind = {IBAN: set(), NAME: set()}
        codes = set()
        for one in traits:
            if one.kind == TEXT:
                codes.add(one.code)
            else:
                of_kind[one.kind].add(one.value)
        fitting = Domain.OR(
            Domain("kind", "=", kind) & Domain("value", "in", list(values))
            for kind, values in of_kind.items()
        )
        fitting |= Domain("kind", "=", TEXT) & Domain("code", "in", list(codes))
        found = self.search(
            Domain("company_id", "in", companies.ids)
            & Domain("account_id.active", "=", True)
            & fitting
        )
        return [(one, one._as_habit()) for one in found]

    def _as_habit(self):
        self.ensure_one()
        return Habit(
            Trait(self.kind, self.value, self.code or ""),
            self.account_id.id,
            self.count,
            self.last_date or None,
        )

    def action_forget(self):
        """Forget what was learned; it isn't suggested any more."""
        self.check_access("unlink")
        self.unlink()
