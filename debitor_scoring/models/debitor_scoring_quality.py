from dataclasses import dataclass, replace
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..core.quality import auc, brier, calibration_slope, get_deciles

# What was foretold is looked at once it is so old.
_QUARTER_DAYS = 90
# Months of due dates to read: from the oldest snapshot that may be taken until today.
_WINDOW_MONTHS = 6
# Beyond so many customers every n-th is looked at: the figures move by less than they are read to.
_LOOKED_AT = 5_000
_THIN = 100
_PARTS = 10
_FEW_PARTS = 5
_NONE = {"items": 0}


@dataclass(frozen=True, slots=True)
class Case:
    """What was foretold of one invoice and what came; ``is_severe`` None: can't be known yet."""

    partner_id: int
    foretold: float
    foretold_severe: float
    is_late: bool
    is_severe: bool | None


class DebitorScoringQuality(models.AbstractModel):
    """Compares what scores foretold a quarter ago with what customers have done since."""

    _name = "debitor.scoring.quality"
    _description = "Quality of Payment Scores"

    @api.model
    def _get_quality(self, company):
        """Return what the page shows; ``items`` is 0 where nothing can be compared yet.

        Past record rules, as all figures of the portfolio.
        """
        snapshot = self._find_snapshot(company)
        if not snapshot:
            return _NONE
        month, day = snapshot
        every, partner_ids = self._pick_customers(company, month)
        cases = self._read_cases(company, month, day, partner_ids)
        if not cases:
            return _NONE
        foretold = [case.foretold for case in cases]
        late = [case.is_late for case in cases]
        known = [case for case in cases if case.is_severe is not None]
        return {
            "items": len(cases),
            "every": every,
            "month": month,
            "day": day,
            "until": company._get_today(),
            "is_thin": len(cases) < _THIN,
            "auc_late": auc(foretold, late),
            "auc_severe": auc(
                [case.foretold_severe for case in known], [case.is_severe for case in known]
            ),
            "brier": brier(foretold, late),
            "slope": calibration_slope(foretold, late),
            "foretold": sum(foretold) / len(cases),
            "seen": sum(late) / len(cases),
            "groups": _get_groups(foretold, late),
        }

    @api.model
    def _find_snapshot(self, company):
        """Return month and day of the newest scores that are a quarter old, or None."""
        limit = company._get_today() - timedelta(days=_QUARTER_DAYS)
        rows = self.env.execute_query(
            SQL(
                """SELECT month, max(date) FROM debitor_score_snapshot
                    WHERE company_id = %s AND date <= %s GROUP BY month
                 ORDER BY month DESC LIMIT 1""",
                company.id,
                limit,
            )
        )
        return rows[0] if rows else None

    @api.model
    def _pick_customers(self, company, month):
        """Return whose invoices are looked at: ``(every so many-th, ids)``, None for all.

        The same ones each time, so that a figure opens the customers that are in it.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM debitor_score_snapshot
                    WHERE company_id = %s AND month = %s AND score IS NOT NULL
                 ORDER BY partner_id""",
                company.id,
                month,
            )
        )
        every = -(-len(rows) // _LOOKED_AT) or 1
        return every, [id_ for [id_] in rows[::every]] if every > 1 else None

    @api.model
    def _read_cases(self, company, month, day, partner_ids=None):
        """Return a ``Case`` for each invoice that fell due since ``day``, in one statement.

        :param partner_ids: of these customers only; None takes all
        """
        today = company._get_today()
        reader = self.env["debitor.scoring.reader"]
        reader._flush()
        scoring_model = self.env["debitor.scoring.model"]._for(company)._as_scoring_model()
        observations = reader._get_observation_query(
            company,
            replace(scoring_model, window_months=_WINDOW_MONTHS),
            today,
            partner_ids,
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT snapshot.partner_id, snapshot.probability_late,
                          snapshot.probability_severe, seen.due, max(seen.settled_on),
                          bool_or(seen.settled_on IS NULL), bool_or(seen.written_off)
                     FROM (%s) seen
                     JOIN debitor_score_snapshot snapshot
                       ON snapshot.company_id = %s AND snapshot.month = %s
                      AND snapshot.partner_id = seen.partner_id
                    WHERE seen.due > %s AND seen.due <= %s AND snapshot.score IS NOT NULL
                 GROUP BY seen.line_id, 1, 2, 3, 4 ORDER BY seen.line_id""",
                observations,
                company.id,
                month,
                day,
                today,
            )
        )
        get_banking_day = reader._get_banking_days(company)
        severe_after = scoring_model.severe_after_days
        cases = [self._as_case(row, get_banking_day(row[3]), today, severe_after) for row in rows]
        return [case for case in cases if case]

    @api.model
    def _as_case(self, row, due, today: date, severe_after):
        """Return the case of one invoice, None where nothing can be said yet."""
        partner_id, foretold, foretold_severe, _due, settled_on, is_open, is_lost = row
        if is_lost:
            return Case(partner_id, foretold, foretold_severe, True, True)
        days = ((today if is_open else settled_on) - due).days
        if is_open and days <= 0:
            return None
        # Of what fell due lately only the prompt ones would be known.
        is_severe = days > severe_after if (today - due).days > severe_after else None
        return Case(partner_id, foretold, foretold_severe, days > 0, is_severe)

    @api.model
    def _find_customers(self, company, key):
        """Return customers of whom a probability from ``low`` to ``high`` was foretold."""
        snapshot = self._find_snapshot(company)
        if not snapshot:
            return []
        month, day = snapshot
        _every, partner_ids = self._pick_customers(company, month)
        cases = self._read_cases(company, month, day, partner_ids)
        return sorted(
            {case.partner_id for case in cases if key["low"] <= case.foretold <= key["high"]}
        )


def _get_groups(foretold, late):
    """Return equal parts of the cases from low to high, each with its range."""
    parts = _PARTS if len(foretold) >= 2 * _THIN else _FEW_PARTS
    ordered, groups, start = sorted(foretold), [], 0
    for part in get_deciles(foretold, late, parts):
        end = start + part.cases
        groups.append(
            {
                "low": ordered[start],
                "high": ordered[end - 1],
                "items": part.cases,
                "foretold": part.predicted,
                "seen": part.happened,
            }
        )
        start = end
    return groups
