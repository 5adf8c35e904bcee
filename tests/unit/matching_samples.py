"""Samples for tests of matching: factories with keywords, one assertion, strategies."""

from datetime import date
from decimal import Decimal

from debitor_camt.core.matching import (
    MatchRules,
    MemoryEntry,
    OpenItem,
    OpenItemIndex,
    Payer,
    SettledNumber,
    match,
)
from debitor_camt.core.statement import Transaction

TODAY = date(2026, 3, 18)
HUBER, MAIER, PAYPAL = 7, 8, 9
HUBER_IBAN = "DE89370400440532013000"
MAIER_IBAN = "AT611904300234573201"
PAYPAL_IBAN = "LU893751000135104200"
STRICT = MatchRules()
PAYERS = (
    Payer(HUBER, "Huber Maschinenbau GmbH", (HUBER_IBAN,), "10234"),
    Payer(MAIER, "Anna Maier", (MAIER_IBAN,), "10777"),
    Payer(PAYPAL, "PayPal Europe", (PAYPAL_IBAN,), is_shared=True),
)


def an_item(number="RE/2026/00012", *, amount="119.00", **facts):
    """Return an open item; its id is the last group of the number unless given."""
    digits = "".join(sign if sign.isdigit() else " " for sign in number).split()
    facts.setdefault("id", int(digits[-1]))
    facts.setdefault("move_id", facts["id"] * 10)
    facts.setdefault("partner_id", HUBER)
    facts.setdefault("total", Decimal(amount))
    facts.setdefault("currency", "EUR")
    facts.setdefault("account_id", 1)
    facts.setdefault("date", date(2026, 2, 1))
    facts.setdefault("due", date(2026, 3, 1))
    for name in ("discount",):
        if isinstance(facts.get(name), str):
            facts[name] = Decimal(facts[name])
    return OpenItem(number=number, residual=Decimal(amount), **facts)


def a_payment(*lines, amount="119.00", **facts):
    """Return a payment of an unknown payer; ``payer`` may be HUBER or MAIER, by IBAN."""
    payer = facts.pop("payer", None)
    if payer is not None:
        known = next(one for one in PAYERS if one.partner_id == payer)
        facts.setdefault("party", known.name)
        facts.setdefault("party_iban", known.ibans[0])
    facts.setdefault("currency", "EUR")
    facts.setdefault("booking_date", TODAY)
    for name in ("charges", "original_amount"):
        if isinstance(facts.get(name), str):
            facts[name] = Decimal(facts[name])
    return Transaction(amount=Decimal(amount), remittance=lines, **facts)


def an_index(*items, payers=PAYERS, memory=(), settled=(), currency="EUR"):
    """Return an index; ``settled`` are numbers or (number, partner), None for unknown."""
    if settled is not None:
        settled = [
            SettledNumber(*one) if isinstance(one, tuple) else SettledNumber(one, None)
            for one in settled
        ]
    memory = [one if isinstance(one, MemoryEntry) else MemoryEntry(*one) for one in memory]
    return OpenItemIndex.build(items, payers, memory, currency, settled)


def rules(**facts):
    return MatchRules(
        **{name: Decimal(one) if isinstance(one, str) else one for name, one in facts.items()}
    )


def decide(payment, *items, rules=STRICT, **index):
    return match(payment, an_index(*items, **index), rules)


def assert_booked(decision, *items, outcome="exact", remainder="0", strategy=None):
    """Assert that just these items (or (id, amount) pairs) are booked."""
    assert decision.automatic is not None, (decision.why_not, decision.proposals)
    found = decision.automatic
    expected = sorted(one if isinstance(one, tuple) else (one.id, one.residual) for one in items)
    assert sorted(found.parts) == [(item_id, Decimal(amount)) for item_id, amount in expected]
    assert (found.outcome, found.remainder) == (outcome, Decimal(remainder))
    assert strategy in (None, found.strategy)


def assert_waits(decision, why_not, *items):
    """Assert that a person is asked, with just these items in the best proposal."""
    assert decision.automatic is None, decision.automatic
    assert decision.why_not == why_not, (decision.why_not, decision.proposals)
    if items:
        best = decision.proposals[0]
        assert sorted(best.item_ids) == sorted(one.id for one in items)
