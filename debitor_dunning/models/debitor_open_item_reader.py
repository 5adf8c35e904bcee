from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.item import Block, OpenItem
from ..core.recipient import Contact


class DebitorOpenItemReader(models.AbstractModel):
    """Reads open items and debtors for the core: one statement for each kind of fact.

    It reads by SQL and so past record rules: callers check the user's rights first. A
    debtor's sum must not depend on which documents the user may open.
    """

    _name = "debitor.open.item.reader"
    _description = "Reader of Open Items"

    @api.model
    def _get_receivable_account_ids(self, company):
        """Return the ids of all receivable accounts that ``company`` may have booked on."""
        return self._ids_of(
            SQL(
                """SELECT account.id FROM account_account account
                    JOIN account_account_res_company_rel rel
                      ON rel.account_account_id = account.id
                   WHERE account.account_type = 'asset_receivable'
                     AND rel.res_company_id IN %s""",
                tuple((company | company.parent_ids).ids),
            )
        )

    @api.model
    def _flush_facts(self):
        """Write to the database what is still in memory, before it is read by SQL."""
        for name in (
            "account.move",
            "account.move.line",
            "res.partner",
            "res.currency.rate",
            "debitor.dunning.notice",
            "debitor.dunning.notice.line",
        ):
            self.env[name].flush_model()

    @api.model
    def _ids_of(self, query):
        return [id_ for [id_] in self.env.execute_query(query)]

    @api.model
    def _get_open_item_where(self, company):
        """Return the condition for ``line`` (account_move_line) to be an open item."""
        # «reconciled IS NOT TRUE» is spelt as in Odoo's partial index on unreconciled lines.
        return SQL(
            """line.account_id IN %s AND line.reconciled IS NOT TRUE
           AND line.parent_state = 'posted' AND line.company_id = %s
           AND line.partner_id IS NOT NULL AND line.amount_residual_currency <> 0""",
            tuple(self._get_receivable_account_ids(company)) or (0,),
            company.id,
        )

    @api.model
    def _read_debtor_ids(self, company, due_until, partner_ids=None):
        """Return ids of commercial partners with an item due until a day, in order of id.

        Items without a due date count, so that the run can name them.
        """
        self._flush_facts()
        return self._ids_of(
            SQL(
                """SELECT DISTINCT partner.commercial_partner_id
                     FROM account_move_line line
                     JOIN res_partner partner ON partner.id = line.partner_id
                    WHERE %s AND line.amount_residual_currency > 0
                      AND (line.date_maturity <= %s OR line.date_maturity IS NULL)
                      AND %s
                 ORDER BY partner.commercial_partner_id""",
                self._get_open_item_where(company),
                due_until,
                SQL("TRUE")
                if partner_ids is None
                else SQL("partner.commercial_partner_id IN %s", tuple(partner_ids) or (0,)),
            )
        )

    @api.model
    def _read_items(self, company, partner_ids, date, due_until=None, ignored_notice_ids=()):
        """Return ``{commercial partner id: [OpenItem, …]}`` as of ``date``.

        :param due_until: leaves out items due later; None takes all
        :param ignored_notice_ids: notices that don't count as «under way»
        """
        if not partner_ids:
            return {}
        blocks = self._read_blocks(company, partner_ids, date)
        currencies = self._read_currencies_without_rate(company, date)
        query = SQL(
            """SELECT line.id, line.move_id, partner.commercial_partner_id, line.currency_id,
                      line.date_maturity, line.amount_residual_currency::text,
                      line.amount_residual::text, line.amount_currency::text, line.debitor_rank, line.debitor_level_id,
                      line.debitor_notice_date,
                      line.debitor_deadline, line.no_followup,
                      move.move_type = 'out_invoice' AND move.is_move_sent IS NOT TRUE,
                      move.payment_state IN ('in_payment', 'paid'),
                      notice.name
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN res_partner partner ON partner.id = line.partner_id
            LEFT JOIN debitor_dunning_notice_line live
                   ON live.move_line_id = line.id AND live.is_live
                      AND NOT live.notice_id = ANY(%s)
            LEFT JOIN debitor_dunning_notice notice ON notice.id = live.notice_id
                WHERE %s AND partner.commercial_partner_id IN %s AND %s
             ORDER BY partner.commercial_partner_id, line.id""",
            list(ignored_notice_ids),
            self._get_open_item_where(company),
            tuple(partner_ids),
            SQL("TRUE")
            if due_until is None
            else SQL(
                "(line.amount_residual_currency < 0 OR line.date_maturity IS NULL"
                " OR line.date_maturity <= %s)",
                due_until,
            ),
        )
        items = defaultdict(list)
        for row in self.env.execute_query(query):
            item = self._as_open_item(row, blocks, currencies)
            items[item.partner_id].append(item)
        return items

    @api.model
    def _as_open_item(self, row, blocks, currencies_without_rate):
        """Return the core's item for one row of ``_read_items``."""
        line_id, move_id, partner_id, currency_id, due, residual, residual_company, total = row[:8]
        rank, level_id, notified_on, deadline, excluded, never_sent, in_payment, notice = row[8:]
        return OpenItem(
            id=line_id,
            move_id=move_id,
            partner_id=partner_id,
            currency_id=currency_id,
            due=due,
            residual=Decimal(residual),
            residual_company=Decimal(residual_company),
            total=Decimal(total),
            rank=rank or 0,
            level_id=level_id or 0,
            notified_on=notified_on,
            deadline=deadline,
            block=blocks.get(("line", line_id))
            or blocks.get(("move", move_id))
            or blocks.get(("partner", partner_id))
            if blocks
            else None,
            excluded=bool(excluded),
            never_sent=bool(never_sent),
            in_payment=bool(in_payment),
            has_rate=currency_id not in currencies_without_rate,
            notice=notice or "",
        )

    @api.model
    def _read_blocks(self, company, partner_ids, date):
        """Return ``{(kind, id): Block}``; of several blocks on one thing, the one that ends last."""
        Block_ = self.env["debitor.dunning.block"].sudo()  # read past rules, as all facts here
        blocks = {}
        domain = Block_._get_active_domain(date) & fields.Domain(
            [
                ("company_id", "=", company.id),
                # Who was blocked alone may belong to a company by now.
                ("partner_id.commercial_partner_id", "in", list(partner_ids)),
            ]
        )
        for block in Block_.search(domain):
            key = (
                ("line", block.move_line_id.id)
                if block.move_line_id
                else ("move", block.move_id.id)
                if block.move_id
                else ("partner", block.partner_id.commercial_partner_id.id)
            )
            known = blocks.get(key)
            if known is None or (
                known.until and (not block.date_to or block.date_to > known.until)
            ):
                blocks[key] = Block(block._get_text(), block.date_to or None)
        return blocks

    @api.model
    def _read_currencies_without_rate(self, company, date):
        """Return ids of foreign currencies that have no rate on ``date``."""
        return frozenset(
            self._ids_of(
                SQL(
                    """SELECT currency.id FROM res_currency currency
                        WHERE currency.id <> %s AND NOT EXISTS (
                              SELECT 1 FROM res_currency_rate rate
                               WHERE rate.currency_id = currency.id AND rate.name <= %s
                                 AND (rate.company_id IS NULL OR rate.company_id = %s))""",
                    company.currency_id.id,
                    date,
                    company.root_id.id,
                )
            )
        )

    @api.model
    def _read_last_notice_dates(self, company, partner_ids):
        """Return ``{commercial partner id: day of the last notice that went out}``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, max(date) FROM debitor_dunning_notice
                    WHERE company_id = %s AND partner_id IN %s AND state IN ('sent', 'bounced')
                 GROUP BY partner_id""",
                company.id,
                tuple(partner_ids) or (0,),
            )
        )
        return dict(rows)

    @api.model
    def _read_contacts(self, partner_ids):
        """Return ``{commercial partner id: [Contact, …]}``, the partner itself first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT contact.commercial_partner_id, contact.id, contact.type, contact.lang,
                          contact.email, contact.street IS NOT NULL AND contact.city IS NOT NULL
                     FROM res_partner contact
                    WHERE contact.commercial_partner_id IN %s
                      AND (contact.id = contact.commercial_partner_id
                           OR contact.active AND contact.type IN ('dunning', 'invoice'))
                 ORDER BY contact.commercial_partner_id,
                          contact.id <> contact.commercial_partner_id, contact.id""",
                tuple(partner_ids) or (0,),
            )
        )
        contacts = defaultdict(list)
        for partner_id, id_, kind, lang, email, has_address in rows:
            contacts[partner_id].append(
                Contact(id_, kind or "", lang or "", email or "", bool(has_address))
            )
        return contacts

    @api.model
    def _read_procedures(self, company, partners):
        """Return ``{partner id: procedure}`` in one order: customer, tag, company's default.

        Extended by addons that choose a procedure by other facts of the customer.
        """
        partners = partners.with_company(company)
        Procedure = self.env["debitor.dunning.procedure"].sudo()
        usable = Procedure.search(
            [("company_id", "in", (company | company.parent_ids).ids)], order="sequence, id"
        )
        by_category = {}
        for procedure in usable:
            for category in procedure.category_ids:
                by_category.setdefault(category.id, procedure)
        default = company.sudo()._get_dunning_procedure()
        result = {}
        for partner in partners.sudo():  # sums and rules must not depend on who looks
            chosen = partner.dunning_procedure_id
            if not chosen and by_category:
                chosen = next(
                    (by_category[id_] for id_ in partner.category_id.ids if id_ in by_category),
                    None,
                )
            result[partner.id] = chosen or default
        return result
