from collections import defaultdict

from odoo import api, models


class DebitorDunningRun(models.Model):
    """Sums of the review: what the letters demand, claims included."""

    _inherit = "debitor.dunning.run"

    @api.depends("notice_ids.amount_claims")
    def _compute_counts(self):
        # EXTENDS debitor_dunning
        result = super()._compute_counts()
        claims = self._read_claim_sums("state")
        for run in self:
            run.amount_company += sum(
                amount
                for (owner, state), amount in claims.items()
                if owner == run and state not in ("excluded", "cancelled")
            )
        return result

    def _read_review_groups(self):
        # EXTENDS debitor_dunning
        claims = self._read_claim_sums("state", "level_id", "channel")
        return [
            (*key, count, amount + claims.get((self, *key), 0.0))
            for *key, count, amount in super()._read_review_groups()
        ]

    def _read_claim_sums(self, *names):
        """Return ``{(run, *values of the named fields): claims in company currency}``."""
        sums = defaultdict(float)
        for run, currency, *key, amount in self.env["debitor.dunning.notice"]._read_group(
            [("run_id", "in", self.ids), ("amount_claims", "!=", 0)],
            ["run_id", "currency_id", *names],
            ["amount_claims:sum"],
        ):
            sums[run, *key] += currency._convert(amount, run.currency_id, run.company_id, run.date)
        return sums


class DebitorDunningNotice(models.Model):
    _inherit = "debitor.dunning.notice"

    def get_review_rows(self):
        # EXTENDS debitor_dunning
        rows = super().get_review_rows()
        for row, notice in zip(rows, self, strict=True):
            row |= {"amount": notice.amount_due, "claims": notice.amount_claims}
        return rows
