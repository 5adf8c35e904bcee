from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

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
