"""Read reports of credit agencies from a CSV file; every line that can't be read says why."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MAX_LINES = 50_000
# What a column may be called, in lower case without blanks and dots.
_HEADS = {
    "customer": ("customer", "customerno", "customernumber", "kunde", "kundennr", "kundennummer", "ref", "debitor", "debitornr"),
    "vat": ("vat", "vatno", "ustidnr", "ustid", "uid"),
    "name": ("name", "company", "firma", "kundenname"),
    "provider": ("provider", "agency", "auskunftei", "anbieter"),
    "date": ("date", "datum", "auskunftsdatum", "stand"),
    "value": ("value", "index", "score", "wert", "bonitätsindex", "bonitaetsindex"),
    "agency_class": ("class", "klasse", "risikoklasse"),
    "amount_limit": ("limit", "creditlimit", "kreditlimit", "höchstkredit", "hoechstkredit"),
    "valid_until": ("validuntil", "gültigbis", "gueltigbis"),
    "reference": ("reference", "referenz", "aktenzeichen", "crefo", "crefonummer", "duns"),
}  # fmt: skip
_COLUMNS = {alias: name for name, aliases in _HEADS.items() for alias in aliases}
_WHO = ("customer", "vat", "name")
_DATE = re.compile(r"^(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))$")
_LONGEST_NUMBER = 20
_PLAIN = re.compile(r"^\d+(?:[.,]\d+)?$")
_GROUPED = re.compile(r"^\d{1,3}(?:\.\d{3})+,\d+$|^\d{1,3}(?:,\d{3})+\.\d+$|^\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{1,2})?$")  # fmt: skip
_UNCLEAR = re.compile(r"^\d{1,3}(?:[.,]\d{3})+$")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was refused: its number in the file (0: the whole file), a code, values."""

    line: int
    code: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report as the file gives it; texts are empty and numbers None where it says nothing."""

    line: int
    customer: str
    vat: str
    name: str
    provider: str
    day: date
    value: Decimal
    agency_class: str = ""
    amount_limit: Decimal | None = None
    valid_until: date | None = None
    reference: str = ""


class _LineError(Exception):
    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def read_report_file(content: bytes) -> tuple[list[ReportRow], list[Problem]]:
    """Return the reports of a CSV file and what is wrong with it.

    The first line names the columns, in English or German: date and value, one of customer
    number, VAT number and name, and if wanted agency, class, limit, valid until, reference.
    Cells are separated by semicolon, tab or comma. Text is UTF-8 or Windows-1252.
    """
    lines = _decode(content).splitlines()
    if len(lines) > MAX_LINES + 1:
        return [], [Problem(0, "long", {"limit": MAX_LINES})]
    separator = _find_separator(lines)
    try:
        table = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error:
        return [], [Problem(0, "quotes", {})]
    if not table:
        return [], [Problem(0, "empty", {})]
    columns = _read_head(table[0])
    missing = [name for name in ("date", "value") if name not in columns]
    if missing or not any(name in columns for name in _WHO):
        return [], [Problem(1, "head", {"missing": missing or ["customer"]})]
    return _read_rows(table[1:], columns)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _find_separator(lines: list[str]) -> str:
    head = lines[0] if lines else ""
    return next((sign for sign in ";\t" if sign in head), ",")


def _read_head(cells: list[str]) -> dict[str, int]:
    """Return where each known column stands; of two with one meaning, the first."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(cells):
        name = _COLUMNS.get(re.sub(r"[\s._-]", "", cell).lower())
        if name:
            columns.setdefault(name, index)
    return columns


def _read_rows(
    table: list[list[str]], columns: dict[str, int]
) -> tuple[list[ReportRow], list[Problem]]:
    rows, problems = [], []
    for line, cells in enumerate(table, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        texts = {
            name: cells[index].strip() if index < len(cells) else ""
            for name, index in columns.items()
        }
        try:
            if any("\0" in text for text in texts.values()):
                raise _LineError("number", text="\\0")
            rows.append(_read_row(line, texts))
        except _LineError as error:
            problems.append(Problem(line, error.code, error.values))
    if not rows and not problems:
        problems.append(Problem(0, "empty", {}))
    return rows, problems


def _read_row(line: int, texts: dict[str, str]) -> ReportRow:
    if not any(texts.get(name) for name in _WHO):
        raise _LineError("nobody")
    day = _read_date(texts["date"])
    valid_until = _read_date(texts["valid_until"]) if texts.get("valid_until") else None
    if valid_until and valid_until < day:
        raise _LineError("backwards", day=day, until=valid_until)
    return ReportRow(
        line=line,
        customer=texts.get("customer", ""),
        vat=texts.get("vat", ""),
        name=texts.get("name", ""),
        provider=texts.get("provider", ""),
        day=day,
        value=_read_number(texts["value"]),
        agency_class=texts.get("agency_class", ""),
        amount_limit=_read_number(texts["amount_limit"]) if texts.get("amount_limit") else None,
        valid_until=valid_until,
        reference=texts.get("reference", ""),
    )


def _read_date(text: str) -> date:
    """Return a day written as 2026-03-18 or 18.03.2026."""
    match = _DATE.match(text)
    if match is None:
        raise _LineError("date", text=text[:30])
    year, month, day = match[1] or match[6], match[2] or match[5], match[3] or match[4]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise _LineError("date", text=text[:30]) from None


def _read_number(text: str) -> Decimal:
    """Return a number with a decimal comma or point; thousands may be grouped if that is clear.

    >>> _read_number("12.500,00")
    Decimal('12500.00')
    """
    if len(text) > _LONGEST_NUMBER:
        raise _LineError("number", text=text[:30])
    if _UNCLEAR.match(text):  # 12.500: twelve and a half, or twelve thousand?
        raise _LineError("unclear", text=text[:30])
    if not _PLAIN.match(text) and not _GROUPED.match(text):
        raise _LineError("number", text=text[:30])
    plain = re.sub(r"[ '’]", "", text)
    decimals = max(plain.rfind("."), plain.rfind(","))
    if decimals < 0:
        return Decimal(plain)
    return Decimal(re.sub(r"[.,]", "", plain[:decimals]) + "." + plain[decimals + 1 :])
