from odoo import api, fields, models


class DebitorScorePortfolio(models.Model):
    """How all customers of a company paid together: what little evidence is filled up with.

    Counted anew by each full run, and kept for the runs between; notes how far a run is.
    """

    _name = "debitor.score.portfolio"
    _description = "Payment Portfolio"
    _order = "date desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    model_id = fields.Many2one("debitor.scoring.model", readonly=True, ondelete="cascade")
    date = fields.Date(readonly=True, help="Empty: a full run is wanted as soon as possible.")
    masses = fields.Json(readonly=True, help="Nine sums of weights, one for each bucket.")
    is_done = fields.Boolean(readonly=True, help="The run of this day has reached all customers.")
    last_partner_id = fields.Integer(
        readonly=True, help="The last customer that a run under way has reached."
    )

    _one_per_company = models.UniqueIndex("(company_id)")

    @api.model
    def _of(self, company):
        return self.search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _keep(self, company, model, day, masses):
        """Keep the portfolio that a full run of ``day`` begins with; return the record."""
        vals = {
            "model_id": model.id,
            "date": day,
            "masses": list(masses),
            "is_done": False,
            "last_partner_id": 0,
        }
        kept = self._of(company)
        if not kept:
            return self.create({**vals, "company_id": company.id})
        kept.write(vals)
        return kept

    @api.model
    def _want_run(self, company):
        """Let the next scheduled action begin a full run."""
        self._of(company).write({"date": False, "is_done": False})
