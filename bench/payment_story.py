"""Made-up payments of a German-speaking company with the truth about each, from a seed.

A *world* is a company with one scheme of invoice numbers: partners, open items, numbers of
paid invoices, what the payer memory knows, and payments (``Case``) of the kinds below.

``parts`` of a case are the items that the payer meant. ``decidable`` is what a person can
say who sees text, party, IBAN, amount and the open items, and nothing else: *which* items
are meant, and that the money settles them in full (to the cent, by discount in time, by
charges that the bank states, or within the journal's small difference). Without looking at
any matcher it follows from what was written:

- right numbers or references and a fitting amount: decidable, whoever pays, unless the
  account is known to be another customer's;
- no usable number: the payer must be recognisable (known IBAN, own name, name as banks
  bend it, customer number) and exactly one of its open items have the amount; several items
  without a number only if they are the whole account or, of six at most, the only sum;
- a misspelt number: as without number, and the misspelt one must not be a number of the
  same customer, nor a stranger's with just this amount;
- nothing but noise never comes from the known account of another customer: what it shows
  would be false, for everybody;
- too little, too much, paid twice, a paid invoice's number, nothing to go by: not decidable.
"""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

import payment_people
from payment_people import words
from payment_special import Specials

from debitor_camt.core.matching import MemoryEntry, OpenItem, Payer, SettledNumber
from debitor_camt.core.statement import Transaction

CENT = Decimal("0.01")
TODAY = date(2026, 5, 18)
GRACE_DAYS = 3
TOLERANCE = Decimal("0.05")
SMALL = Decimal("1.00")


PRICES = [
    Decimal(one) for one in words("119.00 59.50 238.00 49.90 99.00 29.90 357.00 595.00 1190.00")
]
NOISE = (
    "", "", "Danke", "Zahlung", "Überweisung", "lt. Vereinbarung", "Dauerauftrag", "wie besprochen",
    "Ihre Lieferung", "Gutschrift aus Dauerauftrag", "ONLINE-UEBERWEISUNG DATUM 12.05.2026, 09.13 UHR",
)  # fmt: skip

KINDS = {
    "exact": 14,
    "reformatted": 12,
    "split": 7,
    "misspelt": 7,
    "several": 9,
    "discount": 9,
    "charges": 4,
    "structured": 8,
    "customer number": 5,
    "name only": 6,
    "empty": 6,
    "hostile": 5,
    "shared payer": 3,
    "wrong amount": 3,
    "paid twice": 2,
    "claims": 3,
    "refund": 3,
    "foreign": 3,
}
SCHEMES = ("RE/{year}/{n:05d}", "R{year}-{n:04d}", "{year}{n:06d}", "INV-{n}", "{n}")
SECOND = "GS/{year}/{n:05d}"


@dataclass
class Case:
    """A payment, what it was meant for, and whether a person could tell."""

    kind: str
    transaction: Transaction
    parts: tuple[tuple[int, Decimal], ...]
    decidable: bool
    twin: tuple[tuple[int, Decimal], ...] = ()  # what the first of two same payments settles


@dataclass
class World:
    scheme: str
    items: list[OpenItem] = field(default_factory=list)
    payers: list[Payer] = field(default_factory=list)
    memory: list[MemoryEntry] = field(default_factory=list)
    settled: list[SettledNumber] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def make_world(seed: int, scheme: int, open_items: int, payments: int) -> World:
    """Return a company with so many open items and payments of all kinds."""
    return _Story(random.Random(seed), scheme, open_items).tell(payments)


class _Story(Specials):
    def __init__(self, chance: random.Random, scheme: int, open_items: int) -> None:
        self.chance = chance
        self.scheme = SCHEMES[scheme]
        self.world = World(self.scheme)
        self.size = open_items
        self.real_names: dict[int, str] = {}
        self.own_iban: dict[int, str] = {}
        self.knows_iban: set[int] = set()
        self.by_partner: dict[int, list[OpenItem]] = defaultdict(list)
        self.by_number: dict[str, list[OpenItem]] = defaultdict(list)
        self.owner: dict[str, int] = {}  # of every number, paid ones too
        self.used: set[int] = set()
        self.queue: list[OpenItem] = []

    # -- the company ---------------------------------------------------------

    def tell(self, payments: int) -> World:
        self._people(max(self.size // 5, 20))
        self._invoices()
        self.same_name = Counter(self.real_names.values())
        self.called = defaultdict(list)
        for partner_id, name in self.real_names.items():
            self.called[name].append(partner_id)
        self.paid = defaultdict(list)
        for one in self.world.settled:
            self.paid[one.partner_id].append(one.number)
        self.same_initial = Counter(map(payment_people.initial, self.real_names.values()))
        self.queue = list(self.world.items)
        self.chance.shuffle(self.queue)
        self._special_items(TODAY)
        self.ordinary = list(self.queue)
        kinds = self.chance.choices(list(KINDS), list(KINDS.values()), k=payments)
        for kind in kinds:
            made = getattr(self, "_" + kind.replace(" ", "_"))()
            if made is None:
                break  # all items are used
            for transaction, parts, decidable, *twin in made if isinstance(made, list) else [made]:
                key = f"{len(self.world.cases)}"
                case = Case(kind, replace(transaction, key=key), parts, decidable, *twin)
                self.world.cases.append(case)
        return self.world

    def _people(self, count: int) -> None:
        chance, world = self.chance, self.world
        for partner_id in range(1, count + 1):
            name = payment_people.make_name(self.chance)
            iban = payment_people.make_iban(self.chance)
            if partner_id > 1 and chance.random() < 0.02:
                iban = self.own_iban[partner_id - 1]  # one account, two customers
            self.real_names[partner_id], self.own_iban[partner_id] = name, iban
            known = chance.random()
            if known < 0.45:
                world.memory.append(MemoryEntry(iban, partner_id, chance.randint(1, 9)))
            if known < 0.7:
                self.knows_iban.add(partner_id)
            ibans = (iban,) if 0.45 <= known < 0.7 else ()
            number = f"{10000 + partner_id}" if self.scheme != "{n}" else f"K{10000 + partner_id}"
            world.payers.append(Payer(partner_id, name, ibans, number))
        self.numbers = {payer.partner_id: payer.number for payer in world.payers}
        self.paypal = payment_people.make_iban(self.chance)
        world.payers.append(
            Payer(count + 1, "PayPal Europe S.a.r.l. et Cie S.C.A", (self.paypal,), is_shared=True)
        )
        self.count = count
        self.known = sorted(self.knows_iban)

    def _invoices(self) -> None:
        """Number all invoices in one row, as they are written; every second one is paid."""
        chance, world = self.chance, self.world
        weights = [chance.lognormvariate(0, 1.1) for _ in range(self.count)]
        owners = chance.choices(range(1, self.count + 1), weights, k=2 * self.size)
        subscriptions = {
            one: chance.choice(PRICES) for one in range(1, self.count + 1) if chance.random() < 0.15
        }
        with_discount = {one for one in range(1, self.count + 1) if chance.random() < 0.25}
        first = {"{n}": 100_000, "INV-{n}": 1}.get(self.scheme, 1)
        for place, partner_id in enumerate(owners):
            scheme = SECOND if chance.random() < 0.1 else self.scheme
            number = scheme.format(year=2025 + (place > self.size), n=first + place)
            self.owner[number] = partner_id
            if chance.random() < 0.5 or len(world.items) >= self.size:
                world.settled.append(SettledNumber(number, partner_id))
                continue
            amount = subscriptions.get(partner_id) or self._amount()
            self._invoice(number, partner_id, amount, partner_id in with_discount)

    def _amount(self) -> Decimal:
        if self.chance.random() < 0.2:
            return self.chance.choice(PRICES)
        return max(Decimal(self.chance.lognormvariate(5.8, 1.2)), Decimal(5)).quantize(CENT)

    def _invoice(self, number: str, partner_id: int, amount: Decimal, with_discount: bool) -> None:
        chance = self.chance
        day = TODAY - timedelta(days=chance.randint(3, 90))
        count = chance.choice((2, 3)) if chance.random() < 0.03 else 1
        shares = [(amount / count).quantize(CENT)] * (count - 1)
        move_id = len(self.world.items) + 1
        for place, share in enumerate([*shares, amount - sum(shares)]):
            discount = (
                (share * chance.choice((2, 3)) / 100).quantize(CENT) if with_discount else None
            )
            item = OpenItem(
                id=len(self.world.items) + 1,
                move_id=move_id,
                partner_id=partner_id,
                number=number,
                residual=share,
                total=share,
                currency="EUR",
                account_id=1,
                date=day,
                due=day + timedelta(days=30 * (place + 1)),
                references=(self._reference(move_id),) if place == 0 and count == 1 else (),
                discount=discount if count == 1 else None,
                discount_until=day + timedelta(days=10) if with_discount and count == 1 else None,
            )
            self.world.items.append(item)
            self.by_partner[partner_id].append(item)
            self.by_number[number].append(item)

    def _reference(self, move_id: int) -> str:
        body = f"{770000 + move_id:010d}"
        kind = self.chance.random()
        if kind < 0.5:
            return f"RF{98 - int(body + '271500') % 97:02d}{body}"
        if kind < 0.8:
            digits, carry = body.zfill(26), 0
            for sign in digits:
                carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(sign)) % 10]
            return f"{digits}{(10 - carry) % 10}"
        check = f"{int(body) % 97 or 97:02d}"
        return f"+++{body[:3]}/{body[3:7]}/{body[7:]}{check}+++"

    # -- who pays --------------------------------------------------------------

    def _next(self, allows_instalments: bool = False) -> OpenItem | None:
        while self.queue:
            item = self.queue.pop()
            lines = self.by_number[item.number]
            if item.id in self.used or (len(lines) > 1 and not allows_instalments):
                continue
            if len(lines) > 1:
                item = min(lines, key=lambda one: (one.due, one.id))
                if item.id in self.used:
                    continue
            self.used.add(item.id)
            return item
        return None

    def _payer(self, partner_id: int, may_be_third: bool = True) -> tuple[dict, str]:
        """Return party and IBAN, and how recognisable: iban, name, bent, third or other."""
        chance, name = self.chance, self.real_names[partner_id]
        dice = chance.random()
        if may_be_third and dice < 0.04:
            return {
                "party": payment_people.make_name(self.chance),
                "party_iban": payment_people.make_iban(self.chance),
            }, "third"
        if may_be_third and dice < 0.045 and self.known:
            other = chance.choice(self.known)
            if self.own_iban[other] != self.own_iban[partner_id]:
                return {
                    "party": self.real_names[other],
                    "party_iban": self.own_iban[other],
                }, "other"
        bent, is_clear = (
            payment_people.bend(name, chance, self.same_initial)
            if chance.random() < 0.4
            else (name, True)
        )
        if partner_id in self.knows_iban and chance.random() < 0.9:
            return {"party": bent, "party_iban": self.own_iban[partner_id]}, "iban"
        iban = payment_people.make_iban(self.chance) if chance.random() < 0.8 else None
        return {"party": bent, "party_iban": iban}, "name" if is_clear else "bent"

    # -- what a person can tell ---------------------------------------------------

    def _is_only(self, item: OpenItem, amount: Decimal, seen: str) -> bool:
        """Whether of all who may be the payer just this item has the amount."""
        partners = [item.partner_id]
        name = self.real_names[item.partner_id]
        if seen == "iban":
            iban = self.own_iban[item.partner_id]
            partners = [
                one for one in self._near_ids(item.partner_id) if self.own_iban[one] == iban
            ]
        elif self.same_name[name] > 1:
            partners = self.called[name]
        lines = [line for one in partners for line in self.by_partner[one]]
        fitting = {
            line.move_id
            for line in lines
            if amount == line.residual or (line.discount and self._with_discount(line) == amount)
        }
        return len(fitting) == 1

    def _near_ids(self, partner_id: int) -> list[int]:
        return [one for one in range(partner_id - 3, partner_id + 4) if one in self.own_iban]

    @staticmethod
    def _with_discount(item: OpenItem) -> Decimal:
        return item.residual - (item.discount or 0)

    def _pay(
        self, item: OpenItem, lines: list[str], payer: dict, amount: Decimal | None = None, **more
    ):
        day = more.pop("day", None) or min(
            TODAY, item.date + timedelta(days=self.chance.randint(12, 80))
        )
        return Transaction(
            amount=item.residual if amount is None else amount,
            currency="EUR",
            booking_date=day,
            remittance=tuple(line for line in lines if line),
            **payer,
            **more,
        )

    # -- how numbers are written ---------------------------------------------------

    def _sentence(self, number: str, partner_id: int) -> str:
        day = f"{self.chance.randint(1, 28)}.{self.chance.randint(1, 5)}.2026"
        return self.chance.choice(
            (
                "{n}", "Rechnung {n}", "Rechnung {n} vom {d}", "RG-Nr. {n} vom {d}", "Rechnungsnr. {n}",
                "Rechn. {n}, Kd.Nr. {k}", "Zahlung Rechnung {n} - danke", "SVWZ+RECHNUNG {n} {d}",
                "Re. {n}", "Rg {n} Kunde {k} Tel. 089/4711{k}", "Invoice {n}", "Beleg {n} {d} EUR",
            )
        ).format(n=number, d=day, k=self.numbers[partner_id])  # fmt: skip

    def _rewrite(self, number: str) -> str:
        """Return a number as people write it: other separators, case, without zeros."""
        chance = self.chance
        groups = _groups(number)
        if len(groups) == 1:
            return chance.choice((number, f" {number} ", f"{number}.", f"Nr.{number}"))
        if chance.random() < 0.4:
            groups = [one.lstrip("0") if one.isdigit() else one for one in groups]
            joiner = chance.choice((" ", "/", "-", " / ", "."))
        else:
            joiner = chance.choice(("", " ", "/", "-", ".", "_", " - "))
        text = joiner.join(groups)
        return text.lower() if chance.random() < 0.3 else text

    def _slip(self, number: str) -> str:
        """Return the number with one digit wrong or two transposed."""
        chance = self.chance
        places = [place for place, sign in enumerate(number) if sign.isdigit()][-5:]
        signs = list(number)
        pairs = [one for one in places[:-1] if one + 1 in places and signs[one] != signs[one + 1]]
        if pairs and chance.random() < 0.4:
            place = chance.choice(pairs)
            signs[place], signs[place + 1] = signs[place + 1], signs[place]
        else:
            place = chance.choice(places)
            signs[place] = chance.choice([one for one in "123456789" if one != signs[place]])
        return "".join(signs)

    # -- the kinds -------------------------------------------------------------------

    def _exact(self):
        item = self._next(allows_instalments=True)
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        text = self._sentence(item.number, item.partner_id)
        return self._pay(item, [text], payer), _parts(item), seen != "other"

    def _reformatted(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        text = self._sentence(self._rewrite(item.number), item.partner_id)
        return self._pay(item, [text], payer), _parts(item), seen != "other"

    def _split(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        text = self._sentence(item.number, item.partner_id)
        start = text.index(item.number)
        cut = (
            start + self.chance.randint(1, len(item.number) - 1) if len(item.number) > 1 else start
        )
        lines = [text[:cut], text[cut:]]
        if self.chance.random() < 0.3:
            lines = [text[:cut] + " " + text[cut:]]
        return self._pay(item, lines, payer), _parts(item), seen != "other"

    def _misspelt(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        wrong = self._slip(item.number)
        hit = self.by_number.get(wrong, [])
        decidable = (
            seen in ("iban", "name")
            and self._is_only(item, item.residual, seen)
            and self.owner.get(wrong) != item.partner_id
            and all(one.residual != item.residual for one in hit)
        )
        text = self._sentence(wrong, item.partner_id)
        if self.numbers[item.partner_id] in text and seen in ("third", "bent"):
            text = wrong
        return self._pay(item, [text], payer), _parts(item), decidable

    def _several(self):
        item = self._next()
        if item is None:
            return None
        items = [item, *self._others(item, self.chance.randint(1, 4))]
        payer, seen = self._payer(item.partner_id)
        text = self._list(items)
        amount = sum(one.residual for one in items)
        return self._pay(item, _wrap(text), payer, amount), _parts(*items), seen != "other"

    def _others(self, item: OpenItem, count: int) -> list[OpenItem]:
        free = [
            one
            for one in self.by_partner[item.partner_id]
            if one.id not in self.used
            and self.is_ordinary(one)
            and len(self.by_number[one.number]) == 1
        ]
        some = free[:count]
        self.used.update(one.id for one in some)
        return some

    def _list(self, items: list[OpenItem]) -> str:
        numbers = [one.number for one in items]
        if self.chance.random() < 0.5:
            return (
                "Rechnungen "
                + ", ".join(numbers[:-1])
                + (" und " if numbers[1:] else "")
                + numbers[-1]
            )
        return self.chance.choice(("RG ", "", "Sammelzahlung ")) + self.chance.choice(
            (" ", ", ", "; ", " + ")
        ).join(numbers)

    def _discount(self):
        item = self._next()
        while item is not None and not item.discount:
            self.used.discard(item.id)
            item = self._next()
        if item is None:
            return self._exact()
        items = [item]
        if self.chance.random() < 0.3:
            items += self._others(item, self.chance.randint(1, 3))
        late = self.chance.random() < 0.15
        until = min(one.discount_until for one in items if one.discount_until)
        day = until + timedelta(
            days=self.chance.randint(12, 30) if late else self.chance.randint(-6, GRACE_DAYS)
        )
        if late:
            day = max(one.discount_until for one in items) + timedelta(days=GRACE_DAYS + 5)
        amount = sum(map(self._with_discount, items)) + CENT * self.chance.choice(
            (0, 0, 0, 1, -1, 3)
        )
        payer, seen = self._payer(item.partner_id)
        text = self._list(items) + self.chance.choice(("", " abzgl. Skonto", " -2%", " ./. Skonto"))
        parts = () if late else _parts(*items)
        return (
            self._pay(item, _wrap(text), payer, amount, day=day),
            parts,
            not late and seen != "other",
        )

    def _charges(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        fee = Decimal(self.chance.choice(("1.50", "5.00", "7.50", "12.00", "15.00")))
        if item.residual <= fee * 2:
            fee = Decimal("0.50")
        text = self._sentence(item.number, item.partner_id)
        stated = self.chance.random()
        more = {}
        if stated < 0.5:
            more = {"charges": fee}
        elif stated < 0.8:
            more = {"original_amount": item.residual, "original_currency": "EUR"}
        transaction = self._pay(item, [text], payer, item.residual - fee, **more)
        is_small = fee <= SMALL and fee * 100 <= item.residual
        return transaction, _parts(item), (stated < 0.8 or is_small) and seen != "other"

    def _structured(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        reference = item.references[0]
        if self.chance.random() < 0.6:
            code = "".join(sign for sign in reference if sign.isalnum())
            return self._pay(item, [], payer, structured=(code,)), _parts(item), seen != "other"
        if reference.startswith("RF"):
            reference = " ".join(
                reference[place : place + 4] for place in range(0, len(reference), 4)
            )
        elif reference.isdigit():
            reference = (
                reference[:2]
                + " "
                + " ".join(reference[place : place + 5] for place in range(2, 27, 5))
            )
        text = self.chance.choice(("{}", "Ref. {}", "Zahlung {} Danke")).format(reference)
        return self._pay(item, [text], payer), _parts(item), seen != "other"

    def _customer_number(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        number = self.numbers[item.partner_id]
        text = self.chance.choice(
            ("Kd.Nr. {}", "Kundennummer {}", "KDNR {} Danke", "Kunde {}", "KD-NR: {}")
        ).format(number)
        decidable = seen != "other" and self._is_only(
            item, item.residual, "iban" if seen == "iban" else "number"
        )
        if seen in ("third", "bent", "name"):
            lines = self.by_partner[item.partner_id]
            decidable = (
                sum(item.residual in (one.residual, self._with_discount(one)) for one in lines) == 1
            )
        return self._pay(item, [text], payer), _parts(item), decidable

    def _name_only(self):
        item = self._next()
        if item is None:
            return None
        name = self.real_names[item.partner_id]
        bent, is_clear = (
            payment_people.bend(name, self.chance, self.same_initial)
            if self.chance.random() < 0.5
            else (name, True)
        )
        payer = {"party": bent, "party_iban": payment_people.make_iban(self.chance)}
        decidable = is_clear and self._is_only(item, item.residual, "name")
        return self._pay(item, [self.chance.choice(NOISE)], payer), _parts(item), decidable

    def _nameless_payer(self, partner_id):
        """Return a payer whose text says nothing: never the known account of another customer.

        All that such a payment shows would be that the other one pays.
        """
        payer, seen = self._payer(partner_id)
        return (payer, seen) if seen != "other" else self._payer(partner_id, may_be_third=False)

    def _empty(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._nameless_payer(item.partner_id)
        noise = [self.chance.choice(NOISE)]
        if self.chance.random() < 0.2:
            return self._unnamed_sum(item, payer, seen, noise)
        decidable = seen in ("iban", "name") and self._is_only(item, item.residual, seen)
        return self._pay(item, noise, payer), _parts(item), decidable

    def _unnamed_sum(self, item, payer, seen, noise):
        account = self.by_partner[item.partner_id]
        free = [
            one
            for one in account
            if self.is_ordinary(one) and (one.id not in self.used or one is item)
        ]
        is_whole = self.chance.random() < 0.6 and len(free) == len(account)
        items = free if is_whole else free[: self.chance.randint(1, max(len(free) - 1, 1))]
        if item not in items:
            items = [*items, item]
        self.used.update(one.id for one in items)
        amount = sum(one.residual for one in items)
        alone = self.same_name[self.real_names[item.partner_id]] == 1
        is_only = len(account) <= 6 and _sums(account, amount) == 1
        if seen == "iban":
            iban = self.own_iban[item.partner_id]
            alone = sum(self.own_iban[one] == iban for one in self._near_ids(item.partner_id)) == 1
        decidable = alone and seen in ("iban", "name") and (is_only or len(items) == len(account))
        return self._pay(item, noise, payer, amount), _parts(*items), decidable

    def _hostile(self):
        """Digits that are somebody else's number, a paid one, or none at all."""
        item = self._next()
        if item is None:
            return None
        way = self.chance.choice(
            (
                self._labelled_digits,
                self._unknown_with_digits,
                self._strangers_number,
                self._paid_number,
                self._unknown_with_number,
                self._bare_digits,
                self._own_order,
            )
        )
        stranger = self.chance.choice(self.ordinary)
        if stranger.partner_id == item.partner_id:
            # The payer's own number with the amount of that item would be no slip at all.
            return self._own_order(item, stranger)
        return way(item, stranger)

    def _by_amount(self, item, text):
        """Return the item's payment with a text that says nothing of it."""
        payer, seen = self._payer(item.partner_id, may_be_third=False)
        decidable = seen in ("iban", "name") and self._is_only(item, item.residual, seen)
        return self._pay(item, [text], payer), _parts(item), decidable

    def _labelled_digits(self, item, stranger):
        text = self.chance.choice(
            (
                "Tel. 0171 {0}, bitte um Rückruf",
                "Auftrag {0} v. 03.05.2026",
                "Bestellung {0}",
                "PO {0}",
                "Liefertermin 12.04.2026 LS {0}",
                "{1} 2026-04-12",
                "Projekt {0} Wohnung 12",
            )
        )
        return self._by_amount(item, text.format(_digits(stranger), self.own_iban[item.partner_id]))

    def _bare_digits(self, item, stranger):
        return self._by_amount(item, f"{_digits(stranger)} Danke")

    def _own_order(self, item, _stranger):
        order, days = self.chance.randint(10**5, 10**7), self.chance.randint(1, 31)
        return self._by_amount(item, f"Unsere Bestellung {order} vom 3.5., {days} Tage")

    def _unknown_with_digits(self, item, stranger):
        text = self.chance.choice(
            ("{}", "Vertrag {}", "Nr. {}", "{} Miete", "Tel {}", "Rechnung {}")
        )
        return self._of_nobody(item, text.format(_digits(stranger)), self._amount())

    def _unknown_with_number(self, item, stranger):
        amount = stranger.residual + self.chance.choice((-5, 5, 10))
        if amount <= 0 or self.chance.random() < 0.5:
            amount = self._amount()
        claims = self.claims_of.get(stranger.partner_id, ())
        if self._count_choices(claims, amount - stranger.residual):
            amount += Decimal("0.13")  # with a claim it would be right
        return self._of_nobody(item, f"Zahlung {stranger.number}", amount)

    def _of_nobody(self, item, text, amount):
        """Return a payment for nothing open by somebody unknown; the item stays open."""
        self.used.discard(item.id)
        unknown = {
            "party": payment_people.make_name(self.chance),
            "party_iban": payment_people.make_iban(self.chance),
        }
        return self._pay(item, [text], unknown, amount), (), False

    def _strangers_number(self, item, stranger):
        """A stranger's full number with the own amount: a contradiction."""
        if stranger.partner_id == item.partner_id:
            return self._by_amount(item, "Danke")
        transaction, parts, _decidable = self._by_amount(item, f"Rechnung {stranger.number}")
        return transaction, parts, False

    def _paid_number(self, item, _stranger):
        """The number of a paid invoice of one's own with an amount that is open."""
        paid = self.paid[item.partner_id]
        if not paid:
            return self._by_amount(item, f"{self.chance.randint(100, 999)}")
        self.used.discard(item.id)
        payer, _seen = self._payer(item.partner_id, may_be_third=False)
        return self._pay(item, [f"Rechnung {self.chance.choice(paid)}"], payer), (), False

    def _shared_payer(self):
        item = self._next()
        if item is None:
            return None
        payer = {"party": "PayPal Europe S.a.r.l. et Cie S.C.A", "party_iban": self.paypal}
        way = self.chance.random()
        prefix = f"{self.chance.randint(10**12, 10**13)}/PP.{self.chance.randint(1000, 9999)}.PP/. "
        if way < 0.4:
            return self._pay(item, [prefix + item.number], payer), _parts(item), True
        if way < 0.7:
            return self._pay(item, [prefix + "Ihr Einkauf"], payer), _parts(item), False
        payer["ultimate_party"] = self.real_names[item.partner_id]
        return (
            self._pay(item, [prefix], payer),
            _parts(item),
            self._is_only(item, item.residual, "name"),
        )

    def _wrong_amount(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        text = self._sentence(item.number, item.partner_id)
        way = self.chance.random()
        if way < 0.35:
            off = CENT * self.chance.choice((-50, -20, -10, -5, -2, -1, 1, 2, 10, 50))
            is_small = abs(off) <= SMALL and abs(off) * 100 <= item.residual
            parts = _parts(item) if is_small else ()
            return (
                self._pay(item, [text], payer, item.residual + off),
                parts,
                is_small and seen != "other",
            )
        factor = Decimal(self.chance.choice(("0.5", "0.9", "1.1", "2", "0.97")))
        amount = (item.residual * factor).quantize(CENT)
        account = self.by_partner[item.partner_id]
        while (
            abs(amount - item.residual) <= SMALL
            or any(amount == one.residual for one in account)
            or self._count_choices(self.claims_of.get(item.partner_id, ()), amount - item.residual)
            or (item.discount and abs(amount - self._with_discount(item)) <= TOLERANCE)
        ):
            amount += 7
        return self._pay(item, [text], payer, amount), (), False

    def _paid_twice(self):
        item = self._next()
        if item is None:
            return None
        payer, seen = self._payer(item.partner_id)
        text = self._sentence(item.number, item.partner_id)
        first = self._pay(item, [text], payer)
        second = replace(first, remittance=(self._sentence(item.number, item.partner_id),))
        return [(first, _parts(item), seen != "other"), (second, (), False, _parts(item))]


def _parts(*items: OpenItem) -> tuple[tuple[int, Decimal], ...]:
    return tuple(sorted((item.id, item.residual) for item in items))


def _sums(items: list[OpenItem], amount: Decimal) -> int:
    ways = 0
    for count in range(1, len(items) + 1):
        for some in combinations(items, count):
            ways += sum(one.residual for one in some) == amount
    return ways


def _wrap(text: str, width: int = 27) -> list[str]:
    """Return the text as one line or cut at a fixed width, as old formats do."""
    return (
        [text[place : place + width] for place in range(0, len(text), width)]
        if len(text) % 2
        else [text]
    )


def _digits(item: OpenItem) -> str:
    return "".join(one for one in _groups(item.number) if one.isdigit())


def _groups(number: str) -> list[str]:
    groups: list[str] = []
    for sign in number:
        if not sign.isalnum():
            groups.append("")
        elif groups and groups[-1] and groups[-1][-1].isdigit() == sign.isdigit():
            groups[-1] += sign
        else:
            groups.append(sign)
    return [one for one in groups if one]
