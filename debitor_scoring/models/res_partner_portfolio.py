from odoo import api, fields, models
from odoo.fields import Domain

from .debitor_score import ACCOUNTING_GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    debitor_portfolio_figure = fields.Char(
        string="Behind a Figure of the Portfolio", compute="_compute_debitor_portfolio_figure",
        search="_search_debitor_portfolio_figure", groups=ACCOUNTING_GROUPS, exportable=False,
    )  # fmt: skip

    def _compute_debitor_portfolio_figure(self):
        """Only searched for: customers don't know behind which figures they stand."""
        self.debitor_portfolio_figure = False

    @api.model
    def _search_debitor_portfolio_figure(self, operator, value):
        if operator != "in":
            return NotImplemented
        portfolio = self.env["debitor.scoring.portfolio"]
        return Domain.OR(
            Domain("id", "in", portfolio._find_customers(figure)) for figure in value if figure
        )
