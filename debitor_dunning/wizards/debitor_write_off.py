from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_amount

from .write_off_entry import WriteOffEntry


class DebitorWriteOff(models.TransientModel):
    """Proposes the entry that writes open items off; a person confirms it."""

    _name = "debitor.write.off"
    _description = "Write Off Open Items"
    _check_company_auto = True

    line_ids = fields.Many2many("account.move.line", string="Open Items", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("rest", "Small rest"), ("loss", "Lost debt")],
        required=True,
        default="rest",
        help="A small rest is not worth a letter. A debt is lost when nothing can be got any"
        " more, e.g. by insolvency; in Germany this is when the VAT may be taken back"
        " (§ 17 (2) UStG).",
    )
    date = fields.Date(required=True)
    reason = fields.Char(required=True)
    account_id = fields.Many2one(
        "account.account",
        compute="_compute_account_id",
        store=True,
        readonly=False,
        required=True,
        check_company=True,
    )
    corrects_tax = fields.Boolean(
        string="Correct VAT",
        default=True,
        help="Take back the VAT of the invoices in proportion, by the tax rules of a credit note.",
    )
    waives_claims = fields.Boolean(
        string="Waive Fees and Interest", help="Give up the open claims of these customers too."
    )
    amount = fields.Monetary(compute="_compute_entry", string="To Write Off")
    entry_line_ids = fields.One2many(
        "debitor.write.off.line", "write_off_id", compute="_compute_entry", string="Entry"
    )
    problem = fields.Char(compute="_compute_entry")

    @api.model
    def default_get(self, fields):
        # EXTENDS base
        values = super().default_get(fields)
        lines = self._get_active_lines()
        company = lines.company_id
        if len(company) != 1:
            raise UserError(self.env._("Choose open items of one company."))
        values |= {
            "line_ids": [Command.set(lines.ids)],
            "company_id": company.id,
            "date": company._get_today(),
        }
        limit = self._get_limit(company)
        is_small = limit is None or max(map(abs, lines.mapped("amount_residual"))) <= (
            company.dunning_limit_user
        )
        values.setdefault("kind", "rest")
        if not is_small:
            values["kind"] = "loss"
        return values

    @api.model
    def _get_active_lines(self):
        """Return the open receivable lines of the records that the wizard was started from."""
        records = self.env[self.env.context.get("active_model", "account.move.line")].browse(
            self.env.context.get("active_ids", [])
        )
        lines = records.line_ids if records._name == "account.move" else records
        lines = self._keep_open(lines)
        if not lines:
            raise UserError(self.env._("Nothing is open here that could be written off."))
        return lines

    @api.model
    def _keep_open(self, lines):
        return lines.filtered(
            lambda line: (
                line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
                and not line.debitor_claim_id
            )
        )

    @api.depends("kind", "company_id")
    def _compute_account_id(self):
        for wizard in self:
            name = f"dunning_{wizard.kind or 'rest'}_account_id"
            wizard.account_id = wizard.company_id and wizard.company_id._get_or_suggest(name)

    @api.depends("line_ids", "account_id", "corrects_tax", "date")
    def _compute_entry(self):
        for wizard in self:
            lines = wizard.line_ids._origin
            wizard.amount = sum(lines.mapped("amount_residual"))
            wizard.problem = wizard._get_problem()
            vals_list = [] if wizard.problem or not wizard.account_id else wizard._get_entry_lines()
            wizard.entry_line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "account_id": vals["account_id"],
                        "name": vals["name"],
                        "debit": max(vals["balance"], 0),
                        "credit": max(-vals["balance"], 0),
                    }
                )
                for vals in vals_list
            ]

    def _get_entry_lines(self):
        entry = WriteOffEntry(self.account_id, self.corrects_tax, self.reason or "")
        return [vals for line in self.line_ids._origin for vals in entry.prepare_lines(line)]

    def _get_problem(self):
        """Return why these items can't be written off this way, or False."""
        lines = self.line_ids._origin
        if self.corrects_tax:
            for move in lines.move_id:
                taxes = move.line_ids.tax_line_id
                if "on_payment" in taxes.mapped("tax_exigibility"):
                    return self.env._(
                        "%s has VAT that falls due with payment: none is to be taken back. Switch"
                        " «Correct VAT» off, or make a credit note.",
                        move.name,
                    )
        return False

    @api.model
    def _get_limit(self, company):
        """Return up to which sum an invoice may be written off by this user; None for any."""
        user = self.env.user
        if self.env.su or user.has_group("debitor_dunning.group_dunning_manager"):
            return None
        if user.has_group("debitor_dunning.group_dunning_approver"):
            return company.dunning_limit_approver
        if user.has_group("debitor_dunning.group_dunning_user"):
            return company.dunning_limit_user
        return 0.0

    def _check_limit(self):
        limit = self._get_limit(self.company_id)
        if limit is None:
            return
        for move, lines in self.line_ids.grouped("move_id").items():
            amount = abs(sum(lines.mapped("amount_residual")))
            if self.currency_id.compare_amounts(amount, limit) > 0:
                raise AccessError(
                    self.env._(
                        "%(invoice)s: %(amount)s are more than the %(limit)s that you may write"
                        " off. Ask somebody with a higher limit.",
                        invoice=move.name,
                        amount=format_amount(self.env, amount, self.currency_id),
                        limit=format_amount(self.env, limit, self.currency_id),
                    )
                )

    def _check_items(self):
        """Raise where the items aren't open ones of this company any more, or never were."""
        self.line_ids.check_access("read")
        if self.line_ids != self._keep_open(self.line_ids) or (
            self.line_ids.company_id != self.company_id
        ):
            raise UserError(self.env._("Some of these items were paid meanwhile: start again."))

    def action_confirm(self):
        """Book the entry, match it with the items and note the reason on the invoices."""
        self.ensure_one()
        self._check_items()
        self._check_limit()
        if self.problem:
            raise UserError(self.problem)
        company = self.company_id
        # Those who dun may not write entries; within their limit they may write off.
        entry = self.env["account.move"].sudo().with_company(company).create(self._prepare_entry())
        entry._post(soft=False)
        counterparts = entry.line_ids.filtered("debitor_write_off_line_id")
        for line in counterparts:
            (line + line.debitor_write_off_line_id).reconcile()
        for move in self.line_ids.move_id:
            move._message_log(
                body=self.env._(
                    "Written off by %(user)s: %(reason)s",
                    user=self.env.user.name,
                    reason=self.reason,
                )
            )
        if self.waives_claims:
            self._waive_claims()
        return entry.with_env(self.env)._get_records_action(name=self.env._("Write-off"))

    def _prepare_entry(self):
        return {
            "move_type": "entry",
            "journal_id": self.company_id._get_or_suggest("dunning_claim_journal_id").id,
            "date": self.date,
            "ref": self.reason,
            "line_ids": [Command.create(vals) for vals in self._get_entry_lines()],
        }

    def _waive_claims(self):
        claims = self.env["debitor.claim"].search(
            [
                ("move_line_id", "in", self.line_ids.ids),
                ("state", "in", ("claimed", "booked")),
            ]
        )
        claims.action_waive(self.reason)
