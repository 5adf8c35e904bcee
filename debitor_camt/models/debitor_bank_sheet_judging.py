from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..core.accounts import find_journal
from ..core.checks import Finding, check_entries, check_statement
from ..core.known import (
    find_free_key,
    find_news,
    find_replaced,
    group_entries,
    needs_details,
    recognise,
)
from ..core.statement import MessageKind
from ..tools.bulk import bulk_insert
from ..tools.transaction_json import transaction_to_json


class DebitorBankSheet(models.Model):
    """How it is decided what becomes of a statement and of each of its transactions."""

    _inherit = "debitor.bank.sheet"

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
        entries = group_entries(one for one in statement.transactions if one.is_booked)
        taken = self.env["debitor.bank.history"]._get_booked_entries(journal, entries)
        known = recognise(entries, taken, MessageKind(self.kind))
        ledger = self.env["debitor.bank.history"]._get_ledger(self)
        entries, known = self._tell_apart(statement, entries, known, taken, ledger)
        fresh = [entry for entry in entries if entry.key not in known]
        findings = self._find_problems(statement, entries, known, ledger)
        is_known = entries and not fresh
        if not is_known and any(one.is_blocking or not accepted for one in findings):
            self._hold_for(findings)
            return
        state = "known" if is_known else "importing"
        self.write({"state": state, "problems": self._as_problems(findings)})
        self._apply_known(known)
        self._note_kept(self._split_sums(entries, known))
        self._show_as_preview([one for one in statement.transactions if not one.is_booked])
        self._replace_previews(journal, entries, fresh)

    def _tell_apart(self, statement, entries, known, taken, ledger):
        """Give entries keys of their own that are new although they look known.

        :return: entries and the core's ``Recognition`` of them, as they are then
        """
        if self.kind != MessageKind.STATEMENT.value or self._came_before():
            return entries, known
        opening = statement.opening and statement.opening.amount
        news = find_news(entries, known, opening, ledger.closing)
        if not news:
            return entries, known
        used = {one.key for one in (*entries, *taken)}
        keys = {}
        for entry in news:
            keys[entry.key] = find_free_key(entry.key, used)
            used.add(keys[entry.key])
        self.env["debitor.bank.transaction"]._rename_entries(self, keys)
        rows = self._read_transactions()
        entries = group_entries(one for _id, one in rows if one.is_booked)
        return entries, {key: one for key, one in known.items() if key not in keys}

    def _came_before(self):
        """Tell whether a statement of the same days and balances was imported."""
        return bool(
            self.search_count(
                [
                    ("id", "!=", self.id),
                    ("journal_id", "=", self.journal_id.id),
                    ("kind", "=", self.kind),
                    ("state", "in", ("imported", "importing", "known")),
                    ("date_from", "=", self.date_from),
                    ("date_to", "=", self.date_to),
                    ("has_opening", "=", True),
                    ("opening", "=", self.opening),
                    ("closing", "=", self.closing),
                ],
                limit=1,
            )
        )

    def _find_problems(self, statement, entries, known, ledger):
        """Return the core's findings; only a statement has balances to compare."""
        if self.kind != MessageKind.STATEMENT.value:
            return check_entries(statement, ledger)
        repeated = (
            entry.amount
            for entry in entries
            if entry.key in known and not known[entry.key].is_claim
        )
        return check_statement(statement, ledger, known_sum=sum(repeated, Decimal(0)))

    def _judge_preview(self, statement, journal):
        """Show what is not known yet; a report or notification is never booked."""
        entries = group_entries(statement.transactions)
        taken = self.env["debitor.bank.history"]._get_booked_entries(journal, entries)
        known = recognise(entries, taken, MessageKind(self.kind))
        is_known = entries and len(known) == len(entries)
        self.write({"state": "known" if is_known else "preview", "problems": False})
        self._apply_known(known)
        self._note_kept(self._split_sums(entries, known))
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
                    self._use_details(entry.key, taken.key, found)
        self.env["debitor.bank.transaction"]._execute(
            SQL("state = 'replaced'"), SQL("id = ANY(%s)", ids)
        )

    def _use_details(self, entry_key, claim_key, details):
        """Put the details of a notification in the place of the statement's sum.

        :param entry_key: of the statement's entry
        :param claim_key: of the same entry in the notification
        """
        Transaction = self.env["debitor.bank.transaction"]
        Transaction._execute(
            SQL("state = 'replaced'"),
            SQL(
                "sheet_id = %s AND state IN ('new', 'created') AND entry_key = %s",
                self.id,
                entry_key,
            ),
        )
        currencies = self._get_currencies()
        vals_list = []
        for number, one in enumerate(details):
            vals = Transaction._prepare_transaction_vals(self, one, number, currencies)
            data = {**transaction_to_json(one), "entry_key": entry_key}
            vals_list.append(
                vals
                | {
                    "state": "new",
                    "entry_key": entry_key,
                    "claim_key": claim_key if claim_key != entry_key else None,
                    "data": Transaction._as_column(data),
                }
            )
        bulk_insert(Transaction, vals_list)
