from datetime import timedelta
from decimal import Decimal

from odoo import api, models

from ...core.claims.change import Change, ChangeKind
from ...core.claims.party import PartyKind
from ...models.claims.debitor_claim_reader import ItemFacts, NoticeItems
from ...tools.money import to_decimal


class DebitorDunningSample(models.AbstractModel):
    """What the made-up notice would claim, by the same rules as a real one; nothing is claimed."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _get_sample(self, level, lang=None, party=None):
        # EXTENDS debitor_dunning: claims depend on whether the customer is a business
        letter = self.with_context(debitor_sample_party=party or PartyKind.BUSINESS.value)
        notice = super(DebitorDunningSample, letter)._get_sample(level, lang)
        if notice.level_id._has_charges():
            maker = self.env["debitor.claim.maker"].sudo()  # as for real notices
            maker._draft_made_up(notice.sudo(), letter._make_sample_items(notice))
        return notice

    @api.model
    def _prepare_sample_partner(self, company):
        # EXTENDS debitor_dunning
        party = self.env.context["debitor_sample_party"]
        vals = super()._prepare_sample_partner(company) | {"debitor_party": party}
        return vals | {"company_name": False} if party == PartyKind.CONSUMER.value else vals

    @api.model
    def _make_sample_items(self, notice):
        """Return the made-up lines as facts; lower levels have gone out on their days."""
        credits = [
            Change(
                line.date_maturity,
                -to_decimal(line.amount_residual, notice.currency_id),
                ChangeKind.CREDIT_NOTE,
                line.move_id.name,
            )
            for line in notice.line_ids
            if line.is_credit
        ]
        items = [
            self._make_sample_item(notice, line, place)
            for place, line in enumerate(notice.line_ids, start=1)
            if not line.is_credit
        ]
        return NoticeItems(items, credits)

    @api.model
    def _make_sample_item(self, notice, line, place):
        level, due = notice.level_id, line.date_maturity
        total = to_decimal(line.amount_total, notice.currency_id)
        residual = to_decimal(line.amount_residual, notice.currency_id)
        lower = level.procedure_id.level_ids.filtered(
            lambda one: 0 < one.days_after_due < level.days_after_due
        )
        item = ItemFacts(
            id=place,
            due=due,
            move_id=place,
            invoice_date=line.move_id.invoice_date,
            was_sent=True,
            total=total,
            open=residual,
            default_from=None,
            reminded=tuple(due + timedelta(days=one.days_after_due) for one in lower),
        )
        if residual < total:
            number = f"{self.env._('Payment')} {notice.date.year}/00031"
            paid = Change(due, Decimal(total - residual), ChangeKind.PAYMENT, number)
            item.payments.append(paid)
        return item
