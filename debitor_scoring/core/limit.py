"""How much credit a customer's own business suggests."""

from decimal import ROUND_HALF_UP, Decimal

from .model import ScoringModel

_DAYS_PER_MONTH = 30


def suggested_limit(
    monthly_billing: Decimal,
    usual_term_days: int,
    delay_q80_days: int,
    highest_open: Decimal,
    risk_class: str,
    model: ScoringModel,
) -> Decimal | None:
    """Return a limit in the currency of the amounts, in whole units; None for a class without
    factor (not rated).

    What is usually open at once, times the factor of the class: monthly billing of the last
    twelve months for the days until nearly all is paid, or the highest balance of that year.

    :param monthly_billing: average of twelve months, tax included
    :param usual_term_days: usual days from invoice to due
    :param delay_q80_days: four of five invoices are paid within so many days after due

    >>> suggested_limit(Decimal(3000), 30, 15, Decimal(4000), "b", ScoringModel())
    Decimal('5625')
    """
    factor = model.limit_factors.get(risk_class)
    if factor is None:
        return None
    days = max(usual_term_days + delay_q80_days, 0)
    usual = monthly_billing * days / _DAYS_PER_MONTH
    limit = max(usual, highest_open, Decimal(0)) * factor
    return limit.quantize(Decimal(1), ROUND_HALF_UP)
