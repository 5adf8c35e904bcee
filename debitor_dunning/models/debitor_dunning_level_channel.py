from odoo import api, fields, models


class DebitorDunningLevelChannel(models.Model):
    """One of a level's channels, in the order in which they are tried.

    A new channel adds a value to ``channel`` and, on ``debitor.dunning.notice``, the
    methods ``_send_by_<channel>()`` and ``_get_<channel>_problem(recipient)``.
    """

    _name = "debitor.dunning.level.channel"
    _description = "Channel of a Dunning Level"
    _order = "level_id, sequence, id"
    _rec_name = "channel"

    level_id = fields.Many2one(
        "debitor.dunning.level", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    channel = fields.Selection(
        [("email", "E-mail"), ("letter", "Letter"), ("phone", "Phone Call")],
        required=True,
        default="email",
    )

    @api.depends("channel")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["channel"]._description_selection(self.env))
        for record in self:
            record.display_name = labels.get(record.channel)

    _channel_once = models.UniqueIndex(
        "(level_id, channel)", "Each channel can be named only once in a level."
    )
