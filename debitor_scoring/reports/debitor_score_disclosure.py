from odoo import api, models


class DebitorScoreDisclosure(models.AbstractModel):
    """The disclosure as a letter on paper, and its text for the screen."""

    _inherit = "debitor.score.disclosure"

    @api.model
    def _render_body(self, partner, company, lang=None):
        """Return the text of the disclosure as HTML for the screen."""
        values = self._prepare_values(partner, company, lang)
        return (
            values["partner"]
            .env["ir.qweb"]
            ._render("debitor_scoring.debitor_score_disclosure_body", values)
        )

    @api.model
    def _render_pdf(self, partner, company, lang=None):
        """Return the disclosure as the bytes of a PDF file, on the company's letterhead."""
        values = self._prepare_values(partner, company, lang)
        env = values["partner"].env
        letter = env["debitor.dunning.letter"]
        values |= letter._prepare_letterhead_values(values["company"])
        html = env["ir.qweb"]._render("debitor_scoring.debitor_score_disclosure", values)
        return letter._print_html(str(html))
