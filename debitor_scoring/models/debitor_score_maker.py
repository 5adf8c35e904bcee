import json
import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.addons.debitor_dunning.tools.collector import collector_at_rest
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.distribution import TYPICAL_DAYS, get_quantiles
from ..core.history import PaymentHistory
from ..core.limit import suggested_limit
from ..core.model import ScoringModel
from ..core.portfolio import Portfolio
from ..core.rating import CapRules, Facts, rate
from ..core.score import score

_logger = logging.getLogger(__name__)

# Customers in one statement: large enough that statements don't count, small for memory.
BATCH = 2000
_NOTHING = Facts()
_NO_HISTORY = PaymentHistory()
_NO_TRADE = (Decimal(0), None, Decimal(0))
_MONTHS = 12
# Four of five invoices are paid by then; see core.limit.
_LIMIT_QUANTILE = 0.8
# The columns of a score, with the types of what is written.
_COLUMNS = {
    "partner_id": "int", "score": "float8", "own_class": "varchar", "risk_class": "varchar",
    "reliability": "varchar", "evidence": "float8", "probability_late": "float8",
    "probability_severe": "float8", "expected_days": "int", "low_days": "int",
    "high_days": "int", "masses": "jsonb", "reasons": "jsonb", "suggested_limit": "numeric",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basis:
    """What all scores of a company on a day are made with."""

    company_id: int
    model_id: int
    day: date
    model: ScoringModel
    rules: CapRules
    portfolio: Portfolio


class DebitorScoreMaker(models.AbstractModel):
    """Makes scores in batches: reads, lets the core decide, writes, one statement each."""

    _name = "debitor.score.maker"
    _description = "Maker of Payment Scores"

    @api.model
    def _recompute(self, company, partner_ids=None):
        """See ``debitor.score._recompute``."""
        if partner_ids is None:
            return self._recompute_all(company)
        basis = self._get_basis(company)
        ids = set(partner_ids)
        count = 0
        for batch in split_ids(sorted(ids)):
            count += self._make(company, basis, batch)
        return count

    @api.model
    def _recompute_all(self, company):
        """Compute all scores of a company, in this transaction."""
        count = 0
        basis = self._begin(company)
        ids = self.env["debitor.scoring.reader"]._read_debtor_ids(company)
        for batch in split_ids(ids):
            count += self._make(company, basis, batch, is_kept=True)
        self._finish(company, basis.day)
        return count

    @api.model
    def _get_model(self, company):
        """Return the scoring model in use, or raise and say how to get one."""
        model = self.env["debitor.scoring.model"]._for(company)
        if not model:
            raise UserError(
                self.env._(
                    "%s has no scoring model in use: activate one under Invoicing ›"
                    " Configuration › Scoring Models.",
                    company.name,
                )
            )
        return model.sudo()  # who may see a score need not see how it is set up

    @api.model
    def _get_basis(self, company):
        """Return the ``Basis`` with the portfolio of the last full run, counted now if none."""
        day = company._get_today()
        model = self._get_model(company)
        core_model = model._as_scoring_model()
        kept = self.env["debitor.score.portfolio"].sudo()._of(company)  # written by runs only
        portfolio = (
            Portfolio(tuple(kept.masses))
            if kept.model_id == model and kept.masses
            else self.env["debitor.scoring.reader"]._read_portfolio(company, core_model, day)
        )
        return Basis(company.id, model.id, day, core_model, model._as_cap_rules(), portfolio)

    @api.model
    def _begin(self, company):
        """Begin a full run: count the portfolio anew, keep it and return the ``Basis``."""
        day = company._get_today()
        model = self._get_model(company)
        core_model = model._as_scoring_model()
        reader = self.env["debitor.scoring.reader"]
        reader._keep_facts(company, core_model, day)
        portfolio = reader._read_portfolio(company, core_model, day, is_kept=True)
        self.env["debitor.score.portfolio"].sudo()._keep(  # as above
            company, model, day, portfolio.masses
        )
        return Basis(company.id, model.id, day, core_model, model._as_cap_rules(), portfolio)

    @api.model
    def _finish(self, company, day):
        """End a full run: forget who has no data any more, and keep the month's scores."""
        self.env["debitor.scoring.reader"]._drop_kept()
        Score = self.env["debitor.score"]
        Score._forget_without_data(company, day)
        self.env["debitor.score.snapshot"]._forget_unscored(company)
        self.env["debitor.score.snapshot"]._take(company, day)
        portfolio = self.env["debitor.score.portfolio"].sudo()._of(company)  # as above
        portfolio.write({"is_done": True, "last_partner_id": 0})

    # ------------------------------------------------------------------
    # One batch
    # ------------------------------------------------------------------

    @api.model
    def _make(self, company, basis, partner_ids, is_kept=False):
        """Make the scores of a batch; return how many there are.

        :param is_kept: see ``debitor.scoring.reader._keep_facts``
        """
        reader = self.env["debitor.scoring.reader"]
        scored = reader._keep_scored(company, partner_ids)
        with collector_at_rest():
            histories = reader._read_histories(company, scored, basis.model, basis.day, is_kept)
            facts = reader._read_facts(company, scored, basis.rules, basis.day)
            trade = reader._read_trade(company, scored, basis.day, is_kept)
            rows = [
                self._prepare_row(basis, partner_id, histories, facts, trade)
                for partner_id in scored
                if partner_id in histories or partner_id in facts or partner_id in trade
            ]
            self._store(basis, rows)
        self._forget(company, set(partner_ids) - {row[0] for row in rows})
        if len(scored) < len(partner_ids):
            self.env["debitor.score.snapshot"]._forget_unscored(company, partner_ids)
        self.env["debitor.score"]._invalidate()
        return len(rows)

    @api.model
    def _prepare_row(self, basis, partner_id, histories, facts, trade):
        """Return the values of one score, in the order of ``_COLUMNS``."""
        found = score(
            histories.get(partner_id, _NO_HISTORY), basis.portfolio, basis.model, basis.day
        )
        rating = rate(found, facts.get(partner_id, _NOTHING), basis.rules, basis.day)
        billing, term, highest = trade.get(partner_id, _NO_TRADE)
        limit = suggested_limit(
            billing / _MONTHS,
            term or 0,
            _get_slow_delay(found),
            highest,
            rating.risk_class,
            basis.model,
        )
        return (
            partner_id,
            found.value,
            found.own_class,
            rating.risk_class,
            found.reliability,
            found.evidence,
            found.probability_late,
            found.probability_severe,
            found.expected_days,
            found.low_days,
            found.high_days,
            _as_json(found),
            json.dumps([_as_dict(reason) for reason in rating.reasons]),
            limit,
        )

    @api.model
    def _store(self, basis, rows):
        """Write scores with one statement: update those there are, insert the others.

        «ON CONFLICT» alone would use up a number for each score and each night.
        """
        if not rows:
            return
        names = SQL(", ").join(map(SQL.identifier, _COLUMNS))
        changes = SQL(", ").join(
            SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
            for name in _COLUMNS
            if name != "partner_id"
        )
        query = SQL(
            """WITH new (%(names)s) AS (VALUES __rows__), known AS (
                  UPDATE debitor_score score
                     SET %(changes)s, date = %(day)s, model_id = %(model)s,
                         previous_class = CASE WHEN score.risk_class <> new.risk_class
                             THEN score.risk_class ELSE score.previous_class END,
                         class_changed_on = CASE WHEN score.risk_class <> new.risk_class
                             THEN %(day)s ELSE score.class_changed_on END,
                         write_date = now() AT TIME ZONE 'UTC', write_uid = %(uid)s
                    FROM new
                   WHERE score.company_id = %(company)s AND score.partner_id = new.partner_id
               RETURNING score.partner_id)
               INSERT INTO debitor_score (%(names)s, company_id, date, model_id,
                                          create_date, write_date, create_uid, write_uid)
               SELECT %(names)s, %(company)s, %(day)s, %(model)s, now() AT TIME ZONE 'UTC',
                      now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s
                 FROM new
                WHERE partner_id NOT IN (SELECT partner_id FROM known)""",
            names=names,
            changes=changes,
            day=basis.day,
            model=basis.model_id,
            company=basis.company_id,
            uid=self.env.uid,
        )
        cr = self.env.cr
        statement = cr.mogrify(query.code, query.params).decode().replace("%", "%%")
        cr.execute_values(
            statement.replace("__rows__", "%s"),
            rows,
            template=f"({', '.join(f'%s::{kind}' for kind in _COLUMNS.values())})",
            page_size=len(rows),
        )

    @api.model
    def _forget(self, company, partner_ids):
        """Delete the scores of who has no data any more or may not be scored."""
        if partner_ids:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM debitor_score WHERE company_id = %s AND partner_id = ANY(%s)",
                    company.id,
                    list(partner_ids),
                )
            )


def split_ids(ids):
    """Yield the ids in batches."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _get_slow_delay(found):
    """Return the days after due by which four of five invoices are paid."""
    [days] = get_quantiles(zip(TYPICAL_DAYS, found.masses, strict=True), (_LIMIT_QUANTILE,))
    return days


def _as_dict(reason):
    return {"code": reason.code, "values": dict(reason.values)}


def _as_json(found):
    """Return the masses of a score as JSON, exact to a millionth of an invoice."""
    return json.dumps(
        {
            "settled": [round(mass, 6) for mass in found.settled_masses],
            "overdue": [round(mass, 6) for mass in found.overdue_masses],
            "prior": [round(mass, 6) for mass in found.prior_masses],
        }
    )
