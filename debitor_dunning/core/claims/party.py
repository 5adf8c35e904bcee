"""Is the debtor a consumer? It decides rate, fee and lump sum (§ 13, § 288 BGB)."""

from dataclasses import dataclass
from enum import StrEnum


class PartyKind(StrEnum):
    BUSINESS = "business"
    CONSUMER = "consumer"


class Evidence(StrEnum):
    """What the kind was taken from; the strongest first."""

    STATED = "stated"
    VAT_NUMBER = "vat_number"
    COMPANY = "company"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Party:
    kind: PartyKind
    evidence: Evidence

    @property
    def is_consumer(self) -> bool:
        return self.kind is PartyKind.CONSUMER


def classify(stated: PartyKind | None, has_vat_number: bool, is_company: bool) -> Party:
    """Return what a debtor is taken for; one about whom nothing is known is a consumer.

    >>> classify(None, False, False)
    Party(kind=<PartyKind.CONSUMER: 'consumer'>, evidence=<Evidence.NOTHING: 'nothing'>)
    """
    if stated is not None:
        return Party(stated, Evidence.STATED)
    if has_vat_number:
        return Party(PartyKind.BUSINESS, Evidence.VAT_NUMBER)
    if is_company:
        return Party(PartyKind.BUSINESS, Evidence.COMPANY)
    return Party(PartyKind.CONSUMER, Evidence.NOTHING)
