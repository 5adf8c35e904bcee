from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...core.claims.charges import ClaimKind
from ...core.claims.demand import ClaimFacts, Obstacle, Subject, find_obstacle
from .debitor_claim_maker import OUTSTANDING


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that a notice would demand beside what it claims itself; ``amount`` is open of it."""

    claim_id: int
    notice_id: int | None
    kind: str
    state: str
    live_notice_id: int | None
    company_id: int
    partner_id: int
    is_carried: bool
    amount: Decimal


class DebitorClaimMaker(models.AbstractModel):
    """What notices demand of earlier claims: decided here for proposal, letter and resend.

    A claim knows the one notice under way that demands it. Of two transactions that want it,
    the second fails on its row and is tried again, so that no two letters hold it.
    """

    _inherit = "debitor.claim.maker"

    @api.model
    def _decide_demands(self, notices, drafts, is_final):
        """Return ``[(Candidate, core Obstacle or None), …]`` of what these notices may carry.

        Each claim goes on one notice of its debtor: the one with its item, else the first.
        Interest that a notice claims anew includes what was claimed of it before. A notice
        about claims alone, and one that was approved, take no others than they have.
        """
        ids = tuple(notices.ids)
        superseded = self._get_superseded(drafts)
        source = SQL(
            "%s UNION ALL %s", self._get_carried(ids, not is_final), self._get_earlier(ids)
        )
        candidates = [
            one for one in self._read_candidates(source) if one.claim_id not in superseded
        ]
        judged = self._judge(candidates, ids)
        if is_final:  # what was kept back is still told
            judged = [(one, obstacle) for one, obstacle in judged if one.is_carried or obstacle]
        return judged

    @api.model
    def _get_superseded(self, drafts):
        """Return ``{claim id: id of the notice whose new interest includes it}``."""
        return {
            claim_id: one.notice_id
            for own, _trace in drafts.values()
            for one in own
            for claim_id in one.supersedes
        }

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _get_carried(self, notice_ids, only_about_claims=False):
        """Return SQL for (notice, claim, preference) of what these notices carry."""
        return SQL(
            """SELECT rel.notice_id, rel.claim_id, 0 AS preference
                 FROM debitor_claim_carried_rel rel
                WHERE rel.notice_id IN %s AND %s""",
            notice_ids,
            SQL(
                "NOT EXISTS (SELECT 1 FROM debitor_dunning_notice_line line"
                " WHERE line.notice_id = rel.notice_id)"
            )
            if only_about_claims
            else SQL("TRUE"),
        )

    @api.model
    def _get_earlier(self, notice_ids):
        """Return SQL for (notice, claim, preference) of what is still to be paid."""
        return SQL(
            """SELECT notice.id, claim.id, CASE WHEN item.id IS NULL THEN 2 ELSE 1 END
                 FROM debitor_dunning_notice notice
                 JOIN debitor_dunning_level level ON level.id = notice.level_id
                 JOIN debitor_claim claim
                   ON claim.partner_id = notice.partner_id
                      AND claim.company_id = notice.company_id
                      AND claim.currency_id = notice.currency_id
                      AND claim.notice_id <> notice.id
            LEFT JOIN debitor_dunning_notice_line item
                   ON item.notice_id = notice.id AND item.is_included
                      AND item.move_line_id = claim.move_line_id
                WHERE notice.id IN %s AND claim.state IN ('claimed', 'booked')
                  AND level.days_after_due >= 0
                  AND EXISTS (SELECT 1 FROM debitor_dunning_notice_line line
                               WHERE line.notice_id = notice.id)""",
            notice_ids,
        )

    @api.model
    def _get_held(self, notice_ids):
        """Return SQL for (notice, claim, preference) of what notices demand that went out once."""
        return SQL(
            """SELECT claim.live_notice_id, claim.id, 0
                 FROM debitor_claim claim
                WHERE claim.live_notice_id IN %s""",
            notice_ids,
        )

    @api.model
    def _read_candidates(self, source):
        """Return ``[Candidate, …]``, each claim once.

        :param source: SQL for (notice, claim, preference: the lowest wins)
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (claim.id) claim.id, pair.notice_id, claim.kind, claim.state,
                          claim.live_notice_id, claim.company_id, claim.partner_id,
                          pair.preference = 0,
                          (claim.amount - COALESCE(claim.amount_paid, 0))::text
                     FROM (%s) AS pair(notice_id, claim_id, preference)
                     JOIN debitor_claim claim ON claim.id = pair.claim_id
                 ORDER BY claim.id, pair.preference, pair.notice_id""",
                source,
            )
        )
        return [Candidate(*row[:-1], Decimal(row[-1])) for row in rows]

    @api.model
    def _read_subjects(self, claim_ids, blocks):
        """Return ``{claim id: (core Subject, …)}``; the fee of a notice is about all its items."""
        rows = self.env.execute_query(
            SQL(
                """SELECT claim.id, line.move_line_id, move.id,
                          move.state <> 'posted' OR move.payment_state = 'reversed'
                     FROM debitor_claim claim
                     JOIN debitor_dunning_notice_line line
                       ON line.notice_id = claim.notice_id
                          AND line.is_included AND NOT line.is_credit
                     JOIN account_move move ON move.id = line.move_id
                    WHERE claim.id IN %s
                      AND (claim.move_line_id IS NULL OR claim.move_line_id = line.move_line_id)""",
                tuple(claim_ids),
            )
        )
        subjects = {}
        for claim_id, item_id, move_id, is_void in rows:
            is_blocked = ("move", move_id) in blocks or ("line", item_id) in blocks
            subjects.setdefault(claim_id, []).append(Subject(bool(is_void), is_blocked))
        return subjects

    # ------------------------------------------------------------------
    # Judging
    # ------------------------------------------------------------------

    @api.model
    def _judge(self, candidates, notice_ids=()):
        """Return ``[(Candidate, core Obstacle or None), …]``.

        :param notice_ids: notices of which each may hold what another one gets
        """
        if not candidates:
            return []
        judged = []
        for company_id in {one.company_id for one in candidates}:
            own = [one for one in candidates if one.company_id == company_id]
            judged += self._judge_company(
                self.env["res.company"].sudo().browse(company_id), own, set(notice_ids)
            )
        return judged

    @api.model
    def _judge_company(self, company, candidates, notice_ids):
        # Past rules on contacts, as all facts here.
        partners = self.env["res.partner"].sudo().browse({one.partner_id for one in candidates})
        blocks = self.env["debitor.open.item.reader"]._read_blocks(
            company, partners.ids, company._get_today()
        )
        subjects = self._read_subjects([one.claim_id for one in candidates], blocks)
        parties = {
            partner.id: partner._get_debitor_party() for partner in partners.with_company(company)
        }
        return [
            (one, find_obstacle(self._as_facts(one, notice_ids, blocks, subjects), parties[one.partner_id]))
            for one in candidates
        ]  # fmt: skip

    @api.model
    def _as_facts(self, candidate, notice_ids, blocks, subjects):
        live_id = candidate.live_notice_id
        return ClaimFacts(
            kind=ClaimKind(candidate.kind),
            is_outstanding=candidate.state in OUTSTANDING,
            is_elsewhere=bool(live_id) and live_id not in notice_ids,
            is_debtor_blocked=("partner", candidate.partner_id) in blocks,
            subjects=tuple(subjects.get(candidate.claim_id, ())),
        )

    @api.model
    def _find_obstacles(self, claims):
        """Return ``{claim: core Obstacle or None}`` for a notice that would be made now."""
        self._flush_facts()
        source = SQL(
            "SELECT NULL::int, id, 0 FROM debitor_claim WHERE id IN %s", tuple(claims.ids) or (0,)
        )
        judged = self._judge(self._read_candidates(source))
        return {claims.browse(one.claim_id): obstacle for one, obstacle in judged}

    @api.model
    def _sum_demands(self, demands):
        """Return ``({notice id: amount}, {notice id: [[obstacle, claim id], …]})``."""
        sums, kept_back = {}, {}
        for one, obstacle in demands:
            if obstacle is None:
                sums[one.notice_id] = sums.get(one.notice_id, Decimal(0)) + one.amount
            elif obstacle is not Obstacle.ENDED:
                kept_back.setdefault(one.notice_id, []).append([obstacle.value, one.claim_id])
        return sums, kept_back

    # ------------------------------------------------------------------
    # Keeping
    # ------------------------------------------------------------------

    @api.model
    def _carry(self, notices, drafts, demands):
        """Put on the notices what they may demand, and let nobody else demand it meanwhile."""
        carried = {one.claim_id: one.notice_id for one, obstacle in demands if obstacle is None}
        ids, claim_ids, notice_ids = notices.ids, list(carried), list(carried.values())
        self.env.cr.execute(
            SQL(
                """DELETE FROM debitor_claim_carried_rel rel
                    WHERE rel.notice_id = ANY(%s) AND NOT EXISTS (
                          SELECT 1 FROM unnest(%s::int[], %s::int[]) AS kept(notice_id, claim_id)
                           WHERE kept.notice_id = rel.notice_id AND kept.claim_id = rel.claim_id)""",
                ids,
                notice_ids,
                claim_ids,
            )
        )
        if carried:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO debitor_claim_carried_rel (notice_id, claim_id)
                       SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING""",
                    notice_ids,
                    claim_ids,
                )
            )
        self._hold(ids, carried | self._get_superseded(drafts))
        notices.invalidate_recordset(
            [
                "claim_drafts",
                "claim_trace",
                "carried_claim_ids",
                "amount_claims",
                "amount_due",
                "claim_note",
                "draft_claims",
            ]
        )

    @api.model
    def _hold(self, notice_ids, holders):
        """Let these notices hold no other claims than in ``{claim id: notice id}``."""
        self.env.cr.execute(
            SQL(
                """UPDATE debitor_claim SET live_notice_id = NULL
                    WHERE live_notice_id = ANY(%s) AND NOT id = ANY(%s)""",
                notice_ids,
                list(holders),
            )
        )
        if holders:
            self.env.cr.execute(
                SQL(
                    """UPDATE debitor_claim claim SET live_notice_id = new.notice_id
                         FROM unnest(%s::int[], %s::int[]) AS new(claim_id, notice_id)
                        WHERE claim.id = new.claim_id
                          AND claim.live_notice_id IS DISTINCT FROM new.notice_id""",
                    list(holders),
                    list(holders.values()),
                )
            )
        self.env["debitor.claim"].invalidate_model(["live_notice_id"])

    @api.model
    def _hold_again(self, notices):
        """Let notices that came back hold what they demand, where no other one does by now."""
        self.env["debitor.claim"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE debitor_claim claim SET live_notice_id = notice.id
                     FROM debitor_dunning_notice notice
                    WHERE notice.id IN %s AND claim.live_notice_id IS NULL
                      AND claim.state IN ('claimed', 'booked')
                      AND (claim.notice_id = notice.id OR EXISTS (
                           SELECT 1 FROM debitor_claim_carried_rel rel
                            WHERE rel.notice_id = notice.id AND rel.claim_id = claim.id))""",
                tuple(notices.ids),
            )
        )
        self.env["debitor.claim"].invalidate_model(["live_notice_id"])
