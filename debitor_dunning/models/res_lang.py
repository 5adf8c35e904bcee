from odoo import models


class ResLang(models.Model):
    _inherit = "res.lang"

    def write(self, vals):
        # EXTENDS base
        added = self.filtered(lambda lang: not lang.active) if vals.get("active") else self.browse()
        result = super().write(vals)
        if added:
            # The shipped texts are data of each company: no translation file reaches them.
            Procedure = self.env["debitor.dunning.procedure"].sudo()
            procedures = Procedure.search([])  # pylint: disable=no-search-all  a few a company
            procedures._translate_default_texts(added.mapped("code"))
        return result
