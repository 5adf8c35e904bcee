from odoo import api, models


class DebitorOpenItemReader(models.AbstractModel):
    _inherit = "debitor.open.item.reader"

    @api.model
    def _read_procedures(self, company, partners):
        # EXTENDS debitor_dunning: the class decides where neither customer nor tag does
        result = super()._read_procedures(company, partners)
        by_class = self._read_class_procedures(company)
        if not by_class:
            return result
        scores = self.env["debitor.score"]._for(partners, company)
        chosen = self._find_chosen_procedures(company, partners)
        for partner in partners:
            score = scores.get(partner.id)
            procedure = by_class.get(score.risk_class) if score else None
            if procedure and partner.id not in chosen:
                result[partner.id] = procedure
        return result

    @api.model
    def _read_class_procedures(self, company):
        """Return ``{class: procedure}`` of the company's scoring model, where one is set."""
        classes = self.env["debitor.scoring.model"]._for(company).sudo().class_ids  # as the reader
        return {
            one.code: one.dunning_procedure_id for one in classes if one.dunning_procedure_id.active
        }

    @api.model
    def _find_chosen_procedures(self, company, partners):
        """Return ids of the partners for whom a person chose a procedure, by hand or by tag."""
        tags = (
            self.env["debitor.dunning.procedure"]
            .sudo()  # as above
            .search([("company_id", "in", (company | company.parent_ids).ids)])
            .category_ids
        )
        return {
            partner.id
            for partner in partners.with_company(company).sudo()  # as above
            if partner.dunning_procedure_id or partner.category_id & tags
        }
