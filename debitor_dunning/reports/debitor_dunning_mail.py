from odoo import api, models
from odoo.tools import SQL, html2plaintext, is_html_empty

from .mail_text import align_columns, wrap


class DebitorDunningMail(models.AbstractModel):
    """The notice as a mail: short, readable on a phone, without images and as plain text."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _render_mail(self, notice, texts=None, lang=None, is_preview=False):
        """Return ``{"subject", "html", "text"}`` of the notice's mail.

        :param texts: see ``_render_html``
        :param is_preview: leave out the links; their keys, which open an invoice without a
            login, are written when they are needed first
        """
        notice = self._localize(notice, lang)
        letter = self.with_env(notice.env)
        values = letter._prepare_values(notice, texts)
        values |= letter._prepare_mail_values(notice, values, is_preview)
        html = notice.env["ir.qweb"]._render("debitor_dunning.debitor_dunning_mail", values)
        return {
            "subject": " ".join(values["subject"].split()),
            "html": str(html),
            "text": letter._render_mail_text(values),
        }

    @api.model
    def _prepare_mail_values(self, notice, values, is_preview):
        if not is_preview:
            self._ensure_portal_keys(notice.line_ids.move_id)
        for row in values["rows"]:
            row["url"] = self._get_portal_url(notice, row, is_preview)
            row["notes"] = self._get_mail_notes(row)
            row["days_text"] = self._get_days_text(row["days"])
        linked = [row for row in values["rows"] if row["url"]]
        return {
            "button_url": linked[0]["url"] if linked else "",
            "button_label": self.env._("View invoice %s", linked[0]["label"]) if linked else "",
            "signature": self._get_mail_signature(notice),
            "particulars": self._get_particulars(notice.company_id),
        }

    @api.model
    def _ensure_portal_keys(self, moves):
        """Write the missing keys at once; Odoo's own way recomputes each invoice for its key."""
        missing = moves.filtered(lambda move: move.is_invoice() and not move.access_token)
        if missing:
            self.env.cr.execute(
                SQL(
                    "UPDATE account_move SET access_token = gen_random_uuid()::text"
                    " WHERE id IN %s AND access_token IS NULL",
                    tuple(missing.ids),
                )
            )
            missing.invalidate_recordset(["access_token"])
            missing._origin.fetch(["access_token"])  # alone, not with all columns of the invoice

    @api.model
    def _get_portal_url(self, notice, row, is_preview):
        move = row["line"].move_id
        if not move.is_invoice():
            return ""
        if is_preview:
            return "#"
        return notice.get_base_url().rstrip("/") + move.get_portal_url()

    @api.model
    def _get_days_text(self, days):
        if not days:
            return ""
        return self.env._("1 day overdue") if days == "1" else self.env._("%s days overdue", days)

    @api.model
    def _get_mail_notes(self, row):
        """Return the small lines below a number, for what has no column on a phone."""
        notes = [row["detail"], row["level"]]
        if row["total"] != row["residual"]:
            notes.append(
                self.env._("%(total)s, paid %(paid)s", total=row["total"], paid=row["paid"])
            )
        return [note for note in notes if note]

    @api.model
    def _get_mail_signature(self, notice):
        user = notice.user_id
        lines = [
            *self._get_signature(notice),
            notice.company_id.name,
            user.phone and self.env._("Phone %s", user.phone),
            user.email,
        ]
        return [line for line in lines if line]

    @api.model
    def _get_particulars(self, company):
        """Return the lines with the company's legal particulars, as plain text."""
        if not is_html_empty(company.report_footer):
            address = [company.name, company.street, self._get_town(company)]
            footer = html2plaintext(company.report_footer, include_references=False)
            return [" · ".join(filter(None, address)), *filter(None, footer.splitlines())]
        return [" · ".join(column) for column in self._get_footer_columns(company)]

    # ------------------------------------------------------------------
    # Plain text
    # ------------------------------------------------------------------

    @api.model
    def _render_mail_text(self, values):
        """Return the mail as plain text of at most 72 columns."""
        blocks = [
            values["salutation"],
            *(self._as_text(paragraph) for paragraph in values["intro"]),
            self._get_text_table(values),
            *(self._as_text(paragraph) for paragraph in values["closing"]),
            self._get_text_link(values),
            self._get_text_payment(values),
            wrap(self.env._("If your payment has crossed this message, please regard it as void.")),
            self.env._("Kind regards"),
            "\n".join(values["signature"]),
            "\n".join(["-- ", *values["particulars"]]),
        ]
        return "\n\n".join(block for block in blocks if block) + "\n"

    @api.model
    def _as_text(self, paragraph):
        """Return an escaped paragraph as wrapped plain text."""
        return wrap(paragraph.replace("<br/>", "\n").unescape())

    @api.model
    def _get_text_table(self, values):
        head = (self.env._("Invoice"), self.env._("Due"), self.env._("Days"), self.env._("Open"))
        if not values["rows"]:
            head = (self.env._("Claim"), "", "", self.env._("Open"))
        rows = []
        for row in values["rows"]:
            rows.append((row["label"], row["due"], row["days"], row["residual"]))
            rows.extend((f"  {note}",) for note in row["notes"])
        rows.extend((row["label"], "", "", row["amount_text"]) for row in values["extra_rows"])
        total = (self.env._("Amount to be paid"), "", "", values["total_text"])
        return align_columns(head, rows, total)

    @api.model
    def _get_text_link(self, values):
        if not values["button_url"]:
            return ""
        return f"{values['button_label']}:\n{values['button_url']}"

    @api.model
    def _get_text_payment(self, values):
        payment = values["payment"]
        if not payment["account"]:
            return ""
        account_label = self.env._("IBAN") if payment["is_iban"] else self.env._("Account no.")
        pairs = [
            (self.env._("Account holder"), payment["holder"]),
            (account_label, payment["account"]),
            (self.env._("BIC"), payment["bic"]),
            (self.env._("Reference"), payment["reference"]),
            (self.env._("Amount"), values["total_text"]),
            (self.env._("Payable by"), payment["deadline"]),
        ]
        width = max(len(label) for label, _value in pairs) + 2
        return "\n".join(f"{label + ':':<{width}}{value}" for label, value in pairs if value)
