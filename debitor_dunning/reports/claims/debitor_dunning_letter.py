from odoo import api, models

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
        return claim.amount_open if claim in notice.carried_claim_ids else claim.amount

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
        return values | {"interest_tables": tables}

    @api.model
    def _get_placeholders(self, notice, lines, form, total):
        # EXTENDS debitor_dunning: a letter about claims alone names their invoices
        placeholders = super()._get_placeholders(notice, lines, form, total)
        if not lines:
            placeholders["invoices"] = self._name_invoices(notice.carried_claim_ids)
        return placeholders
