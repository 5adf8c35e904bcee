from datetime import timedelta
from decimal import Decimal

from odoo import api, models

from ...core.claims.change import Change, ChangeKind
from ...models.claims.debitor_claim_reader import ItemFacts, NoticeItems
from ...tools.money import to_decimal


class DebitorDunningSample(models.AbstractModel):
    """What the made-up notice would claim, by the same rules as a real one; nothing is claimed."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _get_sample(self, level, lang=None, party="business"):
        # EXTENDS debitor_dunning
        notice = super()._get_sample(level, lang, party)
        if notice.level_id._has_charges():
            maker = self.env["debitor.claim.maker"].sudo()  # as for real notices
            maker._draft_made_up(notice.sudo(), self._make_sample_items(notice))
        return notice

    @api.model
    def _prepare_sample_partner(self, company, party):
        # EXTENDS debitor_dunning: claims depend on it
        return super()._prepare_sample_partner(company, party) | {"debitor_party": party}

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
