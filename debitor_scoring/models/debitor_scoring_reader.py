from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.history import Overdue, PaymentHistory, Settled
from ..core.portfolio import portfolio_of

# Temporary tables of a full run.
_OBSERVATIONS, _TRADE = "debitor_score_observation", "debitor_score_trade"
# A due date moves by weekend and holidays at most by so many days.
_LONGEST_HOLIDAYS = 15


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer owes one company today, in company currency; credits are subtracted."""

    open: float = 0.0
    overdue: float = 0.0
    overdue_count: int = 0
    oldest_days: int = 0


NOTHING_OPEN = Balance()


class DebitorScoringReader(models.AbstractModel):
    """Reads payment histories for the core: one statement for each batch of customers.

    Observations are receivable lines of posted customer invoices, each instalment by itself.
    A payment counts with its share of the line's amount on its own day, so that a line paid
    at once is one observation; the open rest of an overdue line counts with its share. No
    observation is what a credit note settled, what is excluded from follow-up or was blocked
    as disputed, and an open item whose registered payment only waits for the bank.

    It reads by SQL and so past record rules: a customer's score must not depend on who has it
    computed.
    """

    _name = "debitor.scoring.reader"
    _description = "Reader of Payment Histories"

    @api.model
    def _flush(self):
        """Write to the database what is still in memory, before it is read by SQL."""
        for name in (
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "res.partner",
            "debitor.dunning.block",
        ):
            self.env[name].flush_model()

    # ------------------------------------------------------------------
    # Who is scored
    # ------------------------------------------------------------------

    @api.model
    def _get_scored_where(self, company):
        """Return the condition for ``debtor`` (a commercial partner) to be scored.

        Private persons are not, unless the company says so (art. 6 GDPR); who is one is
        decided as for dunning, see ``core.claims.party`` there.
        """
        if company.debitor_score_persons:
            return SQL("debtor.debitor_scoring_excluded IS NOT TRUE")
        return SQL(
            """debtor.debitor_scoring_excluded IS NOT TRUE
           AND CASE debtor.debitor_party WHEN 'business' THEN TRUE WHEN 'consumer' THEN FALSE
                    ELSE debtor.is_company OR length(trim(debtor.vat)) > 1 END"""
        )

    @api.model
    def _read_debtor_ids(self, company, after=0):
        """Return ids above ``after`` of all who may get a score, in order.

        That is everyone with a receivable of any day, or a valid mark.
        """
        self._flush()
        return [
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    """SELECT debtor.id FROM res_partner debtor
                        WHERE debtor.id > %s AND %s AND debtor.id IN (
                              SELECT partner.commercial_partner_id
                                FROM (SELECT DISTINCT line.partner_id FROM account_move_line line
                                       WHERE %s) seen
                                JOIN res_partner partner ON partner.id = seen.partner_id
                               UNION
                              SELECT partner_id FROM debitor_risk_mark
                               WHERE company_id = %s AND active)
                     ORDER BY debtor.id""",
                    after,
                    self._get_scored_where(company),
                    self._get_receivable_where(company),
                    company.id,
                )
            )
        ]

    @api.model
    def _keep_scored(self, company, partner_ids):
        """Return those of these commercial partners that may have a score."""
        self._flush()
        return [
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    "SELECT debtor.id FROM res_partner debtor WHERE debtor.id = ANY(%s) AND %s"
                    " AND debtor.commercial_partner_id = debtor.id ORDER BY debtor.id",
                    list(partner_ids),
                    self._get_scored_where(company),
                )
            )
        ]

    # ------------------------------------------------------------------
    # Payment histories
    # ------------------------------------------------------------------

    @api.model
    def _keep_facts(self, company, model, day):
        """Put what a full run reads into temporary tables: it lasts until the connection ends.

        Each table of the books is then read once from beginning to end, where batches would
        fetch line by line. What is booked meanwhile is news, and read by the next run.
        """
        self._flush()
        self._drop_kept()
        for name, query in (
            (_OBSERVATIONS, self._get_observation_query(company, model, day)),
            (_TRADE, self._get_trade_query(company, day)),
        ):
            table = SQL.identifier(name)
            self.env.cr.execute(SQL("CREATE TEMP TABLE %s AS %s", table, query))
            self.env.cr.execute(SQL("CREATE INDEX ON %s (partner_id)", table))
            self.env.cr.execute(SQL("ANALYZE %s", table))

    @api.model
    def _drop_kept(self):
        """Drop the temporary tables of a full run."""
        for name in (_OBSERVATIONS, _TRADE):
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", SQL.identifier(name)))

    @api.model
    def _read_histories(self, company, partner_ids, model, day, is_kept=False):
        """Return ``{commercial partner id: PaymentHistory}`` of those that have one.

        :param model: the core's ``ScoringModel``, for its window
        :param is_kept: what ``_keep_facts`` kept is read, else the books
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, array_agg(line_id), array_agg(due), array_agg(settled_on),
                          array_agg(share), array_agg(written_off)
                     FROM (%s) observation GROUP BY partner_id""",
                self._get_kept_query(_OBSERVATIONS, partner_ids)
                if is_kept
                else self._get_observation_query(company, model, day, partner_ids),
            )
        )
        get_banking_day = self._get_banking_days(company)
        return {
            partner_id: self._as_history(zip(*columns, strict=True), get_banking_day, day)
            for partner_id, *columns in rows
        }

    @api.model
    def _get_kept_query(self, name, partner_ids):
        return SQL(
            "SELECT * FROM pg_temp.%s WHERE partner_id = ANY(%s)",
            SQL.identifier(name),
            list(partner_ids),
        )

    @api.model
    def _read_portfolio(self, company, model, day, is_kept=False):
        """Return the core's ``Portfolio`` of all scored customers, with one grouped statement.

        All lines with the same days weigh the same: the core gets each pair of days once, with
        the sum of their shares.
        """
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """SELECT 0, due, settled_on, sum(share), written_off
                     FROM (%s) observation GROUP BY due, settled_on, written_off""",
                SQL("SELECT * FROM pg_temp.%s", SQL.identifier(_OBSERVATIONS))
                if is_kept
                else self._get_observation_query(company, model, day),
            )
        )
        get_banking_day = self._get_banking_days(company)
        return portfolio_of([self._as_history(rows, get_banking_day, day)], model, day)

    @api.model
    def _as_history(self, rows, get_banking_day, day):
        """Return the core's history of rows of line id, due, settled on, share, written off."""
        settled, overdue = [], []
        for line_id, due, settled_on, share, written_off in rows:
            due_on = get_banking_day(due)
            if settled_on is not None:
                settled.append(Settled(line_id, due_on, settled_on, share, written_off))
            elif due_on < day:
                overdue.append(Overdue(line_id, due_on, share))
        return PaymentHistory(tuple(settled), tuple(overdue))

    @api.model
    def _get_banking_days(self, company):
        """Return a function from a due date to the banking day on which payment is due."""
        # The holidays are the same for whoever has a score explained.
        calendar = company.sudo()._get_dunning_calendar()
        known = {}

        def get_banking_day(due):
            found = known.get(due)
            if found is None:
                found = known[due] = calendar.next_working_day(due)
            return found

        return get_banking_day

    @api.model
    def _get_receivable_where(self, company):
        """Return the condition for ``line`` to be a posted receivable of the company."""
        accounts = self.env["debitor.open.item.reader"]._get_receivable_account_ids(company)
        return SQL(
            """line.account_id = ANY(%s) AND line.company_id = %s
           AND line.parent_state = 'posted' AND line.partner_id IS NOT NULL""",
            accounts,
            company.id,
        )

    @api.model
    def _get_line_source(self, company, partner_ids=None):
        """Return the FROM and WHERE clauses for ``line`` and its ``partner``.

        :param partner_ids: commercial partners; None takes all that are scored
        """
        receivable = self._get_receivable_where(company)
        if partner_ids is None:
            return (
                SQL(
                    "account_move_line line JOIN res_partner partner ON partner.id = line.partner_id"
                ),
                SQL(
                    """%s AND partner.commercial_partner_id IN (
                          SELECT debtor.id FROM res_partner debtor WHERE %s)""",
                    receivable,
                    self._get_scored_where(company),
                ),
            )
        # «OFFSET 0» keeps PostgreSQL from reading all lines for the sake of some customers'.
        return (
            SQL(
                """res_partner partner CROSS JOIN LATERAL (
                      SELECT * FROM account_move_line line
                       WHERE line.partner_id = partner.id AND %s OFFSET 0) line""",
                receivable,
            ),
            SQL("partner.commercial_partner_id = ANY(%s)", list(partner_ids)),
        )

    @api.model
    def _get_observation_query(self, company, model, day, partner_ids=None):
        """Return the query for (partner_id, line_id, due, settled_on, share, written_off).

        ``settled_on`` is null for the open share of an item due before ``day``. An exchange
        difference settles nothing: it has no amount in the line's currency.

        :param partner_ids: commercial partners; None takes all that are scored
        """
        source, where = self._get_line_source(company, partner_ids)
        return SQL(
            """WITH item AS (
                  SELECT line.id, partner.commercial_partner_id AS partner_id,
                         line.date_maturity AS due, line.amount_currency AS amount,
                         CASE WHEN line.reconciled OR move.payment_state IN ('in_payment', 'paid')
                              THEN 0 ELSE line.amount_residual_currency END AS open
                    FROM %(source)s
                    JOIN account_move move ON move.id = line.move_id
                   WHERE %(where)s
                     AND move.move_type = 'out_invoice' AND line.amount_currency > 0
                     AND line.no_followup IS NOT TRUE
                     AND (line.date_maturity >= %(start)s
                          OR line.date_maturity < %(day)s AND line.reconciled IS NOT TRUE)
                     AND %(undisputed)s
               )
               SELECT item.partner_id, item.id AS line_id, item.due,
                      least(paid.max_date, %(day)s) AS settled_on,
                      (sum(paid.debit_amount_currency) / item.amount)::float8 AS share,
                      credit.debitor_write_off_line_id IS NOT NULL AS written_off
                 FROM item
                 JOIN account_partial_reconcile paid ON paid.debit_move_id = item.id
                 JOIN account_move_line credit ON credit.id = paid.credit_move_id
                 JOIN account_move credit_move ON credit_move.id = credit.move_id
                WHERE paid.debit_amount_currency > 0 AND credit_move.move_type <> 'out_refund'
                  AND item.due >= %(start)s
             GROUP BY item.partner_id, item.id, item.due, item.amount, 4, 6
                UNION ALL
               SELECT partner_id, id, due, NULL, (open / amount)::float8, FALSE
                 FROM item
                WHERE open > 0 AND due < %(day)s""",
            source=source,
            where=where,
            day=day,
            start=model.window_start(day) - timedelta(days=_LONGEST_HOLIDAYS),
            undisputed=self._get_undisputed_where(),
        )

    @api.model
    def _get_undisputed_where(self):
        """Return the condition for ``line`` never to have been disputed, nor its invoice.

        A block that was lifted on its first day was a mistake.
        """
        dispute = SQL(
            """SELECT FROM debitor_dunning_block block
                 JOIN debitor_dunning_block_reason reason ON reason.id = block.reason_id
                WHERE reason.is_dispute
                  AND (block.lifted_on IS NULL OR block.lifted_on > block.date_from)"""
        )
        # Two of them, because PostgreSQL can't take an index for «or» of two.
        return SQL(
            """NOT EXISTS (%s AND block.move_line_id = line.id)
           AND NOT EXISTS (%s AND block.move_id = line.move_id AND block.move_line_id IS NULL)""",
            dispute,
            dispute,
        )

    # ------------------------------------------------------------------
    # Sums
    # ------------------------------------------------------------------

    @api.model
    def _read_balances(self, company, partner_ids):
        """Return ``{commercial partner id: Balance}`` of today; see ``debitor.score``."""
        if not partner_ids:
            return {}
        for name in ("account.move", "account.move.line", "res.partner"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, open::float8, overdue::float8, overdue_count, oldest_days"
                " FROM (%s) balance",
                self._get_balance_query(company, company._get_today(), partner_ids),
            )
        )
        return {partner_id: Balance(*values) for partner_id, *values in rows}

    @api.model
    def _get_balance_query(self, company, day, partner_ids=None):
        """Return the query for (partner_id, open, overdue, overdue_count, oldest_days).

        Credits without a due date, as unallocated payments are, count against what is overdue.
        """
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      sum(line.amount_residual) AS open,
                      greatest(coalesce(sum(line.amount_residual)
                          FILTER (WHERE line.date_maturity < %(day)s
                              OR line.amount_residual < 0
                             AND coalesce(line.date_maturity, line.date) <= %(day)s), 0), 0)
                          AS overdue,
                      count(DISTINCT line.move_id) FILTER (WHERE line.date_maturity < %(day)s
                          AND line.amount_residual > 0) AS overdue_count,
                      coalesce(max(%(day)s::date - line.date_maturity)
                          FILTER (WHERE line.date_maturity < %(day)s
                                    AND line.amount_residual > 0), 0) AS oldest_days
                 FROM account_move_line line
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE %(where)s AND %(which)s
             GROUP BY 1""",
            day=day,
            where=self.env["debitor.open.item.reader"]._get_open_item_where(company),
            which=SQL("TRUE")
            if partner_ids is None
            else SQL("partner.commercial_partner_id = ANY(%s)", list(partner_ids)),
        )

    @api.model
    def _read_trade(self, company, partner_ids, day, is_kept=False):
        """Return ``{commercial partner id: (billing, term, highest)}`` of the last 12 months.

        Billing is what was invoiced less credit notes, of 12 months; term the usual days from
        invoice to due date; highest the highest balance at the end of a day. Amounts are
        decimals in company currency.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, amount::text, term, highest::text FROM (%s) trade",
                self._get_kept_query(_TRADE, partner_ids)
                if is_kept
                else self._get_trade_query(company, day, partner_ids),
            )
        )
        return {
            partner_id: (Decimal(billing), term, Decimal(highest))
            for partner_id, billing, term, highest in rows
        }

    @api.model
    def _get_trade_query(self, company, day, partner_ids=None):
        """Return the query for (partner_id, amount, term, highest); see ``_read_trade``."""
        source, where = self._get_line_source(company, partner_ids)
        return SQL(
            """WITH entry AS (
                  SELECT partner.commercial_partner_id AS partner_id, line.balance,
                         greatest(line.date, %(start)s) AS day,
                         journal.type = 'sale' AND line.date > %(start)s AS is_billed,
                         line.date_maturity - line.invoice_date AS term
                    FROM %(source)s
                    JOIN account_journal journal ON journal.id = line.journal_id
                   WHERE %(where)s AND line.date <= %(day)s
               ), balance AS (
                  SELECT partner_id, sum(sum(balance)) OVER (
                             PARTITION BY partner_id ORDER BY day) AS open
                    FROM entry GROUP BY partner_id, day
               )
               SELECT billed.partner_id, billed.amount, billed.term, highest.open AS highest
                 FROM (SELECT partner_id,
                              coalesce(sum(balance) FILTER (WHERE is_billed), 0) AS amount,
                              mode() WITHIN GROUP (ORDER BY term)
                                  FILTER (WHERE is_billed AND balance > 0) AS term
                         FROM entry GROUP BY partner_id) billed
                 JOIN (SELECT partner_id, max(open) AS open
                         FROM balance GROUP BY partner_id) highest USING (partner_id)""",
            source=source,
            where=where,
            day=day,
            start=day - timedelta(days=365),
        )
