"""Letters and mails as they will look, for frames beside the work."""

from odoo import http
from odoo.http import request

from ..core.claims.party import PartyKind
from ..core.errors import PlaceholderError
from ..models.debitor_dunning_level import TEXT_FIELDS

# In these states what the letter says may still change.
_DRAFT_STATES = ("proposed", "excluded", "approved", "queued", "failed", "blocked", "settled")

# Nothing runs, nothing is fetched, and no other site shows it. The style is our own and
# stands in the document; the fonts are the addon's files.
_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src 'self'",
            "frame-ancestors 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    ),
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class DebitorPreview(http.Controller):
    @http.route("/debitor/notice/<int:notice_id>/preview", auth="user", readonly=True)
    def notice_preview(self, notice_id, kind="letter", **_kwargs):
        """Show the letter (or, for ``kind=mail``, the mail) of a notice."""
        notice = self._browse("debitor.dunning.notice", notice_id)
        return self._respond(self._render(notice, kind, is_draft=notice.state in _DRAFT_STATES))

    @http.route("/debitor/notice/<int:notice_id>/mail_preview", auth="user", readonly=True)
    def notice_mail_preview(self, notice_id, **_kwargs):
        """Show the mail of a notice."""
        return self.notice_preview(notice_id, kind="mail")

    @http.route("/debitor/level/<int:level_id>/preview", auth="user", readonly=True)
    def level_preview(self, level_id, lang=None, kind="letter", party="business", **texts):
        """Show a level's texts on a made-up notice.

        :param party: ``business`` or ``consumer``, which decides fees and interest
        :param texts: ``subject``, ``intro`` and ``closing`` that are not saved yet
        """
        level = self._browse("debitor.dunning.level", level_id)
        letter = request.env["debitor.dunning.letter"]
        known = PartyKind.CONSUMER if party == PartyKind.CONSUMER else PartyKind.BUSINESS
        notice = letter._get_sample(level, lang, known.value)
        unsaved = {name: texts[name] for name in TEXT_FIELDS if name in texts}
        try:
            return self._respond(self._render(notice, kind, texts=unsaved))
        except PlaceholderError as error:
            message = request.env._("There is no placeholder %s.", error.values["placeholder"])
            return request.make_response(
                message,
                headers=list((_HEADERS | {"Content-Type": "text/plain; charset=utf-8"}).items()),
            )

    def _browse(self, model, record_id):
        """Return a record that the user may read; 403 or 404 otherwise."""
        record = request.env[model].browse(record_id).exists()
        if not record:
            raise request.not_found()
        record.check_access("read")
        return record

    def _render(self, notice, kind, texts=None, is_draft=False):
        letter = request.env["debitor.dunning.letter"]
        if kind == "mail":
            return letter._render_mail(notice, texts, is_preview=True)["html"]
        return letter._render_html(notice, texts, is_draft=is_draft)

    def _respond(self, html):
        return request.make_response(html, headers=list(_HEADERS.items()))
