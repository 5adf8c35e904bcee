"""From records to messages and statements."""

from dataclasses import replace
from decimal import Decimal

from ..errors import HostileFile, InvalidEntry
from ..statement import Account, Balance, Message, MessageKind, Statement, Status, Transaction
from .entries import make_transactions, read_entry, read_features
from .fields import (
    account_paths,
    first,
    own_sign,
    parse_amount,
    read_account_number,
    read_currency,
    read_day,
)
from .keys import KeyMaker
from .limits import Limits
from .records import STATEMENTS, Listener, Record

_ACCOUNT = account_paths("Acct")
_MAX_DIGITS = 10
_OPENING = ("OPBD", "PRCD", "ITBD")
_CLOSING = ("CLBD", "ITBD")


class MessageBuilder(Listener):
    """Collects the messages of a file."""

    def __init__(self, limits: Limits) -> None:
        self.messages: list[Message] = []
        self._limits = limits
        self._statement_count = self._entry_count = 0
        self._pages: dict[tuple[str, str], tuple[KeyMaker, set[str]]] = {}
        self._draft: _Draft | None = None

    def begin_message(self, kind: MessageKind, version: str) -> None:
        # EXTENDS Listener
        self._message = Message(kind, version)
        self._statements: list[Statement] = []
        self._draft = None

    def end_message(self) -> None:
        # EXTENDS Listener
        self.messages.append(replace(self._message, statements=tuple(self._statements)))

    def take_record(self, name: str, record: Record, parent: Record) -> bool:
        # EXTENDS Listener
        if name == "Ntry":
            self._take_entry(record, parent)
        elif name in STATEMENTS:
            self._take_statement(record)
        elif name == "GrpHdr":
            self._message = replace(self._message, id=first(record, "MsgId"))
        else:
            return False
        return True

    def _take_entry(self, record: Record, statement: Record) -> None:
        self._entry_count += 1
        if self._entry_count > self._limits.entries:
            raise HostileFile("too_many_entries", limit=self._limits.entries)
        if self._draft is None:
            account = _read_account(statement)
            self._draft = _Draft(account, self._get_keys(account, statement))
        self._draft.add(record)

    def _take_statement(self, record: Record) -> None:
        self._statement_count += 1
        if self._statement_count > self._limits.statements:
            raise HostileFile("too_many_statements", limit=self._limits.statements)
        draft = self._draft or _Draft(_read_account(record), KeyMaker(Account()))
        self._draft = None
        self._statements.append(draft.finish(record))

    def _get_keys(self, account: Account, statement: Record) -> KeyMaker:
        """Return the keys of a statement: its pages count on, a copy of it counts anew."""
        place = (account.number, first(statement, "Id") or "")
        page = first(statement, "StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb") or ""
        maker, pages = self._pages.get(place, (KeyMaker(account), set()))
        if page in pages:
            maker, pages = KeyMaker(account), set()
        pages.add(page)
        self._pages[place] = (maker, pages)
        return maker


class _Draft:
    """A statement of which the entries are being read."""

    def __init__(self, account: Account, keys: KeyMaker) -> None:
        self._account = account
        self._keys = keys
        self._transactions: list[Transaction] = []
        self._currencies: set[str] = set()
        self._count = 0
        self._sum = Decimal(0)

    def add(self, record: Record) -> None:
        self._count += 1
        entry = read_entry(record, self._count, self._account)
        self._currencies.add(entry.currency)
        if entry.status == Status.BOOKED:
            self._sum += entry.amount
        key = self._keys.make_key(read_features(record, entry))
        self._transactions += make_transactions(record, entry, key)

    def finish(self, record: Record) -> Statement:
        balances = tuple(_read_balance(one) for one in record.get("Bal", ()))
        announced = first(record, "TxsSummry/TtlNtries/NbOfNtries") or ""
        return Statement(
            id=first(record, "Id") or "",
            account=self._account,
            currency=self._account.currency or self._find_currency(balances),
            transactions=tuple(self._transactions),
            opening=_find_opening(balances),
            closing=_find_closing(balances),
            balances=balances,
            entry_sum=self._sum,
            entry_count=self._count,
            announced_count=int(announced) if _is_count(announced) else None,
            number=first(record, "LglSeqNb", "ElctrncSeqNb"),
            created=first(record, "CreDtTm"),
            from_day=read_day(record, "FrToDt/FrDtTm"),
            to_day=read_day(record, "FrToDt/ToDtTm"),
        )

    def _find_currency(self, balances: tuple[Balance, ...]) -> str | None:
        """Return the currency that all balances, or else all entries, are in."""
        for currencies in ({one.currency for one in balances if one.currency}, self._currencies):
            if len(currencies) == 1:
                return next(iter(currencies))
        return None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS


def _read_account(record: Record) -> Account:
    iban, other = read_account_number(record, *_ACCOUNT)
    return Account(iban, other, first(record, "Acct/Ccy"))


def _read_balance(record: Record) -> Balance:
    amount = parse_amount(first(record, "Amt"))
    if amount is None:
        raise InvalidEntry("balance", text=first(record, "Amt") or "–")
    sign = own_sign(record) if "CdtDbtInd" in record else 1
    if sign is None:
        raise InvalidEntry("balance", text=first(record, "CdtDbtInd"))
    return Balance(
        code=first(record, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd") or "",
        amount=amount * sign,
        currency=read_currency(record, "Amt"),
        day=read_day(record, "Dt"),
    )


def _find_opening(balances: tuple[Balance, ...]) -> Balance | None:
    found = _find(balances, _OPENING)
    # One balance of the day doesn't say what went before it and what came after.
    return None if found is _find_closing(balances) else found


def _find_closing(balances: tuple[Balance, ...]) -> Balance | None:
    return _find(tuple(reversed(balances)), _CLOSING)


def _find(balances: tuple[Balance, ...], codes: tuple[str, ...]) -> Balance | None:
    for code in codes:
        for balance in balances:
            if balance.code == code:
                return balance
    return None
