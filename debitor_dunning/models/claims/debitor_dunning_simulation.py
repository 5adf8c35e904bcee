from collections import defaultdict

from odoo import models
from odoo.tools import format_date

from .debitor_claim_forecast import Prospect, sum_by_kind

# Beside the kinds of claims: what earlier notices claimed and these would demand once more.
_EARLIER = "earlier"


class DebitorDunningSimulation(models.AbstractModel):
    """What the simulated notices would claim beside their items; nothing of it is kept."""

    _inherit = "debitor.dunning.simulation"

    def _add_proposals(self, findings, company, date, proposals, ignored_ids):
        # EXTENDS debitor_dunning
        first = len(findings.letters)
        result = super()._add_proposals(findings, company, date, proposals, ignored_ids)
        letters = findings.letters[first:]
        prospects, lines = self._make_prospects(date, proposals)
        drafts, earlier, missing = self.env["debitor.claim.maker"]._foresee(
            company, prospects, lines, ignored_ids
        )
        findings.missing_rates |= missing
        for letter, prospect in zip(letters, prospects, strict=True):
            sums = sum_by_kind(drafts.get(prospect.id, ()))
            if prospect.id in earlier:
                sums[_EARLIER] = earlier[prospect.id]
            self._add_claims(findings, letter, prospect, company, sums)
        return result

    def _make_prospects(self, date, proposals):
        """Return the proposed notices and their lines, as the maker of claims takes them."""
        notices = [
            (procedure, notice)
            for _id, procedure, proposal in proposals
            for notice in proposal.notices
        ]
        # Read together, and past rules on contacts, as for real notices.
        partners = self._by_id("res.partner", (notice.partner_id for _p, notice in notices))
        levels = self._by_id("debitor.dunning.level", (one.level.id for _p, one in notices))
        currencies = self._by_id("res.currency", (one.currency_id for _p, one in notices))
        prospects, lines = [], []
        for number, (procedure, notice) in enumerate(notices, start=1):
            prospects.append(
                Prospect(
                    -number,
                    partners[notice.partner_id],
                    procedure.sudo(),
                    levels[notice.level.id],
                    currencies[notice.currency_id],
                    date,
                )
            )
            lines += [
                (-number, line.item.id, line.item.move_id, line.item.is_credit)
                for line in notice.lines
            ]
        return prospects, lines

    def _by_id(self, model, ids):
        records = self.env[model].sudo().browse(set(ids))
        return {record.id: record for record in records}

    def _add_claims(self, findings, letter, prospect, company, sums):
        letter["claims"] = float(sum(sums.values()))
        letter["claims_company"] = 0.0
        for kind, amount in sums.items():
            converted = prospect.currency_id._convert(
                float(amount), company.currency_id, company, prospect.date
            )
            findings.claims[kind] += converted
            letter["claims_company"] += converted

    def _sum_levels(self, findings):
        # EXTENDS debitor_dunning
        claims = defaultdict(float)
        for letter in findings.letters:
            claims[letter["level_id"]] += letter["claims_company"]
        return [level | {"claims": claims[level["id"]]} for level in super()._sum_levels(findings)]

    def _prepare_result(self, findings, company, date):
        # EXTENDS debitor_dunning
        return super()._prepare_result(findings, company, date) | {
            "claims": sum(findings.claims.values()),
            "claim_kinds": self._get_claim_kinds(findings),
            "claim_warnings": [
                self.env._(
                    "The base rate from %s is missing, so that the days since then bear no"
                    " interest: enter it under Configuration › Base Rates.",
                    format_date(self.env, day),
                )
                for day in sorted(findings.missing_rates)
            ],
        }

    def _get_claim_kinds(self, findings):
        """Return ``[{"code", "title", "amount"}, …]`` in company currency."""
        kind = self.env["debitor.claim"]._fields["kind"]
        titles = {
            code: self.env._("%s, not claimed yet", title)
            for code, title in kind._description_selection(self.env)
        }
        titles[_EARLIER] = self.env._("Claimed by earlier notices, still open")
        return [
            {"code": code, "title": title, "amount": findings.claims[code]}
            for code, title in titles.items()
            if code in findings.claims
        ]
