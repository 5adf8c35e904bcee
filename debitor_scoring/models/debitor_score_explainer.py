from odoo import api, models

from ..core.explanation import explain
from ..core.history import PaymentHistory
from ..core.score import score
from .score_text import get_part_label, get_sentences


class DebitorScoreExplainer(models.AbstractModel):
    """Says why a score is what it is: in sentences, and to the point with its invoices."""

    _name = "debitor.score.explainer"
    _description = "Explainer of Payment Scores"

    @api.model
    def _get_parts(self, record):
        """Return ``debitor.score._get_explanation`` of one score.

        Histories are not kept but read again, as of the day of the score.
        """
        found = self._explain(record)
        return [
            {
                "kind": part.kind,
                "bucket": part.bucket,
                "label": get_part_label(self.env, part),
                "points": part.points,
                "share": part.share,
                "line_ids": list(part.line_ids),
            }
            for part in sorted(found.lost, key=lambda one: -one.points)
        ]

    @api.model
    def _explain(self, record):
        """Return the core's ``Explanation`` of one score."""
        company, partner = record.company_id, record.partner_id
        maker = self.env["debitor.score.maker"]
        basis = maker._get_basis(company)
        reader = self.env["debitor.scoring.reader"]
        reader._flush()
        history = reader._read_histories(company, [partner.id], basis.model, record.date).get(
            partner.id, PaymentHistory()
        )
        found = score(history, basis.portfolio, basis.model, record.date)
        return explain(found, history, basis.model, record.date)

    @api.model
    def _get_sentences(self, record, limit=None, balance=None):
        """Return ``debitor.score._get_reason_texts`` of one score.

        :param limit: None for all of them, with the caps that change nothing
        """
        if balance is None:
            balance = record._read_balances(record.company_id, record.partner_id.ids).get(
                record.partner_id.id
            )
        return get_sentences(self.env, record, balance, with_idle=limit is None)[:limit]
