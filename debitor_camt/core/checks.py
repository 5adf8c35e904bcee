"""May this statement go into the books? What is wrong with it, as codes with their facts."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .statement import Kind, Statement, Transaction


class Code(StrEnum):
    """One code for each sentence that a user can read about a statement."""

    NO_ACCOUNT = "no_account"
    UNKNOWN_ACCOUNT = "unknown_account"
    AMBIGUOUS_ACCOUNT = "ambiguous_account"
    WRONG_CURRENCY = "wrong_currency"
    FOREIGN_ENTRY = "foreign_entry"
    NO_DATE = "no_date"
    NO_PERIOD = "no_period"
    TOO_PRECISE = "too_precise"
    LOCKED = "locked"
    UNBALANCED = "unbalanced"
    ENTRY_SUM = "entry_sum"
    DETAIL_SUM = "detail_sum"
    ENTRY_COUNT = "entry_count"
    GAP = "gap"
    OVERLAP = "overlap"
    SUM_MATCHED = "sum_matched"
    SUM_FIXED = "sum_fixed"


# What a person can't just accept: there is no journal to book in, or it would be booked wrongly.
BLOCKING = frozenset(
    {
        Code.NO_ACCOUNT, Code.UNKNOWN_ACCOUNT, Code.AMBIGUOUS_ACCOUNT, Code.WRONG_CURRENCY,
        Code.FOREIGN_ENTRY, Code.NO_PERIOD, Code.TOO_PRECISE, Code.LOCKED, Code.ENTRY_SUM,
    }
)  # fmt: skip

# Why details that came after their sum are only listed, and the sum stays.
KEPT_SUMS = frozenset({Code.SUM_MATCHED, Code.SUM_FIXED})

# What an earlier statement that comes later may put right by itself.
CONNECTION = frozenset({Code.GAP, Code.OVERLAP})


@dataclass(frozen=True, init=False)
class Finding:
    """Something that is wrong, with what its sentence names; amounts and days as text."""

    code: Code
    values: dict[str, str] = field(default_factory=dict)

    def __init__(self, code: Code, **values: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", {name: str(value) for name, value in values.items()})

    @property
    def is_blocking(self) -> bool:
        return self.code in BLOCKING


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the journal's books say before a statement goes in.

    ``digits`` are the decimals of its currency. ``closing`` is what the last statement before
    this one ended with on ``closing_day``; None where the journal has none.
    """

    currency: str
    digits: int = 2
    locked_until: date | None = None
    closing: Decimal | None = None
    closing_day: date | None = None


def get_period(statement: Statement) -> tuple[date | None, date | None]:
    """Return the first and the last day of a statement, from the best that it says of them."""
    days = [day for one in statement.transactions if (day := get_day(one))]
    first, last = (min(days), max(days)) if days else (None, None)
    opening, closing = statement.opening, statement.closing
    begin = statement.from_day or first or (opening.day if opening else None)
    end = statement.to_day or (closing.day if closing else None) or last
    return begin or end, end or begin


def get_day(transaction: Transaction) -> date | None:
    """Return the day on which a transaction is booked."""
    return transaction.booking_date or transaction.value_date


def check_statement(
    statement: Statement, ledger: Ledger, *, known_sum: Decimal = Decimal(0)
) -> list[Finding]:
    """Return what is wrong with a statement, nothing if it may be booked.

    :param known_sum: what those of its booked entries add up to that an earlier statement
        has brought already
    """
    return [
        *check_entries(statement, ledger),
        *_check_sums(statement),
        *_check_balances(statement),
        *_check_connection(statement, ledger, known_sum),
    ]


def check_entries(statement: Statement, ledger: Ledger) -> list[Finding]:
    """Return what keeps single entries from being booked, each kind of it once."""
    booked = [one for one in statement.transactions if one.is_booked]
    found = []
    if foreign := next((one for one in booked if one.currency != ledger.currency), None):
        found.append(
            Finding(
                Code.FOREIGN_ENTRY,
                amount=foreign.amount,
                currency=foreign.currency,
                journal_currency=ledger.currency,
            )
        )
    if undated := next((one for one in booked if get_day(one) is None), None):
        found += _check_period(statement, undated)
    if precise := next((one for one in booked if _is_too_precise(one, ledger)), None):
        found.append(Finding(Code.TOO_PRECISE, amount=precise.amount, currency=precise.currency))
    first = min((day for one in booked if (day := get_day(one))), default=None)
    if first and ledger.locked_until and first <= ledger.locked_until:
        found.append(Finding(Code.LOCKED, day=first, until=ledger.locked_until))
    return found


def _check_period(statement: Statement, undated: Transaction) -> list[Finding]:
    """Return what the day of an entry that names none must be taken from: a day, or a guess."""
    begin, end = get_period(statement)
    if end is None:
        return [Finding(Code.NO_PERIOD, amount=undated.amount, currency=undated.currency)]
    if begin == end:
        return []
    return [Finding(Code.NO_DATE, amount=undated.amount, currency=undated.currency, day=end)]


def _is_too_precise(transaction: Transaction, ledger: Ledger) -> bool:
    return transaction.amount != round(transaction.amount, ledger.digits)


def _check_sums(statement: Statement) -> list[Finding]:
    booked = [one for one in statement.transactions if one.is_booked]
    found = []
    total = sum((one.amount for one in booked), Decimal(0))
    currency = statement.currency or ""
    if total != statement.entry_sum:
        found.append(
            Finding(Code.ENTRY_SUM, entries=statement.entry_sum, details=total, currency=currency)
        )
    differences = [one for one in booked if one.kind == Kind.DIFFERENCE]
    if differences:
        found.append(
            Finding(
                Code.DETAIL_SUM,
                amount=sum((one.amount for one in differences), Decimal(0)),
                currency=currency,
                count=len(differences),
            )
        )
    announced = statement.announced_count
    if announced is not None and announced != statement.entry_count:
        found.append(Finding(Code.ENTRY_COUNT, announced=announced, count=statement.entry_count))
    return found


def _check_balances(statement: Statement) -> list[Finding]:
    if statement.is_balanced is not False:
        return []
    assert statement.opening is not None  # what has no balance has an unknown one
    assert statement.closing is not None
    expected = statement.opening.amount + statement.entry_sum
    return [
        Finding(
            Code.UNBALANCED,
            expected=expected,
            closing=statement.closing.amount,
            amount=statement.closing.amount - expected,
            currency=statement.currency or "",
        )
    ]


def _check_connection(statement: Statement, ledger: Ledger, known_sum: Decimal) -> list[Finding]:
    """Compare the opening balance to where the last statement ended.

    Statements may overlap: then what both tell of lies between the two balances.
    """
    opening = statement.opening
    if opening is None or ledger.closing is None:
        return []
    if ledger.closing in (opening.amount, opening.amount + known_sum):
        return []
    begin, _end = get_period(statement)
    overlaps = known_sum or (begin and ledger.closing_day and begin < ledger.closing_day)
    return [
        Finding(
            Code.OVERLAP if overlaps else Code.GAP,
            opening=opening.amount,
            closing=ledger.closing,
            amount=opening.amount + known_sum - ledger.closing,
            currency=statement.currency or "",
            day=begin or "",
            closing_day=ledger.closing_day or "",
        )
    ]
