"""What speaks against a proposal although its amount may fit."""

from collections.abc import Iterator

from .model import ZERO, Evidence, MatchRules, OpenItem, Outcome, Proposal, Rank, WhyNot
from .numbering import is_near_number, padded_digits
from .payment import Payment
from .settlement import settle_clear

# One of so many open items may have the amount by chance before it confirms nothing.
_RARE = 2000
_FEW = 3
_MOST_LINES = 20
_PROTECTED = frozenset({"reference", "end_to_end"})
_NAMES = frozenset({"name", "memory_name"})
_NUMBERS = frozenset({"number", "bare_number"})


def conflicts_of(proposal: Proposal, payment: Payment, rules: MatchRules) -> list[Evidence]:
    """Return what keeps the proposal from being booked, each with what it names."""
    items = [payment.index.items[item_id] for item_id in proposal.item_ids]
    return [
        *proposal.conflicts,
        *_taken(items, payment),
        *_amount(proposal, payment, rules),
        *_partners(items, payment, rules, proposal),
        *_settled(items, payment, proposal),
        *_unpaid(items, payment, rules, proposal),
        *_unknown(items, payment, proposal),
        *_too_early(items, payment),
    ]


def _taken(items: list[OpenItem], payment: Payment) -> Iterator[Evidence]:
    for item in items:
        if item.id in payment.taken:
            yield Evidence(WhyNot.ALREADY_PAID, payment.taken[item.id])


def _amount(proposal: Proposal, payment: Payment, rules: MatchRules) -> Iterator[Evidence]:
    outcome = proposal.outcome
    if outcome is Outcome.OVERPAID or (
        outcome is Outcome.PARTIAL
        and not (rules.allow_partial and proposal.rank is Rank.NAMED and len(proposal.parts) == 1)
    ):
        yield Evidence(WhyNot.AMOUNT_DIFFERS, f"{proposal.remainder:f}")
    if outcome is Outcome.SMALL_DIFFERENCE and not _is_strong(proposal, payment):
        yield Evidence(WhyNot.AMOUNT_DIFFERS, f"{proposal.remainder:f}")
    if outcome is Outcome.CHARGES and not rules.allow_charges:
        yield Evidence(WhyNot.AMOUNT_DIFFERS, f"{proposal.remainder:f}")


def _is_strong(proposal: Proposal, payment: Payment) -> bool:
    """Tell whether a reference or the payer vouch for what is named or hinted at.

    A small difference leaves the amount vouching for less: a slip in a number hits a
    stranger's invoice of nearly the amount sooner than one of just the amount.
    """
    if proposal.rank is Rank.HINTED:
        identity = payment.who.identities.get(proposal.partner_id or 0)
        return identity is not None and identity.is_sure
    is_vouched = proposal.strategy in _PROTECTED or payment.who.agrees(proposal.partner_id)
    return proposal.rank is Rank.NAMED and is_vouched


def _partners(
    items: list[OpenItem], payment: Payment, rules: MatchRules, proposal: Proposal
) -> Iterator[Evidence]:
    partners = {item.partner_id for item in items}
    if len(partners) > 1:
        yield Evidence(WhyNot.SEVERAL_PARTNERS)
        return
    without = _NAMES if proposal.strategy in _PROTECTED else ()
    other = payment.who.contradicts(items[0].partner_id, without)
    if other:
        yield Evidence(WhyNot.OTHER_PAYER, f"{other.code} {other.value}")
    elif _is_doubtful(proposal, payment, rules):
        yield Evidence(WhyNot.UNKNOWN_PAYER, " ".join(payment.who.payer_names))


def _is_doubtful(proposal: Proposal, payment: Payment, rules: MatchRules) -> bool:
    """Tell whether a number or a similar name could be that of a stranger.

    References have check digits, and what shared payers pass on was written by a machine.
    """
    if proposal.strategy in _PROTECTED or proposal.rank < Rank.PAYER:
        return False
    if proposal.rank is Rank.PAYER:
        return _is_only_called_so(proposal, payment) and not _is_rare(proposal, payment, _FEW)
    if payment.who.agrees(proposal.partner_id):
        return False
    is_passed_on = (
        payment.who.is_shared
        and not payment.who.payer_names
        and proposal.score >= rules.auto_threshold
    )
    return not is_passed_on and not _is_rare(proposal, payment)


def _is_only_called_so(proposal: Proposal, payment: Payment) -> bool:
    """Tell whether nothing but a name says who paid: there are namesakes who are no customers."""
    if _has_near(proposal):
        return False
    identity = payment.who.identities.get(proposal.partner_id or 0)
    return identity is None or all(one.code == "name" for one in identity.evidence)


def _is_rare(proposal: Proposal, payment: Payment, few: int = 0) -> bool:
    """Tell whether the amount fits hardly any other open item.

    Only then does it vouch for a number or a name: with a slip in the number and an amount
    that many invoices have, a stranger's would be hit sooner or later. Several numbers vouch
    for each other; a sum for a name only if not all of it are prices that many pay.
    """
    items = [payment.index.items[item_id] for item_id in proposal.item_ids]
    if len(items) == 1:
        return _has_rare_amount(items[0], payment, few)
    if len({item.move_id for item in items}) == 1:
        total = sum((item.residual for item in items), ZERO)
        # Instalments are paid at once as if the invoice had none.
        return _is_uncommon(len(payment.index.with_residual(total)), payment, few)
    if not few and _count_numbers(proposal) > 1:
        return True
    has_common_sum = len(payment.index.with_residual(payment.amount)) > few
    return not has_common_sum and any(_has_rare_amount(item, payment, few) for item in items)


def _count_numbers(proposal: Proposal) -> int:
    """Return how many of the items the text names: claims and credits only make the amount."""
    return sum(one.code in _NUMBERS for one in proposal.evidence)


def _has_rare_amount(item: OpenItem, payment: Payment, few: int) -> bool:
    same = payment.index.with_residual(item.residual)
    # Where many have it, instalments of the same invoice make no difference.
    others = (
        len(same) if len(same) > _MOST_LINES else sum(one.move_id != item.move_id for one in same)
    )
    return _is_uncommon(others, payment, few)


def _is_uncommon(others: int, payment: Payment, few: int) -> bool:
    return others <= max(few, len(payment.index.items) // _RARE)


def _settled(items: list[OpenItem], payment: Payment, proposal: Proposal) -> Iterator[Evidence]:
    partners = {item.partner_id for item in items}
    for hit, partner_id in payment.settled:
        written = hit.prefix, hit.digits
        if partner_id in partners or not _is_slip(written, items, payment):
            yield Evidence(WhyNot.SETTLED_NUMBER, hit.key.replace("|", "/"))
    for digits, key, _count in payment.bare_keys:
        if payment.index.settled.get(key) in partners and digits.text:
            yield Evidence(WhyNot.SETTLED_NUMBER, key.replace("|", "/").lstrip("/"))


def _is_slip(written: tuple[str, str], items: list[OpenItem], payment: Payment) -> bool:
    """Tell whether a number was misspelt, and one of the items is meant.

    Payer and amount must say which item it is; the number is only explained. Among invoices
    of the same amount the one with the likest number is no more likely than the others, and
    without the paid ones nobody knows if the number is right after all.
    """
    return payment.index.knows_settled and any(
        item.partner_id is not None
        and is_near_number(written, payment.index.account(item.partner_id).digits_of(item))
        and not _has_twin(item, items, payment)
        for item in items
    )


def _has_twin(item: OpenItem, items: list[OpenItem], payment: Payment) -> bool:
    """Tell whether another invoice of the partner is open with the same amount."""
    return item.partner_id is None or bool(_twins(item, items, payment))


def _twins(item: OpenItem, items: list[OpenItem], payment: Payment) -> list[OpenItem]:
    """Return the partner's other open invoices of the same amount."""
    if item.partner_id is None:
        return []
    moves = {one.move_id for one in items}
    same = payment.index.account(item.partner_id).by_amount.get(item.residual, ())
    return [one for one in same if one.move_id not in moves and one.id not in payment.taken]


def _unpaid(
    items: list[OpenItem], payment: Payment, rules: MatchRules, proposal: Proposal
) -> Iterator[Evidence]:
    """Yield what the text names and the proposal leaves out, or the other way round."""
    moves = {item.move_id for item in items}
    partner_id = items[0].partner_id
    for item in payment.named:
        is_own = item.partner_id == partner_id
        if item.move_id not in moves and (is_own or not _is_misread(item, items, payment, rules)):
            yield Evidence(WhyNot.NAMED_NOT_PAID, item.number)
    for quoted in payment.quoted:
        if not any(item.move_id in moves for item in quoted):
            yield Evidence(WhyNot.NAMED_NOT_PAID, quoted[0].number)
    if proposal.rank <= Rank.HINTED or proposal.outcome is not Outcome.EXACT:
        for item in payment.meant:
            if item.move_id not in moves and item.partner_id == partner_id:
                yield Evidence(WhyNot.NAMED_NOT_PAID, item.number)
    yield from _unpaid_elsewhere(items, payment, rules)
    if proposal.rank <= Rank.HINTED:
        yield from _unpaid_bare(items, payment, rules)
    if proposal.rank <= Rank.PAYER and not _has_near(proposal):
        yield from _more_than_named(moves, payment)


def _unpaid_elsewhere(
    items: list[OpenItem], payment: Payment, rules: MatchRules
) -> Iterator[Evidence]:
    """Yield named items of another currency: the same figure does not pay them.

    Somebody who names them means them, whatever else is open with the figure.
    """
    moves = {item.move_id for item in items}
    partners = {item.partner_id for item in items}
    for item, is_called in payment.named_elsewhere:
        is_own = item.partner_id in partners
        is_meant = is_own or (is_called and not _is_misread(item, items, payment, rules))
        if is_meant and item.move_id not in moves:
            yield Evidence(WhyNot.NAMED_NOT_PAID, item.number)


def _more_than_named(moves: set[int], payment: Payment) -> Iterator[Evidence]:
    said = {item.move_id for item in (*payment.named, *payment.meant)} & moves
    if said and moves - said:
        yield Evidence(WhyNot.MORE_THAN_NAMED)


def _has_near(proposal: Proposal) -> bool:
    return any(one.code == "near_number" for one in proposal.evidence)


def _unpaid_bare(items: list[OpenItem], payment: Payment, rules: MatchRules) -> Iterator[Evidence]:
    """Yield strangers' numbers without a prefix that the text calls an invoice or pays."""
    partners = {item.partner_id for item in items}
    for digits, key, _count in payment.bare_keys:
        for other in payment.index.numbered(key):
            if other.partner_id in partners or not payment.can_settle(other):
                continue
            is_meant = digits.label == "invoice" or settle_clear([other], payment, rules)
            if is_meant and not _is_misread(other, items, payment, rules):
                yield Evidence(WhyNot.NAMED_NOT_PAID, other.number)


def _is_misread(
    named: OpenItem, items: list[OpenItem], payment: Payment, rules: MatchRules
) -> bool:
    """Tell whether a stranger's item was named by a slip: the amount isn't its own."""
    if settle_clear([named], payment, rules):
        return False
    return _is_slip(padded_digits(named.number), items, payment)


def _too_early(items: list[OpenItem], payment: Payment) -> Iterator[Evidence]:
    """Yield an invoice that was written after its payment while an older one has its amount.

    With a slip in the number the older one was meant.
    """
    for item in items:
        is_early = item.date is not None and payment.day is not None and item.date > payment.day
        if is_early and any(
            _may_be_confused(item, one, payment) for one in _twins(item, items, payment)
        ):
            yield Evidence(WhyNot.TIE)


def _may_be_confused(item: OpenItem, twin: OpenItem, payment: Payment) -> bool:
    """Tell whether one slip makes one number of the other."""
    if item.partner_id is None:
        return False
    return is_near_number(
        padded_digits(item.number), payment.index.account(item.partner_id).digits_of(twin)
    )


def _unknown(items: list[OpenItem], payment: Payment, proposal: Proposal) -> Iterator[Evidence]:
    for stray in payment.strays:
        if not _is_slip((stray.prefix, stray.digits), items, payment):
            yield Evidence(WhyNot.UNKNOWN_NUMBER, stray.printed)
    if proposal.rank <= Rank.PAYER:
        yield from _unknown_bare(items, payment)


def _unknown_bare(items: list[OpenItem], payment: Payment) -> Iterator[Evidence]:
    """Yield digits that the text calls an invoice, as long as ours, and that none of us has."""
    lengths = payment.index.numbering.lengths()
    open_places = {
        digits.place for digits, key, _count in payment.bare_keys if key in payment.index.numbers
    }
    own = {item.partner_id for item in items}
    is_hinted = any(item.partner_id in own for item in payment.meant)
    for digits in payment.digits:
        is_called = digits.label == "invoice" and len(digits.text) in lengths
        if not is_called or is_hinted or digits.place in open_places:
            continue
        if not _is_slip(("", digits.text), items, payment):
            yield Evidence(WhyNot.UNKNOWN_NUMBER, digits.text)
