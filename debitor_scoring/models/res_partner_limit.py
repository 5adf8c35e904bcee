from odoo import models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_take_suggested_limit(self):
        """Set Odoo's own credit limit to what the payment history suggests."""
        if not self.env.user.has_group("debitor_scoring.group_credit_release"):
            raise AccessError(
                self.env._("Limits are set by those who may release orders; ask accounting.")
            )
        self.check_access("read")
        scores = self.env["debitor.score"]._for(self, self.env.company)
        for partner in self.commercial_partner_id:
            score = scores.get(partner.id)
            if not score or not score.suggested_limit:
                raise UserError(
                    self.env._(
                        "There is no suggestion for «%s» yet: it takes invoices and payments of"
                        " the last months. Enter a limit by hand.",
                        partner.display_name,
                    )
                )
            # Whoever may release any order may set its limit, without the right to edit contacts.
            partner.sudo().credit_limit = score.suggested_limit
            partner.sudo()._message_log(
                author_id=self.env.user.partner_id.id,
                body=self.env._(
                    "Credit limit set to the suggested %s.",
                    self.env.company.currency_id.format(score.suggested_limit),
                ),
            )
