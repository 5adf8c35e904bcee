import operator as operators
from datetime import date

from odoo import api, models
from odoo.fields import Domain

from ..core.judge import Verdict
from .reason_text import get_reason_text

_OPERATORS = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
    "in": lambda value, wanted: value in wanted,
    "not in": None,  # the opposite of «in»
}


class DebitorDunningInsight(models.AbstractModel):
    """Answers «why, or why not, and when?» for open items, invoices and customers."""

    _name = "debitor.dunning.insight"
    _description = "Insight into Dunning"

    @api.model
    def _get_verdicts(self, lines):
        """Return ``{receivable line id: core Verdict}`` as of today, for open items only."""
        open_lines = lines.filtered(
            lambda line: (
                line.id
                and line.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and not line.reconciled
            )
        )
        verdicts = {}
        for company, company_lines in open_lines.grouped("company_id").items():
            partners = company_lines.partner_id.commercial_partner_id
            verdicts |= self._judge_partners(company, partners.ids)
        return verdicts

    @api.model
    def _judge_partners(self, company, partner_ids):
        """Return a verdict for each open item of these commercial partners."""
        today = company._get_today()
        verdicts = {}
        proposer = self.env["debitor.dunning.proposer"]
        for _id, _procedure, proposal in proposer._propose(
            company, today, list(partner_ids), all_items=True
        ):
            for verdict in proposal.skipped:
                verdicts[verdict.item.id] = verdict
            for notice in proposal.notices:
                for line in notice.lines:
                    verdicts[line.item.id] = Verdict(
                        line.item, line.reason, line.level, line.level, today
                    )
        return verdicts

    @api.model
    def _get_partner_verdicts(self, partners, company):
        """Return ``{commercial partner id: verdict on the item that moves first}``."""
        best = {}
        for verdict in self._judge_partners(company, partners.ids).values():
            if verdict.item.is_credit:
                continue
            known = best.get(verdict.item.partner_id)
            if known is None or self._get_urgency(verdict) < self._get_urgency(known):
                best[verdict.item.partner_id] = verdict
        return best

    @api.model
    def _get_urgency(self, verdict):
        return (verdict.next_date is None, verdict.next_date, verdict.item.due, verdict.item.id)

    @api.model
    def _get_reason_text(self, reason, company):
        """Return the sentence of a core ``Reason`` in the user's language."""
        return get_reason_text(
            self.env,
            reason.code,
            currency=company.currency_id,
            until=reason.until,
            detail=reason.detail,
            amount=reason.amount,
            limit=reason.limit,
        )

    @api.model
    def _search_next_date(self, key, operator, value):
        """Return the domain of records whose next action date fits.

        :param key: ``move_id`` for invoices, ``partner_id`` for customers
        """
        if operator not in _OPERATORS:
            return NotImplemented
        compare = _OPERATORS[operator]
        if operator == "not in":
            return ~self._search_next_date(key, "in", value)
        found, dated = set(), set()
        reader = self.env["debitor.open.item.reader"]
        for company in self.env.companies:
            partner_ids = reader._read_debtor_ids(company, date.max)
            for verdict in self._judge_partners(company, partner_ids).values():
                day = verdict.next_date
                if day is not None:
                    dated.add(getattr(verdict.item, key))
                    if compare(day, value):
                        found.add(getattr(verdict.item, key))
        domain = Domain("id", "in", found)
        return (
            domain | ~Domain("id", "in", dated) if operator == "in" and False in value else domain
        )

    @api.model
    def _action_why_not(self, lines):
        """Return an action that lists the open items with their sentences."""
        action = self._action_open_items(lines)
        return action | {"name": self.env._("Why (Not) Dunned")}

    @api.model
    def _action_open_items(self, lines):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.account_move_line_open_item_action"
        )
        return action | {"domain": [("id", "in", lines.ids)]}

    @api.model
    def _action_notices(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.debitor_dunning_notice_action"
        )
        return action | {"domain": domain, "context": {}}
