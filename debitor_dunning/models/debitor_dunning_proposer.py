from datetime import timedelta

from odoo import api, models

from ..core.proposal import propose


class DebitorDunningProposer(models.AbstractModel):
    """Brings the facts of many debtors to the core; it reads only and writes nothing."""

    _name = "debitor.dunning.proposer"
    _description = "Maker of Dunning Proposals"

    @api.model
    def _get_debtor_ids(self, company, date, partner_ids=None):
        """Return ids of commercial partners that a run on ``date`` has to look at."""
        reader = self.env["debitor.open.item.reader"]
        return reader._read_debtor_ids(company, self._get_horizon(company, date), partner_ids)

    @api.model
    def _get_horizon(self, company, date):
        """Return the last due date that can matter on ``date``: reminders may come before it."""
        [[earliest]] = (
            self.env["debitor.dunning.level"]
            .sudo()
            ._read_group(
                [("company_id", "in", (company | company.parent_ids).ids)],
                [],
                ["days_after_due:min"],
            )
        )
        return date + timedelta(days=max(-(earliest or 0), 0))

    @api.model
    def _propose(
        self,
        company,
        date,
        partner_ids,
        *,
        only_line_ids=None,
        all_items=False,
        procedures=None,
        ignored_notice_ids=(),
    ):
        """Return ``[(partner id, procedure record, core Proposal), …]``.

        :param only_line_ids: a person wants these items dunned now, whatever their days are
        :param all_items: judge items too that aren't due for long
        :param procedures: leave out debtors of other procedures; None takes all
        :param ignored_notice_ids: judge items as if they weren't on these notices
        """
        reader = self.env["debitor.open.item.reader"]
        reader._flush_facts()
        partners = self.env["res.partner"].browse(partner_ids)
        chosen = reader._read_procedures(company, partners)
        horizon = None if all_items else self._get_horizon(company, date)
        items = reader._read_items(
            company, partner_ids, date, horizon, ignored_notice_ids=ignored_notice_ids
        )
        last_dates = reader._read_last_notice_dates(company, partner_ids)
        rules = {}
        result = []
        for partner_id in partner_ids:
            procedure = chosen[partner_id]
            if procedures and procedure not in procedures:
                continue
            if procedure not in rules:
                rules[procedure] = self._get_rules(procedure, company)
            wanted = items.get(partner_id, ())
            if only_line_ids is not None:
                wanted = [one for one in wanted if one.is_credit or one.id in only_line_ids]
            proposal = propose(
                wanted,
                rules[procedure][0],
                date,
                rules[procedure][1],
                last_dates.get(partner_id),
                forced=only_line_ids is not None,
            )
            result.append((partner_id, procedure, proposal))
        return result

    @api.model
    def _get_rules(self, procedure, company):
        """Return the core's procedure and calendar; no procedure gives None."""
        if not procedure:
            return None, company.sudo()._get_dunning_calendar()
        return procedure._as_procedure(), procedure._as_calendar()
