from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount

from ..core.matching import Evidence, Outcome, Proposal

_PAGE = 40
# What a person may make of a difference.
_RESTS = {
    "charges": Outcome.CHARGES,
    "difference": Outcome.SMALL_DIFFERENCE,
    "discount": Outcome.DISCOUNT,
}


class DebitorBankReview(models.AbstractModel):
    """What the page of the bank review shows and does; it speaks JSON with the browser."""

    _name = "debitor.bank.review"
    _description = "Bank Review"

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    @api.model
    def get_page(self, filters=None, offset=0, limit=_PAGE):
        """Return the lines that wait, newest problem first, with the counts above them.

        :param filters: ``{"journal_id", "file_id", "left": bool, "search"}``, each optional
        """
        filters = filters or {}
        Line = self.env["account.bank.statement.line"]
        domain = self._get_waiting_domain(filters)
        lines = Line.search(domain, offset=offset, limit=min(limit, _PAGE), order="id desc")
        lines._propose_first()
        return {
            "total": Line.search_count(domain),
            "counts": self._get_counts(filters),
            "lines": self._describe_lines(lines),
        }

    @api.model
    def _get_waiting_domain(self, filters):
        domain = self._get_scope_domain(filters) & Domain(
            [("is_reconciled", "=", False), ("debitor_is_left", "=", bool(filters.get("left")))]
        )
        if search := (filters.get("search") or "").strip():
            found = Domain.OR(
                Domain(name, "ilike", search)
                for name in ("payment_ref", "partner_name", "account_number")
            )
            amount = self._parse_amount(search)
            domain &= found | Domain("amount", "in", (amount, -amount)) if amount else found
        return domain

    @api.model
    def _get_scope_domain(self, filters):
        domain = Domain(
            [
                ("company_id", "in", self.env.companies.ids),
                ("move_id.state", "=", "posted"),
                ("journal_id.type", "in", ("bank", "credit")),
            ]
        )
        if filters.get("journal_id"):
            domain &= Domain("journal_id", "=", filters["journal_id"])
        if filters.get("file_id"):
            domain &= Domain("debitor_file_id", "=", filters["file_id"])
        return domain

    @api.model
    def _get_counts(self, filters):
        """Return what was booked by itself today, what waits, was left, or is in quarantine."""
        Line = self.env["account.bank.statement.line"]
        scope = self._get_scope_domain(filters)
        automatic = [
            ("is_automatic", "=", True),
            ("state", "=", "booked"),
            ("create_date", ">=", "today"),
            ("line_id", "any", scope),
        ]
        held = Domain("state", "=", "quarantine")
        if filters.get("journal_id"):
            held &= Domain("journal_id", "=", filters["journal_id"])
        if filters.get("file_id"):
            held &= Domain("file_id", "=", filters["file_id"])
        return {
            "automatic": self.env["debitor.bank.match"].search_count(automatic),
            "waiting": Line.search_count(self._get_waiting_domain({**filters, "left": False})),
            "left": Line.search_count(self._get_waiting_domain({**filters, "left": True})),
            "quarantine": self.env["debitor.bank.sheet"].search_count(held),
        }

    @api.model
    def get_lines(self, line_ids):
        """Return lines again as they are now; those that don't wait any more are left out."""
        lines = self.env["account.bank.statement.line"].search(
            [("id", "in", line_ids), ("is_reconciled", "=", False)]
        )
        return self._describe_lines(lines)

    @api.model
    def look_again(self, line_id):
        """Compute the suggestions of a line anew from what is open now."""
        line = self._get_line(line_id)
        line._propose_again()
        return self._describe_lines(line)[0]

    @api.model
    def _parse_amount(self, text):
        """Return a number that a person typed, with comma or point, else 0."""
        try:
            return float(text.replace(".", "").replace(",", ".") if "," in text else text)
        except ValueError:
            return 0.0

    # ------------------------------------------------------------------
    # What a person does
    # ------------------------------------------------------------------

    @api.model
    def accept(self, line_id, number, filters=None):
        """Book one of the suggestions."""
        line = self._get_line(line_id)
        proposals = line._get_proposals()
        if not 0 <= number < len(proposals):
            raise UserError(self.env._("This suggestion is out of date. Load the page again."))
        self._book(line, proposals[number])
        return {"done": [line.id], "counts": self._get_counts(filters or {})}

    @api.model
    def accept_items(self, line_id, parts, rest="open", filters=None):
        """Book items that a person chose.

        :param parts: ``[[item id, amount]]``, signed like the items; amounts as numbers
        :param rest: what becomes of the difference: ``open`` (on the customer, or on the
            item), ``difference`` or ``charges`` (to the journal's account), ``discount``
        """
        line = self._get_line(line_id)
        self._book(line, self._make_proposal(line, parts, rest))
        return {"done": [line.id], "counts": self._get_counts(filters or {})}

    @api.model
    def count_above(self, score, filters=None):
        """Return how many lines ``accept_above`` would book, and their sums in words."""
        sums = {}
        lines = [line for line, _proposal in self._get_above(score, filters)]
        for line in lines:
            currency = line.journal_id.currency_id or line.company_id.currency_id
            sums[currency] = sums.get(currency, 0.0) + line.amount
        return {
            "count": len(lines),
            "sum": " + ".join(format_amount(self.env, one, of) for of, one in sums.items()),
        }

    @api.model
    def _get_above(self, score, filters):
        """Return ``[(line, its first suggestion)]`` of what can be booked from a score on."""
        lines = (
            self.env["account.bank.statement.line"]
            .search(self._get_waiting_domain(filters or {}))
            ._as_matchable()
        )
        first = [(line, next(iter(line._get_proposals()), None)) for line in lines]
        return [
            (line, proposal)
            for line, proposal in first
            if proposal and proposal.score >= score and not proposal.conflicts
        ]

    @api.model
    def accept_above(self, score, filters=None):
        """Book the first suggestion of all lines whose score is at least ``score``.

        Suggestions with a conflict are never taken this way.
        """
        done, problems = [], []
        for line, proposal in self._get_above(score, filters):
            try:
                with self.env.cr.savepoint():
                    self._book(line, proposal)
                done.append(line.id)
            except UserError as error:
                problems.append(f"{line.payment_ref}: {error}")
        return {"done": done, "problems": problems, "counts": self._get_counts(filters or {})}

    @api.model
    def book_to_account(self, line_id, account_id=None, tax_ids=None, rule_id=None, filters=None):
        """Book a line to an account, or as a rule says."""
        line = self._get_line(line_id)
        if rule_id:
            rule = self.env["account.reconcile.model"].browse(rule_id)
            rule.check_access("read")
            line._book_by_rule(rule, self.env.user)
        else:
            account = self.env["account.account"].browse(account_id).exists()
            if not account or not (account.company_ids & line.company_id.parent_ids):
                raise UserError(self.env._("Choose an account of %s.", line.company_id.name))
            taxes = self.env["account.tax"].browse(tax_ids or [])
            line._book_to_account(account, taxes, user=self.env.user)
        return {"done": [line.id], "counts": self._get_counts(filters or {})}

    @api.model
    def leave(self, line_ids, filters=None):
        """Leave lines open; they wait under «Left»."""
        lines = self.env["account.bank.statement.line"].browse(line_ids)
        lines.action_leave()
        return {"done": lines.ids, "counts": self._get_counts(filters or {})}

    @api.model
    def undo(self, line_ids, filters=None):
        """Undo the matches of lines, or that they were left, and show them again."""
        lines = self.env["account.bank.statement.line"].browse(line_ids).exists()
        lines.action_undo_match()
        return {
            "lines": self._describe_lines(lines),
            "counts": self._get_counts(filters or {}),
        }

    @api.model
    def _get_line(self, line_id):
        """Return a bank transaction for somebody who may match it.

        :raise UserError: it is gone
        :raise AccessError: the user may not see it, or not match
        """
        line = self.env["account.bank.statement.line"].browse(line_id).exists()
        if not line:
            raise UserError(self.env._("This bank transaction is gone. Load the page again."))
        return line._as_matchable()

    @api.model
    def _book(self, line, proposal):
        line._book_proposal(proposal, user=self.env.user)

    @api.model
    def _make_proposal(self, line, parts, rest):
        """Return a core ``Proposal`` of what a person chose."""
        items = self.env["account.move.line"].browse([item_id for item_id, _amount in parts])
        items.check_access("read")  # as the user, whatever the rights on the bank line
        amounts = line._get_line_amounts()
        digits = amounts.foreign_currency.decimal_places
        chosen = tuple(
            (item_id, Decimal(f"{amount:.{digits}f}")) for item_id, amount in parts if amount
        )
        if not chosen:
            raise UserError(self.env._("Choose at least one open item."))
        paid = Decimal(f"{amounts.foreign:.{digits}f}")
        remainder = paid - sum(amount for _item, amount in chosen)
        outcome = self._get_outcome(items, chosen, remainder, rest)
        if remainder and outcome is Outcome.PARTIAL:
            chosen, remainder = self._shorten(chosen, paid), Decimal(0)
        return Proposal(
            parts=chosen,
            partner_id=items.partner_id.commercial_partner_id[:1].id,
            strategy="manual",
            evidence=(Evidence("chosen"),),
            remainder=remainder,
            outcome=outcome,
            score=100,
            currency=amounts.foreign_currency.name,
            deductions=self._get_deductions(items, remainder, outcome),
        )

    @api.model
    def _get_deductions(self, items, remainder, outcome):
        """Return the discount that a person grants, on the first item that has one."""
        if outcome is not Outcome.DISCOUNT:
            return ()
        discounted = items.filtered("discount_date")[:1]
        if not discounted:
            raise UserError(self.env._("None of these items has a discount to grant."))
        return ((discounted.id, -remainder),)

    @api.model
    def _get_outcome(self, items, chosen, remainder, rest):
        if remainder and rest in _RESTS:
            return _RESTS[rest]
        total = sum(amount for _item, amount in chosen)
        if not remainder:
            residuals = {item.id: item.amount_residual_currency for item in items}
            whole = all(float(amount) == residuals[item_id] for item_id, amount in chosen)
            return Outcome.EXACT if whole else Outcome.PARTIAL
        return Outcome.OVERPAID if (remainder > 0) == (total > 0) else Outcome.PARTIAL

    @api.model
    def _shorten(self, chosen, paid):
        """Let a payment of too little cover the chosen items in their order."""
        left, parts = paid, []
        for item_id, amount in chosen:
            part = min(amount, left, key=abs) if (amount > 0) == (paid > 0) else amount
            if part:
                parts.append((item_id, part))
            left -= part
        if left:
            raise UserError(
                self.env._("The payment is too small for these items. Leave some of them out.")
            )
        return tuple(parts)
