from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .debitor_scoring_class import RISK_CLASSES

# Days overdue up to which an item lies in a column; what is later lies in the last one.
BUCKETS = (("days_30", 30), ("days_60", 60), ("days_90", 90))
COLUMNS = ("current", *(name for name, _days in BUCKETS), "older", "credit")
# How far back one may look, in months.
SPANS = (1, 3, 6, 12)
_TOP = 10
_MOVERS = 5
_HISTORY_MONTHS = 13


class DebitorScoringPortfolio(models.AbstractModel):
    """All customers of a company together: where the risk lies and where it goes.

    A handful of statements whatever the number of customers. They read past record rules,
    after the user's rights were checked: a company's sums are the same for all who see them.
    """

    _name = "debitor.scoring.portfolio"
    _description = "Portfolio of Payment Scores"

    @api.model
    def get_portfolio(self, months=3):
        """Return everything that the page shows, for the current company.

        :param months: how far back classes and scores are compared, one of ``SPANS``
        """
        company = self._check_reader()
        if months not in SPANS:
            raise UserError(self.env._("Compare with 1, 3, 6 or 12 months ago."))
        today = company._get_today()
        self._flush()
        month = self._find_month(company, today, months)
        return {
            "company": company.name,
            "currency_id": company.currency_id.id,
            "date": today,
            "months": months,
            "spans": list(SPANS),
            "classes": self._get_classes(company),
            "columns": self._get_columns(),
            "matrix": self._read_matrix(company, today),
            "month": month,
            "history": self._read_history(company, today),
            "migration": self._read_migration(company, month),
            "concentration": self._read_concentration(company, today),
            "movers": self._read_movers(company, today, month),
            "quality": self.env["debitor.scoring.quality"]._get_quality(company),
            "is_scored": bool(
                self.env["debitor.score"]
                .sudo()
                .search_count([("company_id", "=", company.id)], limit=1)
            ),
            "can_compute": self.env.user.has_group("debitor_scoring.group_scoring_manager"),
        }

    # ------------------------------------------------------------------
    # Rights, words
    # ------------------------------------------------------------------

    @api.model
    def _check_reader(self):
        """Return the current company if the user may see its sums."""
        groups = ("account.group_account_invoice", "account.group_account_readonly")
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "The portfolio shows all sums of the company: ask for accounting rights."
                )
            )
        self.env["debitor.score"].check_access("read")
        return self.env.company

    @api.model
    def _get_classes(self, company):
        """Return code, letter and words of each class, the best first."""
        records = {
            one.code: one for one in self.env["debitor.scoring.model"]._for(company).class_ids
        }
        letters = dict(
            self.env["debitor.scoring.class"]._fields["code"]._description_selection(self.env)
        )
        return [
            {
                "code": code,
                "letter": letters[code] if code != "new" else "–",
                "label": records[code].label if code in records else letters[code],
            }
            for code, _letter in RISK_CLASSES
        ]

    @api.model
    def _get_columns(self):
        """Return code and head of each column of the matrix."""
        heads = {
            "current": self.env._("Not overdue"),
            "days_30": self.env._("1 to 30 days"),
            "days_60": self.env._("31 to 60 days"),
            "days_90": self.env._("61 to 90 days"),
            "older": self.env._("Over 90 days"),
            "credit": self.env._("Credits"),
        }
        return [{"code": code, "label": heads[code]} for code in COLUMNS]

    # ------------------------------------------------------------------
    # Parts of statements
    # ------------------------------------------------------------------

    @api.model
    def _flush(self):
        self.env["debitor.open.item.reader"]._flush_facts()
        for name in ("debitor.score", "debitor.score.snapshot"):
            self.env[name].flush_model()

    @api.model
    def _get_item_query(self, company, today):
        """Return a statement of all open items: partner, class now, column, open amount.

        What has no score stands under «new», so that the sum is that of the ledger.
        """
        days = SQL("%s::date - %s", today, self._get_due_sql(company, today))
        cases = [SQL("WHEN %s <= %s THEN %s", days, limit, name) for name, limit in BUCKETS]
        return SQL(
            """SELECT partner.commercial_partner_id AS partner_id,
                      coalesce(score.risk_class, 'new') AS risk_class,
                      CASE WHEN line.amount_residual < 0 THEN 'credit'
                           WHEN line.date_maturity IS NULL OR %(days)s <= 0 THEN 'current'
                           %(cases)s ELSE 'older' END AS bucket,
                      line.amount_residual AS amount
                 FROM account_move_line line
                 JOIN res_partner partner ON partner.id = line.partner_id
            LEFT JOIN debitor_score score
                   ON score.company_id = line.company_id
                  AND score.partner_id = partner.commercial_partner_id
                WHERE %(where)s""",
            days=days,
            cases=SQL(" ").join(cases),
            where=self.env["debitor.open.item.reader"]._get_open_item_where(company),
        )

    @api.model
    def _get_due_sql(self, company, today):
        """Return the day on which a line is due."""
        return SQL("line.date_maturity")

    @api.model
    def _find_month(self, company, today, months):
        """Return the month that «then» means: ``months`` back, else the nearest known before now."""
        wanted = fields.Date.subtract(today.replace(day=1), months=months)
        [[found]] = self.env.execute_query(
            SQL(
                """SELECT coalesce(max(month) FILTER (WHERE month <= %s), min(month))
                     FROM debitor_score_snapshot WHERE company_id = %s AND month < %s""",
                wanted,
                company.id,
                today.replace(day=1),
            )
        )
        return found

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _read_matrix(self, company, today):
        """Return one dict for each cell that isn't empty: class, column, sum, customers."""
        rows = self.env.execute_query(
            SQL(
                """SELECT risk_class, bucket, sum(amount)::float, count(DISTINCT partner_id)
                     FROM (%s) item GROUP BY 1, 2""",
                self._get_item_query(company, today),
            )
        )
        return [
            {"class": code, "column": column, "amount": amount, "customers": customers}
            for code, column, amount, customers in rows
        ]

    @api.model
    def _read_history(self, company, today):
        """Return for each of the last months and each class how many customers, and their sum."""
        rows = self.env.execute_query(
            SQL(
                """SELECT month, risk_class, count(*), sum(amount_open)::float
                     FROM debitor_score_snapshot
                    WHERE company_id = %s AND month > %s
                 GROUP BY 1, 2 ORDER BY 1, 2""",
                company.id,
                fields.Date.subtract(today.replace(day=1), months=_HISTORY_MONTHS),
            )
        )
        return [
            {"month": month, "class": code, "customers": customers, "amount": amount or 0}
            for month, code, customers, amount in rows
        ]

    @api.model
    def _read_migration(self, company, month):
        """Return how many customers went from which class to which, since ``month``.

        Only those who have a score now: who left without a trace is in no class.
        """
        if not month:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT snapshot.risk_class, score.risk_class, count(*),
                          sum(snapshot.amount_open)::float
                     FROM debitor_score_snapshot snapshot
                     JOIN debitor_score score ON score.company_id = snapshot.company_id
                                             AND score.partner_id = snapshot.partner_id
                    WHERE snapshot.company_id = %s AND snapshot.month = %s
                 GROUP BY 1, 2""",
                company.id,
                month,
            )
        )
        return [
            {"from": before, "to": now, "customers": customers, "amount": amount or 0}
            for before, now, customers, amount in rows
        ]

    @api.model
    def _read_concentration(self, company, today):
        """Return the customers who owe most, and how many owe half and four fifths of all."""
        rows = self.env.execute_query(
            SQL(
                """WITH balance AS (
                       SELECT partner_id, min(risk_class) AS risk_class, sum(amount) AS amount
                         FROM (%(items)s) item GROUP BY partner_id HAVING sum(amount) > 0),
                   ranked AS (
                       SELECT balance.*,
                              row_number() OVER (ORDER BY amount DESC, partner_id) AS rank,
                              sum(amount) OVER (ORDER BY amount DESC, partner_id) AS up_to,
                              sum(amount) OVER () AS total
                         FROM balance),
                   measured AS (
                       SELECT count(*) AS customers,
                              count(*) FILTER (WHERE up_to - amount < total * 0.5) AS half,
                              count(*) FILTER (WHERE up_to - amount < total * 0.8) AS most
                         FROM ranked)
                   SELECT ranked.partner_id, partner.complete_name, risk_class, amount::float,
                          up_to::float, total::float, customers, half, most
                     FROM ranked CROSS JOIN measured
                     JOIN res_partner partner ON partner.id = ranked.partner_id
                    WHERE rank <= %(top)s ORDER BY rank""",
                items=self._get_item_query(company, today),
                top=_TOP,
            )
        )
        if not rows:
            return {"total": 0, "customers": 0, "half": 0, "most": 0, "top": []}
        *_row, total, customers, half, most = rows[0]
        return {
            "total": total,
            "customers": customers,
            "half": half,
            "most": most,
            "top": [
                {"id": id_, "name": name, "class": code, "amount": amount, "share": amount / total}
                for id_, name, code, amount, *_more in rows
            ],
        }

    @api.model
    def _read_movers(self, company, today, month):
        """Return whose score fell and rose most since ``month``, the largest change first."""
        if not month:
            return {"down": [], "up": []}
        rows = self.env.execute_query(
            SQL(
                """WITH moved AS (
                       SELECT score.id, score.partner_id, snapshot.score AS before,
                              score.score AS now, snapshot.risk_class AS class_before,
                              score.risk_class AS class_now
                         FROM debitor_score score
                         JOIN debitor_score_snapshot snapshot
                           ON snapshot.company_id = score.company_id
                          AND snapshot.partner_id = score.partner_id AND snapshot.month = %(month)s
                        WHERE score.company_id = %(company)s
                          AND score.risk_class <> 'new' AND snapshot.risk_class <> 'new'),
                   top AS (
                       (SELECT * FROM moved WHERE now < before
                      ORDER BY now - before, id LIMIT %(count)s)
                        UNION ALL
                       (SELECT * FROM moved WHERE now > before
                      ORDER BY before - now, id LIMIT %(count)s))
                   SELECT top.partner_id, partner.complete_name, before::float, now::float,
                          class_before, class_now,
                          coalesce((SELECT sum(amount)::float FROM (%(items)s) item
                                     WHERE item.partner_id = top.partner_id), 0)
                     FROM top JOIN res_partner partner ON partner.id = top.partner_id
                 ORDER BY abs(now - before) DESC, top.partner_id""",
                month=month,
                company=company.id,
                count=_MOVERS,
                items=self._get_item_query(company, today),
            )
        )
        names = ("id", "name", "before", "now", "class_before", "class_now", "amount")
        movers = [dict(zip(names, row, strict=True)) for row in rows]
        return {
            "down": [one for one in movers if one["now"] < one["before"]],
            "up": [one for one in movers if one["now"] > one["before"]],
        }

    @api.model
    def compute_scores(self):
        """Let all scores of the company be made, from the page that has none yet."""
        self._check_reader()
        if not self.env.user.has_group("debitor_scoring.group_scoring_manager"):
            raise AccessError(self.env._("Only administrators of the payment score may do this."))
        # The run writes scores, which nobody may do by hand.
        self.env["debitor.score"].sudo()._recompute_soon(self.env.company)
        return True
