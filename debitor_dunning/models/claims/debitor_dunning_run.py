import logging

from odoo import api, models
from odoo.tools import SQL

from ...core.claims.demand import Obstacle
from ...core.proposal import ProposedNotice, deadline_of

_logger = logging.getLogger(__name__)

# So many claims are named in a warning.
_NAMED_CLAIMS = 5


class DebitorDunningRun(models.Model):
    _inherit = "debitor.dunning.run"

    def _insert_lines(self, notices, proposed):
        # EXTENDS debitor_dunning
        result = super()._insert_lines(notices, proposed)
        notices._renew_claims()
        return result

    def _propose_claims(self, company, claims):
        """Return a run with notices about these claims alone, one for each debtor and currency.

        :param claims: those that may be demanded now
        """
        run = self.create({"company_id": company.id})
        run._note(bank_date=run._get_bank_date())
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
        notices._renew_claims()
        run._note(state="proposed", debtor_count=len(notices), debtor_done=len(notices))
        return run

    def action_approve(self):
        # EXTENDS debitor_dunning
        self.env["debitor.dunning.notice"]._check_approver()
        empty = self.notice_ids._renew_about_claims()
        if empty:
            empty.action_exclude(self.env._("Nothing left to dun."))
        return super().action_approve()

    @api.model
    def _cron_nightly(self):
        # EXTENDS debitor_dunning
        try:
            with self.env.cr.savepoint():
                self.env["debitor.claim"]._cron_book()
        except Exception:
            # Claims wait for the next night, and proposals don't wait for them.
            _logger.exception("Claims were not booked")
        return super()._cron_nightly()

    def _get_review_warnings(self, groups):
        # EXTENDS debitor_dunning
        warnings = super()._get_review_warnings(groups)
        warnings += self._get_void_warnings()
        is_decided = self.state in ("sending", "sent", "cancelled")
        if not is_decided and self.notice_ids.level_id.filtered("has_interest"):
            warnings += [
                {"code": "rate", "text": text, "part": False}
                for text in self.company_id._get_rate_warnings(self.date, self)
            ]
        return warnings

    def _get_void_warnings(self):
        """Return a warning about claims that nobody should demand any more."""
        self.notice_ids.flush_model(["claim_trace", "run_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT (kept->>1)::int
                     FROM debitor_dunning_notice notice
               CROSS JOIN jsonb_array_elements(notice.claim_trace->'kept_back') AS kept
                    WHERE notice.run_id = %s AND kept->>0 IN %s""",
                self.id,
                (Obstacle.VOID_INVOICE.value, Obstacle.CONSUMER.value),
            )
        )
        claims = self.env["debitor.claim"].search(
            [("id", "in", [id_ for [id_] in rows]), ("state", "in", ("claimed", "booked"))]
        )
        if not claims:
            return []
        names = ", ".join(claims[:_NAMED_CLAIMS].mapped("display_name"))
        text = self.env._(
            "Not demanded, because the invoice was cancelled or credited or the customer is a"
            " consumer: %(count)s claims (%(names)s). Waive them under Dunning › Claims.",
            count=len(claims),
            names=names,
        )
        return [{"code": "claims", "text": text, "part": False}]
