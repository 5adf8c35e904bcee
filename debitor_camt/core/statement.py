"""What a bank file says, typed: messages, statements, transactions.

Names follow ISO 20022 where accountants know them (entry, booking date, end-to-end id);
amounts are exact and signed from the account owner's view: money in is positive.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from .placeholders import is_placeholder


class MessageKind(StrEnum):
    """Which of the bank-to-customer messages a file is.

    Only a statement is a voucher; a report is a preview of the day, and a notification
    gives the details of entries that a statement may show as one sum.
    """

    REPORT = "camt.052"
    STATEMENT = "camt.053"
    NOTIFICATION = "camt.054"


class Status(StrEnum):
    """ISO 20022 ``Sts``; an entry without one is booked. Only booked entries are money."""

    BOOKED = "BOOK"
    PENDING = "PDNG"
    INFORMATION = "INFO"
    FUTURE = "FUTR"


class Kind(StrEnum):
    """What a transaction is: a payment, or what is missing between details and their entry."""

    PAYMENT = "payment"
    CHARGE = "charge"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a statement; ``other`` is its number where it has no IBAN."""

    iban: str | None = None
    other: str | None = None
    currency: str | None = None

    @property
    def number(self) -> str:
        return self.iban or self.other or ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One payment: an entry, or one detail of a collective entry.

    The transactions of an entry add up to the entry. ``status`` is the bank's own code, see
    ``Status``. ``reference`` is the bank's, ``end_to_end`` and ``mandate`` are the debtor's
    and creditor's; placeholders such as NOTPROVIDED are left out. ``structured`` holds
    creditor references as printed (RF…, QR reference, national ones). ``bank_code`` is the
    transaction code, e.g. ``PMNT-RCDT-ESCT``. ``charges`` are what the bank says it took of
    this payment, positive, whether or not they are part of ``amount``. ``entry_key`` names
    the entry and ``key`` the transaction, the same in every file that holds it.
    """

    amount: Decimal
    currency: str
    booking_date: date | None = None
    value_date: date | None = None
    status: str = Status.BOOKED
    kind: Kind = Kind.PAYMENT
    is_reversal: bool = False
    reference: str | None = None
    end_to_end: str | None = None
    mandate: str | None = None
    remittance: tuple[str, ...] = ()
    structured: tuple[str, ...] = ()
    party: str | None = None
    party_iban: str | None = None
    ultimate_party: str | None = None
    bank_code: str | None = None
    return_reason: str | None = None
    charges: Decimal = Decimal("0.00")
    # What was ordered, where it was another currency; ``rate`` as the bank prints it.
    original_amount: Decimal | None = None
    original_currency: str | None = None
    rate: Decimal | None = None
    additional: str | None = None
    # Numbers of invoices and remarks in the structured remittance (RfrdDocInf, AddtlRmtInf).
    documents: tuple[str, ...] = ()
    entry_key: str = ""
    key: str = ""
    # Where ``party`` is the account's own owner, as in a returned debit: who is opposite.
    is_own_party: bool = False
    opposite: str | None = None
    opposite_iban: str | None = None

    @property
    def counterparty(self) -> str | None:
        """Who paid or was paid: the party, unless it is the account's owner or a placeholder."""
        names = (self.opposite if self.is_own_party else self.party, self.ultimate_party)
        return next((name for name in names if name and not is_placeholder(name)), None)

    @property
    def counterparty_iban(self) -> str | None:
        return self.opposite_iban if self.is_own_party else self.party_iban

    @property
    def is_booked(self) -> bool:
        return self.status == Status.BOOKED


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance of the statement, signed; ``code`` is the bank's (OPBD, CLBD, …)."""

    code: str
    amount: Decimal
    currency: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, report or notification of one account.

    ``opening`` and ``closing`` are the booked balances, None where the file has none.
    ``entry_sum`` is the sum of booked entries, ``entry_count`` the number of all.
    ``announced_count`` is what the bank's own summary says, None without one.
    """

    id: str
    account: Account
    currency: str | None
    transactions: tuple[Transaction, ...] = ()
    opening: Balance | None = None
    closing: Balance | None = None
    balances: tuple[Balance, ...] = ()
    entry_sum: Decimal = Decimal(0)
    entry_count: int = 0
    announced_count: int | None = None
    number: str | None = None
    created: str | None = None
    from_day: date | None = None
    to_day: date | None = None

    @property
    def is_balanced(self) -> bool | None:
        """Whether opening balance and booked entries make the closing one; None if unknown."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening.amount + self.entry_sum == self.closing.amount


@dataclass(frozen=True, slots=True)
class Message:
    """One camt document: its kind, version («001.08», or «?»), id and statements."""

    kind: MessageKind
    version: str
    id: str | None = None
    statements: tuple[Statement, ...] = ()
    # Name inside a container, such as a ZIP file.
    member: str | None = field(default=None)
