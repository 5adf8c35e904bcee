"""What a salesperson is advised to do. Advice never refuses; a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

_ZERO = Decimal(0)
_ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class ClassTerms:
    """What the company recommends for a class.

    :param payment_term_id: record of the payment term; None leaves the usual one
    :param prepayment_percent: 0 to 100
    :param needs_release: an order of this class waits for a release by finance
    """

    payment_term_id: int | None = None
    prepayment_percent: Decimal = _ZERO
    needs_release: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommendation for one order.

    :param kind: ``none``, ``terms``, ``prepayment`` or ``talk`` (to accounting, first)
    :param payment_term_id: to set; None leaves the usual one
    :param prepayment_percent: to ask for, 0 to 100; at least what brings the order below the
        limit
    :param beyond_limit: by which the order would exceed the limit without prepayment
    """

    kind: str
    payment_term_id: int | None = None
    prepayment_percent: Decimal = _ZERO
    beyond_limit: Decimal = _ZERO


def advise(
    risk_class: str,
    terms: Mapping[str, ClassTerms],
    requested: Decimal,
    open_amount: Decimal,
    limit: Decimal | None,
) -> Advice:
    """Return what to recommend for an order.

    :param risk_class: of the customer, caps included
    :param terms: per class; a missing one recommends nothing
    :param requested: total of the order
    :param open_amount: all that is open or ordered and not invoiced, without this order
    :param limit: credit limit; None is none

    >>> advise("c", {}, Decimal(1000), Decimal(4500), Decimal(5000))
    Advice(kind='prepayment', payment_term_id=None, prepayment_percent=Decimal('50'), beyond_limit=Decimal('500'))
    """
    own = terms.get(risk_class, ClassTerms())
    beyond = _ZERO if limit is None else max(open_amount + requested - limit, _ZERO)
    percent = own.prepayment_percent
    if requested > 0 and beyond:
        needed = (beyond / requested * _ALL).quantize(Decimal(1), ROUND_CEILING)
        percent = max(percent, min(needed, _ALL))
    return Advice(_kind(own, percent, beyond > requested), own.payment_term_id, percent, beyond)


def _kind(own: ClassTerms, percent: Decimal, is_limit_gone: bool) -> str:
    if own.needs_release or is_limit_gone:
        return "talk"
    if percent:
        return "prepayment"
    return "none" if own.payment_term_id is None else "terms"
