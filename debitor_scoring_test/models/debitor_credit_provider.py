from odoo import fields, models
from odoo.exceptions import UserError

# What this agency knows: number, name, town, index, class, limit in euros.
COMPANIES = (
    ("4711", "Holzbau Maier GmbH", "Stuttgart", 231, "Good", 25000),
    ("4712", "Holzbau Maier KG", "Ulm", 340, "Weak", 2000),
    ("4713", "Zweirad Schulz OHG", "Hamburg", 500, "Payments stopped", 0),
)
_PAGE = """<html lang="en"><head><title>Credit report</title></head><body><main>
<h1>Credit report {reference}</h1><p>{name}, {town}: index {value} ({agency_class})</p>
</main></body></html>"""


class DebitorCreditProvider(models.Model):
    """An agency that answers from a list: each of the three methods, and nothing else."""

    _inherit = "debitor.credit.provider"

    code = fields.Selection(
        selection_add=[("sample", "Test agency")], ondelete={"sample": "set default"}
    )
    sample_key = fields.Char(
        string="Access Key", groups="debitor_scoring.group_scoring_manager", copy=False
    )

    def _get_sample_problem(self):
        # Whoever asks the agency need not see its key.
        if self.sudo().sample_key:
            return ""
        return self.env._("%s has no access key: enter it under Credit Agencies.", self.name)

    def _find_by_sample(self, partner):
        """Return the companies that share a word of the name, those of the same town first."""
        words = set((partner.name or "").lower().split())
        found = [one for one in COMPANIES if words & set(one[1].lower().split())]
        found.sort(key=lambda one: one[2] != partner.city)
        return [
            {"reference": reference, "name": name, "address": town}
            for reference, name, town, *_more in found
        ]

    def _fetch_by_sample(self, partner, reference, interest):
        for number, name, town, value, agency_class, limit in COMPANIES:
            if number == reference:
                page = _PAGE.format(
                    reference=number, name=name, town=town, value=value, agency_class=agency_class
                )
                return {
                    "value": value,
                    "agency_class": agency_class,
                    "amount_limit": limit,
                    "currency": "EUR",
                    "note": self.env._("Asked because of: %s", interest),
                    "filename": f"report-{number}.pdf",
                    "file": self.env["debitor.dunning.letter"]._print_html(page),
                }
        raise UserError(self.env._("The agency knows no company %s.", reference))
