"""Plain tables for the terminal, which are Markdown at the same time."""

# The columns of a table of measured parts, see «Figures» in the README.
COSTS = (
    "part",
    "units",
    "CPU s",
    "DB CPU s",
    "wall s",
    "statements",
    "peak MiB",
    "CPU ms/unit",
    "DB ms/unit",
    "statements/unit",
    "against ours",
)


def render(head, rows):
    """Return a table; the first column is aligned left, the others right."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(head))]
    rule = [
        "-" * width if index == 0 else "-" * (width - 1) + ":" for index, width in enumerate(widths)
    ]
    lines = [_line(cells[0], widths), _line(rule, widths)]
    return "\n".join(lines + [_line(row, widths) for row in cells[1:]])


def _line(row, widths):
    first, *others = zip(row, widths, strict=True)
    parts = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(parts)} |"


def number(value, digits=2):
    """A figure with three significant digits or `digits` decimals; – for None."""
    if value is None:
        return "–"
    if value and abs(value) < 10**-digits:
        return f"{value:.2g}"
    return f"{value:,.{digits}f}" if abs(value) < 100 else f"{value:,.0f}"


def ratio(ours, other):
    """How many times `ours` the other takes."""
    if not ours or not other:
        return "–"
    times = other / ours
    if times < 1:
        return f"1/{1 / times:,.0f}"
    return f"{times:,.0f}×" if times >= 10 else f"{times:.1f}×"
