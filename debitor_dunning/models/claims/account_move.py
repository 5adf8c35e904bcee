from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


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
    debitor_claim_back_id = fields.Many2one(
        "debitor.claim",
        string="Takes Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="account.group_account_invoice,account.group_account_readonly",
        help="The claim that this entry takes back.",
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

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account
        moves = super().create(vals_list)
        if not self.env.su and any(vals.get("debitor_claim_back_id") for vals in vals_list):
            self._refuse_taking_back()
        return moves

    def write(self, vals):
        # EXTENDS account
        if not self.env.su and "debitor_claim_back_id" in vals:
            self._refuse_taking_back()
        return super().write(vals)

    def _refuse_taking_back(self):
        raise AccessError(
            self.env._("Which entry takes a claim back follows from waiving or cancelling it.")
        )

    def button_draft(self):
        # EXTENDS account: the books and the claims must say the same
        self._check_no_claim_entry()
        return super().button_draft()

    def unlink(self):
        # EXTENDS account: not at the deletion itself, before which the lines go that claims
        # refer to
        self._check_no_claim_entry()
        self._check_no_claims()
        return super().unlink()

    def _check_no_claims(self):
        """Raise where notices claimed something for these invoices."""
        # Claims are told of to whoever deletes.
        claim = self.env["debitor.claim"].sudo().search([("move_id", "in", self.ids)], limit=1)
        if claim:
            raise UserError(
                self.env._(
                    "%(invoice)s can't be deleted: notice %(notice)s claimed something for it."
                    " Cancel the invoice instead.",
                    invoice=claim.move_id.display_name,
                    notice=claim.notice_id.name,
                )
            )

    def _check_no_claim_entry(self):
        """Raise where an entry books a claim, or takes one back."""
        moves = self.sudo()  # claims are told of to whoever changes their entries
        line = self.env["account.move.line"].sudo().search(
            [("move_id", "in", self.ids), ("debitor_claim_id", "!=", False)], limit=1
        )  # fmt: skip
        claim = line.debitor_claim_id or moves.debitor_claim_back_id[:1]
        if claim:
            entry = line.move_id or moves.filtered("debitor_claim_back_id")[:1]
            raise UserError(
                self.env._(
                    "%(entry)s books «%(claim)s» and stays as it is. Waive the claim, claim it"
                    " again, or cancel notice %(notice)s.",
                    entry=entry.display_name,
                    claim=claim.display_name,
                    notice=claim.notice_id.name,
                )
            )
