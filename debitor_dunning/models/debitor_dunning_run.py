import logging
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..core.reasons import Code
from ..core.recipient import choose_recipient
from ..tools.bulk import bulk_insert
from ..tools.mail_session import MailSession

_logger = logging.getLogger(__name__)

# Debtors in one transaction: large enough that statements don't count, small enough for memory.
CHUNK_SIZE = 1000
# A proposal for more debtors than this is made in the background.
INLINE_DEBTORS = 500
# A bank journal whose last statement is so much older than another's is out of use.
IDLE_JOURNAL_DAYS = 60
# First key of the advisory locks that let one proposal at a time work on a company.
_PROPOSING_LOCK = 0x0DEB1701
# Written by what is done with a run, and never by hand or from outside.
_OWN_FIELDS = {
    "name", "state", "is_automatic", "is_paused", "last_partner_id", "debtor_count",
    "debtor_done", "bank_date", "notice_sequence", "user_id",
}  # fmt: skip
# What a run was made from stays as it was once there is a proposal.
_FILTERS = {"company_id", "date", "procedure_ids", "partner_ids", "category_ids"}


class DebitorDunningRun(models.Model):
    """One proposal for one company and one date, approved and sent."""

    _name = "debitor.dunning.run"
    _description = "Dunning Run"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._get_today(), copy=False
    )
    user_id = fields.Many2one(
        "res.users", string="Started By", default=lambda self: self.env.user, readonly=True
    )
    is_automatic = fields.Boolean(
        readonly=True,
        copy=False,
        help="Made by the scheduled action and not touched by anybody yet.",
    )
    procedure_ids = fields.Many2many(
        "debitor.dunning.procedure", string="Only Procedures", check_company=True
    )
    partner_ids = fields.Many2many("res.partner", string="Only Customers")
    category_ids = fields.Many2many("res.partner.category", string="Only Customers With Tag")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposing", "Being Proposed"),
            ("proposed", "Proposed"),
            ("reviewed", "Reviewed"),
            ("approved", "Approved"),
            ("sending", "Being Sent"),
            ("sent", "Sent"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    is_paused = fields.Boolean(string="Stopped", readonly=True, copy=False)
    last_partner_id = fields.Integer(readonly=True, copy=False)
    debtor_count = fields.Integer(string="Customers to Look At", readonly=True, copy=False)
    debtor_done = fields.Integer(string="Customers Looked At", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    notice_ids = fields.One2many("debitor.dunning.notice", "run_id", readonly=True)
    skip_ids = fields.One2many("debitor.dunning.skip", "run_id", readonly=True)
    notice_count = fields.Integer(compute="_compute_counts", string="Notices")
    skip_count = fields.Integer(compute="_compute_counts", string="Not Dunned")
    to_print_count = fields.Integer(compute="_compute_counts", string="To Print")
    problem_count = fields.Integer(compute="_compute_counts", string="Problems")
    amount_company = fields.Monetary(compute="_compute_counts", string="Sum")
    bank_date = fields.Date(
        readonly=True, copy=False, string="Bank Data as Of",
        help="The oldest of the last bank statement days of the company's bank journals.",
    )  # fmt: skip
    notice_sequence = fields.Integer(readonly=True, copy=False)

    @api.depends("state", "debtor_done", "debtor_count", "notice_ids.state")
    def _compute_progress(self):
        waiting = dict(
            self.env["debitor.dunning.notice"]._read_group(
                [("run_id", "in", self.ids), ("state", "in", ("queued", "sending"))],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            if run.state == "proposing":
                run.progress = 100 * run.debtor_done / (run.debtor_count or 1)
            elif run.state == "sending":
                run.progress = 100 * (1 - waiting.get(run, 0) / (run.notice_count or 1))
            else:
                run.progress = 0 if run.state == "draft" else 100

    @api.depends("notice_ids.state", "notice_ids.amount_company", "skip_ids")
    def _compute_counts(self):
        facts = {
            (run, state): (count, amount)
            for run, state, count, amount in self.env["debitor.dunning.notice"]._read_group(
                [("run_id", "in", self.ids)],
                ["run_id", "state"],
                ["__count", "amount_company:sum"],
            )
        }
        skips = dict(
            self.env["debitor.dunning.skip"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["__count"]
            )
        )
        for run in self:
            mine = {state: fact for (owner, state), fact in facts.items() if owner == run}
            taken = [fact for state, fact in mine.items() if state not in ("excluded", "cancelled")]
            run.notice_count = sum(count for count, _amount in taken)
            run.amount_company = sum(amount for _count, amount in taken)
            run.to_print_count = mine.get("to_print", (0, 0))[0]
            run.problem_count = sum(
                mine.get(state, (0, 0))[0] for state in ("failed", "in_doubt", "bounced")
            )
            run.skip_count = skips.get(run, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company_id = vals.get("company_id") or self.env.company.id
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company_id)
                    .next_by_code("debitor.dunning.run")
                )
        return super().create(vals_list)

    def write(self, vals):
        self._check_unchanged(vals)
        return super().write(vals)

    def _check_unchanged(self, vals):
        """Raise where somebody changes what only the work on a run itself may change."""
        if self.env.su:
            return
        for name in sorted(_OWN_FIELDS & vals.keys()):
            raise AccessError(
                self.env._(
                    "«%s» of a dunning run follows from what is done with it.",
                    self._fields[name]._description_string(self.env),
                )
            )
        for run in self if _FILTERS & vals.keys() else ():
            if run.state not in ("draft", "proposed", "reviewed"):
                raise UserError(
                    self.env._("Run %s is approved already: start a new one.", run.name)
                )

    def _note(self, **vals):
        """Write what follows from the work; the callers have checked the user's rights."""
        self.sudo().write(vals)  # closed to users

    def _touch(self):
        """Note that a person has looked at these proposals."""
        self.filtered("is_automatic")._note(is_automatic=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unsent(self):
        for run in self:
            if run.state not in ("draft", "cancelled") or run.notice_ids.filtered("sent_on"):
                raise UserError(
                    self.env._(
                        "Run %s can't be deleted, because its notices are kept. Cancel it instead.",
                        run.name,
                    )
                )

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # From proposal to sent
    # ------------------------------------------------------------------

    def action_review(self):
        """Mark the proposals as checked, for somebody else to approve."""
        for run in self:
            if run.state != "proposed":
                raise UserError(self.env._("Run %s is no proposal.", run.name))
            run.check_access("write")
            run._note(state="reviewed", is_automatic=False)

    def action_approve(self):
        """Approve all notices that are proposed and can go out."""
        for run in self:
            if run.state not in ("proposed", "reviewed"):
                raise UserError(self.env._("Run %s has nothing to approve.", run.name))
            notices = run.notice_ids.filtered(lambda notice: notice.state == "proposed")
            if not notices:
                raise UserError(
                    self.env._("Run %s holds no notice that could be approved.", run.name)
                )
            notices._check_approver()
            approved = notices._transition("approved")
            approved._mark_approved()
            run._note(state="approved", is_automatic=False)

    def action_withdraw_approval(self):
        """Make a proposal again of all that was approved and has not gone out."""
        notices = self.notice_ids.filtered(
            lambda notice: notice.state in ("approved", "queued") and not notice.is_resend
        )
        if not notices:
            raise UserError(
                self.env._("Everything that was approved has gone out already or ended otherwise.")
            )
        notices.action_withdraw_approval()

    def action_send(self):
        """Ask for confirmation, with what will happen, and then send."""
        self.ensure_one()
        self.env["debitor.dunning.notice"]._check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Notices"),
            "res_model": "debitor.dunning.send",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_run_id": self.id},
        }

    def _queue(self, notices, at_once=False):
        """Let approved notices go out on the next sending day, or at once."""
        today = self.company_id._get_today()
        queued = notices._transition("queued")
        for procedure, group in queued.grouped("procedure_id").items():
            day = today if at_once else procedure._as_calendar().next_sending_day(today)
            group.sudo().write({"send_on": day, "problem": False})  # closed to users
        self._update_state()
        queued._trigger_sender()
        return queued

    def action_cancel(self):
        """Cancel all that has not gone out yet; sent notices stay as they are."""
        self.env["debitor.dunning.notice"]._check_approver()
        for run in self:
            waiting = run.notice_ids.filtered(
                lambda notice: (
                    notice.state
                    in ("proposed", "excluded", "approved", "queued", "to_print", "failed")
                )
            )
            went_out = waiting.filtered("sent_on")  # and waits to go out once more
            waiting._transition("cancelled")
            went_out._revert_levels()
            run._note(state="sent" if run.notice_ids.filtered("sent_on") else "cancelled")

    def action_print(self):
        """Return the letters of this run as one file, sorted by postal code and name."""
        notices = self.notice_ids.filtered(lambda one: one.state == "to_print")
        return (notices or self.notice_ids.filtered("letter_id")).action_print()

    def _update_state(self):
        """Let the run's state follow its notices."""
        for run in self:
            state = run._get_state_from_notices()
            if state and state != run.state:
                run._note(state=state)

    def _get_state_from_notices(self):
        self.ensure_one()
        self.env["debitor.dunning.notice"].flush_model(["state", "run_id"])
        states = {
            state
            for [state] in self.env.execute_query(
                SQL("SELECT DISTINCT state FROM debitor_dunning_notice WHERE run_id = %s", self.id)
            )
        }
        if states & {"queued", "sending"}:
            return "sending"
        if "proposed" in states:
            # What was sent singly leaves the others to be approved.
            return "proposed" if self.state in ("approved", "sending", "sent") else False
        if not states:
            return False
        if "approved" in states:
            return "approved"
        return "cancelled" if states <= {"cancelled", "excluded"} else "sent"

    # ------------------------------------------------------------------
    # Scheduled actions
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # Automation: see readme/AUTOMATION.md
    # ------------------------------------------------------------------

    @api.model
    def _remind_now(self, lines):
        """Propose these open items today and return the action that opens the run."""
        lines = lines.filtered(lambda line: not line.reconciled)
        runs = self
        overdue = lines.filtered(
            lambda line: line.date_maturity and line.date_maturity < line.company_id._get_today()
        )
        for company, own in overdue.grouped("company_id").items():
            run = self.create({"company_id": company.id})
            partner_ids = own.partner_id.commercial_partner_id.ids
            run._note(state="proposing", bank_date=run._get_bank_date())
            run._propose_debtors(sorted(partner_ids), only_line_ids=set(own.ids))
            run._note(state="proposed")
            runs |= run
        if not runs.notice_ids:
            raise UserError(self._explain_nothing(lines))
        return runs._action_open()

    @api.model
    def _explain_nothing(self, lines):
        if not lines:
            return self.env._("Nothing is open here, so there is nothing to remind of.")
        sentences = [f"{line.move_id.name}: {line.debitor_why_not}" for line in lines[:10]]
        return "\n".join([self.env._("None of these items can be dunned now:"), *sentences])

    def _action_open(self):
        if len(self) == 1:
            return self.action_open_review()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.debitor_dunning_run_action"
        )
        return action | {"domain": [("id", "in", self.ids)]}
