"""What matching works with and what it answers: open items, payers, rules, proposals.

Amounts are exact and signed from our view, as in ``statement``: a receivable and money in
are positive, a credit note, a payable and money out are negative.
"""

from dataclasses import dataclass
from datetime import date as Day  # noqa: N812 a field is called date
from decimal import Decimal
from enum import IntEnum, StrEnum

ZERO = Decimal(0)


class Outcome(StrEnum):
    """What a proposal's amounts come to.

    EXACT to the cent; DISCOUNT with early discount taken in time; CHARGES short by what the
    bank says it took; SMALL_DIFFERENCE within the journal's caps; PARTIAL: less than is
    open; OVERPAID: money is left over.
    """

    EXACT = "exact"
    DISCOUNT = "discount"
    CHARGES = "charges"
    SMALL_DIFFERENCE = "small_difference"
    PARTIAL = "partial"
    OVERPAID = "overpaid"


class WhyNot(StrEnum):
    """Why nothing was booked automatically; also the codes of a proposal's conflicts."""

    NOT_A_PAYMENT = "not_a_payment"  # charges, a difference, no amount
    NOT_BOOKED = "not_booked"  # the bank has not booked it yet
    RETURNED = "returned"  # a return or reversal: what it undoes is known elsewhere
    NOTHING_FOUND = "nothing_found"
    TIE = "tie"  # another proposal is as good
    AMOUNT_DIFFERS = "amount_differs"  # paid too little or too much
    DISCOUNT_LATE = "discount_late"  # the discount was taken after its days
    OTHER_PAYER = "other_payer"  # the payer is known as somebody else
    SEVERAL_PARTNERS = "several_partners"  # the items belong to several
    UNKNOWN_PAYER = "unknown_payer"  # number and amount fit, but many items have this amount
    UNKNOWN_NUMBER = "unknown_number"  # the text names a number like ours that is not open
    SETTLED_NUMBER = "settled_number"  # the text names an invoice that is paid already
    ALREADY_PAID = "already_paid"  # another payment of this import settles the item
    NAMED_NOT_PAID = "named_not_paid"  # the text names an item that is not among the parts
    MORE_THAN_NAMED = "more_than_named"  # the text names only some of the parts
    WEAK_EVIDENCE = "weak_evidence"  # its score is below the journal's threshold
    OVER_CAP = "over_cap"  # more than the journal books by itself


class Rank(IntEnum):
    """How directly a payment names what it settles; a higher rank beats any lower one."""

    GUESSED = 0  # the amount alone, a similar name
    PAYER = 1  # known payer and fitting amount
    HINTED = 2  # a number that counts only together with the payer or amount
    NAMED = 3  # a reference or a full number of ours


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open receivable or payable line.

    ``residual`` is what is open and ``total`` what the line was, both signed, in
    ``currency``. ``references`` are what the customer was told to quote, and order numbers.
    ``discount`` may be deducted until ``discount_until``; it is positive for a receivable
    and a payable alike. ``is_claim``: interest, a fee or a lump sum of dunning.
    """

    id: int
    move_id: int
    partner_id: int | None
    number: str
    residual: Decimal
    total: Decimal
    currency: str
    account_id: int
    date: Day | None = None
    due: Day | None = None
    references: tuple[str, ...] = ()
    end_to_end: str | None = None
    mandate: str | None = None
    discount: Decimal | None = None
    discount_until: Day | None = None
    is_claim: bool = False


@dataclass(frozen=True, slots=True)
class Payer:
    """A commercial partner who may pay; ``number`` is the customer number.

    ``is_shared``: pays for many (factoring, PayPal, clearing); never evidence of a partner.
    """

    partner_id: int
    name: str
    ibans: tuple[str, ...] = ()
    number: str | None = None
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class MemoryEntry:
    """What confirmed matches taught: ``key`` (an IBAN or ``normalise_name``) is a partner.

    ``count``: how many matches said so.
    """

    key: str
    partner_id: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class SettledNumber:
    """The number of an invoice that is paid; a payment naming it settles nothing open."""

    number: str
    partner_id: int | None


@dataclass(frozen=True, slots=True)
class MatchRules:
    """What one journal books by itself.

    ``difference_percent`` is of the items' sum; a small difference must be within amount
    and percent. ``discount_tolerance`` is an amount per payment, ``discount_grace_days``
    come on top of the discount's days. ``max_auto_amount`` caps the payment, None for no
    cap. ``allow_partial``: book a payment of too little for a single named item, too.
    """

    auto_threshold: int = 90
    max_auto_amount: Decimal | None = None
    difference_amount: Decimal = ZERO
    difference_percent: Decimal = ZERO
    discount_grace_days: int = 0
    discount_tolerance: Decimal = ZERO
    allow_partial: bool = False
    allow_charges: bool = True
    max_proposals: int = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: ``code`` is a key for sentences, ``value`` what it names as text."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Items that a payment may settle.

    ``parts`` are (item id, amount by which its residual falls), signed like the residual;
    parts and ``remainder`` add up to the payment in ``currency``, which is the original
    currency where that matched. ``remainder`` is what is left of the payment, or with the
    opposite sign what is cleared beyond it (``outcome`` says as what). ``deductions`` are
    (item id, discount) for DISCOUNT. ``conflicts`` keep it from being booked by itself;
    their codes are those of ``WhyNot``.
    """

    parts: tuple[tuple[int, Decimal], ...]
    partner_id: int | None
    strategy: str
    evidence: tuple[Evidence, ...]
    remainder: Decimal
    outcome: Outcome
    score: int
    currency: str
    rank: Rank = Rank.GUESSED
    deductions: tuple[tuple[int, Decimal], ...] = ()
    conflicts: tuple[Evidence, ...] = ()

    @property
    def item_ids(self) -> tuple[int, ...]:
        return tuple(item_id for item_id, _amount in self.parts)


@dataclass(frozen=True, slots=True)
class Decision:
    """Proposals, best first; the one to book, or why there is none."""

    proposals: tuple[Proposal, ...] = ()
    automatic: Proposal | None = None
    why_not: WhyNot | None = None
