from odoo import api, models
from odoo.addons.debitor_dunning.reports.letter_format import LetterFormat
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date, get_lang

from ..core.explanation import explain
from ..core.history import PaymentHistory
from ..core.model import BUCKETS
from ..core.score import score as make_score

_NOTHING = "–"


class DebitorScoreDisclosure(models.AbstractModel):
    """What the company knows of a customer and how it judges: art. 15 GDPR, C-203/22.

    All of it, in the customer's language: the data, the logic with its weights, where the data
    come from, how long they are kept, and the customer's rights.
    """

    _name = "debitor.score.disclosure"
    _description = "Disclosure of a Payment Score"

    @api.model
    def _check_may_disclose(self, partner, company):
        """Raise unless the user may tell all about ``partner``: it leaves the house."""
        if not self.env.user.has_group("debitor_scoring.group_scoring_manager"):
            raise AccessError(
                self.env._(
                    "Only administrators of the payment score may disclose what is kept on a"
                    " customer."
                )
            )
        if company not in self.env.companies:
            raise AccessError(
                self.env._("%s is none of the companies you work in now.", company.name)
            )
        partner.check_access("read")

    @api.model
    def _prepare_values(self, partner, company, lang=None):
        """Return everything that the page and the letter say, ready to be shown.

        :param lang: code of a language instead of the customer's
        """
        self._check_may_disclose(partner, company)
        code = get_lang(self.env, lang or partner.lang or False).code
        # Past rules from here on: a disclosure is complete whoever makes it.
        env = self.with_context(lang=code).with_company(company).sudo().env
        local = env[self._name]
        partner, company = partner.with_env(env).commercial_partner_id, company.with_env(env)
        form = LetterFormat(env, company.currency_id)
        # As of now: what the scheduled action has not seen yet is part of the answer.
        env["debitor.score"]._recompute(company, partner.ids)
        score = env["debitor.score"]._for(partner, company).get(partner.id)
        return {
            "document_lang": code.replace("_", "-"),
            "partner": partner,
            "company": company,
            "date": form.date(company._get_today()),
            "contact": company.email or company.phone or "",
            "keep_months": company.debitor_score_keep_months,
            "keep_years": company.debitor_decision_keep_years,
            "address": local._get_address_lines(partner, company),
            "marks": local._get_mark_rows(partner, company, form),
            "reports": local._get_report_rows(partner, company, form),
            "holds": local._get_hold_rows(partner, company, form),
            "snapshots": local._get_snapshot_rows(partner, company, form),
            "score": score,
            **(local._prepare_score_values(score, form) if score else {}),
        }

    @api.model
    def _get_address_lines(self, partner, company):
        """Return the lines of the address window; the country only where it is another one."""
        address_format, parts = partner._prepare_display_address(without_company=True)
        if partner.country_id == company.country_id:
            parts["country_name"] = ""
        lines = [partner.name or "", *(address_format % parts).splitlines()]
        return [line.strip() for line in lines if line.strip()]

    # ------------------------------------------------------------------
    # The score
    # ------------------------------------------------------------------

    @api.model
    def _prepare_score_values(self, record, form):
        """Return the score, its logic, and each invoice behind it."""
        model = record.model_id
        basis = self.env["debitor.score.maker"]._get_basis(record.company_id)
        history = self._read_history(record, basis.model)
        score = make_score(history, basis.portfolio, basis.model, record.date)
        explanation = explain(score, history, basis.model, record.date)
        return {
            "model": model,
            "is_rated": score.value is not None,
            "facts": self._get_fact_rows(record, form),
            "reasons": record._get_reason_texts(limit=None),
            "buckets": self._get_bucket_rows(model, score, form),
            "lost": form.digits(explanation.total, 1),
            "limits": self._get_limit_rows(model, form),
            "invoices": self._get_invoice_rows(explanation, history, record.date, form),
        }

    @api.model
    def _read_history(self, record, core_model):
        reader = self.env["debitor.scoring.reader"]
        reader._flush()
        histories = reader._read_histories(
            record.company_id, record.partner_id.ids, core_model, record.date
        )
        return histories.get(record.partner_id.id) or PaymentHistory()

    @api.model
    def _get_fact_rows(self, record, form):
        """Return ``(label, value)`` of what was computed."""
        selections = {
            name: dict(record._fields[name]._description_selection(self.env))
            for name in ("own_class", "reliability")
        }
        is_rated = record.own_class != "new"
        delay = self.env._(
            "%(days)s days after the due date (in 8 of 10 cases %(low)s to %(high)s)",
            days=form.digits(record.expected_days, 0),
            low=form.digits(record.low_days, 0),
            high=form.digits(record.high_days, 0),
        )
        rows = [
            (self.env._("Score"), form.digits(record.score, 1) if is_rated else _NOTHING),
            (self.env._("Class by score"), selections["own_class"].get(record.own_class)),
            (self.env._("Class in use"), record.label or _NOTHING),
            (self.env._("Reliability"), selections["reliability"].get(record.reliability)),
            (self.env._("Probability of paying late"), form.percent(100 * record.probability_late)),
            (
                self.env._(
                    "Probability of paying more than %s days late",
                    record.model_id.severe_after_days,
                ),
                form.percent(100 * record.probability_severe),
            ),
            (self.env._("Expected payment"), delay),
            (self.env._("Suggested credit limit"), form.amount(record.suggested_limit))
            if record.suggested_limit
            else None,
            (self.env._("Computed on"), form.date(record.date)),
            (self.env._("Rules"), record.model_id.display_name),
        ]
        return [row for row in rows if row and row[1]]

    @api.model
    def _get_bucket_rows(self, model, score, form):
        """Return for each bucket its points and this customer's weights: the whole formula."""
        return [
            {
                "label": model._fields[f"points_{bucket}"]._description_string(self.env),
                "points": form.digits(model[f"points_{bucket}"], 0),
                "settled": form.digits(score.settled_masses[bucket], 2),
                "overdue": form.digits(score.overdue_masses[bucket], 2),
                "prior": form.digits(score.prior_masses[bucket], 2),
            }
            for bucket in range(BUCKETS)
        ]

    @api.model
    def _get_limit_rows(self, model, form):
        """Return ``(class in words, least score)`` from the best to the worst."""
        limits = {code: form.digits(model[f"minimum_{code}"], 0) for code in ("a", "b", "c", "d")}
        return [
            (one._get_text(), limits.get(one.code, "0"))
            for one in model.class_ids.sorted("sequence")
            if one.code != "new"
        ]

    @api.model
    def _get_invoice_rows(self, explanation, history, day, form):
        """Return one row for each payment or open item that counts, the newest first."""
        due = {one.line_id: one.due for one in (*history.settled, *history.overdue)}
        lines = self.env["account.move.line"].browse(due).exists()
        names = {line.id: line.move_id.name or "" for line in lines}
        rows = [
            {
                "name": names.get(one.line_id, ""),
                "due_on": due[one.line_id],
                "due": form.date(due[one.line_id]),
                "days": str(one.days_late),
                "is_open": one.kind == "overdue",
                "share": form.percent(100 * one.share),
                "lost": form.digits(one.points, 1),
            }
            for one in explanation.contributions
        ]
        return sorted(rows, key=lambda row: row["due_on"], reverse=True)

    # ------------------------------------------------------------------
    # What stands beside it
    # ------------------------------------------------------------------

    @api.model
    def _get_mark_rows(self, partner, company, form):
        """Return what persons decided by hand, with reason and name."""
        Mark = self.env["debitor.risk.mark"].with_context(active_test=False)
        marks = Mark.search([("company_id", "=", company.id), ("partner_id", "=", partner.id)])
        kinds = dict(Mark._fields["kind"]._description_selection(self.env))
        states = dict(Mark._fields["state"]._description_selection(self.env))
        return [
            {
                "label": " ".join(
                    filter(None, [kinds[mark.kind], (mark.risk_class or "").upper()])
                ),
                "since": form.date(mark.date_from),
                "until": form.date(mark.date_until) or _NOTHING,
                "reason": mark.reason,
                "person": mark.user_id.name,
                "state": states.get(mark.state, ""),
            }
            for mark in marks
        ]

    @api.model
    def _get_report_rows(self, partner, company, form):
        """Return the reports of agencies: source, day, value, until when they count."""
        Report = self.env["debitor.credit.report"].with_context(active_test=False)
        reports = Report.search([("company_id", "=", company.id), ("partner_id", "=", partner.id)])
        interests = dict(Report._fields["interest"]._description_selection(self.env))
        return [
            {
                "agency": report.provider_id.name,
                "date": form.date(report.date),
                "value": f"{report.value:g}",
                "band": (report.band or "").upper(),
                "agency_class": report.agency_class or "",
                "until": form.date(report.valid_until),
                "interest": interests.get(report.interest, _NOTHING),
            }
            for report in reports
        ]

    @api.model
    def _get_hold_rows(self, partner, company, form):
        """Return the orders that waited for a decision, and what was decided."""
        Hold = self.env["debitor.credit.hold"]
        holds = Hold.search([("company_id", "=", company.id), ("partner_id", "=", partner.id)])
        states = dict(Hold._fields["state"]._description_selection(self.env))
        return [
            {
                "order": hold.order_id.name,
                "date": format_date(self.env, hold.create_date),
                "state": states[hold.state],
                "person": hold.decided_by_id.name or _NOTHING,
                "note": hold.note or "",
            }
            for hold in holds
        ]

    @api.model
    def _get_snapshot_rows(self, partner, company, form):
        """Return the scores that are kept of earlier months, the newest first."""
        Snapshot = self.env["debitor.score.snapshot"]
        snapshots = Snapshot.search(
            [("company_id", "=", company.id), ("partner_id", "=", partner.id)]
        )
        letters = dict(Snapshot._fields["risk_class"]._description_selection(self.env))
        return [
            {
                "date": form.date(one.date),
                "score": form.digits(one.score, 1) if one.risk_class != "new" else _NOTHING,
                "class": letters[one.risk_class],
                "late": form.percent(100 * one.probability_late),
                "open": form.amount(one.amount_open),
                "overdue": form.amount(one.amount_overdue),
            }
            for one in snapshots
        ]
