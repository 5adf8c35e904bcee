from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# Which states a notice may come from; whatever isn't named here can't happen.
TRANSITIONS = {
    "proposed": ("excluded", "approved", "queued"),
    "excluded": ("proposed",),
    "approved": ("proposed",),
    "queued": ("approved", "to_print", "failed", "in_doubt", "bounced"),
    "sending": ("queued",),
    "to_print": ("queued",),
    "sent": ("queued", "sending", "to_print", "in_doubt"),
    "in_doubt": ("sending",),
    "failed": ("queued", "sending"),
    "bounced": ("sent", "in_doubt"),
    "blocked": ("approved", "queued", "to_print"),
    "settled": ("approved", "queued", "to_print"),
    "cancelled": (
        "proposed", "excluded", "approved", "queued", "to_print", "failed", "bounced", "sent",
    ),
}  # fmt: skip
# In these states a notice keeps its items from being put on another one.
LIVE_STATES = (
    "proposed", "approved", "queued", "sending", "to_print", "in_doubt", "failed", "bounced",
)  # fmt: skip
# What a notice said and to whom: nobody changes it once the notice went out.
FROZEN_FIELDS = {
    "name", "run_id", "company_id", "currency_id", "partner_id", "recipient_id", "lang",
    "procedure_id", "level_id", "rank", "date", "deadline", "channel", "line_ids", "line_count",
    "amount_overdue", "amount_credit", "amount_total", "amount_company", "oldest_due",
    "approved_by_id", "approved_on", "approved_level_id", "sent_on", "went_out_on", "message_ref", "mail_message_id", "letter_id",
    "letter_sha256",
}  # fmt: skip
# In these states a notice that went out may still be sent once more.
_ON_THE_WAY = ("queued", "sending", "to_print", "in_doubt", "failed", "bounced")
# Written by what is done with a notice, and never by hand or from outside.
_OWN_FIELDS = (FROZEN_FIELDS - {"recipient_id", "lang", "channel"}) | {
    "is_resend", "attempt_count", "send_on", "has_unsent_invoice",
}  # fmt: skip
# These may be deleted: nothing of them went out or is about to.
_DELETABLE = ("proposed", "excluded", "cancelled")


class DebitorDunningNotice(models.Model):
    """One letter, mail or call to one debtor; immutable once it went out."""

    _name = "debitor.dunning.notice"
    _description = "Dunning Notice"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False)
    run_id = fields.Many2one(
        "debitor.dunning.run", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    recipient_id = fields.Many2one(
        "res.partner", required=True, ondelete="restrict",
        help="Dunning contact, invoice address or the customer, in this order.",
    )  # fmt: skip
    lang = fields.Char(string="Language Code", readonly=True)
    lang_name = fields.Char(string="Language", compute="_compute_lang_name")
    procedure_id = fields.Many2one(
        "debitor.dunning.procedure", required=True, readonly=True, ondelete="restrict"
    )
    level_id = fields.Many2one("debitor.dunning.level", readonly=True, ondelete="restrict")
    rank = fields.Integer(string="Level No.", readonly=True)
    date = fields.Date(required=True, readonly=True, help="Date of the letter.")
    deadline = fields.Date(readonly=True)
    user_id = fields.Many2one("res.users", string="Person in Charge")
    channel = fields.Selection("_selection_channel")
    problem = fields.Char(
        readonly=True, help="Why the notice can't go out as it is, or why it did not."
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("excluded", "Left Out"),
            ("approved", "Approved"),
            ("queued", "Waiting to Be Sent"),
            ("sending", "Being Sent"),
            ("to_print", "To Be Printed"),
            ("sent", "Sent"),
            ("in_doubt", "In Doubt"),
            ("failed", "Not Sent"),
            ("bounced", "Bounced"),
            ("blocked", "Blocked"),
            ("settled", "Settled"),
            ("cancelled", "Cancelled"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    exclusion_reason = fields.Char(readonly=True, copy=False)
    line_ids = fields.One2many("debitor.dunning.notice.line", "notice_id", readonly=True)
    line_count = fields.Integer(string="Items", readonly=True)
    amount_overdue = fields.Monetary(readonly=True, string="Overdue")
    amount_credit = fields.Monetary(readonly=True, string="Credits")
    amount_total = fields.Monetary(readonly=True, string="Open Items After Credits")
    amount_company = fields.Monetary(
        readonly=True, string="Total in Company Currency", currency_field="company_currency_id"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    oldest_due = fields.Date(readonly=True)
    has_unsent_invoice = fields.Boolean(readonly=True)
    amount_open_now = fields.Monetary(
        compute="_compute_amount_open_now",
        string="Still Open",
        help="What is open today of the items on this notice.",
    )
    payment_state = fields.Selection(
        [("open", "Open"), ("partial", "Partly Paid"), ("paid", "Paid")],
        compute="_compute_amount_open_now",
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    send_on = fields.Date(
        readonly=True, copy=False, help="First day on which the notice may go out."
    )
    approved_level_id = fields.Many2one(
        "debitor.dunning.level", readonly=True, copy=False, ondelete="restrict",
        help="The level that was approved; with another one the notice does not go out.",
    )  # fmt: skip
    sent_on = fields.Datetime(readonly=True, copy=False)
    went_out_on = fields.Date(
        string="Left the House On", readonly=True, copy=False,
        help="Day of the first print or of the last dispatch; the letter may be older.",
    )  # fmt: skip
    attempt_count = fields.Integer(readonly=True, copy=False)
    is_resend = fields.Boolean(
        readonly=True, copy=False, help="Goes out once more, unchanged, after a doubt."
    )
    message_ref = fields.Char(string="Message-ID", readonly=True, copy=False)
    mail_message_id = fields.Many2one("mail.message", readonly=True, copy=False)
    letter_id = fields.Many2one("ir.attachment", readonly=True, copy=False)
    letter_sha256 = fields.Char(readonly=True, copy=False)

    _message_ref_unique = models.UniqueIndex("(message_ref) WHERE message_ref IS NOT NULL")
    _name_unique = models.UniqueIndex("(company_id, name)")
    _last_notice_index = models.Index("(company_id, partner_id, date)")

    @api.model
    def _selection_channel(self):
        return (
            self.env["debitor.dunning.level.channel"]
            ._fields["channel"]
            ._description_selection(self.env)
        )

    @api.depends("line_ids.move_line_id.amount_residual_currency", "state")
    def _compute_amount_open_now(self):
        residuals = self._read_residuals()
        for notice in self:
            open_now = residuals.get(notice.id, 0.0)
            notice.amount_open_now = open_now
            if notice.currency_id.is_zero(open_now) or open_now < 0:
                notice.payment_state = "paid"
            else:
                partly = notice.currency_id.compare_amounts(open_now, notice.amount_overdue) < 0
                notice.payment_state = "partial" if partly else "open"

    def _read_residuals(self):
        """Return ``{notice id: what is open today of its dunned items}``."""
        if not self.ids:
            return {}
        self.env["account.move.line"].flush_model(["amount_residual_currency"])
        self.env["debitor.dunning.notice.line"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT line.notice_id, sum(item.amount_residual_currency)
                         FROM debitor_dunning_notice_line line
                         JOIN account_move_line item ON item.id = line.move_line_id
                        WHERE line.notice_id IN %s AND line.is_included AND NOT line.is_credit
                          AND item.parent_state = 'posted'
                     GROUP BY line.notice_id""",
                    tuple(self.ids),
                )
            )
        )

    @api.depends("lang")
    @api.depends_context("lang")
    def _compute_lang_name(self):
        names = dict(self.env["res.lang"].get_installed())
        for notice in self:
            notice.lang_name = names.get(notice.lang, notice.lang)

    @api.depends("name", "level_id", "partner_id")
    def _compute_display_name(self):
        for notice in self:
            parts = (notice.name, notice.level_id.name, notice.partner_id.name)
            notice.display_name = " · ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Notices are made by a dunning run, not by hand."))
        return super().create(vals_list)

    def write(self, vals):
        self._check_unchanged(vals)
        result = super().write(vals)
        if "recipient_id" in vals:
            self._follow_recipient(vals)
        return result

    def _check_unchanged(self, vals):
        """Raise where somebody changes what only sending itself may change."""
        if self.env.su:
            return
        if "state" in vals:
            raise AccessError(
                self.env._("The state of a notice follows from what is done with it.")
            )
        for name in sorted(_OWN_FIELDS & vals.keys()):
            raise AccessError(
                self.env._(
                    "«%s» of a notice follows from what is done with it.",
                    self._fields[name]._description_string(self.env),
                )
            )
        if not FROZEN_FIELDS & vals.keys():
            return
        for notice in self:
            if notice.sent_on and notice.state not in _ON_THE_WAY:
                raise UserError(
                    self.env._("Notice %s went out and stays as it is.", notice.display_name)
                )

    def _follow_recipient(self, vals):
        """Take language and channel from a recipient that a person chose."""
        self.run_id._touch()
        for notice in self:
            lang = notice.recipient_id.sudo().lang
            if lang and "lang" not in vals:
                notice.lang = lang
            if "channel" not in vals:
                notice._choose_channel()

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for notice in self:
            if notice.sent_on or notice.state not in _DELETABLE:
                raise UserError(
                    self.env._(
                        "Notice %s was approved or went out. It can be cancelled, but not deleted.",
                        notice.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def _transition(self, state, **vals):
        """Move the notices to ``state`` and return those that really moved.

        One statement checks and writes, so that of two workers only one moves a notice.
        """
        if not self:
            return self
        self.check_access("write")
        self.flush_recordset()
        moved_ids = [
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    "UPDATE debitor_dunning_notice SET state = %s"
                    " WHERE id IN %s AND state IN %s RETURNING id",
                    state,
                    tuple(self.ids),
                    TRANSITIONS[state],
                )
            )
        ]
        moved = self.browse(moved_ids)
        self.invalidate_recordset(["state"])
        if moved:
            moved._sync_live(state)
            if vals:
                moved.write(vals)
        return moved

    def _sync_live(self, state):
        """Let go of the items, or hold them again, as the new state demands."""
        is_live = state in LIVE_STATES
        self.env["debitor.dunning.notice.line"].flush_model(["is_live", "is_included"])
        self.env.cr.execute(
            SQL(
                """UPDATE debitor_dunning_notice_line line SET is_live = %s
                    WHERE line.notice_id IN %s AND line.is_included AND line.is_live <> %s
                      AND NOT EXISTS (SELECT 1 FROM debitor_dunning_notice_line other
                                       WHERE other.move_line_id = line.move_line_id
                                         AND other.is_live AND other.id <> line.id)""",
                is_live,
                tuple(self.ids),
                is_live,
            )
        )
        self.line_ids.invalidate_recordset(["is_live"])

    def _require(self, state, action, only_from=None):
        """Move all notices to ``state`` or raise a sentence that names the one that can't.

        :param only_from: states from which this action is possible, where not all are
        """
        able = self.filtered(lambda one: not only_from or one.state in only_from)
        moved = able._transition(state)
        (self - moved)._refuse(action)
        return moved

    def _refuse(self, action):
        """Raise a sentence that names the first of these notices, if there is one."""
        for notice in self:
            raise UserError(
                self.env._(
                    "Notice %(notice)s is «%(state)s»: %(action)s is not possible.",
                    notice=notice.display_name,
                    state=notice._get_state_label(),
                    action=action,
                )
            )

    def _get_state_label(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]
