from odoo import fields, models


class AccountJournal(models.Model):
    _inherit = "account.journal"

    debitor_booked_messages = fields.Selection(
        [
            ("statements", "Statements only"),
            ("notifications", "Statements and notifications"),
        ],
        string="Booked Bank Messages",
        required=True,
        default="statements",
        help="Statements (camt.053) are booked. Notifications (camt.054) are shown as preview, or"
        " booked at once; the statement then recognises what they have told.",
    )
    debitor_imported_on = fields.Datetime(string="Last Bank Import", readonly=True, copy=False)

    def create_document_from_attachment(self, attachment_ids):
        # EXTENDS account
        journal = self[:1] or self.browse(self.env.context.get("default_journal_id"))
        if journal.type not in ("bank", "credit"):
            return super().create_document_from_attachment(attachment_ids)
        Files = self.env["debitor.bank.file"].with_company(journal.company_id)
        return Files.create_document_from_attachment(attachment_ids)

    def open_action(self):
        # EXTENDS account
        if self.env.context.get("action_name") or self.type not in ("bank", "credit"):
            return super().open_action()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_camt.account_bank_statement_line_action"
        )
        return {
            **action,
            "domain": [("journal_id", "=", self.id)],
            "context": {"default_journal_id": self.id},
        }

    def _fill_bank_cash_dashboard_data(self, dashboard_data):
        # EXTENDS account
        res = super()._fill_bank_cash_dashboard_data(dashboard_data)
        counts = dict(
            self.env["debitor.bank.sheet"]._read_group(
                [("journal_id", "in", self.ids), ("state", "=", "quarantine")],
                ["journal_id"],
                ["__count"],
            )
        )
        for journal in self.filtered(lambda one: one.type in ("bank", "credit")):
            dashboard_data[journal.id]["debitor_quarantine_count"] = counts.get(journal, 0)
        return res

    def action_debitor_open_quarantine(self):
        """Show the statements of this journal that wait for a decision."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_camt.debitor_bank_sheet_quarantine_action"
        )
        return {**action, "domain": [("journal_id", "=", self.id), ("state", "=", "quarantine")]}
