from odoo import models
from odoo.tools import SQL

from ..core.statement import MessageKind
from ..tools.transaction_json import transaction_to_json


class DebitorBankSheet(models.Model):
    """How a statement that has passed becomes lines of its journal."""

    _inherit = "debitor.bank.sheet"

    def _advance(self, limit):
        """Judge a sheet that waits, and import the next ``limit`` lines of it."""
        self.ensure_one()
        if self.state == "waiting":
            self._judge()
        if self.state == "importing":
            self._book_chunk(limit)

    def _book_chunk(self, limit):
        """Create the next lines, all of them with one call; the last one ends the import."""
        self.ensure_one()
        self.env["debitor.bank.history"]._lock(self.journal_id)
        self._pass_over_taken()
        rows = self._read_transactions(("new",), limit)
        if rows:
            ids = [row_id for row_id, _one in rows]
            self.env["debitor.bank.transaction"]._execute(
                SQL("state = 'created', line_id = found.line_id"),
                SQL("item.id = found.id"),
                SQL(
                    "unnest(%s::int[], %s::int[]) AS found(id, line_id)",
                    ids,
                    self._create_lines(rows).ids,
                ),
            )
        if len(rows) < limit:
            self._end_import()

    def _pass_over_taken(self):
        """Mark what another file has brought since this one was judged."""
        self.env["account.bank.statement.line"].flush_model(["debitor_key", "journal_id"])
        self.env["debitor.bank.transaction"]._execute(
            SQL("state = 'known', line_id = line.id"),
            SQL(
                "item.sheet_id = %s AND item.state = 'new'"
                " AND line.journal_id = item.journal_id AND line.debitor_key = item.key",
                self.id,
            ),
            SQL("account_bank_statement_line AS line"),
        )

    def _create_lines(self, rows):
        """Return the new lines of ``[(id, core Transaction)]``."""
        if not self.statement_id and self.kind == MessageKind.STATEMENT.value:
            self.statement_id = self.env["account.bank.statement"].create(
                self._prepare_statement_vals()
            )
        claims = self._get_claims(rows)
        currencies = {one.name: one for one in self.env["res.currency"].search_fetch([], ["name"])}
        vals_list = [
            self._prepare_line_vals(one, currencies) | {"debitor_claimed_by": claims.get(row_id)}
            for row_id, one in rows
        ]
        transactions = [one for _row_id, one in rows]
        return self._get_line_model()._create_from_bank(self.journal_id, vals_list, transactions)

    def _get_claims(self, rows):
        """Return the keys of the notifications whose details stand in for a statement's sums."""
        ids = [row_id for row_id, _one in rows]
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, claim_key FROM debitor_bank_transaction"
                    " WHERE claim_key IS NOT NULL AND id = ANY(%s)",
                    ids,
                )
            )
        )

    def _get_sum_of_new(self):
        """Return what the transactions that are still to be imported add up to."""
        ((total,),) = self.env.execute_query(
            SQL(
                "SELECT coalesce(sum(amount), 0) FROM debitor_bank_transaction"
                " WHERE sheet_id = %s AND state = 'new'",
                self.id,
            )
        )
        return float(total)

    def _get_line_model(self):
        """Return the model of lines as the import writes it: without mails and followers."""
        return (
            self.env["account.bank.statement.line"]
            .with_company(self.company_id)
            .with_context(
                tracking_disable=True,
                mail_create_nosubscribe=True,
                mail_create_nolog=True,
                mail_notrack=True,
                no_reset_password=True,
            )
        )

    def _prepare_statement_vals(self):
        """Return the values of the bank statement, whose balances are those of its new lines."""
        start, end = self._get_statement_balances()
        return {
            "name": self.number or self.name or self.file_id.name,
            "reference": self.file_id.name,
            "date": self.date_to,
            "balance_start": start,
            "balance_end_real": end,
        }

    def _get_statement_balances(self):
        """Return balances that differ by the new lines; what the bank doesn't say follows."""
        fresh = self._get_sum_of_new()
        if self.has_closing:
            return self.currency_id.round(self.closing - fresh), self.closing
        closing, _day = self.env["debitor.bank.history"]._get_last_closing(self)
        start = self.opening if self.has_opening else float(closing or 0)
        return start, self.currency_id.round(start + fresh)

    def _prepare_line_vals(self, one, active_currencies):
        """Return the values of one bank transaction.

        :param one: core :class:`Transaction`
        :param active_currencies: ``{code: record}``
        """
        vals = {
            "journal_id": self.journal_id.id,
            "statement_id": self.statement_id.id,
            "date": one.booking_date or one.value_date or self.date_to,
            "amount": float(one.amount),
            "payment_ref": self._get_label(one),
            "partner_name": one.counterparty,
            "account_number": one.counterparty_iban,
            "transaction_type": one.bank_code,
            "transaction_details": transaction_to_json(one),
            "debitor_file_id": self.file_id.id,
            "debitor_sheet_id": self.id,
            "debitor_key": one.key,
            "debitor_entry_key": one.entry_key,
            "debitor_end_to_end": one.end_to_end,
            "debitor_mandate": one.mandate,
            "debitor_structured": ", ".join(one.structured) or False,
            "debitor_return_reason": one.return_reason,
        }
        return vals | self._prepare_foreign_vals(one, active_currencies)

    def _prepare_foreign_vals(self, one, active_currencies):
        """Return what was ordered in another currency, where the company uses it."""
        currency = active_currencies.get(one.original_currency)
        if not currency or not one.original_amount or one.original_currency == one.currency:
            return {}
        amount = currency.round(float(abs(one.original_amount)))
        if not amount:
            return {}
        return {
            "foreign_currency_id": currency.id,
            "amount_currency": -amount if one.amount < 0 else amount,
        }

    def _get_label(self, one):
        """Return the text of a transaction, as people look for it."""
        texts = [" ".join(one.remittance), *one.structured, *one.documents]
        said = list(dict.fromkeys(text for text in texts if text))
        return (
            " · ".join(said)
            or one.additional
            or one.end_to_end
            or one.reference
            or self.env._("Bank transaction")
        )

    def _end_import(self):
        """Note that all lines are there."""
        self.state = "imported"
