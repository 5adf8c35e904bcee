"""Transactions of the core as JSON and back, exactly: amounts and days stay text."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

from ..core.statement import Kind, Transaction

_DECIMALS = {"amount", "charges", "original_amount", "rate"}
_DAYS = {"booking_date", "value_date"}
_TUPLES = {"remittance", "structured", "documents"}
_DEFAULTS = {one.name: one.default for one in fields(Transaction)}


def transaction_to_json(transaction):
    """Return what is said of a transaction as a dict for JSON, without what isn't."""
    found = {name: getattr(transaction, name) for name in _DEFAULTS}
    return {
        name: _to_json(value)
        for name, value in found.items()
        if name in _DECIMALS or value != _DEFAULTS[name]
    }


def transaction_from_json(data):
    """Return the :class:`Transaction` of :func:`transaction_to_json`."""
    return Transaction(**{name: _from_json(name, value) for name, value in data.items()})


def _to_json(value):
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _from_json(name, value):
    if value is None:
        return None
    if name in _DECIMALS:
        return Decimal(value)
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in _TUPLES:
        return tuple(value)
    return Kind(value) if name == "kind" else value
