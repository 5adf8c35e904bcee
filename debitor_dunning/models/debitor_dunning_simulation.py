from collections import defaultdict
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .debitor_dunning_run_proposing import CHUNK_SIZE

_CUSTOMERS_SHOWN = 80


@dataclass
class _Findings:
    """What a simulation adds up, one debtor after the other."""

    # (partner id, currency id) -> [level, items, amount, amount in company currency]
    letters: list = field(default_factory=list)
    ranks: dict = field(default_factory=dict)  # of the dunned items
    amounts: dict = field(default_factory=dict)
    partners: dict = field(default_factory=dict)  # of the dunned items
    skipped: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0.0]))
    claims: dict = field(default_factory=lambda: defaultdict(float))  # company currency
    missing_rates: set = field(default_factory=set)  # first days of half-years


class DebitorDunningSimulation(models.AbstractModel):
    """What a run on some day would do. It writes nothing."""

    _name = "debitor.dunning.simulation"
    _description = "Simulation of a Dunning Run"

    @api.model
    def simulate(self, date=None, company_id=None, filters=None, run_id=None):
        """Return what a dunning run on ``date`` would propose, as plain values.

        :param date: any day; by default today where the company is
        :param filters: ``procedure_ids``, ``partner_ids``, ``category_ids`` as on a run
        :param run_id: the run to compare with; by default the company's last one
        :return: counts and sums by level in company currency, the largest customers, reasons
            of what is left out, and the difference to the run
        """
        company = self._get_company(company_id)
        today = company._get_today()
        date = fields.Date.to_date(date) or today
        run = self._get_run_to_compare(company, run_id)
        findings = self._collect(company, date, filters or {})
        levels = self._sum_levels(findings)
        return self._prepare_result(findings, company, date) | {
            "date": date,
            "is_today": date == today,
            "company_id": company.id,
            "company": company.display_name,
            "currency_id": company.currency_id.id,
            "notices": len(findings.letters),
            "customers": len({letter["partner_id"] for letter in findings.letters}),
            "amount": sum(letter["amount_company"] for letter in findings.letters),
            "levels": levels,
            "rows": self._get_rows(findings),
            "skipped": self._get_skipped(findings),
            "difference": self._get_difference(findings, run),
            "sentence": self._get_sentence(findings, date, date == today),
        }

    def _prepare_result(self, findings, company, date):
        """Return more entries of the result; other subjects of dunning add theirs."""
        return {}

    def _get_company(self, company_id):
        """Return the company, if the user may look at its dunning: items are read past rules."""
        self.env["debitor.dunning.notice"].check_access("read")
        company = self.env["res.company"].browse(company_id) if company_id else self.env.company
        if company not in self.env.companies:
            raise AccessError(
                self.env._("You can simulate only for companies that you have chosen above.")
            )
        return company

    def _collect(self, company, date, filters):
        proposer = self.env["debitor.dunning.proposer"]
        debtor_ids = proposer._get_debtor_ids(company, date, self._get_wanted_ids(filters))
        procedures = self.env["debitor.dunning.procedure"].browse(filters.get("procedure_ids", []))
        ignored_ids = self._get_ignored_notice_ids(company)
        findings = _Findings()
        for start in range(0, len(debtor_ids), CHUNK_SIZE):
            proposals = proposer._propose(
                company,
                date,
                debtor_ids[start : start + CHUNK_SIZE],
                procedures=procedures,
                ignored_notice_ids=ignored_ids,
            )
            self._add_proposals(findings, company, date, proposals, ignored_ids)
        return findings

    def _add_proposals(self, findings, company, date, proposals, ignored_ids):
        """Add what is proposed for some debtors.

        :param proposals: ``[(partner id, procedure record, core Proposal), …]``
        :param ignored_ids: notices that are taken for not being there
        """
        for _id, _procedure, proposal in proposals:
            self._add(findings, proposal, date)

    def _get_wanted_ids(self, filters):
        """Return ids of the commercial partners that the filters choose, or None for all."""
        Partner = self.env["res.partner"]
        partners = Partner.browse(filters.get("partner_ids", []))
        categories = filters.get("category_ids", [])
        if not partners and not categories:
            return None
        partners = partners or Partner.search([("category_id", "in", categories)])
        return partners.commercial_partner_id.ids

    def _get_ignored_notice_ids(self, company):
        """Return proposals: a new run would take their items up again."""
        notices = self.env["debitor.dunning.notice"].sudo()
        return notices.search([("company_id", "=", company.id), ("state", "=", "proposed")]).ids

    def _add(self, findings, proposal, date):
        for notice in proposal.notices:
            dunned = [line for line in notice.lines if not line.item.is_credit]
            findings.letters.append(
                {
                    "partner_id": notice.partner_id,
                    "level_id": notice.level.id,
                    "rank": notice.level.rank,
                    "items": len(dunned),
                    "amount": float(notice.net),
                    "currency_id": notice.currency_id,
                    "amount_company": float(notice.net_company),
                }
            )
            for line in dunned:
                findings.ranks[line.item.id] = line.level.rank
                findings.amounts[line.item.id] = float(line.item.residual_company)
                findings.partners[line.item.id] = notice.partner_id
        for verdict in proposal.skipped:
            item = verdict.item
            if not item.is_credit and (item.due is None or item.due < date):
                reason = findings.skipped[verdict.reason.code.value]
                reason[0] += 1
                reason[1] += float(item.residual_company)

    def _sum_levels(self, findings):
        levels = {}
        for letter in findings.letters:
            level = levels.setdefault(
                letter["level_id"], {"rank": letter["rank"], "count": 0, "amount": 0.0}
            )
            level["count"] += 1
            level["amount"] += letter["amount_company"]
        names = self._get_level_names(levels)
        return [
            {"id": id_, "name": names[id_], **level}
            for id_, level in sorted(levels.items(), key=lambda item: item[1]["rank"])
        ]

    def _get_level_names(self, level_ids):
        return self.env["debitor.dunning.run"]._get_level_labels(level_ids)

    def _get_rows(self, findings):
        """Return the largest letters, for a first look."""
        top = sorted(findings.letters, key=lambda one: (-one["rank"], -one["amount_company"]))[
            :_CUSTOMERS_SHOWN
        ]
        names = self._get_level_names({letter["level_id"] for letter in top})
        partners = self.env["debitor.dunning.run"]._get_partner_names(
            {letter["partner_id"] for letter in top}
        )
        return [
            {
                **letter,
                "key": number,
                "partner": partners[letter["partner_id"]],
                "level": names[letter["level_id"]],
            }
            for number, letter in enumerate(top)
        ]

    def _get_skipped(self, findings):
        titles = dict(
            self.env["debitor.dunning.skip"]._fields["reason_code"]._description_selection(self.env)
        )
        return [
            {"code": code, "title": titles.get(code, code), "count": count, "amount": amount}
            for code, (count, amount) in sorted(
                findings.skipped.items(), key=lambda item: -item[1][0]
            )
        ]

    # ------------------------------------------------------------------
    # Difference and sentence
    # ------------------------------------------------------------------

    def _get_run_to_compare(self, company, run_id):
        Run = self.env["debitor.dunning.run"]
        if run_id:
            return Run.browse(run_id)
        unfiltered = Run._get_runs_to_compare_domain(company) & Domain.AND(
            Domain(name, "=", False) for name in ("procedure_ids", "partner_ids", "category_ids")
        )
        return Run.search(unfiltered, order="id desc", limit=1)

    def _get_difference(self, findings, run):
        """Return counts and sums of items that are new, raised or gone since ``run``."""
        if not run:
            return False
        self.env.flush_all()
        before = {
            item_id: (rank, float(amount), partner_id)
            for item_id, rank, amount, partner_id in self.env.execute_query(
                SQL(
                    "SELECT move_line_id, rank, amount, partner_id FROM (%s) items",
                    run._get_dunned_items_query(),
                )
            )
        }
        kinds = defaultdict(list)
        for item_id, rank in findings.ranks.items():
            fact = (findings.partners[item_id], findings.amounts[item_id])
            if item_id not in before:
                kinds["new"].append(fact)
            elif rank > before[item_id][0]:
                kinds["raised"].append(fact)
        for item_id, (_rank, amount, partner_id) in before.items():
            if item_id not in findings.ranks:
                kinds["gone"].append((partner_id, amount))
        return {
            "run_id": run.id,
            "name": run.name,
            "date": run.date,
            **{
                kind: {
                    "items": len(kinds[kind]),
                    "customers": len({partner_id for partner_id, _amount in kinds[kind]}),
                    "amount": sum(amount for _partner_id, amount in kinds[kind]),
                }
                for kind in ("new", "raised", "gone")
            },
        }

    def _get_sentence(self, findings, date, is_today):
        """Return e.g. «3 customers would be reminded today, 1 dunned.»."""
        highest = defaultdict(int)
        for letter in findings.letters:
            partner_id = letter["partner_id"]
            highest[partner_id] = max(highest[partner_id], letter["rank"])
        reminded = sum(1 for rank in highest.values() if rank == 1)
        values = {
            "reminded": reminded,
            "dunned": len(highest) - reminded,
            "date": format_date(self.env, date),
        }
        if not highest:
            if is_today:
                return self.env._("Nobody would be reminded or dunned today.")
            return self.env._("Nobody would be reminded or dunned on %(date)s.", **values)
        if reminded == 1:
            if is_today:
                return self.env._(
                    "1 customer would be reminded today, %(dunned)s dunned.", **values
                )
            return self.env._(
                "1 customer would be reminded on %(date)s, %(dunned)s dunned.", **values
            )
        if is_today:
            return self.env._(
                "%(reminded)s customers would be reminded today, %(dunned)s dunned.", **values
            )
        return self.env._(
            "%(reminded)s customers would be reminded on %(date)s, %(dunned)s dunned.", **values
        )
