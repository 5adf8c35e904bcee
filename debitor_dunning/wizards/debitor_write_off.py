from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import format_amount

from ..models.claims.debitor_claim_maker import OUTSTANDING
from .write_off_entry import WriteOffEntry

# So many documents are named in the reference of the entry.
_NAMED_MOVES = 3


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
        precompute=True,
        readonly=False,
        required=True,
        check_company=True,
    )
    can_choose_account = fields.Boolean(compute="_compute_can_choose_account")
    corrects_tax = fields.Boolean(
        string="Correct VAT",
        default=True,
        help="Take back the VAT of the invoices in proportion, by the tax rules of a credit note.",
    )
    waives_claims = fields.Boolean(
        string="Waive Fees and Interest",
        help="Give up all open claims of these customers too, also those of other invoices.",
    )
    claim_ids = fields.Many2many(
        "debitor.claim", compute="_compute_claim_ids", string="Claims to Waive"
    )
    amount = fields.Monetary(compute="_compute_entry", string="To Write Off")
    # Stored, so that it outlives an error of confirming.
    entry_line_ids = fields.One2many(
        "debitor.write.off.line",
        "write_off_id",
        compute="_compute_entry_line_ids",
        store=True,
        compute_sudo=False,
        string="Entry",
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
            wizard.account_id = wizard.company_id and wizard._get_usual_account()

    def _get_usual_account(self):
        """Return the company's account for this kind of write-off."""
        return self.company_id._get_or_suggest(f"dunning_{self.kind or 'rest'}_account_id")

    @api.depends("company_id")
    def _compute_can_choose_account(self):
        for wizard in self:
            wizard.can_choose_account = wizard._get_limit(wizard.company_id) is None

    @api.depends("line_ids", "company_id")
    def _compute_claim_ids(self):
        for wizard in self:
            wizard.claim_ids = self.env["debitor.claim"].search(
                [
                    ("partner_id", "in", wizard.line_ids.partner_id.commercial_partner_id.ids),
                    ("company_id", "=", wizard.company_id.id),
                    ("state", "in", OUTSTANDING),
                ]
            )

    @api.depends("line_ids", "account_id", "corrects_tax", "date", "can_choose_account")
    def _compute_entry(self):
        for wizard in self:
            wizard.amount = sum(wizard.line_ids._origin.mapped("amount_residual"))
            wizard.problem = wizard._get_problem()

    @api.depends("line_ids", "account_id", "corrects_tax", "date", "reason")
    def _compute_entry_line_ids(self):
        for wizard in self:
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
        # An account has its code in each company by itself.
        account = self.account_id.with_company(self.company_id)
        entry = WriteOffEntry(account, self.corrects_tax, self.reason or "")
        return [vals for line in self.line_ids._origin for vals in entry.prepare_lines(line)]

    def _get_problem(self):
        """Return why these items can't be written off this way, or False."""
        if not self.account_id and not self.can_choose_account:
            return self.env._(
                "Ask an administrator to choose the accounts of lost debts and small rests under"
                " Invoicing › Configuration › Settings › Dunning."
            )
        return self._get_cash_basis_problem()

    def _get_cash_basis_problem(self):
        """Return why VAT that falls due with payment can't be taken back, or False.

        Odoo takes a matched write-off for a payment: what it leaves of such VAT would fall due.
        """
        lines = self.line_ids._origin
        moves = lines.move_id.filtered(
            lambda move: "on_payment" in move.line_ids.tax_line_id.mapped("tax_exigibility")
        )
        for move in moves:
            if not self.corrects_tax:
                return self.env._(
                    "%s has VAT that falls due with payment, and would without one. Switch"
                    " «Correct VAT» on.",
                    move.name,
                )
            if not move.is_invoice(include_receipts=True):
                return self.env._(
                    "%s has VAT that falls due with payment, and is no invoice: reverse it instead.",
                    move.name,
                )
        if moves and len(lines.currency_id) > 1:
            return self.env._("Some VAT falls due with payment: write off each currency by itself.")
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

    def _check_account(self):
        """Raise where somebody other than an administrator chose an account of his own."""
        usual = self._get_usual_account()
        if not self.can_choose_account and self.account_id != usual:
            raise AccessError(
                self.env._(
                    "Only an administrator of dunning may write off to %(account)s instead of"
                    " %(usual)s.",
                    account=self.account_id.display_name,
                    usual=usual.display_name,
                )
            )

    def _check_limit(self):
        """Raise where more is written off of one debtor's document than this user may.

        Debits and credits don't make up for each other, and what was written off before counts.
        """
        limit = self._get_limit(self.company_id)
        if limit is None:
            return
        before = self._get_written_off()
        groups = self.line_ids.grouped(
            lambda line: (line.move_id, line.partner_id.commercial_partner_id)
        )
        for (move, partner), lines in groups.items():
            amount = sum(map(abs, lines.mapped("amount_residual")))
            amount += before.get((move, partner), 0)
            if self.currency_id.compare_amounts(amount, limit) > 0:
                raise AccessError(
                    self.env._(
                        "%(invoice)s: %(amount)s, earlier write-offs included, are more than the"
                        " %(limit)s that you may write off. Ask somebody with a higher limit.",
                        invoice=move.name,
                        amount=format_amount(self.env, amount, self.currency_id),
                        limit=format_amount(self.env, limit, self.currency_id),
                    )
                )

    def _get_written_off(self):
        """Return ``{(document, debtor): amount}`` of what earlier write-offs took."""
        # A limit holds for all that was written off, whoever may see those entries.
        entry_lines = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("debitor_write_off_line_id.move_id", "in", self.line_ids.move_id.ids),
                    ("parent_state", "=", "posted"),
                ]
            )
        )
        found = {}
        for line in entry_lines:
            item = line.debitor_write_off_line_id
            partials = (line.matched_debit_ids | line.matched_credit_ids).filtered(
                lambda one, item=item: item in one.debit_move_id | one.credit_move_id
            )  # none where the write-off was taken back
            key = (item.move_id, item.partner_id.commercial_partner_id)
            found[key] = found.get(key, 0) + sum(partials.mapped("amount"))
        return found

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
        self._check_account()
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
            self.claim_ids.action_waive(self.reason)
        return self._get_result_action(entry.with_env(self.env))

    def _get_result_action(self, entry):
        """Return the action that opens the entry, or the invoices for whoever sees no entries."""
        if self.env.user.has_group("account.group_account_readonly"):
            return entry._get_records_action(name=self.env._("Write-off"))
        return self.line_ids.move_id._get_records_action(name=self.env._("Written Off"))

    def _get_reference(self):
        names = self.line_ids.move_id.mapped("name")
        more = ", …" if len(names) > _NAMED_MOVES else ""
        return self.env._(
            "Write-off %(invoices)s · %(reason)s",
            invoices=", ".join(names[:_NAMED_MOVES]) + more,
            reason=self.reason,
        )

    def _prepare_entry(self):
        return {
            "move_type": "entry",
            "journal_id": self.company_id._get_or_suggest("dunning_claim_journal_id").id,
            "date": self.date,
            "ref": self._get_reference(),
            "line_ids": [Command.create(vals) for vals in self._get_entry_lines()],
        }
