"""Read base rates from the files that central banks publish."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..errors import RateFileError

_DATE = re.compile(
    r"^(?:(?P<y>\d{4})-(?P<m>\d{2})(?:-(?P<d>\d{2}))?|(?P<d2>\d{2})\.(?P<m2>\d{2})\.(?P<y2>\d{4}))$"
)
_NUMBER = re.compile(r"^[-+\N{MINUS SIGN}]?\d{1,3}(?:[.,]\d{1,4})?$")
_INTEGER = re.compile(r"^[-+\N{MINUS SIGN}]?\d+$")
_NO_VALUE = "."  # what the Bundesbank writes where a series has no value
_HALF_YEARS = (1, 7)
_MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class FileRate:
    """A rate as a file gives it: the half-year's first day and percent a year."""

    half_year: date
    percent: Decimal
    line: int


def read_rate_file(text: str) -> tuple[FileRate, ...]:
    """Return the rates of half-years in a CSV text, in order of their days.

    A row counts that begins with a date and has a number next to it; head and foot lines
    are passed over, and so are days without a value («.»). Of a monthly series, January
    and July are taken: a base rate holds from these days on. Separators are semicolon, tab
    or comma; decimals have a point or, but for comma-separated files, a comma.

    :raise RateFileError: no rate at all, one day with two rates, a number that is none, or
        commas that may separate cells or decimals

    >>> read_rate_file("Datum;Wert\\n2026-01;1,27\\n2026-07;1,52")[1].percent
    Decimal('1.52')
    """
    found: dict[date, FileRate] = {}
    try:
        for rate in _rows(text):
            known = found.setdefault(rate.half_year, rate)
            if known.percent != rate.percent:
                raise RateFileError("twice", line=rate.line, day=rate.half_year)
    except csv.Error as error:  # e.g. a quote that is never closed
        raise RateFileError("empty") from error
    if not found:
        raise RateFileError("empty")
    return tuple(found[day] for day in sorted(found))


def _rows(text: str) -> Iterator[FileRate]:
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    if len(lines) > _MAX_LINES:
        raise RateFileError("long", limit=_MAX_LINES)
    separator = max(";\t,", key=lambda sign: sum(sign in line for line in lines))
    if any(";" in line for line in lines):
        separator = ";"
    for number, row in enumerate(csv.reader(lines, delimiter=separator), start=1):
        cells = [cell.strip() for cell in row if cell.strip()]
        day = _read_date(cells[0]) if len(cells) > 1 else None
        if day is None or day.month not in _HALF_YEARS or day.day != 1:
            continue
        if cells[1] == _NO_VALUE:
            continue
        if separator == "," and _is_torn(cells):
            raise RateFileError("comma", line=number, text=lines[number - 1][:40])
        yield FileRate(day, _read_number(cells[1], number), number)


def _is_torn(cells: list[str]) -> bool:
    """Tell whether a decimal comma may have torn one number into two cells: 1 and 27."""
    return len(cells) > 2 and bool(_INTEGER.match(cells[1])) and cells[2].isdecimal()


def _read_date(text: str) -> date | None:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month = match["y"] or match["y2"], match["m"] or match["m2"]
    try:
        return date(int(year), int(month), int(match["d"] or match["d2"] or 1))
    except ValueError:
        return None


def _read_number(text: str, line: int) -> Decimal:
    if not _NUMBER.match(text):
        raise RateFileError("number", line=line, text=text[:20])
    return Decimal(text.replace("\N{MINUS SIGN}", "-").replace(",", "."))
