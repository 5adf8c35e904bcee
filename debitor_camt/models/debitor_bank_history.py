from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.accounts import JournalAccount
from ..core.checks import Ledger
from ..core.known import TakenEntry, group_entries
from ..core.statement import MessageKind
from ..tools.transaction_json import transaction_from_json


class DebitorBankHistory(models.AbstractModel):
    """What the books and earlier files say of a journal, for the core to compare with."""

    _name = "debitor.bank.history"
    _description = "What Is Known of a Bank Journal"

    @api.model
    def _lock(self, journal):
        """Let one import at a time work on a journal.

        Whoever waits for the lock has a view of the database from before the other one's end.
        The row is changed, so that PostgreSQL makes such a transaction start over.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE account_journal SET debitor_imported_on = now() AT TIME ZONE 'UTC'"
                " WHERE id = %s",
                journal.id,
            ),
            log_exceptions=False,  # starting over is no error
        )
        journal.invalidate_recordset(["debitor_imported_on"], flush=False)

    @api.model
    def _get_journal_accounts(self, file):
        """Return the accounts that a file of this company may have statements of."""
        journals = self.env["account.journal"].sudo().search(self._get_journal_domain(file))
        return [
            JournalAccount(
                journal_id=one.id,
                number=one.bank_account_id.acc_number or "",
                currency=(one.currency_id or one.company_id.currency_id).name,
            )
            for one in journals
        ]

    @api.model
    def _get_journal_domain(self, file):
        """Return the bank journals of the company, and of its branches where the user works there."""
        branches = self.env["res.company"].sudo().search([("id", "child_of", file.company_id.id)])
        if file.user_id and not file.user_id._is_superuser():
            branches &= file.user_id.company_ids | file.company_id
        return Domain("type", "in", ("bank", "credit")) & Domain("company_id", "in", branches.ids)

    @api.model
    def _get_ledger(self, sheet):
        """Return the core's :class:`Ledger` of the sheet's journal before its period."""
        journal = sheet.journal_id
        currency = journal.currency_id or journal.company_id.currency_id
        closing, day = self._get_last_closing(sheet)
        return Ledger(
            currency=currency.name,
            digits=currency.decimal_places,
            locked_until=self._get_locked_until(journal),
            closing=None if closing is None else round(Decimal(closing), currency.decimal_places),
            closing_day=day,
        )

    @api.model
    def _get_locked_until(self, journal):
        company = journal.company_id
        locked = company._get_user_fiscal_lock_date(journal)
        return locked if locked and locked.year > 1 else None

    @api.model
    def _get_last_closing(self, sheet):
        """Return balance and day of the last statement that ended no later than this one does.

        Statements that were entered by hand or came in another way count too, unless a sheet
        has made them.
        """
        self.env["debitor.bank.sheet"].flush_model()
        self.env["account.bank.statement"].flush_model()
        day = sheet.date_to or fields.Date.context_today(sheet)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT closing, date_to FROM (
                    SELECT closing, date_to, 1 AS rank, id
                      FROM debitor_bank_sheet
                     WHERE journal_id = %(journal)s AND date_to <= %(day)s AND id != %(sheet)s
                       AND kind = %(kind)s AND state IN ('imported', 'known') AND has_closing
                     UNION ALL
                    SELECT balance_end_real, date, 0, id
                      FROM account_bank_statement
                     WHERE journal_id = %(journal)s AND date <= %(day)s
                       AND balance_end_real IS NOT NULL
                       AND id NOT IN (
                           SELECT statement_id FROM debitor_bank_sheet
                            WHERE journal_id = %(journal)s AND statement_id IS NOT NULL)
                ) AS found
                ORDER BY date_to DESC, rank DESC, id DESC
                LIMIT 1
                """,
                journal=sheet.journal_id.id,
                day=day,
                sheet=sheet.id,
                kind=MessageKind.STATEMENT.value,
            )
        )
        return rows[0] if rows else (None, None)

    # ------------------------------------------------------------------
    # What is there already
    # ------------------------------------------------------------------

    @api.model
    def _get_booked_entries(self, journal, entries):
        """Return the core's :class:`TakenEntry` for lines that may be one of ``entries``.

        Those are lines with the same keys, and those of the same days, which may be told of by
        another kind of message.
        """
        if not entries:
            return []
        self.env["account.bank.statement.line"].flush_model()
        keys = [entry.key for entry in entries]
        days = [entry.day for entry in entries if entry.day]
        ids = SQL(
            """
            SELECT id FROM account_bank_statement_line
             WHERE journal_id = %(journal)s AND debitor_entry_key = ANY(%(keys)s)
             UNION
            SELECT id FROM account_bank_statement_line
             WHERE journal_id = %(journal)s AND debitor_claimed_by = ANY(%(keys)s)
             UNION
            SELECT id FROM account_bank_statement_line
             WHERE journal_id = %(journal)s AND company_id = %(company)s
               AND internal_index >= %(first)s AND internal_index < %(last)s
               AND debitor_entry_key IS NOT NULL
            """,
            journal=journal.id,
            company=journal.company_id.id,
            keys=keys,
            first=f"{min(days):%Y%m%d}" if days else "",
            last=f"{max(days) + timedelta(days=1):%Y%m%d}" if days else "",
        )
        return [
            TakenEntry(
                key=key,
                kind=MessageKind(kind),
                day=fields.Date.to_date(day),
                amount=amount,
                references=frozenset(filter(None, references)),
                end_to_end=frozenset(filter(None, end_to_end)),
                claimed_by=claimed_by,
                ids=tuple(line_ids),
            )
            for key, kind, claimed_by, day, amount, references, end_to_end, line_ids in (
                self.env.execute_query(self._get_booked_query(ids))
            )
        ]

    def _get_booked_query(self, ids):
        return SQL(
            """
            SELECT line.debitor_entry_key, sheet.kind, line.debitor_claimed_by,
                   min(coalesce(line.transaction_details->>'booking_date',
                                line.transaction_details->>'value_date')),
                   sum((line.transaction_details->>'amount')::numeric),
                   array_agg(line.transaction_details->>'reference'),
                   array_agg(line.debitor_end_to_end),
                   array_agg(line.id ORDER BY line.id)
              FROM account_bank_statement_line line
              JOIN debitor_bank_sheet sheet ON sheet.id = line.debitor_sheet_id
             WHERE line.id IN (%s)
             GROUP BY line.debitor_entry_key, sheet.kind, line.debitor_claimed_by
             ORDER BY min(line.id)
            """,
            ids,
        )

    @api.model
    def _get_previews(self, journal, sheet):
        """Return ``[(core TakenEntry, [core Transaction])]`` of the journal's open previews.

        :param sheet: whose own pending transactions are left out
        """
        self.env["debitor.bank.transaction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sheet.kind, item.entry_key, item.id, item.data
                  FROM debitor_bank_transaction item
                  JOIN debitor_bank_sheet sheet ON sheet.id = item.sheet_id
                 WHERE item.journal_id = %s AND item.state = 'preview' AND item.sheet_id != %s
                 ORDER BY item.id
                """,
                journal.id,
                sheet.id,
            )
        )
        groups = defaultdict(list)
        for kind, entry_key, row_id, data in rows:
            # A statement's pending transactions are a preview like a report's.
            shown = kind if kind == MessageKind.NOTIFICATION else MessageKind.REPORT
            groups[shown, entry_key].append((row_id, transaction_from_json(data)))
        return [
            self._as_preview(MessageKind(kind), group) for (kind, _key), group in groups.items()
        ]

    def _as_preview(self, kind, group):
        transactions = [one for _id, one in group]
        (entry,) = group_entries(transactions)
        taken = TakenEntry(
            key=entry.key,
            kind=kind,
            day=entry.day,
            amount=entry.amount,
            references=entry.references,
            end_to_end=entry.end_to_end,
            ids=tuple(row_id for row_id, _one in group),
        )
        return taken, transactions
