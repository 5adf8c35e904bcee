from odoo import api, fields, models


class DebitorDunningBlockReason(models.Model):
    _name = "debitor.dunning.block.reason"
    _description = "Reason of a Dunning Block"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _get_by_name(self, name=None):
        """Return the reason of that name, made where it doesn't exist; without a name the first."""
        if not name:
            return self.env.ref("debitor_dunning.block_reason_request", False) or self.search(
                [], limit=1
            )
        known = self.search([("name", "=", name)], limit=1)
        # A scheduled action may bring a reason of its own, although users can't make any.
        return known or self.sudo().create({"name": name})
