from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..core.habits import suggest
from ..core.matching import Evidence, Outcome, WhyNot
from .evidence_text import get_evidence_text, get_trait_text, get_why_not_text
from .matching.return_reason import get_reason_text

_SEARCH_LIMIT = 30
# The sentence about the difference says these better.
_SAID_ELSEWHERE = ("partial", "overpaid", "amount_differs")
# Reasons whose value is an amount that stands beside them.
_AMOUNT_CODES = ("amount", "charges", "discount", "original_amount", "small_difference")
# A difference above this share of the items is no small one, and not offered to be written off.
_SMALL_SHARE = 0.1


class DebitorBankReview(models.AbstractModel):
    """Bank transactions, suggestions and open items as the page shows them, in words."""

    _inherit = "debitor.bank.review"

    @api.model
    def _describe_lines(self, lines):
        """Return what the page shows of lines; what they have in common is read once."""
        proposals = {line: line._get_proposals() for line in lines}
        items = self._read_items(
            {id_ for some in proposals.values() for one in some for id_ in one.item_ids}
        )
        accounts = self._describe_accounts(lines)
        return [
            self._describe_line(line, some, items, accounts[line])
            for line, some in proposals.items()
        ]

    @api.model
    def _read_items(self, ids):
        """Return ``{id: open item}`` of those that are still there; a hook for other kinds."""
        items = self.env["account.move.line"].browse(sorted(ids)).exists()
        return {item.id: item for item in items}

    @api.model
    def _describe_line(self, line, proposals, items, accounts):
        currency = line.journal_id.currency_id or line.company_id.currency_id
        return {
            "id": line.id,
            "move_id": line.move_id.id,
            "date": format_date(self.env, line.date),
            "amount": line.amount,
            "amount_text": format_amount(self.env, line.amount, currency),
            # What moved in the currency that items are settled in.
            "paid": line.amount_currency if line.foreign_currency_id else line.amount,
            "currency_id": (line.foreign_currency_id or currency).id,
            "company_ids": line.company_id.parent_ids.ids,
            "party": line.partner_name or "",
            "unknown_text": self._get_unknown_text(line),
            "partner": line.partner_id.display_name or "",
            "account": line.account_number or "",
            "text": line.payment_ref or "",
            "journal": line.journal_id.display_name,
            "is_left": line.debitor_is_left,
            "why_not": line.debitor_booking_problem
            or get_why_not_text(self.env, line.debitor_why_not, is_outgoing=line.amount < 0),
            "return_reason": get_reason_text(self.env, line.debitor_return_reason or ""),
            "proposals": [
                self._describe_proposal(number, proposal, items, line.amount < 0)
                for number, proposal in enumerate(proposals)
                if self._is_still_open(proposal, items)
            ],
            "accounts": accounts,
        }

    @api.model
    def _get_unknown_text(self, line):
        """Return what stands for the name of a party that the bank doesn't name."""
        return self.env._("Unknown payee") if line.amount < 0 else self.env._("Unknown payer")

    @api.model
    def _is_still_open(self, proposal, items):
        """Tell whether a suggestion can still be booked: its items are as open as they were."""
        return all(
            item_id in items
            and items[item_id].parent_state == "posted"
            and abs(items[item_id].amount_residual_currency) >= abs(float(amount))
            for item_id, amount in proposal.parts
        )

    @api.model
    def _describe_proposal(self, number, proposal, items, is_outgoing=False):
        currency = items[proposal.parts[0][0]].currency_id
        partner = self.env["res.partner"].browse(proposal.partner_id or [])
        return {
            "number": number,
            "partner": partner.display_name or "",
            "score": proposal.score,
            "outcome": proposal.outcome.value,
            "tags": self._get_tags(proposal, partner),
            "conflicts": [
                # A key that tells payments apart tells a person nothing.
                get_why_not_text(
                    self.env,
                    one.code,
                    "" if one.code == WhyNot.ALREADY_PAID else one.value,
                    is_outgoing=is_outgoing,
                )
                for one in proposal.conflicts
                if one.code not in _SAID_ELSEWHERE
            ],
            "remainder_text": self._get_remainder_text(proposal, items, currency),
            "rests": self._describe_rests(proposal, items, currency),
            "items": [
                self._describe_item(items[item_id], amount) for item_id, amount in proposal.parts
            ],
        }

    @api.model
    def _describe_item(self, item, amount=None):
        return {
            "id": item.id,
            "move_id": item.move_id.id,
            "currency_id": item.currency_id.id,
            "name": item.move_id.name or item.name or "",
            "partner": item.partner_id.display_name or "",
            "due": format_date(self.env, item.date_maturity or item.date),
            "residual": item.amount_residual_currency,
            "residual_text": format_amount(
                self.env, item.amount_residual_currency, item.currency_id
            ),
            "part": float(amount) if amount is not None else item.amount_residual_currency,
            "part_text": format_amount(
                self.env,
                float(amount) if amount is not None else item.amount_residual_currency,
                item.currency_id,
            ),
        }

    @api.model
    def _get_tags(self, proposal, partner):
        """Return the reasons for a suggestion, short: the card names customer and amounts."""
        return [
            get_evidence_text(
                self.env,
                Evidence(one.code)
                if one.code in _AMOUNT_CODES or one.value == partner.name
                else one,
            )
            for one in proposal.evidence
            if one.code not in _SAID_ELSEWHERE and (one.code != "oldest" or len(proposal.parts) > 1)
        ]

    @api.model
    def _get_remainder_text(self, proposal, items, currency):
        """Return in words what the payment is more or less than its items."""
        if proposal.outcome is Outcome.PARTIAL:
            amount = format_amount(self.env, self._get_shortage(proposal, items), currency)
            return self.env._("%s less: stays open", amount)
        if not proposal.remainder:
            return ""
        amount = format_amount(self.env, abs(float(proposal.remainder)), currency)
        return {
            Outcome.DISCOUNT: self.env._("%s discount", amount),
            Outcome.CHARGES: self.env._("%s bank charges", amount),
            Outcome.SMALL_DIFFERENCE: self.env._("%s difference, to be written off", amount),
            Outcome.OVERPAID: self.env._("%s more: stays as a credit", amount),
        }.get(proposal.outcome, amount)

    @api.model
    def _get_shortage(self, proposal, items):
        """Return what stays open of the items that a payment settles in part."""
        return sum(
            abs(items[item_id].amount_residual_currency) - abs(float(amount))
            for item_id, amount in proposal.parts
        )

    @api.model
    def _describe_rests(self, proposal, items, currency):
        """Return what else can be done with the difference: ``[{"rest", "text"}]``."""
        if proposal.outcome not in (Outcome.PARTIAL, Outcome.OVERPAID):
            return []
        is_short = proposal.outcome is Outcome.PARTIAL
        gap = self._get_shortage(proposal, items) if is_short else abs(float(proposal.remainder))
        total = sum(abs(items[item_id].amount_residual_currency) for item_id in proposal.item_ids)
        amount = format_amount(self.env, gap, currency)
        rests = []
        if any(one.code == WhyNot.DISCOUNT_LATE for one in proposal.conflicts):
            rests.append({"rest": "discount", "text": self.env._("Grant %s Discount", amount)})
        if 0 < gap <= total * _SMALL_SHARE:
            rests.append({"rest": "difference", "text": self.env._("Write Off %s", amount)})
            if is_short:
                rests.append({"rest": "charges", "text": self.env._("%s Are Bank Charges", amount)})
        return rests

    @api.model
    def _describe_accounts(self, lines):
        """Return ``{line: suggestions}``: rules that fit, and accounts of lines like this one."""
        rules = self.env["account.reconcile.model"].search(
            [("company_id", "in", lines.company_id.parent_ids.ids)]
        )
        learned = self._get_learned_accounts(lines)
        found = {}
        for line in lines:
            found[line] = [
                {
                    "rule_id": rule.id,
                    "name": rule.name,
                    # Without a condition it fits everything, and says nothing of this line.
                    "is_general": not (
                        rule.match_label or rule.match_amount or rule.match_partner_ids
                    ),
                }
                for rule in rules
                if rule._fits(line)
            ]
            found[line] += learned[line]
        return found

    @api.model
    def _get_learned_accounts(self, lines):
        """Return ``{line: suggestions}`` from what persons booked to accounts before."""
        traits = {line: line._get_traits() for line in lines}
        of_company = defaultdict(dict)
        for memory, habit in self.env["debitor.account.memory"]._get_habits(
            lines.company_id, [one for some in traits.values() for one in some]
        ):
            of_company[memory.company_id][habit] = memory
        found = {}
        for line in lines:
            memories = of_company[line.company_id]
            found[line] = [
                self._describe_habit(one, memories) for one in suggest(traits[line], memories)
            ]
        return found

    @api.model
    def _describe_habit(self, suggestion, memories):
        """Return an account that was booked to before, with what speaks for it."""
        last = max(suggestion.habits, key=lambda one: (str(one.last or ""), one.count))
        reasons = [get_trait_text(self.env, kind) for kind in suggestion.kinds]
        account = memories[last].account_id
        return {
            "account_id": account.id,
            "tax_ids": memories[last].tax_ids.ids,
            "name": self.env._("as last time: %s", account.display_name),
            "reason": self.env._("Learned from: %s", ", ".join(reasons)),
        }

    @api.model
    def search_items(self, line_id, text="", offset=0):
        """Return open items that a person looks for, by number, customer or amount."""
        line = self._get_line(line_id)
        Item = self.env["account.move.line"]
        domain = Domain(
            [
                ("company_id", "child_of", line.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_type", "in", ("asset_receivable", "liability_payable")),
                ("statement_line_id", "=", False),
            ]
        )
        if text.strip():
            domain &= self._get_text_domain(text.strip())
        items = Item.search(domain, limit=_SEARCH_LIMIT, offset=offset, order="date_maturity, id")
        return [self._describe_item(item) for item in items]

    @api.model
    def _get_text_domain(self, text):
        found = Domain.OR(
            Domain(name, "ilike", text)
            for name in ("move_id.name", "move_id.ref", "partner_id.name", "partner_id.ref")
        )
        amount = self._parse_amount(text)
        if not amount:
            return found
        return found | Domain("amount_residual_currency", "in", (amount, -amount))
