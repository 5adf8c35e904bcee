"""HTML to PDF in this process by WeasyPrint, cut off from files and network."""

import logging
import threading
from functools import lru_cache
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from ..tools.collector import collector_at_rest

_FONTS = Path(__file__).parents[1] / "static" / "fonts"
_FONT_SCHEME = "letter-font:"

# Seven lines for each letter, which say nothing and cost more than its fonts.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)

# Pango's font maps are shared by all letters of a process but not made for several threads.
_lock = threading.RLock()


class _SealedFetcher(URLFetcher):
    """Knows what is written into the document itself and the fonts of the letter."""

    def fetch(self, url, headers=None):
        if url.startswith(_FONT_SCHEME):
            # the name only: a path can't lead out of the folder
            name = Path(url.removeprefix(_FONT_SCHEME)).name
            return URLFetcherResponse(
                url, (_FONTS / name).read_bytes(), {"Content-Type": "font/ttf"}
            )
        return super().fetch(url, headers)


class _Press:
    """What all letters share: fonts and style sheets, read once."""

    def __init__(self, style, base_style):
        self.fetcher = _SealedFetcher(allowed_protocols={"data"}, allow_redirects=False)
        self.fonts = FontConfiguration()
        self.style = self._read(style)
        self.base_style = self._read(base_style)

    def _read(self, style):
        return CSS(string=style, font_config=self.fonts, url_fetcher=self.fetcher)

    def print(self, html):
        page = _Page(string=html, url_fetcher=self.fetcher)
        page.base_style = self.base_style
        # For archives and for screen readers; both together cost a twelfth of the time.
        return page.write_pdf(
            stylesheets=[self.style],
            font_config=self.fonts,
            pdf_variant="pdf/a-3b",
            pdf_tags=True,
        )


class _Page(HTML):
    """A document with the few basic styles that it needs; all of WeasyPrint's are slower."""

    def _ua_stylesheets(self, *_args, **_kwargs):
        return [self.base_style]


@lru_cache(maxsize=4)
def _get_press(style, base_style):
    return _Press(style, base_style)


def html_to_pdf(html, style, base_style):
    """Return the PDF of a complete HTML document.

    :param html: text whose images are data URIs; any other address is refused
    :param style: text of the style sheet, the same for many documents
    :param base_style: how elements are shown that ``style`` says nothing about
    """
    with _lock, collector_at_rest():
        press = _get_press(style, base_style)
        return press.print(html)
