from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..core.accounts import find_journal
from ..core.checks import Finding, check_entries, check_statement
from ..core.known import find_replaced, group_entries, needs_details, recognise
from ..core.statement import MessageKind
from ..tools.bulk import bulk_insert
from ..tools.transaction_json import transaction_to_json


class DebitorBankSheet(models.Model):
    """How a statement is judged and becomes lines of its journal."""

    _inherit = "debitor.bank.sheet"

    def _advance(self, limit):
        """Judge a sheet that waits, and import the next ``limit`` lines of it."""
        self.ensure_one()
        if self.state == "waiting":
            self._judge()
        if self.state == "importing":
            self._book_chunk(limit)

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    def _judge(self, accepted=False):
        """Decide what becomes of the sheet and of each of its transactions.

        :param accepted: a person takes the findings that can be taken
        """
        self.ensure_one()
        History = self.env["debitor.bank.history"]
        if self.statement_id:  # stopped in the middle, after it had passed
            self.write({"state": "importing", "problems": False})
            self._move_transactions(("quarantine",), "new")
            return
        rows = self._read_transactions()
        statement = self._as_statement(one for _id, one in rows)
        journal = self._find_journal(statement)
        if isinstance(journal, Finding):
            self._hold_for([journal])
            return
        History._lock(journal)
        self.write({"journal_id": journal.id, "company_id": journal.company_id.id})
        self._set_on_transactions(journal)
        if self._is_booked():
            self._judge_voucher(statement, journal, accepted)
        else:
            self._judge_preview(statement, journal)

    def _find_journal(self, statement):
        """Return the journal of the account, or the finding why there is none."""
        accounts = self.env["debitor.bank.history"]._get_journal_accounts(self.file_id)
        found = find_journal(statement.account, statement.currency, accounts)
        if isinstance(found, Finding):
            return found
        return self.env["account.journal"].browse(found.journal_id)

    def _is_booked(self):
        """Return whether the sheet's entries are booked, or only shown."""
        if self.kind == MessageKind.NOTIFICATION.value:
            return self.journal_id.debitor_booked_messages == "notifications"
        return self.kind == MessageKind.STATEMENT.value

    def _judge_voucher(self, statement, journal, accepted):
        History = self.env["debitor.bank.history"]
        kind = MessageKind(self.kind)
        entries = group_entries(one for one in statement.transactions if one.is_booked)
        taken = History._get_booked_entries(journal, entries)
        known = recognise(entries, taken, kind)
        fresh = [entry for entry in entries if entry.key not in known]
        ledger = History._get_ledger(self)
        if kind is MessageKind.STATEMENT:
            repeated = [
                entry.amount
                for entry in entries
                if entry.key in known and not known[entry.key].is_claim
            ]
            findings = check_statement(statement, ledger, known_sum=sum(repeated, Decimal(0)))
        else:
            findings = check_entries(statement, ledger)
        if entries and not fresh:
            self.write({"state": "known", "problems": self._as_problems(findings)})
        elif any(one.is_blocking or not accepted for one in findings):
            self._hold_for(findings)
            return
        else:
            self.write({"state": "importing", "problems": self._as_problems(findings)})
        self._apply_known(known)
        self._show_as_preview([one for one in statement.transactions if not one.is_booked])
        self._replace_previews(journal, entries, fresh)

    def _judge_preview(self, statement, journal):
        """Show what is not known yet; a report or notification is never booked."""
        entries = group_entries(statement.transactions)
        taken = self.env["debitor.bank.history"]._get_booked_entries(journal, entries)
        known = recognise(entries, taken, MessageKind(self.kind))
        is_known = entries and len(known) == len(entries)
        self.write({"state": "known" if is_known else "preview", "problems": False})
        self._apply_known(known)
        self._show_as_preview([one for one in statement.transactions if one.entry_key not in known])

    def _hold_for(self, findings):
        self._hold(self._as_problems(findings))

    def _as_problems(self, findings):
        return [{"code": one.code.value, "values": one.values} for one in findings] or False

    def _set_on_transactions(self, journal):
        self.env["debitor.bank.transaction"]._execute(
            SQL("journal_id = %s, company_id = %s", journal.id, journal.company_id.id),
            SQL("sheet_id = %s", self.id),
        )

    # ------------------------------------------------------------------
    # Known before, previews, details
    # ------------------------------------------------------------------

    def _apply_known(self, known):
        """Mark what is known and what is new, and let entries claim lines of another kind."""
        keys = list(known)
        Transaction = self.env["debitor.bank.transaction"]
        is_mine = SQL("item.sheet_id = %s AND item.state IN ('waiting', 'quarantine')", self.id)
        lines = [known[key].taken.ids[0] for key in keys]
        Transaction._execute(
            SQL("state = 'known', line_id = found.line_id"),
            SQL("%s AND item.entry_key = found.entry_key", is_mine),
            SQL("unnest(%s::text[], %s::int[]) AS found(entry_key, line_id)", keys, lines),
        )
        Transaction._execute(SQL("state = 'new'"), SQL("%s AND is_booked", is_mine))
        if self.kind != MessageKind.REPORT.value:
            self.env["account.bank.statement.line"]._set_claims(
                {key: one.taken.ids for key, one in known.items() if one.is_claim}
            )

    def _show_as_preview(self, transactions):
        """Show transactions that are not booked, instead of what earlier files said of them."""
        if not transactions:
            return
        keys = [one.key for one in transactions]
        Transaction = self.env["debitor.bank.transaction"]
        is_older = SQL(
            "item.state = 'preview' AND item.journal_id = %s AND sheet_id != %s AND key = ANY(%s)",
            self.journal_id.id,
            self.id,
            keys,
        )
        Transaction._execute(SQL("state = 'replaced'"), is_older)
        Transaction._execute(
            SQL("state = 'preview'"),
            SQL("sheet_id = %s AND state != 'known' AND key = ANY(%s)", self.id, keys),
        )

    def _replace_previews(self, journal, entries, fresh):
        """Let entries take the place of their previews, and details that of a sum."""
        previews = self.env["debitor.bank.history"]._get_previews(journal, self)
        if not previews:
            return
        replaced = find_replaced(entries, [taken for taken, _details in previews])
        details = {(taken.kind, taken.key): found for taken, found in previews}
        fresh_keys = {entry.key for entry in fresh}
        ids = []
        for entry in entries:
            for taken in replaced.get(entry.key, ()):
                ids += taken.ids
                found = details[taken.kind, taken.key]
                if (
                    entry.key in fresh_keys
                    and taken.kind is MessageKind.NOTIFICATION
                    and needs_details(entry, found)
                ):
                    self._use_details(entry, taken, found)
        self.env["debitor.bank.transaction"]._execute(
            SQL("state = 'replaced'"), SQL("id = ANY(%s)", ids)
        )

    def _use_details(self, entry, taken, details):
        """Put the details of a notification in the place of the statement's sum."""
        Transaction = self.env["debitor.bank.transaction"]
        Transaction._execute(
            SQL("state = 'replaced'"),
            SQL("sheet_id = %s AND state = 'new' AND entry_key = %s", self.id, entry.key),
        )
        currencies = self._get_currencies()
        vals_list = []
        for number, one in enumerate(details):
            vals = Transaction._prepare_transaction_vals(self, one, number, currencies)
            data = {**transaction_to_json(one), "entry_key": entry.key}
            vals_list.append(
                vals
                | {
                    "state": "new",
                    "entry_key": entry.key,
                    "claim_key": taken.key if taken.key != entry.key else None,
                    "data": Transaction._as_column(data),
                }
            )
        bulk_insert(Transaction, vals_list)

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

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
        vals = {
            "name": self.number or self.name or self.file_id.name,
            "reference": self.file_id.name,
            "date": self.date_to,
        }
        if self.has_closing:
            fresh = self._get_sum_of_new()
            start = self.currency_id.round(self.closing - fresh)
            vals |= {"balance_start": start, "balance_end_real": self.closing}
        return vals

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
            "partner_name": one.party or one.ultimate_party,
            "account_number": one.party_iban,
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
