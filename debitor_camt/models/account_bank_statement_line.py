from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.statement import Transaction
from ..tools.money import to_decimal
from ..tools.transaction_json import transaction_from_json
from .account_move import LinkBatch


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    debitor_file_id = fields.Many2one(
        "debitor.bank.file",
        string="Bank File",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    debitor_sheet_id = fields.Many2one(
        "debitor.bank.sheet",
        string="Account Statement in File",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    debitor_key = fields.Char(readonly=True, copy=False)
    debitor_entry_key = fields.Char(readonly=True, copy=False)
    debitor_claimed_by = fields.Char(
        readonly=True,
        copy=False,
        help="Key of the entry in another kind of message that tells of the same money.",
    )
    debitor_end_to_end = fields.Char(string="End-to-End ID", readonly=True, copy=False)
    debitor_mandate = fields.Char(string="Mandate", readonly=True, copy=False)
    debitor_structured = fields.Char(string="Structured Reference", readonly=True, copy=False)
    debitor_return_reason = fields.Char(string="Return Reason", readonly=True, copy=False)

    _debitor_key = models.UniqueIndex(
        "(journal_id, debitor_key) WHERE debitor_key IS NOT NULL",
        "This bank transaction was imported before.",
    )
    _debitor_entry_key = models.Index(
        "(journal_id, debitor_entry_key) WHERE debitor_entry_key IS NOT NULL"
    )
    _debitor_claimed_by = models.Index(
        "(journal_id, debitor_claimed_by) WHERE debitor_claimed_by IS NOT NULL"
    )

    def _as_transaction(self):
        """Return the core's :class:`Transaction` of a line, wherever the line came from."""
        self.ensure_one()
        if self.debitor_key:
            return transaction_from_json(self.transaction_details)
        foreign = self.foreign_currency_id
        return Transaction(
            amount=to_decimal(self.amount, self.currency_id),
            currency=self.currency_id.name,
            booking_date=self.date,
            remittance=tuple(filter(None, [self.payment_ref])),
            party=self.partner_name or self.partner_id.name or None,
            party_iban=self.account_number or None,
            original_amount=abs(to_decimal(self.amount_currency, foreign)) if foreign else None,
            original_currency=foreign.name or None,
        )

    @api.model
    def _create_from_bank(self, journal, vals_list, transactions):
        """Create the lines of an import with one call; a hook for what matches them at once.

        :param journal: of all of the lines
        :param transactions: the core's ``Transaction`` of each
        :return: the lines, in the order of ``vals_list``
        """
        return self._create_in_bulk(vals_list)

    @api.model
    def _create_in_bulk(self, vals_list):
        """Create lines as ``create`` does, with less work for each of them."""
        batch = LinkBatch(len(vals_list))
        lines = self.with_context(debitor_link_batch=batch).create(vals_list).with_env(self.env)
        # Nothing is left, unless another addon creates fewer of them at once.
        self.env["account.move"]._link_to_lines(batch)
        return lines

    def _match_imported_lines(self):
        """Do what needs all lines of an import to be there; a hook for what matches."""
        self._settle_returns()
        self._apply_rules()

    @api.model
    def _set_claims(self, claims):
        """Note which entry of another kind of message tells of the same lines.

        :param claims: ``{entry key: ids of lines}``
        """
        pairs = [(line_id, key) for key, line_ids in claims.items() for line_id in line_ids]
        if not pairs:
            return
        self.flush_model(["debitor_claimed_by"])
        self.env.cr.execute(
            SQL(
                "UPDATE account_bank_statement_line AS line SET debitor_claimed_by = found.key"
                "  FROM unnest(%s::int[], %s::text[]) AS found(id, key)"
                " WHERE line.id = found.id",
                [line_id for line_id, _key in pairs],
                [key for _line_id, key in pairs],
            )
        )
        self.invalidate_model(["debitor_claimed_by"])

    def _give_way(self, file):
        """Cancel the line of a sum; what ``file`` tells of it becomes lines of their own.

        :raise UserError: it lies in a locked period
        """
        self.ensure_one()
        self.move_id._message_log(
            body=self.env._("Replaced by its details, which came with bank file %s.", file.name)
        )
        self.move_id.button_cancel()
        self._free_keys()

    def _free_keys(self):
        """Let what these lines were made of be imported again."""
        self.write({"debitor_key": False, "debitor_entry_key": False, "debitor_claimed_by": False})

    @api.ondelete(at_uninstall=False)
    def _unlink_nothing_imported(self):
        for line in self.filtered("debitor_key"):
            raise UserError(
                self.env._(
                    "%(line)s comes from bank file %(file)s and is kept. Cancel the file if it"
                    " should not have been imported.",
                    line=line.payment_ref or line.display_name,
                    file=line.debitor_file_id.sudo().name,  # the name of what keeps it
                )
            )

    def _cancel_import(self, file):
        """Cancel the lines of a file; their keys are free for another import.

        :raise UserError: some are reconciled, or lie in a locked period
        """
        matched = self.filtered(lambda line: line.is_reconciled and line.amount)
        if matched:
            raise UserError(
                self.env._(
                    "%(count)s transactions of bank file %(file)s are reconciled. Undo that first,"
                    " then cancel the file.",
                    count=len(matched),
                    file=file.name,
                )
            )
        # A sum that gave way to its details is cancelled already.
        self.filtered(lambda line: line.state != "cancel").move_id.button_cancel()
        self._free_keys()
