"""Amounts of the ORM as exact numbers."""

from decimal import Decimal


def to_decimal(amount, currency):
    """Return a float that holds an amount of ``currency`` as the decimal it stands for."""
    return Decimal(f"{currency.round(amount):.{currency.decimal_places}f}")
