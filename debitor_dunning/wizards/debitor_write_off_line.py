from odoo import fields, models


class DebitorWriteOffLine(models.TransientModel):
    """A line of the entry that a write-off proposes; nothing of it is booked yet."""

    _name = "debitor.write.off.line"
    _description = "Line of a Proposed Write-Off"

    write_off_id = fields.Many2one("debitor.write.off", ondelete="cascade")
    currency_id = fields.Many2one(related="write_off_id.currency_id")
    account_id = fields.Many2one("account.account")
    name = fields.Char(string="Label")
    debit = fields.Monetary(string="Debit Side")
    credit = fields.Monetary(string="Credit Side")
