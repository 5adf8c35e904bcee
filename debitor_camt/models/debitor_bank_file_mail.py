from odoo import api, models
from odoo.addons.mail.tools.alias_error import AliasError


class DebitorBankFile(models.Model):
    """Files that come by mail: those of known senders, as many as a mail has attachments."""

    _inherit = "debitor.bank.file"

    def _alias_get_error(self, message, message_dict, alias):
        # EXTENDS mail
        company = self.env["res.company"].sudo().search([("debitor_bank_alias_id", "=", alias.id)])
        if company:
            _restore_originals(message, message_dict)
            if error := self._get_mail_error(company, message_dict):
                return error
        return super()._alias_get_error(message, message_dict, alias)

    def _get_mail_error(self, company, message_dict):
        """Return why the mail is not taken, or None."""
        if not company._is_bank_sender(message_dict.get("email_from")):
            return AliasError(
                "error_debitor_unknown_sender",
                self.env._("this address takes files of known senders only"),
            )
        if not message_dict.get("attachments"):
            return AliasError("error_debitor_no_file", self.env._("there was no file in the mail"))
        return None

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        # OVERRIDE mail: one mail brings as many files as it has attachments
        company = self.env["res.company"].browse((custom_values or {}).get("company_id"))
        contents = [(one.fname, one.content) for one in msg_dict.pop("attachments", ())]
        msg_dict["attachments"] = []  # each file keeps its original itself
        Files = self.with_company(company or self.env.company)
        return Files.import_files(contents, source="mail", sender=msg_dict.get("email_from"))[:1]


def _restore_originals(message, message_dict):
    """Give attachments back their bytes: Odoo has decoded XML as if it were all UTF-8."""
    originals = {}
    for part in message.walk():
        if part.get_filename() and not part.is_multipart():
            originals.setdefault(part.get_filename(), []).append(part.get_payload(decode=True))
    message_dict["attachments"] = [
        one._replace(content=originals[one.fname].pop(0))
        for one in message_dict.get("attachments", ())
        if originals.get(one.fname)
    ]
