from odoo import api, models
from odoo.exceptions import UserError


class DebitorDunningRun(models.Model):
    """What other programs and server actions call; see readme/AUTOMATION.md."""

    _inherit = "debitor.dunning.run"

    @api.model
    def _remind_now(self, lines):
        """Propose these open items today and return the action that opens the run."""
        lines = lines.filtered(lambda line: not line.reconciled)
        runs = self
        overdue = lines.filtered(
            lambda line: line.date_maturity and line.date_maturity < line.company_id._get_today()
        )
        for company, own in overdue.grouped("company_id").items():
            run = self.create({"company_id": company.id})
            partner_ids = own.partner_id.commercial_partner_id.ids
            run._note(state="proposing", bank_date=run._get_bank_date())
            run._propose_debtors(sorted(partner_ids), only_line_ids=set(own.ids))
            run._note(state="proposed")
            runs |= run
        if not runs.notice_ids:
            raise UserError(self._explain_nothing(lines))
        return runs._action_open()

    @api.model
    def _explain_nothing(self, lines):
        if not lines:
            return self.env._("Nothing is open here, so there is nothing to remind of.")
        sentences = [f"{line.move_id.name}: {line.debitor_why_not}" for line in lines[:10]]
        return "\n".join([self.env._("None of these items can be dunned now:"), *sentences])

    def _action_open(self):
        if len(self) == 1:
            return self.action_open_review()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.debitor_dunning_run_action"
        )
        return action | {"domain": [("id", "in", self.ids)]}
