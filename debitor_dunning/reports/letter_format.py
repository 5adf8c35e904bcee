"""Dates, amounts and texts as one reader expects them."""

import re

from markupsafe import Markup
from odoo.tools.misc import format_date

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"


class LetterFormat:
    """The formats of one language and one currency; ``env`` carries the language."""

    def __init__(self, env, currency):
        self._env = env
        self._lang = env["res.lang"]._lang_get(env.lang)
        self._currency = currency
        self._pattern = f"%.{currency.decimal_places}f"
        self._dates = {}

    def date(self, day):
        """Return a date in the language's own order, empty for none."""
        if day not in self._dates:
            self._dates[day] = format_date(self._env, day) if day else ""
        return self._dates[day]

    def number(self, amount):
        """Return an amount without its currency, as it stands in a column."""
        rounded = self._currency.round(amount)
        text = self._lang.format(self._pattern, abs(rounded), grouping=True)
        text = text.replace(" ", _NO_BREAK_SPACE)
        return _MINUS + text if rounded < 0 else text

    def digits(self, number, digits):
        """Return a plain number with a fixed count of digits after the point."""
        text = self._lang.format(f"%.{digits}f", abs(number), grouping=True)
        return (_MINUS if number < 0 else "") + text.replace(" ", _NO_BREAK_SPACE)

    def percent(self, number):
        """Return a rate in percent, given as a number or its text, with its sign."""
        return f"{self.digits(float(number), 2)}{_NO_BREAK_SPACE}%"

    @property
    def symbol(self):
        return self._currency.symbol or self._currency.name

    @property
    def is_symbol_before(self):
        return self._currency.position == "before"

    def amount(self, amount):
        """Return an amount with its currency, which never breaks over two lines."""
        parts = [self.number(amount), self.symbol]
        if self.is_symbol_before:
            parts.reverse()
        return _NO_BREAK_SPACE.join(parts)


def as_paragraphs(text):
    """Return the paragraphs of a plain text, escaped, with their line breaks.

    >>> as_paragraphs("One <b>\\n\\nTwo\\nlines")
    [Markup('One &lt;b&gt;'), Markup('Two<br/>lines')]
    """
    paragraphs = re.split(r"\n\s*\n", (text or "").replace("\r\n", "\n").strip())
    return [
        Markup("<br/>").join(line.strip() for line in paragraph.splitlines())
        for paragraph in paragraphs
        if paragraph.strip()
    ]
