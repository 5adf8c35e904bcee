import logging
import time

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.mail_session import MailSession
from .debitor_dunning_run_proposing import CHUNK_SIZE

_logger = logging.getLogger(__name__)


class DebitorDunningRun(models.Model):
    """What the scheduled actions do."""

    _inherit = "debitor.dunning.run"

    @api.model
    def _cron_nightly(self):
        """Make a proposal for each company that wants one on a day on which it sends."""
        companies = self.env["res.company"].search([("dunning_is_automatic", "=", True)])
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self.with_company(company)._start_nightly(company)
            except UserError as error:
                # A locked period or a half-made procedure of one company is its own affair.
                _logger.warning("No dunning proposal for %s: %s", company.name, error)
        self.env.ref("debitor_dunning.ir_cron_propose")._trigger()
        self.env.ref("debitor_dunning.ir_cron_send")._trigger()

    @api.model
    def _start_nightly(self, company):
        procedure = company._get_dunning_procedure()
        today = company._get_today()
        if procedure.level_ids and procedure._as_calendar().is_sending_day(today):
            self._drop_untouched(company)
            run = self.create({"company_id": company.id, "date": today, "is_automatic": True})
            run._start_proposing()

    @api.model
    def _drop_untouched(self, company):
        """Replace yesterday's proposals that nobody has looked at, instead of piling them up."""
        stale = self.search(
            [
                ("company_id", "=", company.id),
                ("is_automatic", "=", True),
                ("state", "in", ("draft", "proposing", "proposed")),
            ]
        )
        stale.notice_ids.filtered(lambda one: one.state == "proposed")._transition("cancelled")
        for run in stale:
            run._note(state=run._get_state_from_notices() or "cancelled")

    @api.model
    def _cron_propose(self, seconds=None):
        """Go on with all runs that are being proposed, a chunk of debtors at a time."""
        started = time.monotonic()
        for found in self.search([("state", "=", "proposing"), ("is_paused", "=", False)]):
            run = found.with_context(lang=found.company_id._get_language_of(found.user_id))
            with self._open_guard() as guard:
                try:
                    run._lock_company(guard)
                except UserError:
                    continue  # another worker is at it
                # A new snapshot: what that worker committed before must be seen.
                self.env["ir.cron"]._commit_progress()
                run.invalidate_recordset()
                debtor_ids = run._get_debtor_ids()
                while run.state == "proposing" and not run.is_paused:
                    is_left = run._propose_chunk(debtor_ids)
                    time_left = self.env["ir.cron"]._commit_progress(
                        1, remaining=len(debtor_ids) // CHUNK_SIZE if is_left else 0
                    )
                    run.invalidate_recordset()
                    self.env.invalidate_all()
                    if not time_left or (seconds and time.monotonic() - started > seconds):
                        return

    @api.model
    def _open_guard(self):
        """Return a cursor of its own, whose transaction holds locks over the commits of the work."""
        return self.env.registry.cursor()

    @api.model
    def _cron_send(self, limit=None):
        """Send what waits, each notice in transactions of its own; safe to run twice at once."""
        Notice = self.env["debitor.dunning.notice"]
        session = MailSession(self.env)
        commit_progress = self.env["ir.cron"]._commit_progress
        with self._open_guard() as guard:
            Notice._recover_interrupted(guard)
            guard.commit()
            waiting = Notice.search(Notice._get_due_domain(), order="id", limit=limit)
            time_left = commit_progress(remaining=len(waiting))
            for notice_id in waiting.ids:
                if not time_left:
                    break
                # Each by itself: a commit forgets what was read of the others anyway.
                notice = Notice.browse(notice_id)
                if notice._lock_for_sending(guard):
                    notice._for_person_in_charge()._send_guarded(session)
                guard.commit()  # lets go of the lock
                time_left = commit_progress(1)
        session.close()
        Notice.browse(waiting.ids).run_id._update_state()
        commit_progress()
