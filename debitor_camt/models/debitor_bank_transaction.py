from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2.extras import Json

from ..core.checks import get_day
from ..tools.transaction_json import transaction_to_json


class DebitorBankTransaction(models.Model):
    """What a bank file says of one transaction, and what became of it."""

    _name = "debitor.bank.transaction"
    _description = "Transaction in a Bank File"
    _order = "date desc, id"
    _log_access = False
    _rec_name = "text"

    file_id = fields.Many2one(
        "debitor.bank.file", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(
        "debitor.bank.sheet",
        string="Account Statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    sequence = fields.Integer(readonly=True)
    key = fields.Char(required=True, readonly=True)
    entry_key = fields.Char(required=True, readonly=True)
    claim_key = fields.Char(
        readonly=True, help="Key of the entry in another kind of message that is the same."
    )
    is_booked = fields.Boolean(string="Booked by the Bank", readonly=True)
    date = fields.Date(readonly=True)
    value_date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    party = fields.Char(string="Payer or Payee", readonly=True)
    party_account = fields.Char(string="Their Account", readonly=True)
    text = fields.Char(readonly=True)
    # Everything that the file says, see tools/transaction_json.
    data = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Not Checked Yet"),
            ("new", "To Be Imported"),
            ("created", "Imported"),
            ("known", "Known Before"),
            ("preview", "Preview"),
            ("replaced", "Replaced"),
            ("quarantine", "In Quarantine"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
    )
    line_id = fields.Many2one(
        "account.bank.statement.line",
        string="Bank Transaction",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sheet_kind = fields.Selection(related="sheet_id.kind")

    _previews = models.Index("(journal_id, key) WHERE state = 'preview'")

    @api.model
    def _prepare_transaction_vals(self, sheet, one, number, currencies):
        """Return the plain columns of a core :class:`Transaction` of ``sheet``."""
        return {
            "file_id": sheet.file_id.id,
            "sheet_id": sheet.id,
            "company_id": sheet.company_id.id,
            "journal_id": sheet.journal_id.id or None,
            "sequence": number,
            "key": one.key,
            "entry_key": one.entry_key,
            "claim_key": None,
            "is_booked": one.is_booked,
            "date": get_day(one),
            "value_date": one.value_date,
            "amount": one.amount,
            "currency_id": currencies.get(one.currency),
            "party": one.counterparty,
            "party_account": one.counterparty_iban,
            "text": " ".join((*one.remittance, *one.structured)) or one.additional,
            "data": self._as_column(transaction_to_json(one)),
            "state": "waiting",
        }

    @api.model
    def _as_column(self, data):
        return Json(data)

    @api.model
    def _rename_entries(self, sheet, keys):
        """Give entries of a sheet other keys; those of their transactions follow.

        :param keys: ``{key: new key}``
        """
        self._execute(
            SQL(
                "entry_key = found.new, key = found.new || substr(item.key, length(found.old) + 1),"
                " data = item.data || jsonb_build_object('entry_key', found.new,"
                "     'key', found.new || substr(item.key, length(found.old) + 1))"
            ),
            SQL("item.sheet_id = %s AND item.entry_key = found.old", sheet.id),
            SQL(
                "unnest(%s::text[], %s::text[]) AS found(old, new)",
                list(keys),
                list(keys.values()),
            ),
        )

    @api.model
    def _execute(self, assignment, condition, source=None):
        """Update rows, called ``item``, with one statement; ``source`` may stand after FROM."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE debitor_bank_transaction AS item SET %s %s WHERE %s",
                assignment,
                SQL("FROM %s", source) if source else SQL(),
                condition,
            )
        )
        self.invalidate_model()
