import logging

from odoo import api, models
from psycopg2.errors import SerializationFailure, UniqueViolation

from .debitor_score_maker import split_ids

_logger = logging.getLogger(__name__)

# Notes taken in one transaction; a busy import writes several for one customer.
_NOTES = 5000


class DebitorScoreMaker(models.AbstractModel):
    """The scheduled action: customers with news at once, all customers once a day.

    One action does both, so that they never write the same score at the same time.
    """

    _inherit = "debitor.score.maker"

    @api.model
    def _recompute_soon(self, company):
        """See ``debitor.score._recompute_soon``."""
        for one in self.env["res.company"].sudo().search([("id", "child_of", company.id)]):
            self.env["debitor.score.portfolio"].sudo()._want_run(one)  # by whoever sets up
        self.env.ref("debitor_scoring.ir_cron_keep_up").sudo()._trigger()

    @api.model
    def _cron_keep_up(self):
        """Bring scores up to date until time is over; what is left comes with the next call."""
        if not self._cron_news():
            return
        for company in self._get_companies():
            try:
                if self._is_due(company) and not self._cron_all(company):
                    return
            except Exception:
                # One company must not keep the others from their scores.
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("The scores of %s could not be made", company.name)

    @api.model
    def _get_companies(self):
        """Return the companies that have a model in use, and their branches."""
        models_ = self.env["debitor.scoring.model"].search([("state", "=", "active")])
        return self.env["res.company"].search(
            [("id", "child_of", models_.company_id.ids)], order="id"
        )

    @api.model
    def _cron_news(self):
        """Score customers of whom there is news; tell whether there is time left."""
        News = self.env["debitor.score.news"]
        self.env["ir.cron"]._commit_progress(remaining=News._count())
        while pairs := News._take(_NOTES):
            try:
                self._score_news(pairs)
                left = self.env["ir.cron"]._commit_progress(len(pairs))
            except (SerializationFailure, UniqueViolation):
                # Somebody had one of them computed meanwhile: the notes are there again.
                self.env.cr.rollback()
                _logger.info("News of %s customers wait for the next run.", len(pairs))
                return True
            if not left:
                return False
        return True

    @api.model
    def _score_news(self, pairs):
        """Score the customers of ``(company id or None for all, partner id)``."""
        companies = self._get_companies()
        by_company = {company: set() for company in companies}
        for company_id, partner_id in pairs:
            for company in companies:
                if company_id in (None, company.id):
                    by_company[company].add(partner_id)
        for company, ids in by_company.items():
            # Before the first full run there is nothing to keep up; that run takes all.
            if ids and self.env["debitor.score.portfolio"]._of(company):
                self._score_news_of(company, ids)

    @api.model
    def _score_news_of(self, company, ids):
        """Score these customers of a company; if that fails, its next full run takes them."""
        try:
            with self.env.cr.savepoint():
                self._recompute(company, ids)
                self.env["debitor.score.snapshot"]._take(company, company._get_today(), ids)
        except (SerializationFailure, UniqueViolation):
            raise
        except Exception:
            _logger.exception("The news of %s could not be scored", company.name)
            self.env.invalidate_all()
            self.env["debitor.score.portfolio"].sudo()._want_run(company)  # as in _recompute_soon

    @api.model
    def _is_due(self, company):
        """Tell whether a company's full run of today isn't done."""
        if not self.env["debitor.scoring.model"]._for(company):
            return False
        kept = self.env["debitor.score.portfolio"]._of(company)
        return not (kept.is_done and kept.date == company._get_today())

    @api.model
    def _cron_all(self, company):
        """Score all customers of a company, each batch committed; tell whether it is done."""
        Portfolio = self.env["debitor.score.portfolio"]
        basis = self._resume(company) or self._begin(company)
        reader = self.env["debitor.scoring.reader"]
        ids = reader._read_debtor_ids(company, Portfolio._of(company).last_partner_id)
        left = self.env["ir.cron"]._commit_progress(remaining=len(ids))
        for batch in split_ids(ids):
            if not left or not self._make_guarded(company, basis, batch):
                reader._drop_kept()
                return False
            left = self.env["ir.cron"]._commit_progress(len(batch))
            self.env.invalidate_all()
        self._finish(company, basis.day)
        self.env["ir.cron"]._commit_progress()
        return True

    @api.model
    def _resume(self, company):
        """Return the ``Basis`` of a run of today that was broken off; None if there is none."""
        kept = self.env["debitor.score.portfolio"]._of(company)
        is_of_today = kept.date == company._get_today() and not kept.is_done
        if not is_of_today or kept.model_id != self._get_model(company):
            return None
        basis = self._get_basis(company)
        self.env["debitor.scoring.reader"]._keep_facts(company, basis.model, basis.day)
        return basis

    @api.model
    def _make_guarded(self, company, basis, partner_ids):
        """Make a batch and note how far the run is; tell whether nobody came between."""
        try:
            self._make(company, basis, partner_ids, is_kept=True)
            self.env["debitor.score.portfolio"]._of(company).last_partner_id = partner_ids[-1]
            self.env.flush_all()
        except (SerializationFailure, UniqueViolation):
            # Somebody had one of these customers computed meanwhile.
            self.env.cr.rollback()
            _logger.info("Scores of %s go on with the next run.", company.name)
            return False
        return True
