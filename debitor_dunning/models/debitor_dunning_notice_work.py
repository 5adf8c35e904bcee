from odoo import fields, models
from odoo.exceptions import AccessError


class DebitorDunningNotice(models.Model):
    """What people do with a notice: decide, approve, send, correct."""

    _inherit = "debitor.dunning.notice"

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
