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
            self._check_no_sent_letter()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_no_sent_letter(self):
        self._check_no_sent_letter()

    def _check_no_sent_letter(self):
        """Keep letters as they went out: GoBD ask for them unchanged."""
        letters = self.filtered(lambda one: one.res_model == "debitor.dunning.notice")
        notice = letters and self.env["debitor.dunning.notice"].sudo().search(
            [("letter_id", "in", letters.ids), ("sent_on", "!=", False)], limit=1
        )
        if notice:
            raise UserError(
                self.env._(
                    "The letter of notice %s went out and stays as it is.", notice.display_name
                )
            )
