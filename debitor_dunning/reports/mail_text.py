"""Plain text for mails: lines and columns."""

import textwrap

_WIDTH = 72
_GAP = "  "


def wrap(text):
    """Return ``text`` in lines of at most 72 columns; its own line breaks stay."""
    return "\n".join(
        textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )


def align_columns(head, rows, total):
    """Return a table: the first two columns to the left, the others to the right.

    A row of one text is a note and takes no part in the widths.

    >>> print(align_columns(("No", "Due", "Open"), [("A1", "1/2", "9.00"), ("  late",)],
    ...                     ("Sum", "", "9.00 €")))
    No   Due    Open
    ----------------
    A1   1/2    9.00
      late
    ----------------
    Sum       9.00 €
    """
    full = [row for row in (head, *rows, total) if len(row) == len(head)]
    widths = [max(len(row[column]) for row in full) for column in range(len(head))]
    line = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    body = [_align(row, widths) if len(row) == len(head) else row[0] for row in rows]
    return "\n".join([_align(head, widths), line, *body, line, _align(total, widths)])


def _align(row, widths):
    cells = [
        text.ljust(width) if column < 2 else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return _GAP.join(cells).rstrip()
