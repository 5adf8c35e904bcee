"""Accounts are suggested by what was booked before, and by nothing that says little."""

from datetime import date

import pytest

from debitor_camt.core.habits import Habit, Trait, get_traits, suggest

IBAN = "DE89370400440532013000"
FEES, RENT, OTHER = 1, 2, 3


def habits(traits, account, *, count=1, last=date(2026, 3, 1)):
    return [Habit(one, account, count, last) for one in traits]


def accounts(traits, known):
    return [one.account_id for one in suggest(traits, known)]


def words(text, code="PMNT-ICDT-ESCT"):
    return [one.value for one in get_traits("", "", code, text) if one.kind == "text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENTGELTABSCHLUSS 31.03.2026", ["ENTGELTABSCHLUSS"]),
        ("Miete Lager Halle 3, April 2026", ["MIETE LAGER HALLE"]),
        ("Miete Miete Lager", ["MIETE LAGER"]),
        ("Rechnung 4711 vom 3.5.2026, danke", []),
        ("Online-Überweisung Datum 12.05.2026, 09.13 Uhr", []),
        ("", []),
    ],
)
def test_words_that_tell_what_a_text_is_about(text, expected):
    assert words(text) == expected


def test_the_same_fees_of_the_next_month_go_to_the_same_account():
    known = habits(get_traits("", "", "PMNT-MDOP-CHRG", "Entgeltabschluss März"), FEES)

    assert accounts(get_traits("", "", "PMNT-MDOP-CHRG", "ENTGELTABSCHLUSS April 2026"), known) == [
        FEES
    ]


def test_the_same_words_of_another_kind_of_transaction_say_nothing():
    known = habits(get_traits("", "", "PMNT-MDOP-CHRG", "Entgeltabschluss"), FEES)

    assert accounts(get_traits("", "", "PMNT-RCDT-ESCT", "Entgeltabschluss"), known) == []


def test_most_of_the_words_must_come_again():
    known = habits(get_traits("", "", "X", "Miete Lager Halle"), RENT)

    assert accounts(get_traits("", "", "X", "Miete Lager Nord"), known) == [RENT]
    assert accounts(get_traits("", "", "X", "Miete Wohnung Nord"), known) == []


def test_an_account_number_in_other_letters_is_the_same():
    known = habits(get_traits(IBAN, "", "", ""), RENT)

    assert accounts(get_traits("de89 3704 0044 0532 0130 00", "", "", ""), known) == [RENT]


def test_what_fits_in_more_ways_comes_first_however_rare():
    rent = get_traits(IBAN, "Hausverwaltung Nord GmbH", "X", "Miete Lager")
    heating = get_traits(IBAN, "Hausverwaltung Nord GmbH", "X", "Heizkosten Abrechnung")
    known = [*habits(rent, RENT, count=40), *habits(heating, OTHER)]

    assert accounts(
        get_traits(IBAN, "Hausverwaltung Nord", "X", "Heizkosten Abrechnung"), known
    ) == [
        OTHER,
        RENT,
    ]


def test_of_two_that_fit_alike_the_more_frequent_then_the_later_comes_first():
    traits = get_traits(IBAN, "", "", "")
    often, once = habits(traits, RENT, count=3), habits(traits, FEES, last=date(2026, 3, 9))
    late = habits(traits, OTHER, last=date(2026, 3, 10))

    assert accounts(traits, [*once, *late, *often]) == [RENT, OTHER, FEES]


def test_no_more_than_three_are_suggested():
    traits = get_traits(IBAN, "", "", "")
    known = [Habit(Trait("iban", IBAN), number) for number in range(9)]

    assert len(suggest(traits, known)) == 3
