from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    debitor_hold_mode = fields.Selection(
        [
            ("off", "Show class and reasons only"),
            ("warn", "Warn on the quotation"),
            ("hold", "Hold the order until finance releases it"),
        ],
        string="Over the Limit or in a Class That Needs Release",
        default="warn",
        required=True,
    )
    debitor_hold_user_id = fields.Many2one(
        "res.users",
        string="Decides About Orders on Hold",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("debitor_scoring.group_credit_release").ids)
        ],
        help="Gets the activities. Empty: whoever may release orders and was entered first.",
    )
    debitor_hold_paid = fields.Boolean(
        string="Hold Orders Paid in Advance Too",
        help="Off: an order that the customer has paid in full goes through, unless the customer"
        " is on the blacklist or insolvent.",
    )
    debitor_apply_terms = fields.Boolean(
        string="Apply Recommended Terms by Themselves",
        help="New quotations get the payment terms and the prepayment of the customer's class."
        " Off: the salesperson applies them by a button.",
    )

    def _get_credit_decider(self):
        """Return who gets the activity for an order on hold; may be empty."""
        self.ensure_one()
        if self.debitor_hold_user_id.active:
            return self.debitor_hold_user_id
        group = self.env.ref("debitor_scoring.group_credit_release")
        # Whoever confirms an order need not be allowed to read who is in finance.
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("all_group_ids", "in", group.ids),
                    ("company_ids", "in", self.ids),
                    ("share", "=", False),
                ],
                order="id",
                limit=1,
            )
        )
