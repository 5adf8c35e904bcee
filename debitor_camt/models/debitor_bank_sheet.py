from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..core.checks import BLOCKING, Code, get_period
from ..core.statement import Account, Balance, MessageKind, Statement
from ..tools.bulk import bulk_insert
from ..tools.transaction_json import transaction_from_json
from .problem_text import get_currencies, get_problem_text

_KINDS = [
    (MessageKind.REPORT.value, "Report of the day (camt.052)"),
    (MessageKind.STATEMENT.value, "Statement (camt.053)"),
    (MessageKind.NOTIFICATION.value, "Notification (camt.054)"),
]


class DebitorBankSheet(models.Model):
    """One account statement, report or notification in a bank file."""

    _name = "debitor.bank.sheet"
    _description = "Account Statement in a Bank File"
    _order = "id desc"
    _rec_name = "name"

    file_id = fields.Many2one(
        "debitor.bank.file", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Statement", readonly=True)
    number = fields.Char(readonly=True)
    member = fields.Char(string="File in Container", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(_KINDS, required=True, readonly=True)
    version = fields.Char(readonly=True)
    account_number = fields.Char(string="Account", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True, index="btree_not_null")
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    has_opening = fields.Boolean(readonly=True)
    has_closing = fields.Boolean(readonly=True)
    opening = fields.Monetary(string="Opening Balance", readonly=True)
    closing = fields.Monetary(string="Closing Balance", readonly=True)
    # What the checks compare, exactly as the file has it: amounts as text.
    facts = fields.Json(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("importing", "Being Imported"),
            ("imported", "Imported"),
            ("preview", "Preview"),
            ("known", "Known Before"),
            ("quarantine", "In Quarantine"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    problems = fields.Json(string="Problems as Codes", readonly=True)
    problem_text = fields.Text(string="Problems", compute="_compute_problem_text")
    is_releasable = fields.Boolean(compute="_compute_is_releasable")
    needs_journal = fields.Boolean(compute="_compute_is_releasable")
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    statement_id = fields.Many2one(
        "account.bank.statement", string="Bank Statement", readonly=True, index="btree_not_null"
    )
    line_ids = fields.One2many("account.bank.statement.line", "debitor_sheet_id", readonly=True)
    transaction_ids = fields.One2many("debitor.bank.transaction", "sheet_id", readonly=True)
    transaction_count = fields.Integer(string="Transactions", readonly=True)
    known_count = fields.Integer(string="Known Before", compute="_compute_known_count")

    @api.depends("problems")
    @api.depends_context("lang")
    def _compute_problem_text(self):
        currencies = get_currencies(self.env) if any(self.mapped("problems")) else {}
        for sheet in self:
            sheet.problem_text = "\n".join(
                get_problem_text(self.env, problem, currencies) for problem in sheet.problems or ()
            )

    @api.depends("state", "problems")
    def _compute_is_releasable(self):
        for sheet in self:
            codes = {problem["code"] for problem in sheet.problems or ()}
            is_held = sheet.state == "quarantine"
            sheet.is_releasable = is_held and not codes & BLOCKING
            sheet.needs_journal = is_held and Code.UNKNOWN_ACCOUNT in codes

    @api.depends("transaction_ids.state")
    def _compute_known_count(self):
        counts = dict(
            self.env["debitor.bank.transaction"]._read_group(
                [("sheet_id", "in", self.ids), ("state", "=", "known")], ["sheet_id"], ["__count"]
            )
        )
        for sheet in self:
            sheet.known_count = counts.get(sheet, 0)

    @api.depends("account_number", "number", "name", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for sheet in self:
            day = sheet.date_to and format_date(self.env, sheet.date_to)
            parts = (sheet.account_number, sheet.number or sheet.name, day)
            sheet.display_name = " · ".join(part for part in parts if part)

    # ------------------------------------------------------------------
    # From the file, and back to the core
    # ------------------------------------------------------------------

    @api.model
    def _create_from_messages(self, file, messages):
        """Write down what the messages say, the oldest statement first; nothing is judged yet."""
        pairs = [(message, one) for message in messages for one in message.statements]
        pairs.sort(key=lambda pair: str(get_period(pair[1])[1] or ""))
        currencies = self._get_currencies()
        sheets = self.create(
            [
                self._prepare_sheet_vals(file, message, statement, currencies)
                | {"sequence": number}
                for number, (message, statement) in enumerate(pairs)
            ]
        )
        Transaction = self.env["debitor.bank.transaction"]
        vals_list = []
        for sheet, (_message, statement) in zip(sheets, pairs, strict=True):
            vals_list += [
                Transaction._prepare_transaction_vals(sheet, one, number, currencies)
                for number, one in enumerate(statement.transactions)
            ]
        bulk_insert(Transaction, vals_list)
        return sheets

    @api.model
    def _get_currencies(self):
        """Return ``{code: id}``, of those that are not in use too."""
        found = self.env["res.currency"].with_context(active_test=False).search_fetch([], ["name"])
        return {one.name: one.id for one in found}

    def _prepare_sheet_vals(self, file, message, statement, currencies):
        begin, end = get_period(statement)
        opening, closing = statement.opening, statement.closing
        return {
            "file_id": file.id,
            "company_id": file.company_id.id,
            "name": statement.id,
            "number": statement.number,
            "member": message.member,
            "kind": message.kind.value,
            "version": message.version,
            "account_number": statement.account.number,
            "currency_id": currencies.get(statement.currency),
            "date_from": begin,
            "date_to": end,
            "has_opening": opening is not None,
            "has_closing": closing is not None,
            "opening": opening and float(opening.amount),
            "closing": closing and float(closing.amount),
            "transaction_count": len(statement.transactions),
            "facts": {
                "iban": statement.account.iban,
                "other": statement.account.other,
                "currency": statement.currency,
                "opening": opening and str(opening.amount),
                "closing": closing and str(closing.amount),
                "entry_sum": str(statement.entry_sum),
                "entry_count": statement.entry_count,
                "announced_count": statement.announced_count,
            },
        }

    def _as_statement(self, transactions):
        """Return the core's :class:`Statement`, exactly as the file has it."""
        self.ensure_one()
        facts = self.facts
        return Statement(
            id=self.name or "",
            account=Account(facts["iban"], facts["other"], facts["currency"]),
            currency=facts["currency"],
            transactions=tuple(transactions),
            opening=facts["opening"] and Balance("OPBD", Decimal(facts["opening"])),
            closing=facts["closing"] and Balance("CLBD", Decimal(facts["closing"])),
            entry_sum=Decimal(facts["entry_sum"]),
            entry_count=facts["entry_count"],
            announced_count=facts["announced_count"],
            from_day=self.date_from or None,
            to_day=self.date_to or None,
        )

    def _read_transactions(self, states=None, limit=None):
        """Return ``[(id, core Transaction)]`` in the order of the file, of these states or all."""
        self.ensure_one()
        self.transaction_ids.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, data FROM debitor_bank_transaction WHERE sheet_id = %s %s"
                " ORDER BY sequence, id %s",
                self.id,
                SQL("AND state = ANY(%s)", list(states)) if states else SQL(),
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )
        return [(row_id, transaction_from_json(data)) for row_id, data in rows]

    def _move_transactions(self, states, new_state):
        """Give the transactions of these sheets that are in ``states`` another one."""
        self.env["debitor.bank.transaction"]._execute(
            SQL("state = %s", new_state),
            SQL("sheet_id = ANY(%s) AND state = ANY(%s)", self.ids, list(states)),
        )

    # ------------------------------------------------------------------
    # Decisions
    # ------------------------------------------------------------------

    def _hold(self, problems):
        """Put into quarantine: nothing more of it is imported until a person has decided."""
        self.ensure_one()
        self.sudo().write({"state": "quarantine", "problems": problems})
        self._move_transactions(("waiting", "new", "quarantine"), "quarantine")

    def _check_decidable(self):
        self.file_id._check_may("debitor_camt.group_bank_release")
        self.check_access("read")
        for sheet in self.filtered(lambda one: one.state != "quarantine"):
            raise UserError(
                self.env._("Statement %s is not in quarantine any more.", sheet.display_name)
            )

    def action_release(self):
        """Import statements in spite of what was found; what can't be booked is refused."""
        self._check_decidable()
        for sheet in self.sorted("sequence"):
            sheet._look_again(accepted=True)
            if sheet.state == "quarantine":
                raise UserError(
                    self.env._(
                        "Statement %(name)s can't be released: %(problems)s",
                        name=sheet.display_name,
                        problems=sheet.problem_text,
                    )
                )
        self._note_decision(self.env._("Released from quarantine: %s"))

    def action_check_again(self):
        """Check statements again, after what kept them from being imported was put right."""
        self.file_id._check_may("account.group_account_invoice")
        self.check_access("read")
        for sheet in self.filtered(lambda one: one.state == "quarantine").sorted("sequence"):
            sheet._look_again()

    def action_create_journal(self):
        """Open the set-up of a bank account, with the number that the statement names."""
        self.ensure_one()
        action = self.company_id.setting_init_bank_account_action()
        context = {**action["context"], "default_acc_number": self.account_number}
        return {**action, "context": context}

    def action_reject(self):
        """Leave statements out for good."""
        self._check_decidable()
        self.sudo().state = "rejected"  # closed to users
        self._move_transactions(("quarantine",), "rejected")
        self.file_id._note_end()
        self._note_decision(self.env._("Rejected: %s"))

    def _look_again_in_order(self):
        """Check those again that an earlier statement may have put right, the oldest first."""
        for sheet in self.sorted(lambda one: (str(one.date_to or ""), one.id)):
            sheet._look_again()
            if sheet.state == "quarantine":
                break  # the later ones connect to this one

    def _look_again(self, accepted=False):
        """Judge anew and import what passes now, at once or, where it is much, in the background."""
        self.ensure_one()
        file = self.file_id.with_company(self.file_id.company_id)
        file = file.with_context(debitor_is_looking_again=True)
        self.sudo()._judge(accepted=accepted)
        if self.state == "quarantine":
            return
        file._note(state="importing")
        file._import_now_or_later()

    def _note_decision(self, sentence):
        """Keep who has decided what, and when."""
        self.sudo().write({"decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()})
        for sheet in self:
            reasons = f" ({sheet.problem_text})" if sheet.problem_text else ""
            sheet.file_id.sudo().message_post(
                body=sentence % (sheet.display_name + reasons),
                author_id=self.env.user.partner_id.id,
            )

    def _cancel(self):
        """Take back what came of these; the bank's balances hold for what is in the books."""
        self.statement_id.unlink()
        self.write({"state": "cancelled"})
        self._move_transactions(("waiting", "new", "quarantine", "preview"), "rejected")

    def action_open_transactions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_camt.debitor_bank_transaction_action"
        )
        state = self.env.context.get("debitor_state")
        domain = [("sheet_id", "=", self.id), *([("state", "=", state)] if state else [])]
        return {**action, "domain": domain, "context": {}}
