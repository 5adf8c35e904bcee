"""Payments of claims, of credit notes by themselves and of invoices in foreign currency.

Their items are made after the invoices and are used by these kinds alone, so that the truth
of the others stays what it is. *Decidable* means what `payment_story` says; further:

- an invoice is named and the amount is its own together with claims of the same customer:
  decidable if only one choice of its claims makes the amount;
- claims alone: the text must say that fees are meant and the payer be sure;
- money that goes out is for a credit note that is named, or the only one of a sure payee with
  the amount; what only looks like an invoice paid back is not decidable;
- an invoice in foreign currency is settled by what was ordered in that currency; the same
  figure in another one, or an amount at somebody's rate, settles nothing for sure.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import combinations

from debitor_camt.core.matching import OpenItem

CENT = Decimal("0.01")
CURRENCIES = {"USD": Decimal("0.86"), "CHF": Decimal("1.06")}
_FEES = ("2.50", "5.00", "7.50", "15.00")
_LUMP_SUM = Decimal("40.00")
_REFUND_TEXTS = (
    "Gutschrift {}", "Erstattung {}", "Rueckzahlung Gutschrift {}", "{}", "Auszahlung Gutschrift {} vom 3.5.2026",
)  # fmt: skip


class Specials:
    """The kinds «claims», «refund» and «foreign» of a story, and what they settle."""

    def _special_items(self, today) -> None:
        """Give some customers claims, credit notes and invoices in foreign currency."""
        self.today = today
        self.claims_of: dict[int, list[OpenItem]] = {}
        self.credits: list[OpenItem] = []
        self.foreign: list[OpenItem] = []
        self.number_of_specials = 900_000
        for partner_id in range(1, self.count + 1):
            dice = self.chance.random()
            if dice < 0.12 and self.by_partner[partner_id]:
                self._claims_for(partner_id)
            elif dice < 0.24:
                self._credits_for(partner_id)
            elif dice < 0.36:
                self._foreign_for(partner_id)
        self.chance.shuffle(self.credits)
        self.chance.shuffle(self.foreign)
        self.dunned = [one for one in self.claims_of if self._invoices_of(one)]
        self.chance.shuffle(self.dunned)

    def _add(self, partner_id, amount, number, **more) -> OpenItem:
        number_of_item = len(self.world.items) + 1
        day = self.today - timedelta(days=self.chance.randint(20, 60))
        item = OpenItem(
            id=number_of_item,
            move_id=10_000_000 + number_of_item,
            partner_id=partner_id,
            number=number,
            residual=amount,
            total=amount,
            account_id=1,
            date=day,
            due=day + timedelta(days=10),
            **{"currency": "EUR", **more},
        )
        self.world.items.append(item)
        self.by_partner[partner_id].append(item)
        if number:
            self.by_number[number].append(item)
            self.owner[number] = partner_id
        return item

    def _next_number(self) -> str:
        self.number_of_specials += 1
        return self.scheme.format(year=2026, n=self.number_of_specials)

    def _claims_for(self, partner_id) -> None:
        amounts = [Decimal(self.chance.choice(_FEES))]
        if self.chance.random() < 0.4:
            amounts.append(_LUMP_SUM)
        if self.chance.random() < 0.6:
            amounts.append(CENT * self.chance.randint(7, 2500))
        # A claim has no number before it is booked.
        self.claims_of[partner_id] = [
            self._add(partner_id, one, "", is_claim=True) for one in amounts
        ]

    def _credits_for(self, partner_id) -> None:
        for _ in range(self.chance.choice((1, 1, 2))):
            self.credits.append(self._add(partner_id, -self._amount(), self._next_number()))

    def _foreign_for(self, partner_id) -> None:
        currency = self.chance.choice(list(CURRENCIES))
        for _ in range(self.chance.choice((1, 1, 2))):
            self.foreign.append(
                self._add(partner_id, self._amount(), self._next_number(), currency=currency)
            )

    def _invoices_of(self, partner_id) -> list[OpenItem]:
        """Return the invoices that are neither used nor paid by instalments, in euros."""
        return [
            one
            for one in self.by_partner[partner_id]
            if one.id not in self.used and self.is_ordinary(one) and self._is_whole(one)
        ]

    def _is_whole(self, item) -> bool:
        return len(self.by_number[item.number]) == 1

    @staticmethod
    def is_ordinary(item) -> bool:
        """Whether the other kinds may use an item: an invoice in euros."""
        return item.residual > 0 and not item.is_claim and item.currency == "EUR"

    # -- claims ----------------------------------------------------------------------

    def _claims(self):
        while self.dunned:
            partner_id = self.dunned.pop()
            invoices = self._invoices_of(partner_id)
            if invoices:
                return self._pay_claims(self.chance.choice(invoices), self.claims_of[partner_id])
        return self._exact()

    def _pay_claims(self, item, claims):
        chance = self.chance
        payer, seen = self._payer(item.partner_id)
        text = self._sentence(item.number, item.partner_id)
        way = chance.random()
        total = sum(one.residual for one in claims)
        if way < 0.5:
            self.used.add(item.id)
            some = claims if chance.random() < 0.7 else claims[:1]
            text += chance.choice(("", " mit Mahngebühr", " zzgl. Zinsen", " inkl. Mahnkosten"))
            amount = item.residual + sum(one.residual for one in some)
            is_only = self._count_choices(claims, amount - item.residual) == 1
            decidable = seen != "other" and is_only
            return self._pay(item, [text], payer, amount), self._parts(item, *some), decidable
        if way < 0.65:
            self.used.add(item.id)
            return self._pay(item, [text], payer), self._parts(item), seen != "other"
        if way < 0.8:
            # A sum that no claim explains: too much, and nobody knows for what.
            amount = item.residual + total + Decimal(chance.choice(("1.50", "3.00", "12.00")))
            if self._count_choices(claims, amount - item.residual):
                amount += Decimal("0.37")
            return self._pay(item, [text], payer, amount), (), False
        text = chance.choice(("Mahngebühr", "Mahnkosten und Zinsen", "Verzugszinsen", "Mahnung"))
        payer, seen = self._payer(item.partner_id, may_be_third=False)
        is_only = self._count_sums(item.partner_id, total) == 1
        decidable = seen in ("iban", "name") and is_only and self._is_alone(item.partner_id, seen)
        return self._pay(item, [text], payer, total), self._parts(*claims), decidable

    @staticmethod
    def _count_choices(claims, amount) -> int:
        return sum(
            sum(one.residual for one in some) == amount
            for count in range(1, len(claims) + 1)
            for some in combinations(claims, count)
        )

    def _count_sums(self, partner_id, amount) -> int:
        account = self.by_partner[partner_id]
        # Of a long account nobody tells which of its sums is meant.
        return self._count_choices(account, amount) if len(account) <= 8 else 0

    def _is_alone(self, partner_id, seen) -> bool:
        """Whether nobody else pays from the account, or has the name."""
        if seen == "iban":
            iban = self.own_iban[partner_id]
            return sum(self.own_iban[one] == iban for one in self._near_ids(partner_id)) == 1
        return self.same_name[self.real_names[partner_id]] == 1

    # -- credit notes that are paid out ------------------------------------------------

    def _refund(self):
        if not self.credits:
            return self._exact()
        chance, item = self.chance, self.credits.pop()
        payee, seen = self._payer(item.partner_id, may_be_third=False)
        way = chance.random()
        if way < 0.5:
            text = chance.choice(_REFUND_TEXTS).format(item.number)
            return self._pay(item, [text], payee), self._parts(item), seen != "other"
        if way < 0.75:
            decidable = seen in ("iban", "name") and self._is_only(item, item.residual, seen)
            text = chance.choice(("Gutschrift", "Erstattung", "", "Rueckzahlung"))
            return self._pay(item, [text], payee), self._parts(item), decidable
        self.used.discard(item.id)
        if way < 0.85:
            amount = item.residual + chance.choice((-5, 3)) * CENT * 100
            if amount >= 0 or any(
                one.residual == amount for one in self.by_partner[item.partner_id]
            ):
                amount = item.residual - Decimal("11.11")
            return self._pay(item, [f"Gutschrift {item.number}"], payee, amount), (), False
        return self._paid_back(payee, item)

    def _paid_back(self, payee, credit):
        """Money goes out with the number and the amount of an invoice: what for, nobody sees."""
        stranger = self.chance.choice(self.world.items)
        while not self.is_ordinary(stranger) or stranger.partner_id == credit.partner_id:
            stranger = self.chance.choice(self.world.items)
        payee, _seen = self._payer(stranger.partner_id, may_be_third=False)
        text = f"Rueckzahlung {stranger.number}"
        return self._pay(stranger, [text], payee, -stranger.residual), (), False

    # -- foreign currency -----------------------------------------------------------------

    def _foreign(self):
        if not self.foreign:
            return self._exact()
        chance, item = self.chance, self.foreign.pop()
        rate = CURRENCIES[item.currency] * (1 + Decimal(chance.randint(-300, 300)) / 10_000)
        euros = (item.residual * rate).quantize(CENT)
        ordered = {"original_amount": item.residual, "original_currency": item.currency}
        text = self._sentence(item.number, item.partner_id)
        way = chance.random()
        if way < 0.45:
            payer, seen = self._payer(item.partner_id)
            return (
                self._pay(item, [text], payer, euros, **ordered),
                self._parts(item),
                seen != "other",
            )
        payer, seen = self._payer(item.partner_id, may_be_third=False)
        if way < 0.6:
            decidable = seen in ("iban", "name") and self._is_only_of(item, seen)
            noise = [chance.choice(("", "Danke", "Zahlung"))]
            return self._pay(item, noise, payer, euros, **ordered), self._parts(item), decidable
        if way < 0.8:
            return self._pay(item, [text], payer, euros), (), False
        return self._wrong_currency(item, text, payer)

    def _is_only_of(self, item, seen) -> bool:
        """Whether the payer has no other item of just this figure, in whatever currency."""
        same = sum(one.residual == item.residual for one in self.by_partner[item.partner_id])
        return same == 1 and self._is_alone(item.partner_id, seen)

    def _wrong_currency(self, item, text, payer):
        """The figure of the invoice in euros, while an invoice in euros has this figure, too."""
        twin = self._add(item.partner_id, item.residual, self._next_number())
        self.used.add(twin.id)
        return self._pay(item, [text], payer, item.residual), (), False

    @staticmethod
    def _parts(*items):
        return tuple(sorted((item.id, item.residual) for item in items))
