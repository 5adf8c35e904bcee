from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .problem_text import get_problem_text


class DebitorBankFile(models.Model):
    """A file from a bank, kept as it came, with what became of it."""

    _name = "debitor.bank.file"
    _description = "Bank File"
    _inherit = ["mail.thread"]
    _order = "create_date desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(string="File", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    source = fields.Selection(
        [
            ("upload", "Upload"),
            ("folder", "Folder"),
            ("mail", "E-Mail"),
            ("program", "Program"),
        ],
        required=True,
        readonly=True,
        default="upload",
    )
    sender = fields.Char(readonly=True, help="Address that the file was mailed from.")
    user_id = fields.Many2one("res.users", string="Imported By", readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment", string="Original", readonly=True, ondelete="restrict"
    )
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    size = fields.Integer(string="Bytes", readonly=True)
    state = fields.Selection(
        [
            ("new", "Waiting"),
            ("importing", "Being Imported"),
            ("attention", "Needs a Decision"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    problem = fields.Json(string="Problem as Code", readonly=True)
    problem_text = fields.Char(string="Problem", compute="_compute_problem_text")
    repeat_count = fields.Integer(
        string="Came Again", readonly=True, help="How often the very same file came again."
    )
    sheet_ids = fields.One2many(
        "debitor.bank.sheet", "file_id", string="Account Statements", readonly=True
    )
    transaction_ids = fields.One2many("debitor.bank.transaction", "file_id", readonly=True)
    line_ids = fields.One2many(
        "account.bank.statement.line", "debitor_file_id", string="Bank Transactions", readonly=True
    )
    sheet_count = fields.Integer(string="Statements", compute="_compute_counts")
    transaction_count = fields.Integer(string="Transactions", compute="_compute_counts")
    created_count = fields.Integer(string="Imported", compute="_compute_counts")
    known_count = fields.Integer(string="Known Before", compute="_compute_counts")
    pending_count = fields.Integer(string="Pending", compute="_compute_counts")
    preview_count = fields.Integer(string="Preview", compute="_compute_counts")
    quarantine_count = fields.Integer(string="In Quarantine", compute="_compute_counts")
    rejected_count = fields.Integer(string="Rejected", compute="_compute_counts")
    waiting_count = fields.Integer(string="To Reconcile", compute="_compute_line_counts")
    booked_count = fields.Integer(string="Reconciled", compute="_compute_line_counts")
    progress = fields.Float(compute="_compute_counts")

    _company_sha256 = models.UniqueIndex(
        "(company_id, sha256) WHERE state != 'cancelled'",
        "This file was imported before.",
    )

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_problem_text(self):
        for file in self:
            file.problem_text = file.problem and get_problem_text(self.env, file.problem, {})

    @api.depends("sheet_ids.state", "transaction_ids.state")
    def _compute_counts(self):
        sheets = dict(
            self.env["debitor.bank.sheet"]._read_group(
                [("file_id", "in", self.ids)], ["file_id"], ["__count"]
            )
        )
        counts = {file.id: {} for file in self}
        for file, state, is_booked, count in self.env["debitor.bank.transaction"]._read_group(
            [("file_id", "in", self.ids)], ["file_id", "state", "is_booked"], ["__count"]
        ):
            counts[file.id][state, is_booked] = count
        for file in self:
            mine = counts.get(file.id, {})
            total = {}
            for (state, _is_booked), count in mine.items():
                total[state] = total.get(state, 0) + count
            file.sheet_count = sheets.get(file, 0)
            file.transaction_count = sum(total.values())
            file.created_count = total.get("created", 0)
            file.known_count = total.get("known", 0)
            file.pending_count = mine.get(("preview", False), 0)
            file.preview_count = mine.get(("preview", True), 0)
            file.quarantine_count = total.get("quarantine", 0)
            file.rejected_count = total.get("rejected", 0)
            left = total.get("new", 0) + total.get("waiting", 0)
            file.progress = (
                0 if file.state == "new" else 100 * (1 - left / (file.transaction_count or 1))
            )

    @api.depends("line_ids.is_reconciled")
    def _compute_line_counts(self):
        counts = {
            (file.id, is_reconciled): count
            for file, is_reconciled, count in self.env["account.bank.statement.line"]._read_group(
                [("debitor_file_id", "in", self.ids), ("state", "!=", "cancel")],
                ["debitor_file_id", "is_reconciled"],
                ["__count"],
            )
        }
        for file in self:
            file.waiting_count = counts.get((file.id, False), 0)
            file.booked_count = counts.get((file.id, True), 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        used = self.filtered(lambda file: file.state != "cancelled" and file.sheet_ids)
        for file in used or self.filtered("line_ids"):
            raise UserError(
                self.env._(
                    "Bank file %s is kept, because something was taken from it. Cancel it instead.",
                    file.name,
                )
            )

    def _note(self, **vals):
        """Write what follows from the work; the callers have checked the user's rights."""
        self.sudo().write(vals)  # closed to users

    def _check_may(self, group):
        """Raise unless the user, or a program, may do what ``group`` may with these files."""
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Bank files are for members of «%s».", self.env.ref(group).sudo().full_name
                )
            )
        if self:
            self.check_access("read")

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_retry(self):
        """Try files again that failed."""
        self._check_may("account.group_account_invoice")
        for file in self.filtered(lambda one: one.state == "failed"):
            file._start_again()
            file.with_company(file.company_id)._import_now_or_later()

    def action_cancel(self):
        """Cancel files with what came of them; they may be imported again afterwards."""
        self._check_may("debitor_camt.group_bank_release")
        for file in self.filtered(lambda one: one.state != "cancelled"):
            file.sudo().line_ids._cancel_import(file)
            file.sudo().sheet_ids._cancel()
            file._note(state="cancelled")

    def action_download(self):
        """Give the original back, as it came."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
        }

    def _get_report_action(self):
        """Show these files: a single one as its report."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_camt.debitor_bank_file_action"
        )
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.id}
        name = self.env._("Just Imported")
        return {**action, "name": name, "domain": [("id", "in", self.ids)], "context": {}}

    def _open(self, xml_id, domain, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"debitor_camt.{xml_id}")
        return {**action, "domain": [("file_id", "in", self.ids), *domain], "context": context}

    def action_open_transactions(self):
        """Show what became of each transaction; the context may name what is counted."""
        context = self.env.context
        domain = [
            (name, "=", context[f"debitor_{name}"])
            for name in ("state", "is_booked")
            if f"debitor_{name}" in context
        ]
        return self._open("debitor_bank_transaction_action", domain)

    def action_open_lines(self):
        """Show the lines that came of files: all, those that wait or those that don't."""
        domain = [("debitor_file_id", "in", self.ids)]
        is_reconciled = self.env.context.get("debitor_is_reconciled")
        if is_reconciled is not None:
            domain += [("is_reconciled", "=", is_reconciled), ("state", "!=", "cancel")]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_camt.account_bank_statement_line_action"
        )
        return {**action, "domain": domain, "context": {}}
