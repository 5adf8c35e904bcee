from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..core.reasons import Code
from ..core.recipient import choose_recipient
from ..tools.bulk import bulk_insert

# Debtors in one transaction: large enough that statements don't count, small enough for memory.
CHUNK_SIZE = 1000
# A proposal for more debtors than this is made in the background.
INLINE_DEBTORS = 500
# A bank journal whose last statement is so much older than another's is out of use.
IDLE_JOURNAL_DAYS = 60
# First key of the advisory locks that let one proposal at a time work on a company.
_PROPOSING_LOCK = 0x0DEB1701


class DebitorDunningRun(models.Model):
    """From open items to notices, chunk by chunk."""

    _inherit = "debitor.dunning.run"

    def action_propose(self):
        """Make the proposal: at once where it is small, else in the background."""
        for run in self:
            run._start_proposing()
            if run.debtor_count <= INLINE_DEBTORS:
                run._lock_company()
                while run._propose_chunk():
                    pass
            else:
                self.env.ref("debitor_dunning.ir_cron_propose")._trigger()

    def _start_proposing(self):
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "proposed", "reviewed"):
            raise UserError(self.env._("Run %s is approved already: start a new one.", self.name))
        self._check_date()
        (self.procedure_ids or self._get_company_procedures())._check_usable()
        self._clear_proposal()
        self._note(
            state="proposing",
            is_paused=False,
            last_partner_id=0,
            debtor_done=0,
            debtor_count=len(self._get_debtor_ids()),
            bank_date=self._get_bank_date(),
        )

    def _get_company_procedures(self):
        procedures = self.env["debitor.dunning.procedure"].search(
            [("company_id", "in", (self.company_id | self.company_id.parent_ids).ids)]
        )
        if not procedures:
            raise UserError(
                self.env._(
                    "%s has no dunning procedure. Create one under Configuration › Dunning"
                    " Procedures.",
                    self.company_id.name,
                )
            )
        return procedures

    def _check_date(self):
        """Raise for a date on which nothing can be dunned; a simulation takes any date."""
        today = self.company_id._get_today()
        if self.date > today:
            raise UserError(
                self.env._(
                    "Run %s is dated in the future. Take today, or look at that date by a"
                    " simulation.",
                    self.name,
                )
            )
        locked = self.company_id._get_user_fiscal_lock_date(self.env["account.journal"])
        if self.date <= locked:
            raise UserError(
                self.env._(
                    "Run %(run)s is dated in a period that is locked until %(date)s. Take a later"
                    " date.",
                    run=self.name,
                    date=locked,
                )
            )

    def _clear_proposal(self):
        """Forget what was proposed before, unless it went on already."""
        old = self.notice_ids.filtered(lambda notice: notice.state in ("proposed", "excluded"))
        old.with_context(tracking_disable=True).unlink()
        self.env.cr.execute(
            SQL("DELETE FROM debitor_dunning_skip WHERE run_id IN %s", tuple(self.ids))
        )
        self.invalidate_recordset(["notice_ids", "skip_ids"])

    def _get_debtor_ids(self):
        """Return ids of the debtors to look at, lowest first, within the run's filters."""
        self.ensure_one()
        partner_ids = None
        if self.partner_ids or self.category_ids:
            partners = self.partner_ids or self.env["res.partner"].search(
                [("category_id", "in", self.category_ids.ids)]
            )
            partner_ids = partners.commercial_partner_id.ids
        return self.env["debitor.dunning.proposer"]._get_debtor_ids(
            self.company_id, self.date, partner_ids
        )

    def _lock_company(self, cr=None):
        """Let only one proposal work on a company's items at a time; held by ``cr``."""
        cr = cr or self.env.cr
        cr.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", (_PROPOSING_LOCK, self.company_id.id)
        )
        if not cr.fetchone()[0]:
            raise UserError(
                self.env._(
                    "Another dunning run of %s is being proposed. Wait until it is done.",
                    self.company_id.name,
                )
            )

    def _propose_chunk(self, debtor_ids=None):
        """Propose for the next debtors and return whether some are left.

        :param debtor_ids: all debtors of the run, where the caller has read them already
        """
        self.ensure_one()
        ids = debtor_ids if debtor_ids is not None else self._get_debtor_ids()
        left = [id_ for id_ in ids if id_ > self.last_partner_id]
        chunk = left[:CHUNK_SIZE]
        if chunk:
            self._propose_debtors(chunk)
            self._note(last_partner_id=chunk[-1], debtor_done=self.debtor_done + len(chunk))
        if len(left) > len(chunk):
            return True
        self._after_proposed()
        return False

    def _propose_debtors(self, partner_ids, only_line_ids=None):
        """Judge the items of these debtors and write notices, lines and reasons."""
        proposals = self.env["debitor.dunning.proposer"]._propose(
            self.company_id,
            self.date,
            partner_ids,
            only_line_ids=only_line_ids,
            procedures=self.procedure_ids,
        )
        proposed = [
            (procedure, notice)
            for _id, procedure, proposal in proposals
            for notice in proposal.notices
        ]
        notices = self._create_notices(proposed)
        self._insert_lines(notices, [notice for _procedure, notice in proposed])
        skipped = [
            verdict for _id, _procedure, proposal in proposals for verdict in proposal.skipped
        ]
        self._insert_skips(skipped)

    def _create_notices(self, proposed):
        """Create one notice for each ``(procedure, core ProposedNotice)``."""
        recipients = self._choose_recipients([notice.partner_id for _p, notice in proposed])
        vals_list = [
            self._prepare_notice_vals(procedure, notice, recipients[notice.partner_id], number)
            for number, (procedure, notice) in enumerate(proposed, self.notice_sequence + 1)
        ]
        self._note(notice_sequence=self.notice_sequence + len(vals_list))
        # Closed to users, so that a notice says nothing but what a run found.
        Notice = (
            self.env["debitor.dunning.notice"]
            .sudo()
            .with_context(
                tracking_disable=True, mail_create_nosubscribe=True, mail_create_nolog=True
            )
        )
        return Notice.create(vals_list).sudo(self.env.su)

    def _choose_recipients(self, partner_ids):
        """Return ``{commercial partner id: recipient record}``, read in one go."""
        contacts = self.env["debitor.open.item.reader"]._read_contacts(set(partner_ids))
        chosen = {
            partner_id: choose_recipient(found[0], found[1:]).id
            for partner_id, found in contacts.items()
        }
        # Past rules on contacts: a bill goes where it belongs, whoever starts the run.
        recipients = self.env["res.partner"].sudo().browse(chosen.values())
        by_id = {recipient.id: recipient for recipient in recipients}
        return {partner_id: by_id[id_] for partner_id, id_ in chosen.items()}

    def _prepare_notice_vals(self, procedure, notice, recipient, number):
        """Return the values of a notice for a core ``ProposedNotice``."""
        self.ensure_one()
        level = self.env["debitor.dunning.level"].browse(notice.level.id)
        channel, problem = self.env["debitor.dunning.notice"]._find_channel(level, recipient)
        dunned = [line.item for line in notice.lines if not line.item.is_credit]
        overdue = sum(item.residual for item in dunned)
        return {
            "name": f"{self.name}/{number:04d}",
            "run_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": notice.currency_id,
            "partner_id": notice.partner_id,
            "recipient_id": recipient.id,
            "lang": recipient.lang or self.company_id.partner_id.lang or self.env.lang,
            "procedure_id": procedure.id,
            "level_id": level.id,
            "rank": notice.level.rank,
            "date": self.date,
            "deadline": notice.deadline,
            "user_id": (procedure.responsible_id or self.user_id).id,
            "channel": channel,
            "problem": problem,
            "line_count": len(dunned),
            "amount_overdue": float(overdue),
            "amount_credit": float(notice.net - overdue),
            "amount_total": float(notice.net),
            "amount_company": float(notice.net_company),
            "oldest_due": min((item.due for item in dunned if item.due), default=False),
            "has_unsent_invoice": procedure.unsent_policy != "remind"
            and any(item.never_sent for item in dunned),
        }

    def _insert_lines(self, notices, proposed):
        notices.flush_recordset()
        bulk_insert(
            self.env["debitor.dunning.notice.line"],
            [
                record._prepare_line_vals(
                    line.item, line.level, self.date, line.reason.code is Code.REPEATED
                )
                for record, notice in zip(notices, proposed, strict=True)
                for line in notice.lines
            ],
        )
        notices.invalidate_recordset(["line_ids"])

    def _insert_skips(self, verdicts):
        """Keep the reason of each overdue item that is on no notice."""
        bulk_insert(
            self.env["debitor.dunning.skip"],
            [
                self._prepare_skip_vals(verdict)
                for verdict in verdicts
                if not verdict.item.is_credit
                and (verdict.item.due is None or verdict.item.due < self.date)
            ],
        )
        self.invalidate_recordset(["skip_ids"])

    def _prepare_skip_vals(self, verdict):
        item, reason = verdict.item, verdict.reason
        return {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "move_line_id": item.id,
            "partner_id": item.partner_id,
            "currency_id": item.currency_id,
            "amount_residual": item.residual,
            "date_maturity": item.due,
            "days_overdue": (self.date - item.due).days if item.due else 0,
            "reason_code": reason.code.value,
            "reason_until": reason.until,
            "reason_detail": reason.detail or None,
            "reason_amount": reason.amount,
            "reason_limit": reason.limit,
        }

    def _after_proposed(self):
        self.ensure_one()
        self._note(state="proposed")
        if self.is_automatic:
            self._approve_automatically()

    def _approve_automatically(self):
        """Approve and queue what its level lets go without a person."""
        if self._get_freshness_problem():
            return
        ready = self.notice_ids.filtered(
            lambda notice: (
                notice.state == "proposed"
                and notice.channel
                and not notice.has_unsent_invoice
                and not notice.level_id.needs_approval
            )
        )
        ready = ready._transition("approved")
        if ready:
            ready._mark_approved()
            self._queue(ready)

    def _get_bank_date(self):
        """Return the day up to which all bank journals in use are known, or False."""
        rows = self.env.execute_query(
            SQL(
                """SELECT max(move.date) FROM account_bank_statement_line line
                     JOIN account_move move ON move.id = line.move_id
                     JOIN account_journal journal ON journal.id = line.journal_id
                    WHERE line.company_id = %s AND journal.type = 'bank' AND journal.active
                 GROUP BY line.journal_id""",
                self.company_id.id,
            )
        )
        days = [day for [day] in rows]
        # An account that nobody uses any more would make the data look old for ever.
        in_use = [day for day in days if (max(days) - day).days <= IDLE_JOURNAL_DAYS]
        return min(in_use, default=False)

    def _get_freshness_problem(self):
        """Return a sentence where bank data are older than the procedures allow, or False."""
        self.ensure_one()
        limits = [days for days in self.notice_ids.procedure_id.mapped("freshness_days") if days]
        bank_date = self._get_bank_date()
        if not limits or not bank_date:
            return False
        age = (self.company_id._get_today() - bank_date).days
        if age <= min(limits):
            return False
        return self.env._(
            "The bank data are %(days)s days old (%(date)s): payments since then are not known.",
            days=age,
            date=format_date(self.env, bank_date),
        )

    def _pause(self, is_paused):
        self.check_access("write")
        self._note(is_paused=is_paused)

    def action_stop(self):
        """Stop proposing or sending after the current step."""
        self._pause(True)

    def action_continue(self):
        """Go on where the run was stopped."""
        self._pause(False)
        self.env.ref("debitor_dunning.ir_cron_propose")._trigger()
        self.env.ref("debitor_dunning.ir_cron_send")._trigger()
