from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL

from ...core.matching import match_all
from ...tools.money import to_decimal
from ...tools.proposal_json import proposal_from_json, proposal_to_json
from ..evidence_text import UNDONE
from .match_booking import Amounts, MatchBooking


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    debitor_match_ids = fields.One2many(
        "debitor.bank.match", "line_id", string="Matches", readonly=True
    )
    debitor_proposals = fields.Json(readonly=True, copy=False)
    debitor_why_not = fields.Char(
        readonly=True, copy=False, help="Why the line was not booked by itself, as a code."
    )
    debitor_is_left = fields.Boolean(
        string="Left Open", readonly=True, copy=False, help="A person looked at it and left it."
    )
    debitor_booking_problem = fields.Char(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Matching what is imported
    # ------------------------------------------------------------------

    @api.model
    def _create_from_bank(self, journal, vals_list, transactions):
        """Create the lines of an import; clear payments are born with what they settle.

        :param vals_list: values of the lines, without journal items
        :param transactions: the core's ``Transaction`` of each
        :return: the lines, in the order of ``vals_list``
        """
        reader = self.env["debitor.match.reader"]
        session = reader._get_session()
        index = reader._get_index(journal, session)
        decisions = match_all(transactions, index, journal._as_match_rules(), taken=session.taken)
        proposals = [
            decision.automatic if journal.debitor_auto_book else None for decision in decisions
        ]
        proposals = self._keep_open(proposals)
        vals_list = [
            vals | self._prepare_suggestions(decision, proposal)
            for vals, decision, proposal in zip(vals_list, decisions, proposals, strict=True)
        ]
        try:
            with self.env.cr.savepoint():
                lines = self._create_matched(journal, vals_list, proposals)
        except UserError:
            # One payment that can't be booked must not keep the others from being there.
            lines = self._create_in_bulk(vals_list)
            lines._book_one_by_one(proposals)
        for line, proposal in zip(lines, proposals, strict=True):
            if proposal and not line.debitor_booking_problem:
                session.taken.update(dict.fromkeys(proposal.item_ids, line.debitor_key))
        return lines

    @api.model
    def _keep_open(self, proposals):
        """Return the proposals, None in the place of those whose items changed meanwhile."""
        wanted = {item_id for one in proposals if one for item_id in one.item_ids}
        residuals = self._lock_items(wanted)
        kept = []
        for proposal in proposals:
            fits = proposal and all(
                item_id in residuals and abs(residuals[item_id]) >= abs(amount)
                for item_id, amount in proposal.parts
            )
            for item_id, amount in proposal.parts if fits else ():
                residuals[item_id] -= amount
            kept.append(proposal if fits else None)
        return kept

    @api.model
    def _lock_items(self, ids):
        """Keep others from settling these items until the end; return what is open of each."""
        if not ids:
            return {}
        self.env["account.move.line"].flush_model(["parent_state", "reconciled"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM account_move_line"
                " WHERE id IN %s AND NOT reconciled AND parent_state = 'posted'"
                " ORDER BY id FOR UPDATE",
                tuple(sorted(ids)),
            )
        )
        items = self.env["account.move.line"].browse(id_ for [id_] in rows)
        return {
            item.id: to_decimal(item.amount_residual_currency, item.currency_id) for item in items
        }

    @api.model
    def _prepare_suggestions(self, decision, booked):
        if booked:
            return {}
        return {
            "debitor_proposals": [proposal_to_json(one) for one in decision.proposals] or False,
            "debitor_why_not": decision.why_not and decision.why_not.value,
        }

    # ------------------------------------------------------------------
    # Booking
    # ------------------------------------------------------------------

    @api.model
    def _create_matched(self, journal, vals_list, proposals):
        """Create lines whose journal items are the final ones, and reconcile them all at once."""
        booking = MatchBooking(journal)
        proposals = self._materialise(proposals)
        items = self._browse_items(filter(None, proposals))
        entries, complete = {}, list(vals_list)
        for number, (vals, proposal) in enumerate(zip(vals_list, proposals, strict=True)):
            if proposal is None:
                continue
            amounts = self._get_amounts(journal, vals)
            entry = booking.make(proposal, items, amounts, vals["payment_ref"])
            entries[number] = entry
            liquidity = self._prepare_liquidity(journal, vals, amounts, proposal)
            complete[number] = vals | {
                "partner_id": proposal.partner_id,
                "line_ids": [Command.create(one) for one in (liquidity, *entry.lines)],
            }
        lines = self.with_context(skip_invoice_sync=True)._create_in_bulk(complete)
        lines = lines.with_env(self.env)
        booked = [(lines[number], entry) for number, entry in entries.items()]
        self._reconcile_entries(
            (line.move_id.line_ids.sorted("id")[1:], entry) for line, entry in booked
        )
        self.env["debitor.bank.match"]._note(
            [(lines[number], proposals[number], {}) for number in entries]
        )
        return lines

    @api.model
    def _materialise(self, proposals):
        """Return proposals whose items are journal items, None where there is none.

        For addons that let payments settle what is no journal item before it is paid.
        """
        return proposals

    @api.model
    def _browse_items(self, proposals):
        ids = {item_id for one in proposals for item_id in one.item_ids}
        return {item.id: item for item in self.env["account.move.line"].browse(sorted(ids))}

    @api.model
    def _get_amounts(self, journal, vals):
        """Return the ``Amounts`` of a line that is going to be created."""
        company_currency = journal.company_id.currency_id
        journal_currency = journal.currency_id or company_currency
        foreign_currency = self.env["res.currency"].browse(vals.get("foreign_currency_id"))
        amount = vals["amount"]
        foreign = vals["amount_currency"] if foreign_currency else amount
        if journal_currency == company_currency:
            company_amount = amount
        elif foreign_currency == company_currency:
            company_amount = foreign
        else:
            company_amount = journal_currency._convert(
                amount, company_currency, journal.company_id, vals["date"]
            )
        return Amounts(
            foreign, foreign_currency or journal_currency, amount, journal_currency,
            company_amount, company_currency,
        )  # fmt: skip

    @api.model
    def _prepare_liquidity(self, journal, vals, amounts, proposal):
        return {
            "name": vals["payment_ref"],
            "partner_id": proposal.partner_id,
            "account_id": journal.default_account_id.id,
            "currency_id": amounts.journal_currency.id,
            "amount_currency": amounts.journal,
            "balance": amounts.company,
        }

    @api.model
    def _reconcile_entries(self, entries):
        """Match the journal items of many entries with what they settle, all at once.

        :param entries: (journal items, ``MatchedEntry``), both in the same order
        """
        plan = [
            item + line
            for lines, entry in entries
            for line, item in zip(lines, entry.items, strict=True)
            if item
        ]
        if plan:
            self.env["account.move.line"]._reconcile_plan(plan)

    def _book_one_by_one(self, proposals):
        """Book each line by itself, and note on a line why it can't be booked."""
        for line, proposal in zip(self, proposals, strict=True):
            if proposal is None:
                continue
            try:
                with self.env.cr.savepoint():
                    line._book_proposal(proposal)
            except UserError as error:
                line.write(
                    {
                        "debitor_proposals": [proposal_to_json(proposal)],
                        "debitor_booking_problem": str(error),
                    }
                )

    def _book_proposal(self, proposal, *, user=None):
        """Let a line that waits settle what is proposed.

        :param user: who confirmed it; None: it was clear by itself
        :raise UserError: the line is matched already, or an item isn't open any more
        """
        self.ensure_one()
        if self._keep_open([proposal]) == [None]:
            raise UserError(
                self.env._(
                    "What %s should settle was paid or changed meanwhile. Look again.",
                    self.display_name,
                )
            )
        journal = self.journal_id
        [proposal] = self._materialise([proposal])
        items = self._browse_items([proposal])
        amounts = self._get_line_amounts()
        entry = MatchBooking(journal).make(proposal, items, amounts, self.payment_ref or "")
        self._replace_suspense(entry.lines)
        suggested = self._get_suggested()
        self.with_context(skip_account_move_synchronization=True).write(
            {
                "partner_id": proposal.partner_id,
                "debitor_proposals": False,
                "debitor_why_not": False,
                "debitor_booking_problem": False,
                "debitor_is_left": False,
            }
        )
        new_lines = self.move_id.line_ids.sorted("id")[-len(entry.lines) :]
        self._reconcile_entries([(new_lines, entry)])
        self.env["debitor.bank.match"]._note([(self, proposal, suggested)], user)

    def _get_suggested(self):
        """Return what is suggested, and why it waits, as a match keeps it for its undoing."""
        self.ensure_one()
        return {"proposals": self.debitor_proposals, "why_not": self.debitor_why_not}

    def _get_line_amounts(self):
        """Return the ``Amounts`` of a line that exists."""
        foreign, foreign_currency, journal, journal_currency, company, company_currency = (
            self._get_accounting_amounts_and_currencies()
        )
        return Amounts(
            foreign, foreign_currency, journal, journal_currency, company, company_currency
        )

    def _replace_suspense(self, vals_list):
        """Put journal items in the place of the one on the suspense account.

        :raise UserError: there is none: the line is matched already
        """
        _liquidity, suspense, _other = self._seek_for_lines()
        if not suspense or self.is_reconciled:
            raise UserError(self.env._("%s is matched already.", self.display_name))
        move = self.move_id.with_context(
            force_delete=True, skip_readonly_check=True, skip_invoice_sync=True
        )
        move.write(
            {
                "line_ids": [
                    *(Command.delete(line.id) for line in suspense),
                    *(Command.create(vals) for vals in vals_list),
                ]
            }
        )

    # ------------------------------------------------------------------
    # Looking again, undoing
    # ------------------------------------------------------------------

    def _propose_again(self):
        """Compute the suggestions of lines that wait anew; books nothing."""
        for journal, lines in self.grouped("journal_id").items():
            index = self.env["debitor.match.reader"]._read_index(journal)
            transactions = [line._as_transaction() for line in lines]
            decisions = match_all(transactions, index, journal._as_match_rules())
            for line, decision in zip(lines, decisions, strict=True):
                line.write(self._prepare_suggestions(decision, None))

    def _propose_first(self):
        """Compute the suggestions of lines that came by another way than with a bank file."""
        if not self.env.user.has_group("account.group_account_invoice"):
            return
        new = self.filtered(
            lambda line: not (line.debitor_key or line.debitor_proposals or line.debitor_why_not)
        )
        if new:
            new._as_matchable()._propose_again()

    def _get_proposals(self):
        """Return the stored suggestions as core ``Proposal``, best first."""
        self.ensure_one()
        return [proposal_from_json(one) for one in self.debitor_proposals or ()]

    def _as_matchable(self):
        """Return these lines for somebody who may match them, past Odoo's rights on them.

        Odoo lets those who invoice see bank transactions, and pay invoices, but not match the
        two: here they may.

        :raise AccessError: the user may not see the lines, or doesn't invoice
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._("Bank transactions are matched by those who have the right to invoice.")
            )
        return self.sudo()

    def action_undo_match(self):
        """Undo the matches of lines; what was matched, by whom and why stays on record."""
        lines = self._as_matchable()
        matched = lines.filtered("is_reconciled")
        matched.action_undo_reconciliation()
        for line in matched:
            match = line.debitor_match_ids._get_active()[:1]
            line.write(
                {
                    "partner_id": False,
                    "debitor_proposals": match.proposals,
                    "debitor_why_not": UNDONE if match.is_automatic else match.why_not,
                }
            )
        matched._undo_return()
        matched.debitor_match_ids._get_active()._undo()
        lines.debitor_is_left = False
        return True

    def action_leave(self):
        """Note that a person looked at the lines and leaves them open."""
        self._as_matchable().debitor_is_left = True
