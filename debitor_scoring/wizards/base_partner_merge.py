from odoo import api, models
from odoo.tools import SQL


class MergePartner(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS base: rows that there is only one of for each customer would collide
        self.env.flush_all()
        self._drop_for_merge((*src_partners.ids, dst_partner.id))
        self._thin_out_for_merge(
            "debitor_score_snapshot", "DELETE FROM debitor_score_snapshot one USING",
            SQL("other.month = one.month"), src_partners, dst_partner,
        )  # fmt: skip
        self._thin_out_for_merge(
            "debitor_credit_report",
            "UPDATE debitor_credit_report one SET active = FALSE FROM",
            SQL(
                "one.active AND other.active AND other.date = one.date"
                " AND other.provider_id = one.provider_id"
            ),
            src_partners, dst_partner,
        )  # fmt: skip
        self.env.invalidate_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        # At once: the customer must not be without a class until the next run.
        su = self.sudo()
        for company in su.env["debitor.score.maker"]._get_companies():
            su.env["debitor.score"]._recompute(company, dst_partner.commercial_partner_id.ids)
        return result

    @api.model
    def _drop_for_merge(self, partner_ids):
        """Delete what is made anew: scores, and the rows that keep two confirmations apart."""
        for table in ("debitor_score", "debitor_credit_line"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE partner_id = ANY(%s)",
                    SQL.identifier(table),
                    list(partner_ids),
                )
            )

    @api.model
    def _thin_out_for_merge(self, table, action, is_same, src_partners, dst_partner):
        """Keep one row of those that would be the same: that of the customer who stays."""
        self.env.cr.execute(
            SQL(
                """%(action)s %(table)s other
                    WHERE one.partner_id = ANY(%(sources)s)
                      AND other.partner_id = ANY(%(all)s) AND other.id <> one.id
                      AND other.company_id = one.company_id AND %(is_same)s
                      AND (other.partner_id = %(stays)s OR other.id > one.id)""",
                action=SQL(action),
                table=SQL.identifier(table),
                sources=src_partners.ids,
                all=[*src_partners.ids, dst_partner.id],
                is_same=is_same,
                stays=dst_partner.id,
            )
        )
