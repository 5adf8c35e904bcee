"""From score to class: facts beside the score that cap it by rules anyone can read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .external import Report
from .model import worse
from .reasons import Reason
from .score import Score


@dataclass(frozen=True, slots=True)
class Override:
    """A class that a person set, with an expiry.

    :param until: last day on which it counts; None is without end
    """

    risk_class: str
    reason: str = ""
    until: date | None = None
    since: date | None = None

    def is_valid(self, today: date) -> bool:
        begun = self.since is None or self.since <= today
        return begun and (self.until is None or today <= self.until)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the payment history.

    :param returned_debits: direct debits returned within the days of the rule
    :param dunning_rank: rank of the highest level of an open item now; 0 is none
    :param at_collection: an item is with a collection agency or in court
    :param broken_promises: promises broken within the days of the rule
    """

    insolvent: bool = False
    blacklisted: bool = False
    override: Override | None = None
    returned_debits: int = 0
    dunning_rank: int = 0
    at_collection: bool = False
    broken_promises: int = 0
    reports: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class CapRules:
    """Which facts cap the class, and at what; a number of 0 or a cap of None switches off.

    :param report_bands: bands of a valid external report that cap the class at the band
    """

    insolvency_cap: str | None = "e"
    blacklist_cap: str | None = "e"
    returned_debits: int = 2
    returned_debit_days: int = 90
    returned_debit_cap: str | None = "d"
    dunning_rank: int = 3
    dunning_cap: str | None = "d"
    collection_cap: str | None = "e"
    broken_promises: int = 0
    broken_promise_days: int = 180
    broken_promise_cap: str | None = "d"
    report_bands: frozenset[str] = frozenset("de")


@dataclass(frozen=True, slots=True)
class Rating:
    """The class to show, and what decided it.

    :param risk_class: ``a`` to ``e`` or ``new``
    :param own_class: the class of the score alone
    :param decided_by: code of the reason that set the class; ``score`` if none did
    :param reasons: every fact found, strongest first
    """

    risk_class: str
    own_class: str
    decided_by: str
    reasons: tuple[Reason, ...]


def rate(score: Score, facts: Facts, rules: CapRules, today: date) -> Rating:
    """Return the class of a score under the facts.

    Insolvency beats everything; then a person's override, in either direction; then the
    lowest cap. A cap also gives a class to a customer not rated: what is known is enough.
    """
    # Worst cap first; among equals the order of the rules stays.
    caps = sorted(_caps(facts, rules, today), key=lambda pair: pair[1], reverse=True)
    reasons = tuple(reason for reason, _cap in caps)
    override = facts.override
    is_insolvent = facts.insolvent and rules.insolvency_cap is not None
    if override is not None and override.is_valid(today) and not is_insolvent:
        told = (_as_reason(override), *reasons)
        return Rating(override.risk_class, score.own_class, "override", told)
    if caps:
        reason, cap = caps[0]
        if worse(score.own_class, cap) != score.own_class:
            return Rating(cap, score.own_class, reason.code, reasons)
    return Rating(score.own_class, score.own_class, "score", reasons)


def _as_reason(override: Override) -> Reason:
    until = override.until.isoformat() if override.until else None
    values = {"class": override.risk_class, "reason": override.reason, "until": until}
    return Reason("override", values)


def _caps(facts: Facts, rules: CapRules, today: date) -> Iterator[tuple[Reason, str]]:
    """Yield each fact that caps, with the cap; the codes are the keys of the sentences.

    ``insolvent`` {}, ``blacklisted`` {}, ``at_collection`` {}, ``returned_debits`` {count,
    days}, ``dunning`` {rank}, ``broken_promises`` {count, days}, ``report`` {provider, band,
    date}; all of them with ``cap``.
    """
    marks: tuple[tuple[str, bool, str | None], ...] = (
        ("insolvent", facts.insolvent, rules.insolvency_cap),
        ("blacklisted", facts.blacklisted, rules.blacklist_cap),
        ("at_collection", facts.at_collection, rules.collection_cap),
    )
    for code, is_set, cap in marks:
        if is_set and cap:
            yield Reason(code, {"cap": cap}), cap
    yield from _count_caps(facts, rules)
    for report in facts.reports:
        if report.band and report.band in rules.report_bands and report.is_valid(today):
            values = {"provider": report.provider, "band": report.band, "cap": report.band}
            yield Reason("report", {**values, "date": report.day.isoformat()}), report.band


def _count_caps(facts: Facts, rules: CapRules) -> Iterator[tuple[Reason, str]]:
    """Yield the facts that cap from a number on."""
    if rules.returned_debit_cap and 0 < rules.returned_debits <= facts.returned_debits:
        values = {"count": facts.returned_debits, "days": rules.returned_debit_days}
        yield _capped("returned_debits", values, rules.returned_debit_cap)
    if rules.dunning_cap and 0 < rules.dunning_rank <= facts.dunning_rank:
        yield _capped("dunning", {"rank": facts.dunning_rank}, rules.dunning_cap)
    if rules.broken_promise_cap and 0 < rules.broken_promises <= facts.broken_promises:
        values = {"count": facts.broken_promises, "days": rules.broken_promise_days}
        yield _capped("broken_promises", values, rules.broken_promise_cap)


def _capped(code: str, values: dict[str, int], cap: str) -> tuple[Reason, str]:
    return Reason(code, {**values, "cap": cap}), cap
