from odoo import api, models
from odoo.tools import format_date

from ...core.claims.charges import ClaimKind
from ..letter_format import LetterFormat

# Interest of more items than these becomes one row; the table tells the rest.
_INTEREST_ROWS = 5


class DebitorDunningLetter(models.AbstractModel):
    _inherit = "debitor.dunning.letter"

    @api.model
    def _get_extra_rows(self, notice):
        # EXTENDS debitor_dunning
        rows = super()._get_extra_rows(notice)
        claims = notice._get_shown_claims()
        interest = claims.filtered(lambda claim: claim.kind == ClaimKind.INTEREST.value)
        single = claims - interest if len(interest) > _INTEREST_ROWS else claims
        rows += [self._prepare_claim_row(notice, claim) for claim in single]
        if interest - single:
            rows.append(self._prepare_interest_row(notice, interest))
        return rows

    @api.model
    def _prepare_claim_row(self, notice, claim):
        detail = ""
        if claim in notice.carried_claim_ids:
            detail = self.env._("from notice %s", claim.notice_id.name)
        elif not notice._origin:  # made up, to try a level's texts on
            detail = self.env._("example, not claimed")
        return {
            "label": claim._get_label(),
            "detail": detail,
            "amount": self._get_claimed_amount(notice, claim),
        }

    @api.model
    def _prepare_interest_row(self, notice, claims):
        return {
            "label": self.env._("Default interest on %s items", len(claims)),
            "detail": self.env._("see the interest table") if self._has_table(notice) else "",
            "amount": sum(self._get_claimed_amount(notice, claim) for claim in claims),
        }

    @api.model
    def _get_claimed_amount(self, notice, claim):
        """Return what this notice asks for of a claim; of an earlier one, what is left of it."""
        is_earlier = claim in notice.carried_claim_ids or (notice.is_resend and notice.sent_on)
        return claim.amount_open if is_earlier else claim.amount

    @api.model
    def _has_table(self, notice):
        return notice.level_id.has_interest_table and bool(notice._get_shown_interest())

    @api.model
    def _get_enclosures(self, notice):
        # EXTENDS debitor_dunning
        enclosures = super()._get_enclosures(notice)
        if self._has_table(notice):
            enclosures = [self.env._("Interest table"), *enclosures]
        return enclosures

    @api.model
    def _prepare_letter_values(self, notice):
        # EXTENDS debitor_dunning
        values = super()._prepare_letter_values(notice)
        tables = []
        if self._has_table(notice):
            form = LetterFormat(notice.env, notice.currency_id)
            tables = self._get_interest_tables(notice._get_shown_interest(), form)
        return values | {
            "interest_tables": tables,
            "letter_date": format_date(notice.env, notice.date),
        }

    @api.model
    def _get_placeholders(self, notice, lines, form, total):
        # EXTENDS debitor_dunning: a letter about claims alone names their invoices
        placeholders = super()._get_placeholders(notice, lines, form, total)
        if not lines:
            placeholders["invoices"] = self._name_invoices(self._get_claimed_items(notice))
        return placeholders

    @api.model
    def _get_claimed_items(self, notice):
        """Return the lines of earlier notices that the shown claims came about."""
        claims = notice._get_shown_claims()
        fees = claims.filtered(lambda claim: not claim.move_line_id)
        return claims.notice_id.line_ids.filtered(
            lambda line: (
                line.is_included
                and not line.is_credit
                and (line.move_line_id in claims.move_line_id or line.notice_id in fees.notice_id)
            )
        )

    @api.model
    def _fill_texts(self, notice, lines, form, total, texts=None):
        # EXTENDS debitor_dunning: the level's text is about invoices that are open
        filled = super()._fill_texts(notice, lines, form, total, texts)
        if not lines and not texts and notice.carried_claim_ids:
            filled |= {
                "intro": self._get_claims_intro(self._get_claimed_items(notice)),
                "salutation": self._get_salutation(notice.recipient_id),
            }
        return filled

    @api.model
    def _get_claims_intro(self, items):
        """Return what a letter about claims alone says instead of the level's text."""
        if not all(items.move_line_id.mapped("reconciled")):
            return self.env._("The following fees and interest are still to be paid:")
        invoices = self._name_invoices(items)
        if len(items.move_id) == 1:
            return self.env._(
                "Invoice %s is paid. Still to be paid are these fees and interest:", invoices
            )
        return self.env._(
            "Invoices %s are paid. Still to be paid are these fees and interest:", invoices
        )
