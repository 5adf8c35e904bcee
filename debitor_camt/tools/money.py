from decimal import Decimal


def to_decimal(amount, currency):
    """Return a float amount of a currency as the exact number that it stands for."""
    return Decimal(f"{amount:.{currency.decimal_places}f}")
