"""What a bank file says as plain JSON values, for a screen and for the command line."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from .errors import CamtError
from .reading import iter_members
from .statement import Message, Statement, Transaction


def inspect(stream: BinaryIO, name: str) -> Iterator[tuple[dict[str, Any] | None, str | None]]:
    """Yield (description of a document, None) or (None, what is wrong with it).

    Several messages that follow each other in one document are described as one.
    """
    found = False
    try:
        for member, messages in iter_members(stream):
            found = True
            if isinstance(messages, CamtError):
                yield None, f"{member}: {messages}" if member else str(messages)
            else:
                yield describe(messages, name), None
    except CamtError as error:
        yield None, str(error)
    else:
        if not found:
            yield None, "no camt"


def describe(messages: list[Message], name: str) -> dict[str, Any]:
    """Return one object for the messages of a document."""
    head = messages[0]
    described: dict[str, Any] = {
        "file": name,
        "message": head.kind.value,
        "version": head.version,
        "statements": [
            describe_statement(statement) for one in messages for statement in one.statements
        ],
    }
    return described | {"member": head.member} if head.member else described


def describe_statement(statement: Statement) -> dict[str, Any]:
    opening, closing = statement.opening, statement.closing
    return {
        "id": statement.id,
        "account": {"iban": statement.account.iban, "other": statement.account.other},
        "currency": statement.currency,
        "opening": str(opening.amount) if opening else None,
        "closing": str(closing.amount) if closing else None,
        "balanced": statement.is_balanced,
        "transactions": [describe_transaction(one) for one in statement.transactions],
    }


def describe_transaction(one: Transaction) -> dict[str, Any]:
    """Return a transaction; amounts are signed texts from the account owner's view."""
    return {
        "booking_date": one.booking_date.isoformat() if one.booking_date else None,
        "value_date": one.value_date.isoformat() if one.value_date else None,
        "amount": f"{one.amount:f}",
        "currency": one.currency,
        "status": one.status,
        "kind": one.kind.value,
        "reversal": one.is_reversal,
        "reference": one.reference,
        "end_to_end": one.end_to_end,
        "mandate": one.mandate,
        "remittance": list(one.remittance),
        "structured": list(one.structured),
        "documents": list(one.documents),
        "party": one.party,
        "party_iban": one.party_iban,
        "ultimate_party": one.ultimate_party,
        "bank_code": one.bank_code,
        "return_reason": one.return_reason,
        "charges": f"{one.charges:f}",
        "original": f"{one.original_amount:f} {one.original_currency}"
        if one.original_amount is not None
        else None,
        "additional": one.additional,
        "key": one.key,
    }
