from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.rating import Facts, Override


class DebitorScoringReader(models.AbstractModel):
    """What is known of customers beside their payments: one statement for each kind of fact."""

    _inherit = "debitor.scoring.reader"

    @api.model
    def _read_facts(self, company, partner_ids, rules, day):
        """Return ``{commercial partner id: core Facts}`` of those of whom something is known.

        :param rules: the core's ``CapRules``, for how far back to look
        """
        found = {}
        for values in self._get_fact_values(company, list(partner_ids), rules, day):
            for partner_id, known in values.items():
                found.setdefault(partner_id, {}).update(known)
        return {partner_id: Facts(**values) for partner_id, values in found.items()}

    @api.model
    def _get_fact_values(self, company, partner_ids, rules, day):
        """Return a list of ``{commercial partner id: {field of Facts: value}}``.

        An addon that knows more, of promises or collection, adds to the list.
        """
        reports = self.env["debitor.credit.report"]._read_reports(company, partner_ids, day)
        since = day - timedelta(days=rules.returned_debit_days)
        return [
            self._read_marks(company, partner_ids, day),
            {
                partner_id: {"returned_debits": count}
                for partner_id, count in self._read_returned_debits(company, partner_ids, since)
            },
            {
                partner_id: {"dunning_rank": rank}
                for partner_id, rank in self._read_dunning_ranks(company, partner_ids)
            },
            {partner_id: {"reports": tuple(found)} for partner_id, found in reports.items()},
        ]

    @api.model
    def _read_marks(self, company, partner_ids, day):
        """Return what persons decided; of several classes by hand the last one set counts."""
        self.env["debitor.risk.mark"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, mark.kind, mark.risk_class,
                          mark.reason, mark.date_from, mark.date_until
                     FROM debitor_risk_mark mark
                     JOIN res_partner partner ON partner.id = mark.partner_id
                    WHERE mark.active AND mark.company_id = %(company)s
                      AND partner.commercial_partner_id = ANY(%(partners)s)
                      AND mark.date_from <= %(day)s
                      AND (mark.date_until IS NULL OR mark.date_until >= %(day)s)
                 ORDER BY mark.date_from, mark.id""",
                company=company.id,
                partners=partner_ids,
                day=day,
            )
        )
        found = {}
        for partner_id, kind, risk_class, reason, since, until in rows:
            known = found.setdefault(partner_id, {})
            if kind == "override":
                known["override"] = Override(risk_class, reason, until, since)
            else:
                known["insolvent" if kind == "insolvent" else "blacklisted"] = True
        return found

    @api.model
    def _read_dunning_ranks(self, company, partner_ids):
        """Return rows of commercial partner id and highest dunning level of an open item."""
        return self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, max(line.debitor_rank)
                     FROM account_move_line line
                     JOIN res_partner partner ON partner.id = line.partner_id
                    WHERE %s AND line.debitor_rank > 0
                      AND partner.commercial_partner_id = ANY(%s)
                 GROUP BY 1""",
                self.env["debitor.open.item.reader"]._get_open_item_where(company),
                partner_ids,
            )
        )

    @api.model
    def _read_returned_debits(self, company, partner_ids, since):
        """Return rows of commercial partner id and number of payments that came back.

        The bank says so on its line (``is_reversal`` or a reason of return), or a registered
        payment was set to rejected.
        """
        for name in ("account.bank.statement.line", "account.payment"):
            self.env[name].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, count(*) FROM (
                          SELECT partner.commercial_partner_id AS partner_id
                            FROM account_bank_statement_line bank
                            JOIN account_move move ON move.id = bank.move_id
                            JOIN res_partner partner ON partner.id = bank.partner_id
                           WHERE bank.company_id = %(company)s AND bank.amount < 0
                             AND move.state = 'posted' AND move.date >= %(since)s
                             AND (bank.transaction_details->>'is_reversal' = 'true'
                                  OR bank.transaction_details->>'return_reason' <> '')
                             AND partner.commercial_partner_id = ANY(%(partners)s)
                       UNION ALL
                          SELECT partner.commercial_partner_id
                            FROM account_payment payment
                            JOIN res_partner partner ON partner.id = payment.partner_id
                           WHERE payment.company_id = %(company)s
                             AND payment.state = 'rejected' AND payment.date >= %(since)s
                             AND payment.payment_type = 'inbound'
                             AND partner.commercial_partner_id = ANY(%(partners)s)
                     ) returned GROUP BY 1""",
                company=company.id,
                since=since,
                partners=partner_ids,
            )
        )
