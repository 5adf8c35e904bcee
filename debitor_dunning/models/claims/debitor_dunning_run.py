from odoo import api, models

from ...core.proposal import ProposedNotice, deadline_of


class DebitorDunningRun(models.Model):
    _inherit = "debitor.dunning.run"

    def _insert_lines(self, notices, proposed):
        # EXTENDS debitor_dunning
        result = super()._insert_lines(notices, proposed)
        notices._renew_claims()
        return result

    def _propose_claims(self, company, claims):
        """Return a run with notices about these claims alone, one for each debtor and currency."""
        run = self.create({"company_id": company.id})
        procedures = self.env["debitor.open.item.reader"]._read_procedures(
            company, claims.partner_id
        )
        groups = claims.grouped(lambda claim: (claim.partner_id, claim.currency_id))
        proposed, owners = [], []
        for (partner, currency), own in groups.items():
            procedure = own.notice_id[-1:].procedure_id or procedures[partner.id]
            rules = procedure._as_procedure()
            rank = max(own.notice_id.mapped("rank"))
            level = rules.level_at(rank) or rules.levels[-1]
            deadline = deadline_of(level, run.date, procedure._as_calendar())
            proposed.append(
                (procedure, ProposedNotice(partner.id, currency.id, level, (), deadline))
            )
            owners.append(own)
        notices = run._create_notices(proposed)
        for notice, own in zip(notices, owners, strict=True):
            notice.sudo().carried_claim_ids = own  # closed to users
        self.env["debitor.claim.maker"]._add_carried(notices.sudo())
        run._note(state="proposed", debtor_count=len(notices), debtor_done=len(notices))
        return run

    @api.model
    def _cron_nightly(self):
        # EXTENDS debitor_dunning
        self.env["debitor.claim"]._cron_book()
        return super()._cron_nightly()

    def _get_review_warnings(self, groups):
        # EXTENDS debitor_dunning
        warnings = super()._get_review_warnings(groups)
        is_decided = self.state in ("sending", "sent", "cancelled")
        if not is_decided and self.notice_ids.level_id.filtered("has_interest"):
            warnings += [
                {"code": "rate", "text": text, "part": False}
                for text in self.company_id._get_rate_warnings(self.date)
            ]
        return warnings
