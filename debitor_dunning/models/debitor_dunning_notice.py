import hashlib
import logging
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.service.model import retrying
from odoo.tools import SQL, email_normalize
from odoo.tools.mail import generate_tracking_message_id

from ..core.proposal import deadline_of
from ..tools.mail_session import MessageRefused, OutcomeUnknown, ServerUnreachable

_logger = logging.getLogger(__name__)

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
# A server that says «later» so often will never take the message.
MAX_ATTEMPTS = 20
# First key of the advisory locks that tell a working sender from a dead one.
_SENDING_LOCK = 0x0DEB1702


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

    # ------------------------------------------------------------------
    # What a person does
    # ------------------------------------------------------------------

    def action_exclude(self, reason=None):
        """Leave these notices out of their run; their items may come back in a later run."""
        self._require("excluded", self.env._("leaving it out"))
        self.exclusion_reason = reason or self.env._("Left out by %s", self.env.user.name)
        self.run_id._touch()

    def action_include(self):
        self.line_ids.filtered("is_included")._check_free()
        self._require("proposed", self.env._("taking it in again"), ["excluded"])
        self.exclusion_reason = False

    def action_raise(self):
        self.line_ids.filtered("is_included").action_raise()

    def action_lower(self):
        self.line_ids.filtered("is_included").action_lower()

    def action_approve(self):
        """Approve proposals; they are not sent yet."""
        self._check_approver()
        self._require("approved", self.env._("approving"))
        self._mark_approved()
        self.run_id._touch()
        self.run_id._update_state()

    def _check_approver(self):
        if not (self.env.su or self.env.user.has_group("debitor_dunning.group_dunning_approver")):
            raise AccessError(
                self.env._(
                    "Notices are approved and sent by people with the right «Approve and send»."
                    " Ask one of them, or an administrator for the right."
                )
            )

    def _mark_approved(self):
        # The rights were checked; the fields are closed to other ways of writing them.
        now = fields.Datetime.now()
        for level, notices in self.sudo().grouped("level_id").items():
            notices.write(
                {
                    "approved_by_id": self.env.uid,
                    "approved_on": now,
                    "approved_level_id": level.id,
                }
            )

    def action_withdraw_approval(self):
        """Make proposals again of what was approved and has not gone out."""
        self._check_approver()
        able = self.filtered(lambda one: one.state in ("approved", "queued") and not one.is_resend)
        (self - able)._refuse(self.env._("taking back the approval"))
        able._require("proposed", self.env._("taking back the approval"))
        able._forget_approval()
        able.run_id._update_state()

    def _forget_approval(self):
        # Closed to other ways of writing them; the callers have checked the rights.
        self.sudo().write(
            {
                "approved_by_id": False,
                "approved_on": False,
                "approved_level_id": False,
                "send_on": False,
            }
        )

    def action_send(self):
        """Queue approved notices; the sender takes them within seconds."""
        self._check_approver()
        self._require("queued", self.env._("sending"), ["approved"])
        self._wait_for_sender()

    def action_retry(self):
        """Try notices again that were not sent, by the channel that is possible now."""
        self._check_approver()
        self._require("queued", self.env._("trying again"), ["failed", "bounced"])
        for notice in self:
            notice._choose_channel()
        self._wait_for_sender()

    def action_send_as_letter(self):
        """Send a notice that failed or bounced by letter instead."""
        self._check_approver()
        self._require("queued", self.env._("sending it as a letter"), ["failed", "bounced"])
        self._wait_for_sender(channel="letter")

    def action_confirm_sent(self):
        """A person knows that the notice in doubt went out."""
        self._check_approver()
        self._require("sent", self.env._("confirming"), ["in_doubt"])
        self._after_sent()
        self._log(self.env._("Confirmed by %s: it went out.", self.env.user.name))

    def action_send_again(self):
        """A person decides to send the notice in doubt once more, with the same Message-ID."""
        self._check_approver()
        self._require("queued", self.env._("sending again"), ["in_doubt"])
        self._wait_for_sender(is_resend=True)
        self._log(self.env._("%s decided to send it once more.", self.env.user.name))

    def action_cancel(self):
        """Cancel the notices; where they went out, the items' levels are set back."""
        self._check_approver()
        went_out = self.filtered("sent_on")
        self._require("cancelled", self.env._("cancelling"))
        went_out._revert_levels()
        for notice in self:
            notice._log(self.env._("Cancelled by %s.", self.env.user.name))
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self.run_id._update_state()

    def action_send_invoices(self):
        """Open Odoo's sending of the invoices that the customer never got."""
        return self._get_unsent_invoices().action_send_and_print()

    def _get_unsent_invoices(self):
        moves = self.line_ids.filtered("is_included").move_id
        return moves.filtered(
            lambda move: move.move_type == "out_invoice" and not move.is_move_sent
        )

    def action_print(self):
        """Return the letters as one file; those that wait for printing count as sent."""
        return self.env["debitor.dunning.letter"]._action_print(self)

    def _log(self, text):
        for notice in self:
            notice._message_log(body=text)

    def _wait_for_sender(self, **vals):
        """Let queued notices go out with the sender's next round, whatever day it is.

        What went out before, or may have, goes out once more as it was.
        """
        notices = self.sudo()  # the rights were checked; these fields are closed otherwise
        notices.write({"send_on": False, "problem": False, "attempt_count": 0} | vals)
        notices.filtered("sent_on").write({"is_resend": True})
        self._trigger_sender()

    def _trigger_sender(self):
        self.env.ref("debitor_dunning.ir_cron_send")._trigger()

    # ------------------------------------------------------------------
    # Proposal
    # ------------------------------------------------------------------

    def _prepare_line_vals(self, item, level, today, is_repeated=False):
        """Return a line's values for a core ``OpenItem``; ``level`` is None for a credit."""
        return {
            "notice_id": self.id,
            "run_id": self.run_id.id,
            "company_id": self.company_id.id,
            "currency_id": item.currency_id,
            "move_line_id": item.id,
            "move_id": item.move_id,
            "level_id": level.id if level else None,
            "rank": level.rank if level else 0,
            "previous_rank": item.rank,
            "is_credit": item.is_credit,
            "is_repeated": is_repeated,
            "is_included": True,
            "is_live": True,
            "date_maturity": item.due,
            "days_overdue": (today - item.due).days if item.due else 0,
            "amount_total": item.total,
            "amount_residual": item.residual,
            "amount_residual_company": item.residual_company,
        }

    def _after_line_change(self):
        """Bring sums, level and deadline in line with what is on the notice now."""
        self.run_id._touch()
        for notice in self:
            level = notice.level_id
            notice.sudo().write(notice._prepare_totals())  # sums are closed to users
            if notice.level_id != level:
                notice._choose_channel()

    def _get_dunned_lines(self):
        return self.line_ids.filtered(lambda line: line.is_included and not line.is_credit)

    def _get_top_line(self):
        """Return the line whose level the notice has."""
        self.ensure_one()
        return self._get_dunned_lines().sorted("rank")[-1:]

    def _prepare_totals(self):
        self.ensure_one()
        lines = self.line_ids.filtered("is_included")
        dunned = self._get_dunned_lines()
        top = self._get_top_line()
        overdue = self.currency_id.round(sum(dunned.mapped("amount_residual")))
        credit = self.currency_id.round(sum((lines - dunned).mapped("amount_residual")))
        return {
            "line_count": len(dunned),
            "amount_overdue": overdue,
            "amount_credit": credit,
            "amount_total": self.currency_id.round(overdue + credit),
            "amount_company": sum(lines.mapped("amount_residual_company")),
            "oldest_due": min((d for d in dunned.mapped("date_maturity") if d), default=False),
            "level_id": top.level_id.id,
            "rank": top.rank,
            "deadline": self._get_deadline(top.level_id, self.date),
        }

    def _get_deadline(self, level, date):
        if not level:
            return False
        calendar = self.procedure_id.sudo()._as_calendar()
        return deadline_of(level._as_level(level.rank), date, calendar) or False

    def _choose_channel(self):
        """Set the first channel of the level that is possible, else say what is missing."""
        self.ensure_one()
        channel, problem = self._find_channel(self.level_id, self.recipient_id)
        self.write({"channel": channel, "problem": problem})

    @api.model
    def _find_channel(self, level, recipient):
        """Return the first possible channel of ``level``, and why those before it were not."""
        problems = []
        for channel in level.channel_ids.mapped("channel"):
            problem = getattr(self, f"_get_{channel}_problem")(recipient)
            if not problem:
                return channel, "; ".join(problems) or False
            problems.append(problem)
        return False, "; ".join(problems) or self.env._("Level «%s» has no channel.", level.name)

    @api.model
    def _get_email_problem(self, recipient):
        """Return why ``recipient`` can't get a mail, or False."""
        if not recipient.email:
            return self.env._("No e-mail address")
        if not email_normalize(recipient.email):
            return self.env._("«%s» is not an e-mail address", recipient.email)
        if recipient.is_blacklisted:
            return self.env._("The e-mail address is on the blacklist")
        return False

    @api.model
    def _get_letter_problem(self, recipient):
        if not (recipient.street and recipient.city):
            return self.env._("No postal address")
        return False

    @api.model
    def _get_phone_problem(self, recipient):
        return False if recipient.phone else self.env._("No phone number")

    # ------------------------------------------------------------------
    # Sending: each notice in transactions of its own
    # ------------------------------------------------------------------

    @api.model
    def _get_notice_steps(self):
        """Return names of methods that check and complete a notice just before it goes out.

        Each is called on one notice and may end the attempt by moving it to another state.
        """
        return ["_step_refresh_items", "_step_set_date", "_step_check_channel", "_step_letter"]

    @api.model
    def _get_resend_steps(self):
        """Return names of methods that check what goes out once more, and so stays as it was."""
        return ["_step_settle_paid", "_step_heed_block", "_step_renew_letter"]

    @api.model
    def _get_due_domain(self):
        """Return the notices that wait and may go out today."""
        due = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("send_on", "<=", company._get_today())
            for company in self.env["res.company"].search([])
        )
        return (
            Domain("state", "=", "queued")
            & Domain("run_id.is_paused", "=", False)
            & (Domain("send_on", "=", False) | due)
        )

    def _lock_for_sending(self, guard):
        """Take the lock that shows others a living sender; False when somebody has it.

        It is held by the transaction of ``guard``, a cursor of its own, so that it
        outlives the commits of sending and dies with the process.
        """
        self.ensure_one()
        guard.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (_SENDING_LOCK, self.id))
        return guard.fetchone()[0]

    def _commit(self):
        """End the transaction: each notice is one of its own, and a mail gone out stays known."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _for_person_in_charge(self):
        """Return the notice in the language of whoever will read what is noted on it."""
        self.ensure_one()
        user = self.user_id or self.approved_by_id
        return self.with_context(lang=self.company_id._get_language_of(user))

    def _send_guarded(self, session):
        """Send one notice; what goes wrong with it stays with it."""
        try:
            self._send_one(session)
        except ServerUnreachable as error:
            self.env.cr.rollback()
            self.problem = self.env._(
                "Waits, because the mail server can't be reached: %s. Next try in some minutes.",
                error,
            )
        except Exception as error:
            # One broken template or attachment must not stop the other letters.
            _logger.exception("Dunning notice %s was not sent", self.id)
            self.env.cr.rollback()
            self.invalidate_recordset()
            if self.state == "queued":
                self._fail(self.env._("An error kept the notice from being made: %s", error))
                self._commit()

    def _send_one(self, session):
        """Send one queued notice; the caller holds its lock. Commits on its own.

        :raise ServerUnreachable: the notice goes on waiting
        """
        self.ensure_one()
        locked = self.try_lock_for_update().filtered(lambda notice: notice.state == "queued")
        if not locked or self.run_id.is_paused:
            return
        steps = self._get_resend_steps() if self.is_resend else self._get_notice_steps()
        for step in steps:
            getattr(self, step)()
            if self.state != "queued":
                return
        getattr(self, f"_send_by_{self.channel}")(session)

    def _step_settle_paid(self):
        if self.payment_state == "paid":
            self._transition("settled", problem=self.env._("Nothing left to dun."))

    def _step_heed_block(self):
        """Keep back what must stay as it is while one of its items is blocked."""
        self.ensure_one()
        today = self.company_id._get_today()
        blocks = self.env["debitor.open.item.reader"]._read_blocks(
            self.company_id, self.partner_id.ids, today
        )
        keys = [("partner", self.partner_id.id)]
        for line in self._get_dunned_lines():
            keys += [("move", line.move_id.id), ("line", line.move_line_id.id)]
        for key in keys:
            if key in blocks:
                reason = self.env._("Dunning block: %s", blocks[key].reason)
                self._transition("blocked", problem=reason)
                return

    def _find_stale(self):
        """Return the notices whose letter says what does not hold any more; subjects extend it."""
        return self._find_late()

    def _find_late(self):
        """Return notices that never went out and ask for payment by a day that is over."""
        return self.filtered(
            lambda one: (
                not one.sent_on and one.deadline and one.deadline < one.company_id._get_today()
            )
        )

    def _renew_stale(self):
        """Bring in line with the books what ``_find_stale`` looks at."""

    def _step_renew_letter(self):
        """Let a letter that went out say once more only what still holds."""
        if not self._find_stale():
            return
        self._renew_stale()
        if self.state == "queued":
            self._step_letter()
            self._log(self.env._("What is owed changed since the letter was made: made anew."))

    def _send_back_from_pile(self):
        """Let the sender make letters anew that lie on the pile; the callers checked the rights."""
        notices = self._transition("queued")
        notices._wait_for_sender()
        late = notices._find_late()
        for some, text in (
            (late, self.env._("The letter's deadline is over: it is made anew.")),
            (
                notices - late,
                self.env._("What is owed changed since the letter was made: it is made anew."),
            ),
        ):
            some.sudo().problem = text  # closed to users
            some._log(text)

    def _step_refresh_items(self):
        """Look at each item again: paid, blocked or cancelled ones leave the notice.

        A notice that ends here keeps its level and its sums as they were approved.
        """
        self.ensure_one()
        if self._has_other_level():
            return
        self.line_ids._refresh_before_sending()
        totals = self._prepare_totals()
        dunned = self.line_ids.filtered(
            lambda one: one.is_included and not one.is_credit and not one.is_repeated
        )
        # A small sum that a person approved goes out; one that payments left over does not.
        currency = self.company_currency_id
        has_shrunk = currency.compare_amounts(totals["amount_company"], self.amount_company) < 0
        too_small = has_shrunk and totals["amount_company"] < self.procedure_id.minimum_amount
        blocked = self.line_ids.filtered("is_blocked")
        if not dunned and blocked:
            self._transition("blocked", problem=blocked[0].exclusion_reason)
        elif not dunned or totals["amount_total"] <= 0 or too_small:
            self._transition("settled", problem=self.env._("Nothing left to dun."))
        else:
            # What left the notice may leave a lower level, and that one is right now.
            self.write(totals | {"approved_level_id": totals["level_id"]})

    def _has_other_level(self):
        """Make a proposal again of what is not at the level that somebody approved."""
        approved = self.approved_level_id
        if not approved or approved == self._get_top_line().level_id:
            return False
        # Taken up by the sender: nobody's rights are asked.
        self._transition("proposed")
        self._forget_approval()
        self.sudo()._after_line_change()
        self.problem = self.env._(
            "The level is not the one that was approved («%s»): look at it and approve it again.",
            approved.name,
        )
        self._ask_person(self.env._("Dunning notice changed"), self.problem)
        return True

    def _add_new_credits(self, items):
        """Show and net credits that came in after the proposal."""
        self.ensure_one()
        self.env["debitor.dunning.notice.line"].create(
            [self._prepare_line_vals(item, None, self.date) for item in items]
        )

    def _step_set_date(self):
        """Date the letter on the day it goes out; its deadline runs from then."""
        today = self.company_id._get_today()
        self.write({"date": today, "deadline": self._get_deadline(self.level_id, today)})

    def _step_check_channel(self):
        channel_problem = (
            getattr(self, f"_get_{self.channel}_problem")(self.recipient_id)
            if self.channel
            else True
        )
        if channel_problem:
            self._choose_channel()
        if not self.channel:
            self._fail(self.problem)

    def _fail(self, problem):
        """Show that the notice did not go out, and ask the person in charge to act."""
        self._transition("failed", problem=problem)
        self._ask_person(self.env._("Dunning notice not sent"), problem)

    def _ask_person(self, summary, note):
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=(self.user_id or self.approved_by_id or self.env.user).id,
        )

    def _step_letter(self):
        """Keep the letter as it goes out, with its hash."""
        content = self.env["debitor.dunning.letter"]._render_pdf(self)
        attachment = self.env["ir.attachment"].create(
            {
                "name": self._get_letter_filename(),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        # A letter that never went out is no voucher and not kept; one that did, or may have, is.
        if not (self.sent_on or self.is_resend):
            self.letter_id.unlink()
        self.write(
            {"letter_id": attachment.id, "letter_sha256": hashlib.sha256(content).hexdigest()}
        )

    def _get_letter_filename(self):
        self.ensure_one()
        title = self.with_context(lang=self.lang).level_id.name
        return f"{title} {self.name}.pdf".replace("/", "-")

    def _send_by_email(self, session):
        """Hand the mail to the server between two commits, so that a crash leaves a trace."""
        message = self._prepare_email()
        session.connect(message["From"])
        self._note_dispatch()
        self._transition("sending")
        self._commit()
        try:
            session.send(message)
        except MessageRefused as error:
            outcome = partial(self._after_refusal, str(error), error.is_permanent)
        except OutcomeUnknown as error:
            outcome = partial(self._after_doubt, str(error))
        else:
            outcome = self._after_accepted
        retrying(outcome, self.env)

    def _after_accepted(self):
        if self._transition("sent"):
            self._after_sent()

    def _after_refusal(self, text, is_permanent):
        problem = self.env._("The mail server refused the message: %s", text)
        if is_permanent or self.attempt_count + 1 >= MAX_ATTEMPTS:
            self._fail(problem)
        else:
            self._requeue(problem)

    def _requeue(self, problem):
        """Let the notice wait for the next attempt; the server took nothing of it."""
        self.env.cr.execute(
            SQL(
                "UPDATE debitor_dunning_notice SET state = 'queued', problem = %s,"
                " attempt_count = COALESCE(attempt_count, 0) + 1 WHERE id IN %s AND state = 'sending'",
                problem,
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["state", "problem", "attempt_count"])

    def _after_doubt(self, text):
        """Show that nobody knows whether the notice went out, and what is known."""
        if self._transition("in_doubt"):
            self.problem = self.env._(
                "Nobody knows whether the mail server took this message: %s. Look for it at the"
                " recipient or in the mail server's log, then choose «It went out» or «Send"
                " again».",
                text,
            )
            self._ask_person(self.env._("Dunning notice in doubt"), self.problem)

    def _send_by_letter(self, session):
        """Put the letter on the pile; it counts as sent when somebody prints it."""
        self._transition("to_print")
        self._commit()

    def _send_by_phone(self, session):
        """Ask the person in charge to call; the letter attached is what to talk about."""
        self._ask_person(
            self.env._("Call about %s", self.level_id.name),
            self.env._(
                "Phone: %(phone)s, open: %(amount)s",
                phone=self.recipient_id.phone,
                amount=self.currency_id.format(self.amount_total),
            ),
        )
        self._transition("sent")
        self._after_sent()
        self._commit()

    @api.model
    def _recover_interrupted(self, guard):
        """Put notices in doubt whose sender died, and return them."""
        stranded = self.search([("state", "=", "sending")])
        dead = stranded.filtered(lambda notice: notice._lock_for_sending(guard))
        # A new snapshot: a sender that was alive a moment ago has committed since.
        self.env["ir.cron"]._commit_progress()
        dead = dead.filtered(lambda notice: notice.state == "sending")
        for one in dead:
            notice = one._for_person_in_charge()
            notice._after_doubt(notice.env._("the program ended while it was being sent"))
        return dead

    def _after_sent(self):
        """Write the levels to the items and keep what was sent.

        What goes out once more raised the levels when it went out first.
        """
        new = self.filtered(lambda notice: not notice.sent_on)
        # Whoever confirms or prints may not change these otherwise.
        self.sudo().write({"is_resend": False, "problem": False})
        # A mail left when it was handed over, however late somebody knows it.
        self.filtered(lambda one: one.channel != "email" or not one.went_out_on)._note_dispatch()
        new.sudo().write({"sent_on": fields.Datetime.now()})
        self.env["account.move.line"]._apply_notices(new)
        self.run_id._update_state()

    def _note_dispatch(self):
        """Note that the notices leave the house today."""
        for company, notices in self.sudo().grouped("company_id").items():  # closed to users
            notices.went_out_on = company._get_today()

    def _revert_levels(self):
        self.env["account.move.line"]._revert_notices(self)

    # ------------------------------------------------------------------
    # Mail
    # ------------------------------------------------------------------

    def _prepare_email(self):
        """Return the EmailMessage of this notice, and keep it in the notice's history."""
        self.ensure_one()
        content = self.env["debitor.dunning.letter"]._render_mail(self)
        if not self.message_ref:
            self.message_ref = generate_tracking_message_id(f"{self.id}-{self._name}")
        email_from = self._get_email_from()
        reply_to = self._notify_get_reply_to(default=email_from)[self.id]
        attachments = self.letter_id | self._get_invoice_attachments()
        if not self.mail_message_id:
            self._keep_mail_message(content, email_from, reply_to, attachments)
        elif not self.is_resend:
            # The first attempt failed for sure: what is kept is what goes out now.
            self.mail_message_id.sudo().write(
                {
                    "body": content["html"],
                    "subject": content["subject"],
                    "partner_ids": [Command.set(self.recipient_id.ids)],
                    "attachment_ids": [Command.set(attachments.ids)],
                }
            )
        return (
            self.env["ir.mail_server"]
            .sudo()
            ._build_email__(  # closed to users
                email_from=email_from,
                email_to=[self.recipient_id.email_formatted],
                subject=content["subject"],
                body=content["html"],
                body_alternative=content["text"],
                subtype="html",
                subtype_alternative="plain",
                reply_to=reply_to,
                message_id=self.message_ref,
                attachments=[(one.name, one.raw, one.mimetype) for one in attachments],
                headers={
                    "X-Odoo-Objects": f"{self._name}-{self.id}",
                    "Auto-Submitted": "auto-generated",
                },
            )
        )

    def _keep_mail_message(self, content, email_from, reply_to, attachments):
        self.mail_message_id = (
            self.env["mail.message"]
            .sudo()  # a billing user may send, but not write messages in another's name
            .create(
                {
                    "model": self._name,
                    "res_id": self.id,
                    "message_type": "email_outgoing",
                    "subject": content["subject"],
                    "body": content["html"],
                    "author_id": (self.user_id or self.env.user).partner_id.id,
                    "email_from": email_from,
                    "reply_to": reply_to,
                    "message_id": self.message_ref,
                    "partner_ids": self.recipient_id.ids,
                    "attachment_ids": attachments.ids,
                    "subtype_id": self.env.ref("mail.mt_note").id,
                }
            )
        )

    def _get_email_from(self):
        self.ensure_one()
        user = self.user_id or self.approved_by_id or self.env.user
        return user.email_formatted or self.company_id.email_formatted

    def _get_invoice_attachments(self):
        """Return the invoices' PDF files, where the level wants them and they exist."""
        if not self.level_id.attach_invoices:
            return self.env["ir.attachment"]
        moves = self.line_ids.filtered("is_included").move_id
        return moves.sudo().invoice_pdf_report_id  # as the customer got them

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail
        result = super()._message_receive_bounce(email, partner)
        # What came back did go out, even where its sender died before it knew.
        known = self.filtered(lambda one: one.state == "in_doubt")._transition("sent")
        known._after_sent()
        for notice in self._transition("bounced"):
            problem = notice.env._("The mail to %s came back.", email or notice.recipient_id.email)
            notice.problem = problem
            notice._ask_person(notice.env._("Dunning notice bounced"), problem)
        return result
