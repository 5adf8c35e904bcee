from odoo import api, fields, models
from odoo.tools import SQL


class DebitorScoreNews(models.Model):
    """A note that something of a customer changed, left for the next incremental run.

    Rows are only added and taken, never changed: those who book don't wait for each other,
    nor for the run.
    """

    _name = "debitor.score.news"
    _description = "News for the Payment Score"
    _log_access = False

    company_id = fields.Many2one("res.company", ondelete="cascade")
    partner_id = fields.Integer(required=True)

    _by_company = models.Index("(company_id)")

    @api.model
    def _note(self, pairs):
        """Note news of ``(company id, commercial partner id)``; company None means all."""
        pairs = sorted({(company or None, partner) for company, partner in pairs if partner},
                       key=lambda pair: (pair[0] or 0, pair[1]))  # fmt: skip
        if not pairs:
            return
        self.env.cr.execute_values(
            "INSERT INTO debitor_score_news (company_id, partner_id) VALUES %s",
            pairs,
            page_size=len(pairs),
        )

    @api.model
    def _take(self, limit):
        """Take up to ``limit`` notes that no other run holds; return ``[(company id, partner id)]``.

        They are gone with the caller's transaction, and back if it fails.
        """
        return self.env.execute_query(
            SQL(
                """DELETE FROM debitor_score_news WHERE id IN (
                          SELECT id FROM debitor_score_news ORDER BY id LIMIT %s
                             FOR UPDATE SKIP LOCKED)
                RETURNING company_id, partner_id""",
                limit,
            )
        )

    @api.model
    def _count(self):
        [[count]] = self.env.execute_query(SQL("SELECT count(*) FROM debitor_score_news"))
        return count
