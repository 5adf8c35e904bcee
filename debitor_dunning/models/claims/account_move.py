from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountMove(models.Model):
    _inherit = "account.move"

    debitor_default_from = fields.Date(
        string="In Default From",
        copy=False,
        tracking=True,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="First day of default, where a person knows better than the rules.",
    )
    debitor_default_note = fields.Char(
        string="Reason for That Day",
        copy=False,
        tracking=True,
        groups="account.group_account_invoice,account.group_account_readonly",
        help="E.g. payment refused on …",
    )
    debitor_claim_ids = fields.One2many(
        "debitor.claim",
        "move_id",
        string="Claims",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_claim_count = fields.Integer(
        compute="_compute_debitor_claim_count",
        string="Number of Claims",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    def _compute_debitor_claim_count(self):
        counts = dict(
            self.env["debitor.claim"]._read_group(
                [("move_id", "in", self.ids), ("state", "not in", ("replaced", "cancelled"))],
                ["move_id"],
                ["__count"],
            )
        )
        for move in self:
            move.debitor_claim_count = counts.get(move, 0)

    def action_view_debitor_claims(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.debitor_claim_action"
        )
        return action | {"domain": [("move_id", "in", self.ids)], "context": {}}

    @api.constrains("debitor_default_from", "debitor_default_note")
    def _check_default_note(self):
        for move in self:
            if move.debitor_default_from and not move.debitor_default_note:
                raise ValidationError(
                    self.env._(
                        "Say why %s is in default from that day: the reason goes with the claim.",
                        move.display_name,
                    )
                )
