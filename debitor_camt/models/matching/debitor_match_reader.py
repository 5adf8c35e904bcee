from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...core.matching import MemoryEntry, OpenItem, OpenItemIndex, Payer, SettledNumber


class MatchSession:
    """What the statements of one import share, so that open items are read once.

    ``indexes`` holds the core's ``OpenItemIndex`` by id of the journal, ``taken`` the ids of
    the items that the import has settled with the keys of the transactions.
    """

    def __init__(self):
        self.indexes = {}
        self.taken = {}

    def forget(self):
        """Begin anew: what was settled in the meantime may have been taken back."""
        self.indexes.clear()
        self.taken.clear()


class DebitorMatchReader(models.AbstractModel):
    """Reads what payments are matched with, one statement for each kind of fact.

    An import reads all that is open in the journal's company and its branches once, whoever
    runs it: what a payment settles doesn't depend on the rights of who imports it.
    """

    _name = "debitor.match.reader"
    _description = "Reader of Facts for Matching"

    @api.model
    def _get_session(self):
        """Return the session of the import that goes on, or one for this statement alone."""
        return self.env.context.get("debitor_match_session") or MatchSession()

    @api.model
    def _get_index(self, journal, session):
        """Return the index of an import that goes on, or read it.

        What others than this import settle since is open in it still; whoever books looks again.
        """
        if journal.id not in session.indexes:
            session.indexes[journal.id] = self._read_index(journal)
        return session.indexes[journal.id]

    @api.model
    def _read_index(self, journal):
        """Return the core's ``OpenItemIndex`` of a journal's company."""
        self._flush_facts()
        companies = tuple(self._get_companies(journal).ids)
        currency = journal.currency_id or journal.company_id.currency_id
        return OpenItemIndex.build(
            self._read_items(companies),
            self._read_payers(companies),
            self._read_memory(companies),
            currency.name,
            settled=self._read_settled(companies),
        )

    @api.model
    def _get_companies(self, journal):
        """Return the journal's company with its branches, whose items its payments may settle."""
        return self.env["res.company"].sudo().search([("id", "child_of", journal.company_id.id)])

    @api.model
    def _flush_facts(self):
        for name in ("account.move", "account.move.line", "res.partner", "res.partner.bank"):
            self.env[name].flush_model()

    @api.model
    def _read_items(self, companies):
        """Return the open items, oldest first, as core ``OpenItem``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT item.id, item.move_id, partner.commercial_partner_id,
                          COALESCE(NULLIF(move.name, '/'), ''),
                          item.amount_residual_currency::text, item.amount_currency::text,
                          currency.name, item.account_id, item.date, item.date_maturity,
                          ARRAY[move.payment_reference, move.ref, item.ref],
                          CASE WHEN item.amount_residual_currency = item.amount_currency
                               THEN abs(item.amount_currency - item.discount_amount_currency)::text
                          END, item.discount_date, %s
                     FROM account_move_line item
                     JOIN account_move move ON move.id = item.move_id
                     JOIN account_account account ON account.id = item.account_id
                     JOIN res_currency currency ON currency.id = item.currency_id
                LEFT JOIN res_partner partner ON partner.id = item.partner_id
                    WHERE item.company_id IN %s AND item.parent_state = 'posted'
                      AND NOT item.reconciled AND item.amount_residual_currency <> 0
                      AND account.account_type IN ('asset_receivable', 'liability_payable')
                 ORDER BY item.date_maturity, item.id""",
                self._get_claim_condition(),
                companies,
            )
        )
        return [self._as_open_item(row) for row in rows]

    @api.model
    def _get_claim_condition(self):
        """Return the condition by which an open item is a claim; for addons that make claims."""
        return SQL("FALSE")

    @api.model
    def _as_open_item(self, row):
        discount, until = row[11], row[12]
        return OpenItem(
            id=row[0],
            move_id=row[1],
            partner_id=row[2],
            number=row[3],
            residual=Decimal(row[4]),
            total=Decimal(row[5]),
            currency=row[6],
            account_id=row[7],
            date=row[8],
            due=row[9],
            references=tuple(dict.fromkeys(filter(None, row[10]))),
            discount=Decimal(discount) if until and discount else None,
            discount_until=until,
            is_claim=row[13],
        )

    @api.model
    def _read_payers(self, companies):
        """Return who has open items or is remembered, as core ``Payer``."""
        rows = self.env.execute_query(
            SQL(
                """WITH payer AS (
                       SELECT DISTINCT partner.commercial_partner_id AS id
                         FROM account_move_line item
                         JOIN account_account account ON account.id = item.account_id
                         JOIN res_partner partner ON partner.id = item.partner_id
                        WHERE item.company_id IN %s AND item.parent_state = 'posted'
                          AND NOT item.reconciled
                          AND account.account_type IN ('asset_receivable', 'liability_payable')
                        UNION
                       SELECT partner_id FROM debitor_payer_memory WHERE company_id IN %s)
                   SELECT partner.id, partner.name, partner.ref,
                          COALESCE(partner.debitor_is_shared_payer, FALSE),
                          COALESCE(array_agg(bank.sanitized_acc_number)
                                   FILTER (WHERE bank.id IS NOT NULL), '{}')
                     FROM payer
                     JOIN res_partner partner ON partner.id = payer.id
                LEFT JOIN res_partner member ON member.commercial_partner_id = partner.id
                LEFT JOIN res_partner_bank bank
                       ON bank.partner_id = member.id AND bank.active
                      AND (bank.company_id IS NULL OR bank.company_id IN %s)
                 GROUP BY partner.id""",
                companies,
                companies,
                companies,
            )
        )
        return [
            Payer(id_, name or "", tuple(ibans), number or None, is_shared)
            for id_, name, number, is_shared, ibans in rows
        ]

    @api.model
    def _read_memory(self, companies):
        """Return what confirmed matches taught, as core ``MemoryEntry``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT value, partner_id, count FROM debitor_payer_memory WHERE company_id IN %s",
                companies,
            )
        )
        return [MemoryEntry(*row) for row in rows]

    @api.model
    def _read_settled(self, companies):
        """Return the numbers of invoices that were paid in the last months."""
        rows = self.env.execute_query(
            SQL(
                """SELECT move.name, partner.commercial_partner_id
                     FROM account_move move
                     JOIN res_partner partner ON partner.id = move.partner_id
                    WHERE move.company_id IN %s AND move.state = 'posted'
                      AND move.move_type IN ('out_invoice', 'out_refund')
                      AND move.payment_state IN ('paid', 'in_payment', 'reversed')
                      AND move.date > now() - interval '13 months'""",
                companies,
            )
        )
        return [SettledNumber(*row) for row in rows]
