from odoo import api, fields, models


class DebitorHoldRelease(models.TransientModel):
    """Asks why orders are released or refused, and up to which sum."""

    _name = "debitor.hold.release"
    _description = "Decide About Orders on Hold"

    hold_ids = fields.Many2many("debitor.credit.hold", required=True)
    decision = fields.Selection([("release", "Release"), ("refuse", "Refuse")], required=True)
    note = fields.Char(string="Reason", required=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_facts")
    up_to = fields.Monetary(
        string="Release Up To", compute="_compute_up_to", store=True, readonly=False,
        help="If the order is raised above this sum, it waits again.",
    )  # fmt: skip
    reason_text = fields.Text(string="Why It Waits", compute="_compute_facts")
    paid_text = fields.Char(compute="_compute_facts")

    @api.depends("hold_ids")
    def _compute_up_to(self):
        for wizard in self:
            wizard.up_to = wizard.hold_ids.amount if len(wizard.hold_ids) == 1 else 0.0

    @api.depends("hold_ids")
    @api.depends_context("lang")
    def _compute_facts(self):
        for wizard in self:
            holds = wizard.hold_ids
            one = holds if len(holds) == 1 else holds.browse()
            wizard.currency_id = one.order_currency_id
            wizard.reason_text = one.reason_text if one else False
            paid = holds.filtered("amount_paid")
            wizard.paid_text = ", ".join(
                f"{hold.order_id.name}: {hold.order_currency_id.format(hold.amount_paid)}"
                for hold in paid
            )

    def action_decide(self):
        self.ensure_one()
        if self.decision == "refuse":
            self.hold_ids.action_refuse(self.note)
            return {"type": "ir.actions.act_window_close"}
        again = self.hold_ids.action_release(self.note, self.up_to)
        return again or {"type": "ir.actions.act_window_close"}
