import json

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class DebitorScoringPortfolio(models.AbstractModel):
    """The customers behind the figures of the portfolio."""

    _inherit = "debitor.scoring.portfolio"

    @api.model
    def open_customers(self, kind, key):
        """Return the action that lists the customers behind a figure.

        The figure goes into the domain, not its customers, who may be a hundred thousand.

        :param kind: ``matrix``, ``history``, ``migration`` or ``quality``
        :param key: what names the figure, e.g. ``{"class": "d", "column": "days_30"}``
        """
        self._check_reader()
        figure = {name: value for name, value in key.items() if name != "title"}
        self._check_figure(kind, figure)
        return {
            "type": "ir.actions.act_window",
            "name": key.get("title") or self.env._("Customers"),
            "res_model": "res.partner",
            "views": [
                (self.env.ref("debitor_scoring.res_partner_view_list_portfolio").id, "list"),
                (False, "kanban"),
                (False, "form"),
            ],
            "domain": [
                ("debitor_portfolio_figure", "=", json.dumps([kind, figure], sort_keys=True))
            ],
            "context": {"active_test": False},
        }

    @api.model
    def _find_customers(self, figure):
        """Return the customers behind a figure of the current company: ids, or their statement.

        :param figure: JSON as ``open_customers`` writes it
        """
        company = self._check_reader()
        try:
            kind, key = json.loads(figure)
        except (TypeError, ValueError):
            kind, key = None, {}
        finder = self._check_figure(kind, key)
        self._flush()
        return finder(company, key)

    @api.model
    def _check_figure(self, kind, key):
        """Return the method that finds the customers behind a figure; raise if there is none."""
        finder, names = {
            "matrix": (self._find_in_matrix, set()),
            "history": (self._find_in_history, {"month", "class"}),
            "migration": (self._find_in_migration, {"month", "from", "to"}),
            "quality": (self.env["debitor.scoring.quality"]._find_customers, {"low", "high"}),
        }.get(kind if isinstance(kind, str) else "", (None, set()))
        if not finder or not isinstance(key, dict) or not names <= key.keys():
            raise UserError(
                self.env._("The portfolio has no such figure. Open its page again and click there.")
            )
        return finder

    @api.model
    def _find_in_matrix(self, company, key):
        """Return customers of a class, a column, both, or all with open items."""
        wanted = [
            SQL("%s = %s", SQL.identifier(column), key[name])
            for name, column in (("class", "risk_class"), ("column", "bucket"))
            if key.get(name)
        ]
        return SQL(
            "(SELECT partner_id FROM (%s) item WHERE %s)",
            self._get_item_query(company, company._get_today()),
            SQL(" AND ").join(wanted) if wanted else SQL("TRUE"),
        )

    @api.model
    def _find_in_history(self, company, key):
        return SQL(
            """(SELECT partner_id FROM debitor_score_snapshot
                 WHERE company_id = %s AND month = %s AND risk_class = %s)""",
            company.id,
            key["month"],
            key["class"],
        )

    @api.model
    def _find_in_migration(self, company, key):
        return SQL(
            """(SELECT score.partner_id
                  FROM debitor_score_snapshot snapshot
                  JOIN debitor_score score ON score.company_id = snapshot.company_id
                                          AND score.partner_id = snapshot.partner_id
                 WHERE snapshot.company_id = %s AND snapshot.month = %s
                   AND snapshot.risk_class = %s AND score.risk_class = %s)""",
            company.id,
            key["month"],
            key["from"],
            key["to"],
        )
