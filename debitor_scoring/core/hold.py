"""Whether an order must wait for a release by finance."""

from decimal import Decimal

from .reasons import Reason


def needs_release(
    risk_class: str,
    class_needs_release: bool,
    open_amount: Decimal,
    order_total: Decimal,
    limit: Decimal | None,
    released_up_to: Decimal | None = None,
) -> tuple[Reason, ...]:
    """Return why the order waits; empty lets it go.

    Codes and values: ``class`` {class}; ``over_limit`` {open, order, limit, beyond}. Amounts
    are texts in the company's currency, as Decimal writes them.

    :param open_amount: all that is open or ordered and not invoiced, without this order
    :param limit: credit limit; None is none, 0 is nothing on credit
    :param released_up_to: total that finance released for this order; None is not released

    >>> needs_release("b", False, Decimal(900), Decimal(200), Decimal(1000))[0].values["beyond"]
    '100'
    """
    if order_total <= 0 or (released_up_to is not None and order_total <= released_up_to):
        return ()
    reasons = []
    if class_needs_release:
        reasons.append(Reason("class", {"class": risk_class}))
    if limit is not None and open_amount + order_total > limit:
        reasons.append(
            Reason(
                "over_limit",
                {
                    "open": str(open_amount),
                    "order": str(order_total),
                    "limit": str(limit),
                    "beyond": str(open_amount + order_total - limit),
                },
            )
        )
    return tuple(reasons)
