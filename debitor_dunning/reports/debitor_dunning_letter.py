from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from odoo import api, models
from odoo.tools.misc import get_lang

from ..core.text import fill_text
from ..models.debitor_dunning_level import TEXT_FIELDS
from .letter_format import LetterFormat, as_paragraphs
from .pdf_engine import html_to_pdf

# Up to here the invoices are named one by one in a subject.
_NAMED_INVOICES = 3
# Amounts of more signs than these don't fit into the columns of letter.css.
_COLUMN_SIGNS = 12
# What a letter needs of an invoice; all its columns would cost more than the rest.
_MOVE_FIELDS = (
    "name", "move_type", "date", "invoice_date", "payment_reference", "access_token",
)  # fmt: skip
_FORMS_OF_ADDRESS = {
    "frau": "ms",
    "ms.": "ms",
    "mrs.": "ms",
    "herr": "mr",
    "herrn": "mr",
    "mr.": "mr",
}


@lru_cache(maxsize=4)
def _read_style(name):
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


class DebitorDunningLetter(models.AbstractModel):
    """What a notice says, and how it looks on paper.

    Whoever calls these methods has checked that the user may read the notice: they read
    past the rules on contacts and bank accounts, so that a letter is the same whoever
    makes it.
    """

    _name = "debitor.dunning.letter"
    _description = "Letter of a Dunning Notice"

    @api.model
    def _render_html(self, notice, texts=None, lang=None, is_draft=False):
        """Return the letter as a complete HTML document for the screen.

        :param texts: ``{"subject", "intro", "closing"}`` to use instead of the level's
        :param lang: code of a language instead of the recipient's
        :param is_draft: print «DRAFT» across the page
        :raise PlaceholderError: ``texts`` hold an unknown placeholder
        """
        # our own files, not anybody's input
        styles = Markup(_read_style("letter.css") + _read_style("letter_screen.css"))  # noqa: S704
        return self._render_letter(notice, texts, lang, is_draft=is_draft, styles=styles)

    @api.model
    def _render_pdf(self, notice, is_draft=False):
        """Return the letter as the bytes of a PDF file."""
        return self._print_html(self._render_letter(notice, is_draft=is_draft, styles=None))

    @api.model
    def _print_html(self, html):
        """Return a document of ours as the bytes of a PDF file, in the style of the letter."""
        style = _read_style("letter.css") + _read_style("letter_print.css")
        return html_to_pdf(html, style, _read_style("letter_base.css"))

    @api.model
    def _render_letter(self, notice, texts=None, lang=None, *, is_draft, styles):
        notice = self._localize(notice, lang)
        letter = self.with_env(notice.env)
        values = letter._prepare_values(notice, texts)
        values |= letter._prepare_letter_values(notice)
        values |= {
            "code_uri": letter._get_payment_code_uri(notice, values),
            "is_wide": letter._needs_room(values),
            "is_draft": is_draft,
            "styles": styles,
        }
        return str(notice.env["ir.qweb"]._render("debitor_dunning.debitor_dunning_letter", values))

    @api.model
    def _localize(self, notice, lang=None):
        """Return the notice in the language of its reader, and past record rules."""
        notice.ensure_one()
        code = get_lang(self.env, lang or notice.lang or False).code
        return notice.sudo().with_company(notice.company_id).with_context(lang=code)

    # ------------------------------------------------------------------
    # What letter and mail have in common
    # ------------------------------------------------------------------

    @api.model
    def _prepare_values(self, notice, texts=None):
        """Return what letter and mail say; ``notice`` comes from ``_localize``."""
        form = LetterFormat(notice.env, notice.currency_id)
        lines = notice.line_ids.filtered("is_included")
        lines.move_id._origin.fetch(_MOVE_FIELDS)
        extra_rows = self._get_extra_rows(notice)
        total = notice.currency_id.round(
            notice.amount_total + sum(row["amount"] for row in extra_rows)
        )
        filled = self._fill_texts(notice, lines, form, total, texts)
        return {
            "document_lang": notice.env.lang.replace("_", "-"),
            "notice": notice,
            "company": notice.company_id,
            "subject": filled["subject"],
            "salutation": filled["salutation"],
            "intro": as_paragraphs(filled["intro"]),
            "closing": as_paragraphs(filled["closing"]),
            "rows": self._get_rows(lines, form),
            "extra_rows": [row | {"amount_text": form.number(row["amount"])} for row in extra_rows],
            "total": total,
            "total_text": form.amount(total),
            "total_number": form.number(total),
            "currency_symbol": form.symbol,
            "is_symbol_before": form.is_symbol_before,
            "payment": self._prepare_payment_values(notice, lines, form),
        }

    @api.model
    def _fill_texts(self, notice, lines, form, total, texts=None):
        """Return subject, intro and closing with their placeholders replaced."""
        placeholders = self._get_placeholders(notice, lines, form, total)
        unsaved = texts or {}
        filled = {
            name: fill_text(unsaved[name] or "", placeholders)
            if name in unsaved
            else notice.level_id._fill(name, placeholders, notice.env.lang)
            for name in TEXT_FIELDS
        }
        # A text that greets by itself needs no second greeting.
        greets = any(placeholders["salutation"] in text for text in filled.values())
        return filled | {"salutation": "" if greets else placeholders["salutation"]}

    @api.model
    def _get_placeholders(self, notice, lines, form, total):
        """Return the values of all placeholders that a text may name."""
        dunned = lines.filtered(lambda line: not line.is_credit)
        last_day = notice.deadline or max(filter(None, (notice.date, notice.oldest_due)))
        return {
            "partner": notice.partner_id.name or "",
            "salutation": self._get_salutation(notice.recipient_id),
            "company": notice.company_id.name or "",
            "date": form.date(notice.date),
            "deadline": form.date(last_day),
            "amount": form.amount(total),
            "invoices": self._name_invoices(dunned),
            "level": notice.level_id.name or "",
            "days": str(max([*dunned.mapped("days_overdue"), 0])),
            "responsible": notice.user_id.name or "",
        }

    @api.model
    def _name_invoices(self, lines):
        """Return e.g. «RE/1 and RE/2», or «RE/1 and 4 more» where there are many."""
        names = list(dict.fromkeys(line.move_id.name or "" for line in lines))
        if len(names) > _NAMED_INVOICES:
            return self.env._(
                "%(invoice)s and %(count)s more", invoice=names[0], count=len(names) - 1
            )
        if len(names) > 1:
            return self.env._(
                "%(invoices)s and %(last)s", invoices=", ".join(names[:-1]), last=names[-1]
            )
        return names[0] if names else ""

    @api.model
    def _get_salutation(self, recipient):
        """Return the opening line; by name only where a person's name is known.

        Odoo knows no form of address, so that «Frau» or «Herr» is used where the name
        itself begins with it.
        """
        words = (recipient.name or "").split()
        if recipient.is_company or len(words) < 2:  # one word is a department
            return self.env._("Dear Sir or Madam,")
        form_of_address = _FORMS_OF_ADDRESS.get(words[0].lower())
        if form_of_address == "ms":
            return self.env._("Dear Ms. %s,", " ".join(words[1:]))
        if form_of_address == "mr":
            return self.env._("Dear Mr. %s,", " ".join(words[1:]))
        return self.env._("Dear %s,", " ".join(words))

    @api.model
    def _get_rows(self, lines, form):
        """Return one dict for each item: all texts are ready to be shown."""
        instalments = self._read_instalments(lines)
        return [
            self._prepare_row(line, form, instalments.get(line.move_line_id.id)) for line in lines
        ]

    @api.model
    def _prepare_row(self, line, form, instalment):
        move = line.move_id
        is_payment = line.is_credit and not move.is_invoice(include_receipts=True)
        return {
            "line": line,
            "label": self.env._("Payment") if is_payment else move.name or "",
            "detail": self._get_row_detail(line, instalment),
            "date": form.date(move.invoice_date or move.date),
            "due": "" if line.is_credit else form.date(line.date_maturity),
            "days": "" if line.is_credit or line.days_overdue <= 0 else str(line.days_overdue),
            "total": form.number(line.amount_total),
            "paid": form.number(line.amount_paid),
            "residual": form.number(line.amount_residual),
            "level": line.level_id.name or "",
            "is_credit": line.is_credit,
        }

    @api.model
    def _get_row_detail(self, line, instalment):
        """Return what else the reader needs to recognise the item."""
        if instalment:
            number, count = instalment
            return self.env._("Instalment %(number)s of %(count)s", number=number, count=count)
        if not line.is_credit:
            return ""
        if line.move_id.move_type == "out_refund":
            return self.env._("Credit note")
        return self.env._("Unallocated")

    @api.model
    def _read_instalments(self, lines):
        """Return ``{open item id: (number, count)}`` of invoices that fall due in parts."""
        items = self.env["account.move.line"].search_fetch(
            [("move_id", "in", lines.move_id.ids), ("display_type", "=", "payment_term")],
            ["move_id"],
            order="move_id, date_maturity, id",
        )
        return {
            item.id: (number, len(parts))
            for parts in items.grouped("move_id").values()
            if len(parts) > 1
            for number, item in enumerate(parts, start=1)
        }

    @api.model
    def _get_extra_rows(self, notice):
        """Return rows below the items that add to the sum, such as fees and interest.

        Each is a dict: ``label`` (translated), ``amount`` (in the notice's currency) and,
        if need be, ``detail``.
        """
        return []

    @api.model
    def _get_enclosures(self, notice):
        """Return the names of what comes with the letter."""
        return notice._get_invoice_attachments().mapped("name")

    # ------------------------------------------------------------------
    # What only the letter says
    # ------------------------------------------------------------------

    @api.model
    def _prepare_letter_values(self, notice):
        return {
            "address": self._get_address_lines(notice),
            "info_rows": self._get_info_rows(notice),
            "enclosures": self._get_enclosures(notice),
            "signature": self._get_signature(notice),
        } | self._prepare_letterhead_values(notice.company_id)

    @api.model
    def _needs_room(self, values):
        """Tell whether the columns must follow their texts instead of the fixed widths."""
        return any(
            len(row[column]) > _COLUMN_SIGNS
            for row in values["rows"]
            for column in ("total", "paid", "residual")
        )

    @api.model
    def _get_address_lines(self, notice):
        """Return the lines of the address window."""
        recipient, company = notice.recipient_id, notice.company_id
        organisation = recipient.parent_id.name if not recipient.is_company else ""
        names = [organisation or recipient.company_name, recipient.name]
        is_abroad = recipient.country_id and recipient.country_id != company.country_id
        # The country is written for the post office that takes the letter in.
        sender_lang = company.partner_id.lang or notice.env.lang
        country = recipient.country_id.with_context(lang=sender_lang).name if is_abroad else ""
        address_format, parts = recipient._prepare_display_address(without_company=True)
        parts["country_name"] = ""
        lines = [*names, *(address_format % parts).splitlines(), (country or "").upper()]
        return [line.strip() for line in lines if line and line.strip()]

    @api.model
    def _get_info_rows(self, notice):
        """Return ``(label, value)`` pairs of the information block."""
        form = LetterFormat(notice.env, notice.currency_id)
        user = notice.user_id
        rows = [
            (self.env._("Date"), form.date(notice.date)),
            (self.env._("Customer no."), notice.partner_id.ref),
            (self.env._("Our reference"), notice.name),
            (self.env._("Contact"), user.name),
            (self.env._("Phone"), user.phone or notice.company_id.phone),
            (self.env._("E-mail"), user.email or notice.company_id.email),
        ]
        return [(label, value) for label, value in rows if value]

    @api.model
    def _get_signature(self, notice):
        """Return the lines below the greeting: who signs."""
        user = notice.user_id
        return [line for line in (user.name, user.partner_id.function) if line]
