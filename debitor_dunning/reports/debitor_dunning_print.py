import hashlib
import io
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from pypdf import PdfReader, PdfWriter

# How a file of drafts is found again by the clean-up.
_DRAFTS = "debitor_dunning: drafts"
_DRAFTS_KEPT = timedelta(days=1)


class DebitorDunningPrint(models.AbstractModel):
    """Many letters as one file for the printer."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _action_print(self, notices, order=None):
        """Return the download of the letters of ``notices`` as one PDF file.

        Kept letters are taken as they are; where none is kept yet, a draft is rendered and
        marked as such. Notices that wait for the printer count as sent.

        :param order: ``"zip"`` (postal code, then name) or ``"name"``; else from the context
            key ``debitor_print_order``
        :raise UserError: nothing to print, or a kept letter was changed
        """
        notices.check_access("read")
        if not notices:
            raise UserError(self.env._("There is no letter to print."))
        ordered = self._sort_for_print(
            notices, order or self.env.context.get("debitor_print_order") or "zip"
        )
        waiting = ordered.filtered(lambda notice: notice.state == "to_print")
        if waiting:
            waiting._check_approver()
            kept_back = self._keep_back(waiting)
            ordered, waiting = ordered - kept_back, waiting - kept_back
            if not ordered:
                return False  # the notices say why
        content = self._merge([part for notice in ordered for part in self._get_parts(notice)])
        attachment = self._keep_print(ordered, content)
        # Whoever printed first has sent it; a second print is a copy.
        sent = waiting._transition("sent")
        if sent:
            sent._after_sent()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    @api.model
    def _keep_back(self, waiting):
        """Take letters off the pile that were paid or blocked, or became wrong, as they lay there."""
        for notice in waiting:
            notice._step_settle_paid()
            if notice.state == "to_print":
                notice._step_heed_block()
        left = waiting.filtered(lambda notice: notice.state == "to_print")
        left._find_stale()._send_back_from_pile()
        return waiting.filtered(lambda notice: notice.state != "to_print")

    @api.model
    def _sort_for_print(self, notices, order):
        """Return the notices as they should lie in the tray: for one post code together."""

        def key(notice):
            recipient = notice.sudo().recipient_id
            name = (notice.sudo().partner_id.name or "").casefold()
            where = (recipient.country_id.code or "", recipient.zip or "") if order == "zip" else ()
            return (*where, name, notice.id)

        return notices.sorted(key)

    @api.model
    def _get_parts(self, notice):
        """Return the PDF files that go into one envelope."""
        if not notice.letter_id:
            return [self._render_pdf(notice, is_draft=True)]
        parts = [self._get_kept_letter(notice)]
        if notice.state == "to_print":
            parts += notice.sudo()._get_invoice_attachments().mapped("raw")
        return parts

    @api.model
    def _get_kept_letter(self, notice):
        """Return the letter's bytes as they were kept.

        :raise UserError: the file is not the one that was kept
        """
        content = notice.sudo().letter_id.raw or b""
        if hashlib.sha256(content).hexdigest() != notice.letter_sha256:
            raise UserError(
                self.env._(
                    "The letter of notice %s was changed or is missing: its file is not the one"
                    " that was kept. Restore the file from a backup, or cancel the notice.",
                    notice.display_name,
                )
            )
        return content

    @api.model
    def _merge(self, parts):
        """Return one PDF of several; a single one stays as it is, byte by byte."""
        if len(parts) == 1:
            return parts[0]
        writer = PdfWriter()
        for part in parts:
            writer.append(PdfReader(io.BytesIO(part)), import_outline=False)
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()

    @api.model
    def _keep_print(self, notices, content):
        """Keep the file where it belongs; a file of drafts only serves its download."""
        runs = notices.run_id
        owner = runs if len(runs) == 1 and len(notices) > 1 else notices[0]
        vals = {
            "name": self._get_print_filename(notices, owner),
            "raw": content,
            "mimetype": "application/pdf",
        }
        if not any(notice.letter_id for notice in notices):
            return self.env["ir.attachment"].create(vals | {"description": _DRAFTS})
        # Readers may print copies too.
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(vals | {"res_model": owner._name, "res_id": owner.id})
        )

    @api.model
    def _offer_file(self, name, content, mimetype):
        """Return the download of a file that nothing refers to; the clean-up takes it away."""
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "mimetype": mimetype, "description": _DRAFTS}
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    @api.model
    def _get_print_filename(self, notices, owner):
        if len(notices) == 1:
            return notices._get_letter_filename()
        return self.env._("Letters %s.pdf", owner.name).replace("/", "-")

    @api.autovacuum
    def _gc_drafts(self):
        limit = fields.Datetime.now() - _DRAFTS_KEPT
        self.env["ir.attachment"].search(
            [
                ("description", "=", _DRAFTS),
                ("create_date", "<", limit),
                ("res_model", "=", False),
            ]
        ).unlink()
