"""What a debtor may owe and owes: read for many at once, past record rules."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from odoo import api, models
from odoo.addons.debitor_dunning.tools.money import to_decimal
from odoo.tools import SQL

from ..core.model import NOT_RATED, RISK_CLASSES

ZERO = Decimal(0)
WORST_CLASS = RISK_CLASSES[-1]


@dataclass(frozen=True, slots=True)
class Exposure:
    """One debtor with one company; amounts in the company's currency.

    ``open`` are receivables less credits, ``ordered`` confirmed orders not invoiced yet;
    ``limit`` is None where none is set. ``risk_class`` is "new" for who has no score.
    """

    risk_class: str = "new"
    needs_release: bool = False
    is_barred: bool = False
    open: Decimal = ZERO
    overdue: Decimal = ZERO
    overdue_count: int = 0
    ordered: Decimal = ZERO
    limit: Decimal | None = None

    @property
    def committed(self):
        return self.open + self.ordered

    @property
    def available(self):
        """What is left of the limit, not below zero; None without a limit."""
        return None if self.limit is None else max(self.limit - self.committed, ZERO)

    def with_buyer(self, buyer):
        """Return this debtor's exposure, judged as who gets the goods if that is worse."""
        if not (buyer.needs_release or buyer.is_barred) or self.needs_release:
            return self
        return replace(
            self,
            risk_class=buyer.risk_class,
            needs_release=buyer.needs_release,
            is_barred=buyer.is_barred,
        )

    def plus_order(self, amount):
        return replace(self, ordered=self.ordered + amount)


@dataclass(frozen=True, slots=True)
class Owed:
    """Open and overdue sums of a debtor, exact to the cent."""

    open: Decimal = ZERO
    overdue: Decimal = ZERO
    overdue_count: int = 0

    def plus(self, balance, currency):
        return Owed(
            self.open + to_decimal(balance.open, currency),
            self.overdue + to_decimal(balance.overdue, currency),
            self.overdue_count + balance.overdue_count,
        )


class DebitorCreditExposure(models.AbstractModel):
    _name = "debitor.credit.exposure"
    _description = "Exposure of a Debtor"

    @api.model
    def _read(self, company, partner_ids, without_orders=()):
        """Return ``{commercial partner id: Exposure}``, in a few statements for any number.

        Sums are those of the whole legal entity: a limit isn't granted anew by each branch.

        Past record rules: a salesperson who may read only own orders, and no entries at all,
        must be told the same sums as finance, or a limit would be worth nothing. Callers show
        sums, never the documents behind them.

        :param without_orders: ids of orders that don't count, as they are being judged
        """
        ids = sorted({id_ for id_ in partner_ids if id_})
        if not ids:
            return {}
        su = self.sudo().with_company(company)
        partners = su.env["res.partner"].browse(ids)
        scores = su.env["debitor.score"]._for(partners, company)
        model = su.env["debitor.scoring.model"]._for(company)
        needing = {one.code for one in model.class_ids if one.needs_release}
        # What a person decided holds for those without a score too.
        marks = su.env["debitor.scoring.reader"]._read_marks(company, ids, company._get_today())
        entity = su.env["res.company"].search([("id", "child_of", company.root_id.id)])
        balances = su._read_entity_balances(entity, ids)
        ordered = su._read_ordered(entity, ids, without_orders)
        return {
            partner.id: su._get_exposure(
                company,
                partner,
                scores.get(partner.id),
                marks.get(partner.id, {}),
                needing,
                balances[partner.id],
                ordered.get(partner.id, ZERO),
            )
            for partner in partners
        }

    def _get_exposure(self, company, partner, score, mark, needing, balance, ordered):
        override = mark.get("override")
        # As in ``core.rating``: a class by hand lifts the blacklist, never an insolvency.
        is_barred = bool(mark.get("insolvent") or (mark.get("blacklisted") and override is None))
        if score:
            risk_class = score.risk_class
        elif is_barred:
            risk_class = WORST_CLASS
        else:
            risk_class = override.risk_class if override else NOT_RATED
        return Exposure(
            risk_class=risk_class,
            needs_release=risk_class in needing or is_barred,
            is_barred=is_barred,
            open=balance.open,
            overdue=balance.overdue,
            overdue_count=balance.overdue_count,
            ordered=ordered,
            limit=self._get_limit(company, partner),
        )

    def _read_entity_balances(self, companies, partner_ids):
        """Return ``{commercial partner id: Owed}``, summed over a company and its branches."""
        owed = defaultdict(Owed)
        for company in companies:
            balances = self.env["debitor.score"]._read_balances(company, partner_ids)
            for partner_id, balance in balances.items():
                owed[partner_id] = owed[partner_id].plus(balance, company.currency_id)
        return owed

    def _get_limit(self, company, partner):
        """Return Odoo's own credit limit of a debtor, or None: 0 means none there."""
        if not company.account_use_credit_limit or partner.credit_limit <= 0:
            return None
        return to_decimal(partner.credit_limit, company.currency_id)

    def _read_ordered(self, companies, partner_ids, without_orders):
        """Return ``{commercial partner id: amount}`` of confirmed orders not invoiced yet.

        Of each order its total less what posted invoices took of it, down payments included;
        an order is no credit balance where more was invoiced than ordered. A draft invoice
        owes nothing yet, so its order still counts.
        """
        currency = companies[:1].currency_id  # branches have that of their company
        for name, fields_ in {
            "sale.order": [
                "state",
                "partner_invoice_id",
                "amount_total",
                "currency_rate",
                "invoice_status",
            ],
            "sale.order.line": ["invoice_lines", "order_id"],
            "account.move.line": ["price_total", "move_id"],
            "account.move": ["state", "move_type", "invoice_currency_rate"],
            "res.partner": ["commercial_partner_id"],
        }.items():
            self.env[name].flush_model(fields_)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT debtor.commercial_partner_id,
                       SUM(GREATEST(
                           so.amount_total / CASE WHEN so.currency_id = %s THEN 1
                               ELSE COALESCE(NULLIF(so.currency_rate, 0), 1) END
                           - COALESCE(invoiced.amount, 0), 0))
                  FROM sale_order so
                  JOIN res_partner debtor ON debtor.id = so.partner_invoice_id
             LEFT JOIN LATERAL (
                       SELECT SUM(
                              CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                              * item.price_total
                              / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1))
                              FILTER (WHERE move.state = 'posted') AS amount,
                              BOOL_OR(move.state = 'draft') AS has_draft
                         FROM sale_order_line line
                         JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                         JOIN account_move_line item ON item.id = rel.invoice_line_id
                         JOIN account_move move ON move.id = item.move_id
                        WHERE line.order_id = so.id
                       ) invoiced ON TRUE
                 WHERE so.state = 'sale'
                   AND so.company_id = ANY(%s)
                   AND (so.invoice_status <> 'invoiced' OR invoiced.has_draft)
                   AND debtor.commercial_partner_id = ANY(%s)
                   AND NOT so.id = ANY(%s)
              GROUP BY debtor.commercial_partner_id
                """,
                currency.id,
                companies.ids,
                list(partner_ids),
                list(without_orders),
            )
        )
        amounts = defaultdict(lambda: ZERO)
        for partner_id, amount in rows:
            amounts[partner_id] += to_decimal(float(amount or 0), currency)
        return amounts
