"""What a debtor may owe and owes: read for many at once, past record rules."""

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from odoo import api, models
from odoo.addons.debitor_dunning.tools.money import to_decimal
from odoo.tools import SQL

ZERO = Decimal(0)


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

    def plus_order(self, amount):
        return replace(self, ordered=self.ordered + amount)


class DebitorCreditExposure(models.AbstractModel):
    _name = "debitor.credit.exposure"
    _description = "Exposure of a Debtor"

    @api.model
    def _read(self, company, partner_ids, without_orders=()):
        """Return ``{commercial partner id: Exposure}``, in five statements for any number.

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
        balances = su.env["debitor.score"]._read_balances(company, ids)
        ordered = su._read_ordered(company, ids, without_orders)
        return {
            partner.id: su._get_exposure(
                company,
                partner,
                scores.get(partner.id),
                needing,
                balances.get(partner.id),
                ordered.get(partner.id, ZERO),
            )
            for partner in partners
        }

    def _get_exposure(self, company, partner, score, needing, balance, ordered):
        currency = company.currency_id
        risk_class = score.risk_class if score else "new"
        codes = {reason.get("code") for reason in (score.reasons if score else None) or ()}
        return Exposure(
            risk_class=risk_class,
            needs_release=risk_class in needing,
            is_barred=bool(codes & {"insolvent", "blacklist", "blacklisted", "insolvency"}),
            open=to_decimal(float(balance.open), currency) if balance else ZERO,
            overdue=to_decimal(float(balance.overdue), currency) if balance else ZERO,
            overdue_count=balance.overdue_count if balance else 0,
            ordered=ordered,
            limit=self._get_limit(company, partner),
        )

    def _get_limit(self, company, partner):
        """Return Odoo's own credit limit of a debtor, or None: 0 means none there."""
        if not company.account_use_credit_limit or partner.credit_limit <= 0:
            return None
        return to_decimal(partner.credit_limit, company.currency_id)

    def _read_ordered(self, company, partner_ids, without_orders):
        """Return ``{commercial partner id: amount}`` of confirmed orders not invoiced yet.

        Of each order its total less what posted invoices took of it, down payments included;
        an order is no credit balance where more was invoiced than ordered. A draft invoice
        owes nothing yet, so its order still counts.
        """
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
                   AND so.company_id = %s
                   AND (so.invoice_status <> 'invoiced' OR invoiced.has_draft)
                   AND debtor.commercial_partner_id = ANY(%s)
                   AND NOT so.id = ANY(%s)
              GROUP BY debtor.commercial_partner_id
                """,
                company.currency_id.id,
                company.id,
                list(partner_ids),
                list(without_orders),
            )
        )
        amounts = defaultdict(lambda: ZERO)
        for partner_id, amount in rows:
            amounts[partner_id] += to_decimal(float(amount or 0), company.currency_id)
        return amounts
