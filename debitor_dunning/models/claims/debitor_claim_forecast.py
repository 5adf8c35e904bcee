from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.tools import SQL

from .debitor_claim_maker import OUTSTANDING, Desk
from .debitor_claim_reader import LineSource


@dataclass(frozen=True, slots=True)
class Prospect:
    """A notice that nobody has made: what claims are decided by, named as on a notice.

    ``id`` is a negative number, so that it is nobody else's.
    """

    id: int
    partner_id: models.BaseModel
    procedure_id: models.BaseModel
    level_id: models.BaseModel
    currency_id: models.BaseModel
    date: date


class DebitorClaimMaker(models.AbstractModel):
    """What notices would claim that exist only in a simulation; it reads and writes nothing."""

    _inherit = "debitor.claim.maker"

    @api.model
    def _foresee(self, company, prospects, lines, ignored_ids=()):
        """Return ``({id: [Draft, …]}, {id: open of earlier claims}, {missing half-years})``.

        :param prospects: ``[Prospect, …]`` of one company
        :param lines: ``[(id of its prospect, open item id, invoice id, is credit), …]``
        :param ignored_ids: proposals whose items the simulation takes up
        """
        company = company.sudo()
        if not prospects or not self._could_claim(company, prospects):
            return {}, {}, set()
        self._flush_facts()
        charging = [one for one in prospects if one.level_id._has_charges()]
        decided = {}
        if charging:
            ids = tuple(one.id for one in charging)
            source = LineSource(ids, self._get_made_up_lines(lines), frozenset(ignored_ids))
            decided = self._compute(company, charging, source)
        drafts = {id_: own for id_, (own, _trace) in decided.items()}
        missing = {day for _own, trace in decided.values() for day in trace["missing"]}
        return drafts, self._foresee_demands(company, prospects, decided, ignored_ids), missing

    @api.model
    def _draft_made_up(self, notice, facts):
        """Draft on a notice in memory what it would claim; it stays in memory.

        :param facts: its items as the reader's ``NoticeItems``
        """
        desk = Desk(notice.company_id.with_company(notice.company_id))
        drafts, trace = desk.make(notice, facts)
        notice.update(
            {
                "claim_drafts": [self._prepare_draft(one, is_final=True) for one in drafts],
                "claim_trace": trace,
                "amount_claims": float(sum(one.amount for one in drafts)),
            }
        )

    @api.model
    def _could_claim(self, company, prospects):
        if any(one.level_id._has_charges() for one in prospects):
            return True
        # What is claimed concerns whoever simulates.
        domain = [("company_id", "=", company.id), ("state", "in", OUTSTANDING)]
        return bool(self.env["debitor.claim"].sudo().search(domain, limit=1))

    @api.model
    def _get_made_up_lines(self, lines):
        """Return SQL for these lines as if notices had them."""
        columns = [list(column) for column in zip(*lines, strict=True)]
        return SQL(
            """(SELECT made.*, TRUE AS is_included, item.amount_residual_currency AS amount_residual
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::bool[])
                       AS made(notice_id, move_line_id, move_id, is_credit)
                  JOIN account_move_line item ON item.id = made.move_line_id)""",
            *columns,
        )

    @api.model
    def _foresee_demands(self, company, prospects, decided, ignored_ids):
        """Return ``{id: open of earlier claims that the notice would demand too}``."""
        superseded = self._get_superseded(decided)
        after_due = [one for one in prospects if one.level_id.days_after_due >= 0]
        source = SQL(
            """SELECT made.notice_id, claim.id, 1
                 FROM unnest(%s::int[], %s::int[], %s::int[])
                      AS made(notice_id, partner_id, currency_id)
                 JOIN debitor_claim claim
                   ON claim.partner_id = made.partner_id
                      AND claim.currency_id = made.currency_id
                WHERE claim.company_id = %s AND claim.state IN %s""",
            [one.id for one in after_due],
            [one.partner_id.id for one in after_due],
            [one.currency_id.id for one in after_due],
            company.id,
            OUTSTANDING,
        )
        candidates = [
            one for one in self._read_candidates(source) if one.claim_id not in superseded
        ]
        sums, _kept_back = self._sum_demands(self._judge(candidates, ignored_ids))
        return sums


def sum_by_kind(drafts):
    """Return ``{kind: amount}`` of drafts.

    >>> sum_by_kind([])
    {}
    """
    sums = {}
    for draft in drafts:
        sums[draft.kind.value] = sums.get(draft.kind.value, 0) + draft.amount
    return sums
