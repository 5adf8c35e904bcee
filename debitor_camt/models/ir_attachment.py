from odoo import api, models
from odoo.exceptions import UserError

from ..tools.torn_file import complete_torn_file

_CONTENT = {"raw", "datas", "db_datas", "store_fname", "res_model", "res_id", "type", "url"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _get_path(self, bin_data, sha):
        # EXTENDS base: what a killed process left is completed, not taken for a collision.
        complete_torn_file(self._full_path(f"{sha[:2]}/{sha}"), bin_data)
        return super()._get_path(bin_data, sha)

    def write(self, vals):
        # EXTENDS base
        if _CONTENT & vals.keys():
            self._check_no_bank_file()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_no_bank_file(self):
        self._check_no_bank_file()

    def _check_no_bank_file(self):
        """Keep bank files as they came: GoBD ask for them unchanged."""
        originals = self.filtered(lambda one: one.res_model == "debitor.bank.file")
        file = originals and self.env["debitor.bank.file"].sudo().search(
            [("attachment_id", "in", originals.ids)], limit=1
        )
        if file:
            raise UserError(
                self.env._("The original of bank file %s is kept as it came.", file.name)
            )
