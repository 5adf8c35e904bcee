from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...core.claims.change import Change, ChangeKind
from ...core.claims.interest import Balance

_ONE_DAY = timedelta(days=1)
_ZERO = Decimal(0)


@dataclass(slots=True)
class ItemFacts:
    """What claims need to know of a dunned item; amounts are in its currency."""

    id: int
    due: date | None
    move_id: int
    invoice_date: date | None
    was_sent: bool
    total: Decimal
    open: Decimal
    default_from: date | None
    payments: list = field(default_factory=list)  # of the core's Change
    reminded: tuple = ()
    interest_settled: Decimal = _ZERO
    # Earlier interest that new interest includes, and the notices under way that demand it.
    claimed_ids: tuple = ()
    demanded_by: frozenset = frozenset()
    has_lump_sum: bool = False

    def get_balances(self, counts_payment_day):
        """Return what was open from day to day as the core's ``Balance`` rows."""
        if not self.payments:
            return (Balance(date.min, self.total),)
        left, balances = self.total, {date.min: Balance(date.min, self.total)}
        for change in sorted(self.payments, key=lambda one: (one.day, one.number)):
            left -= change.amount
            day = change.day + _ONE_DAY if counts_payment_day else change.day
            earlier = balances[day].changes if day in balances else ()
            balances[day] = Balance(day, max(left, _ZERO), (*earlier, change))
        return tuple(balances.values())


@dataclass(slots=True)
class NoticeItems:
    """The items of one notice, the oldest first, and the credits that are netted on it."""

    items: list = field(default_factory=list)
    credits: list = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LineSource:
    """Where the items of notices are read from: their lines, or what a simulation makes up.

    ``table`` is SQL for rows with the columns of a notice line; ``ignored_ids`` are notices
    that are taken for not being there.
    """

    notice_ids: tuple
    table: SQL = SQL("debitor_dunning_notice_line")
    ignored_ids: frozenset = frozenset()


class DebitorClaimReader(models.AbstractModel):
    """Reads what claims are computed from, one statement for each kind of fact."""

    _name = "debitor.claim.reader"
    _description = "Reader of Facts for Claims"

    @api.model
    def _read_notices(self, source):
        """Return ``{notice id: NoticeItems}``; reminders by these notices themselves don't count.

        :param source: a ``LineSource``
        """
        found = {id_: NoticeItems() for id_ in source.notice_ids}
        facts = {}
        for row in self._read_lines(source):
            notice_id, is_credit = row[:2]
            if is_credit:
                found[notice_id].credits.append(
                    _as_change(row[2], row[11], row[12], -Decimal(row[3]))
                )
            else:
                item = ItemFacts(*row[4:8], bool(row[8]), Decimal(row[9]), Decimal(row[3]), row[10])
                found[notice_id].items.append(item)
                facts.setdefault(item.id, []).append(item)
        if facts:
            self._add_history(facts, source)
            self._add_lump_sums(found, source)
        return found

    @api.model
    def _add_history(self, facts, source):
        for line_id, *change, amount in self._read_payments(source):
            for item in facts.get(line_id, ()):
                item.payments.append(_as_change(*change, Decimal(amount)))
        for line_id, days in self._read_reminders(source):
            for item in facts[line_id]:
                item.reminded = tuple(days)
        for line_id, settled, claimed_ids, live_ids in self._read_earlier_interest(source):
            for item in facts[line_id]:
                item.interest_settled = Decimal(settled)
                item.claimed_ids = tuple(claimed_ids or ())
                item.demanded_by = frozenset(live_ids or ()) - source.ignored_ids

    @api.model
    def _add_lump_sums(self, found, source):
        claimed = self._read_lump_sums(source)
        for notice_id, own in found.items() if claimed else ():
            others = source.ignored_ids | {notice_id}
            for item in own.items:
                item.has_lump_sum = bool(claimed.get(item.move_id, set()) - others)

    @api.model
    def _read_lines(self, source):
        """Return one row for each item; of a credit, what nobody has allocated since.

        What was allocated counts as a payment of its item, and must not count twice.
        """
        return self.env.execute_query(
            SQL(
                """SELECT line.notice_id, line.is_credit, item.date,
                          (CASE WHEN line.is_credit
                                THEN GREATEST(line.amount_residual, item.amount_residual_currency)
                                ELSE line.amount_residual END)::text,
                          item.id, item.date_maturity, item.move_id, move.invoice_date,
                          move.is_move_sent, item.amount_currency::text,
                          move.debitor_default_from, %s, move.name
                     FROM %s line
                     JOIN account_move_line item ON item.id = line.move_line_id
                     JOIN account_move move ON move.id = item.move_id
                    WHERE line.notice_id IN %s AND line.is_included
                 ORDER BY line.notice_id, item.date_maturity, item.id""",
                self._get_change_kind("move"),
                source.table,
                source.notice_ids,
            )
        )

    @api.model
    def _get_dunned_items(self, source):
        """Return SQL for the ids of items on these notices, of which one may be on several."""
        return SQL(
            """SELECT line.move_line_id FROM %s line
                WHERE line.notice_id IN %s AND line.is_included AND NOT line.is_credit""",
            source.table,
            source.notice_ids,
        )

    @api.model
    def _read_payments(self, source):
        """Return (item, day, kind, number, amount) of payments and credits at their own dates.

        A difference of exchange lowers nothing in the item's own currency.
        """
        return self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, credit.date, %s, entry.name,
                          sum(part.debit_amount_currency)::text
                     FROM account_partial_reconcile part
                     JOIN account_move_line credit ON credit.id = part.credit_move_id
                     JOIN account_move entry ON entry.id = credit.move_id
                    WHERE part.debit_move_id IN (%s)
                 GROUP BY part.debit_move_id, credit.date, entry.id
                   HAVING sum(part.debit_amount_currency) <> 0""",
                self._get_change_kind("entry"),
                self._get_dunned_items(source),
            )
        )

    @api.model
    def _get_change_kind(self, alias):
        """Return SQL for the core's ``ChangeKind`` of an entry that lowers items."""
        entry = SQL.identifier(alias)
        return SQL(
            """CASE WHEN %(entry)s.move_type = 'out_refund' THEN %(credit_note)s
                    WHEN COALESCE(%(entry)s.origin_payment_id, %(entry)s.statement_line_id)
                         IS NOT NULL THEN %(payment)s
                    ELSE %(other)s END""",
            entry=entry,
            credit_note=ChangeKind.CREDIT_NOTE.value,
            payment=ChangeKind.PAYMENT.value,
            other=ChangeKind.ENTRY.value,
        )

    @api.model
    def _read_reminders(self, source):
        """Return (item, days on which notices left for the debtor and did not come back)."""
        return self.env.execute_query(
            SQL(
                """SELECT line.move_line_id,
                          array_agg(COALESCE(earlier.went_out_on, earlier.date))
                     FROM %s line
                     JOIN debitor_dunning_notice_line old
                       ON old.move_line_id = line.move_line_id AND old.is_included
                     JOIN debitor_dunning_notice earlier
                       ON earlier.id = old.notice_id AND earlier.state = 'sent'
                    WHERE line.notice_id IN %s AND line.is_included AND NOT line.is_credit
                      AND NOT earlier.id IN %s
                 GROUP BY line.move_line_id""",
                source.table,
                source.notice_ids,
                source.notice_ids,
            )
        )

    @api.model
    def _get_settled_amount(self):
        """Return SQL for what of an interest ``claim`` must not be claimed a second time."""
        return SQL(
            """CASE WHEN claim.state IN ('booked', 'paid', 'waived') THEN claim.amount
                    WHEN claim.state IN ('claimed', 'replaced') THEN COALESCE(claim.amount_paid, 0)
                    ELSE 0 END"""
        )

    @api.model
    def _read_earlier_interest(self, source):
        """Return (item, what is settled, ids still claimed, ids of notices that demand them)."""
        return self.env.execute_query(
            SQL(
                """SELECT claim.move_line_id, sum(%s)::text,
                          array_agg(claim.id) FILTER (WHERE claim.state = 'claimed'),
                          array_agg(claim.live_notice_id) FILTER (
                              WHERE claim.state = 'claimed' AND claim.live_notice_id IS NOT NULL)
                     FROM debitor_claim claim
                    WHERE claim.kind = 'interest' AND claim.move_line_id IN (%s)
                 GROUP BY claim.move_line_id""",
                self._get_settled_amount(),
                self._get_dunned_items(source),
            )
        )

    @api.model
    def _read_lump_sums(self, source):
        """Return ``{invoice id: who claims its lump sum}``; a waived one stays waived.

        A claim counts as 0, a draft as the id of its notice, which is on its way.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT claim.move_id, 0
                     FROM %s line
                     JOIN debitor_claim claim ON claim.move_id = line.move_id
                    WHERE line.notice_id IN %s AND line.is_included
                      AND claim.kind = 'lump_sum' AND claim.state <> 'cancelled'
                    UNION
                   SELECT other.move_id, notice.id
                     FROM %s line
                     JOIN debitor_dunning_notice_line other
                       ON other.move_id = line.move_id AND other.is_live
                     JOIN debitor_dunning_notice notice
                       ON notice.id = other.notice_id AND notice.sent_on IS NULL
                          AND jsonb_typeof(notice.claim_drafts) = 'array'
               CROSS JOIN jsonb_to_recordset(notice.claim_drafts) AS draft(kind text, item int)
                    WHERE line.notice_id IN %s AND line.is_included
                      AND draft.kind = 'lump_sum' AND draft.item = other.move_line_id""",
                source.table,
                source.notice_ids,
                source.table,
                source.notice_ids,
            )
        )
        claimed = {}
        for move_id, notice_id in rows:
            claimed.setdefault(move_id, set()).add(notice_id)
        return claimed


def _as_change(day, kind, number, amount):
    return Change(day, amount, ChangeKind(kind), number or "")
