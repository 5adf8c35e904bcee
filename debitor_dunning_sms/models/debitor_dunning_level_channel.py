from odoo import fields, models


class DebitorDunningLevelChannel(models.Model):
    _inherit = "debitor.dunning.level.channel"

    channel = fields.Selection(selection_add=[("sms", "SMS")], ondelete={"sms": "cascade"})
