from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    debitor_credit_report_count = fields.Integer(
        compute="_compute_debitor_credit_report_count",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends_context("company")
    def _compute_debitor_credit_report_count(self):
        counts = dict(
            self.env["debitor.credit.report"]._read_group(
                [
                    ("company_id", "=", self.env.company.id),
                    ("partner_id", "in", self.commercial_partner_id.ids),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.debitor_credit_report_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_debitor_credit_reports(self):
        """Open the reports of agencies on this customer."""
        self.ensure_one()
        partner = self.commercial_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_scoring.debitor_credit_report_action"
        )
        return action | {
            "domain": [("partner_id", "=", partner.id)],
            "context": {"default_partner_id": partner.id},
        }
