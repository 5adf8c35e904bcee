import hashlib
import logging
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import retrying
from odoo.tools import SQL

from ..tools.mail_session import MessageRefused, OutcomeUnknown, ServerUnreachable

_logger = logging.getLogger(__name__)

# A server that says «later» so often will never take the message.
MAX_ATTEMPTS = 20
# First key of the advisory locks that tell a working sender from a dead one.
_SENDING_LOCK = 0x0DEB1702


class DebitorDunningNotice(models.Model):
    """The way out: each notice in transactions of its own, step by step."""

    _inherit = "debitor.dunning.notice"

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
