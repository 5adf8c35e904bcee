from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...core.claims.interest import Balance

# Interest in one of these states is settled or in the books: it isn't claimed a second time.
_SETTLED = ("booked", "paid", "waived")
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
    payments: list = field(default_factory=list)
    reminded: tuple = ()
    interest_settled: Decimal = _ZERO
    has_lump_sum: bool = False

    def get_balances(self, counts_payment_day):
        """Return what was open from day to day as the core's ``Balance`` rows."""
        if not self.payments:
            return (Balance(date.min, self.total),)
        left, balances = self.total, {date.min: self.total}
        for day, amount in sorted(self.payments):
            left -= amount
            balances[day + _ONE_DAY if counts_payment_day else day] = max(left, _ZERO)
        return tuple(Balance(day, amount) for day, amount in balances.items())


@dataclass(slots=True)
class NoticeItems:
    """The items of one notice, the oldest first, and the credits that are netted on it."""

    items: list = field(default_factory=list)
    credits: list = field(default_factory=list)


class DebitorClaimReader(models.AbstractModel):
    """Reads what claims are computed from, one statement for each kind of fact."""

    _name = "debitor.claim.reader"
    _description = "Reader of Facts for Claims"

    @api.model
    def _read_notices(self, notice_ids):
        """Return ``{notice id: NoticeItems}``; reminders by these notices themselves don't count."""
        found = {id_: NoticeItems() for id_ in notice_ids}
        facts = {}
        for row in self._read_lines(tuple(notice_ids)):
            notice_id, is_credit = row[:2]
            if is_credit:
                found[notice_id].credits.append((row[2], -Decimal(row[3])))
            else:
                item = ItemFacts(*row[4:8], bool(row[8]), Decimal(row[9]), Decimal(row[3]), row[10])
                found[notice_id].items.append(item)
                facts[item.id] = item
        if facts:
            self._add_history(facts, tuple(notice_ids))
        return found

    @api.model
    def _add_history(self, facts, notice_ids):
        for line_id, day, amount in self._read_payments(notice_ids):
            if line_id in facts:
                facts[line_id].payments.append((day, Decimal(amount)))
        for line_id, days in self._read_reminders(notice_ids):
            facts[line_id].reminded = tuple(days)
        for line_id, amount in self._read_settled_interest(notice_ids):
            facts[line_id].interest_settled = Decimal(amount)
        with_lump_sum = self._read_lump_sums(notice_ids)
        if with_lump_sum:
            for one in facts.values():
                one.has_lump_sum = one.move_id in with_lump_sum

    @api.model
    def _read_lines(self, notice_ids):
        return self.env.execute_query(
            SQL(
                """SELECT line.notice_id, line.is_credit, item.date, line.amount_residual::text,
                          item.id, item.date_maturity, item.move_id, move.invoice_date,
                          move.is_move_sent, item.amount_currency::text,
                          move.debitor_default_from
                     FROM debitor_dunning_notice_line line
                     JOIN account_move_line item ON item.id = line.move_line_id
                     JOIN account_move move ON move.id = item.move_id
                    WHERE line.notice_id IN %s AND line.is_included
                 ORDER BY line.notice_id, item.date_maturity, item.id""",
                notice_ids,
            )
        )

    @api.model
    def _read_payments(self, notice_ids):
        """Return (item, day, amount) of payments and credit notes at their own dates."""
        return self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, credit.date, sum(part.debit_amount_currency)::text
                     FROM debitor_dunning_notice_line line
                     JOIN account_partial_reconcile part ON part.debit_move_id = line.move_line_id
                     JOIN account_move_line credit ON credit.id = part.credit_move_id
                    WHERE line.notice_id IN %s AND line.is_included AND NOT line.is_credit
                 GROUP BY part.debit_move_id, credit.date""",
                notice_ids,
            )
        )

    @api.model
    def _read_reminders(self, notice_ids):
        """Return (item, days) of the notices that reached the debtor."""
        return self.env.execute_query(
            SQL(
                """SELECT line.move_line_id, array_agg(earlier.date ORDER BY earlier.date)
                     FROM debitor_dunning_notice_line line
                     JOIN debitor_dunning_notice_line old
                       ON old.move_line_id = line.move_line_id AND old.is_included
                     JOIN debitor_dunning_notice earlier
                       ON earlier.id = old.notice_id AND earlier.state = 'sent'
                    WHERE line.notice_id IN %s AND line.is_included AND NOT line.is_credit
                      AND NOT earlier.id IN %s
                 GROUP BY line.move_line_id""",
                notice_ids,
                notice_ids,
            )
        )

    @api.model
    def _read_settled_interest(self, notice_ids):
        return self.env.execute_query(
            SQL(
                """SELECT claim.move_line_id, sum(claim.amount)::text
                     FROM debitor_dunning_notice_line line
                     JOIN debitor_claim claim ON claim.move_line_id = line.move_line_id
                    WHERE line.notice_id IN %s AND line.is_included AND NOT line.is_credit
                      AND claim.kind = 'interest' AND claim.state IN %s
                 GROUP BY claim.move_line_id""",
                notice_ids,
                _SETTLED,
            )
        )

    @api.model
    def _read_lump_sums(self, notice_ids):
        """Return ids of invoices whose lump sum is claimed or was; a waived one stays waived."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT claim.move_id
                     FROM debitor_dunning_notice_line line
                     JOIN debitor_claim claim ON claim.move_id = line.move_id
                    WHERE line.notice_id IN %s AND line.is_included
                      AND claim.kind = 'lump_sum' AND claim.state <> 'cancelled'""",
                notice_ids,
            )
        )
        return {move_id for [move_id] in rows}
