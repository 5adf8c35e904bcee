from odoo import api, fields, models
from odoo.tools import email_normalize


class ResCompany(models.Model):
    _inherit = "res.company"

    debitor_bank_alias_id = fields.Many2one("mail.alias", string="Bank File Alias", copy=False)
    debitor_bank_alias_name = fields.Char(
        string="Bank File Address",
        compute="_compute_debitor_bank_alias_name",
        inverse="_inverse_debitor_bank_alias_name",
        help="Files that are mailed to this address by one of the senders below are imported.",
    )
    debitor_bank_senders = fields.Text(
        string="Senders of Bank Files",
        help="One address a line, or @example.com for all of a domain. Mails of others are refused.",
    )

    @api.depends("debitor_bank_alias_id.alias_name")
    def _compute_debitor_bank_alias_name(self):
        for company in self:
            company.debitor_bank_alias_name = company.sudo().debitor_bank_alias_id.alias_name

    def _inverse_debitor_bank_alias_name(self):
        for company in self:
            name = company.debitor_bank_alias_name
            alias = company.sudo().debitor_bank_alias_id  # aliases are closed to users
            if alias and name:
                alias.alias_name = name
            elif alias:
                company.debitor_bank_alias_id = False
                alias.unlink()
            elif name:
                company.debitor_bank_alias_id = alias.create(company._prepare_bank_alias_vals(name))

    def _prepare_bank_alias_vals(self, name):
        return {
            "alias_name": name,
            "alias_domain_id": self.alias_domain_id.id,
            "alias_model_id": self.env["ir.model"]._get_id("debitor.bank.file"),
            "alias_defaults": {"company_id": self.id},
            "alias_contact": "everyone",
        }

    def _is_bank_sender(self, email_from):
        """Return whether bank files are taken from this address."""
        self.ensure_one()
        address = email_normalize(email_from or "")
        if not address:
            return False
        allowed = {line.strip().lower() for line in (self.debitor_bank_senders or "").splitlines()}
        return address in allowed or f"@{address.rpartition('@')[2]}" in allowed
