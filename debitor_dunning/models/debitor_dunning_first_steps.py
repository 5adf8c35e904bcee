from odoo import api, models


class DebitorDunningFirstSteps(models.AbstractModel):
    """The way from the installation to the first proposal, in four steps."""

    _name = "debitor.dunning.first.steps"
    _description = "First Steps with Dunning"

    @api.model
    def get_steps(self):
        """Return the four cards with what is done and what is missing."""
        self.env["debitor.dunning.run"].check_access("read")
        company = self.env.company
        procedure = company.sudo()._get_dunning_procedure()
        return {
            "company_id": company.id,
            "company": company.display_name,
            "letterhead": self._get_letterhead(company.sudo()),
            "procedure": self._get_procedure(procedure),
            "people": self._get_people(company, procedure),
            "trial": self._get_trial(company),
            "can_edit": self.env.user.has_group("debitor_dunning.group_dunning_user"),
            "can_configure": self.env.user.has_group("debitor_dunning.group_dunning_manager"),
            "can_administrate": self.env.user.has_group("base.group_system"),
        }

    def _get_letterhead(self, company):
        """Return what a letter needs of the company, and what of it is missing."""
        wanted = [
            (self.env._("Street"), company.street),
            (self.env._("Postal code"), company.zip),
            (self.env._("City"), company.city),
            (self.env._("E-mail"), company.email),
            (self.env._("Phone"), company.phone),
            (self.env._("VAT number or register number"), company.vat or company.company_registry),
            (self.env._("Bank account"), company.partner_id.bank_ids),
        ]
        account = company.partner_id.bank_ids[:1]
        return {
            "is_done": all(value for _label, value in wanted),
            "missing": [label for label, value in wanted if not value],
            "address": ", ".join(
                part
                for part in (company.street, f"{company.zip or ''} {company.city or ''}".strip())
                if part
            ),
            "account": account.acc_number or "",
            "bank": account.bank_name or "",
            "partner_id": company.partner_id.id,
        }

    def _get_procedure(self, procedure):
        levels = procedure.level_ids.sorted("days_after_due")
        return {
            "is_done": bool(levels),
            "id": procedure.id,
            "name": procedure.name or "",
            "levels": [
                {"id": level.id, "name": level.name, "days": level.days_after_due}
                for level in levels
            ],
        }

    def _get_people(self, company, procedure):
        # Whoever may propose may know who approves.
        approvers = self.env.ref("debitor_dunning.group_dunning_approver").sudo().all_user_ids
        approvers = approvers.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )
        return {
            "is_done": bool(procedure.responsible_id and approvers),
            "responsible": procedure.responsible_id.name or "",
            "responsible_email": procedure.responsible_id.email or "",
            "approvers": approvers.mapped("name"),
        }

    def _get_trial(self, company):
        run = self.env["debitor.dunning.run"].search(
            [("company_id", "=", company.id), ("state", "not in", ("draft", "cancelled"))],
            order="id desc",
            limit=1,
        )
        return {
            "is_done": bool(run),
            "run_id": run.id,
            "run": run.name or "",
            "is_waiting": run.state in ("proposed", "reviewed", "approved"),
        }

    @api.model
    def action_first_run(self):
        """Make today's proposal and return the action that opens its review."""
        return self.env["debitor.dunning.run"].create({}).action_propose_and_review()
