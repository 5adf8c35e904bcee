"""Who paid: accounts, names, customer numbers, memory, and payers for many."""

from datetime import date

import pytest
from matching_samples import (
    HUBER,
    HUBER_IBAN,
    MAIER,
    PAYERS,
    PAYPAL_IBAN,
    a_payment,
    an_item,
    assert_booked,
    assert_waits,
    decide,
)

from debitor_camt.core.matching import Payer, normalise_name
from debitor_camt.core.matching.names import name_tokens, similarity

OTHER_IBAN = "DE02120300000000202051"


def test_a_known_account_and_the_only_item_of_the_amount():
    item, other = an_item(), an_item("RE/2026/00013", amount="50.00")

    decision = decide(a_payment("Danke", party_iban=HUBER_IBAN), item, other)

    assert_booked(decision, item, strategy="iban")


def test_two_items_of_the_amount_tie():
    items = an_item(), an_item("RE/2026/00013")

    assert_waits(decide(a_payment(payer=HUBER), *items), "tie")


def test_an_item_and_another_less_discount_tie():
    one = an_item(amount="98.00")
    two = an_item("RE/2026/00013", amount="100.00", discount="2.00", discount_until=one.due)

    decision = decide(a_payment(payer=HUBER, amount="98.00", booking_date=one.due), one, two)

    assert_waits(decision, "tie")


def test_an_account_of_two_customers_is_decided_by_the_amount():
    payers = (Payer(1, "Ast", (OTHER_IBAN,)), Payer(2, "Bast", (OTHER_IBAN,)))
    one, two = an_item(partner_id=1), an_item("RE/2026/00013", amount="50.00", partner_id=2)
    payment = a_payment(party_iban=OTHER_IBAN, amount="50.00")

    assert_booked(decide(payment, one, two, payers=payers), two)
    same = an_item("RE/2026/00014", amount="50.00", partner_id=1)
    assert_waits(decide(payment, one, two, same, payers=payers), "tie")


def test_memory_knows_accounts_and_names():
    item = an_item()
    name = normalise_name("Tante Erna")

    by_iban = decide(a_payment(party_iban=OTHER_IBAN), item, memory=[(OTHER_IBAN, HUBER)])
    by_name = decide(a_payment(party="Erna Tante"), item, memory=[(name, HUBER)])

    assert_booked(by_iban, item, strategy="iban")
    assert_booked(by_name, item, strategy="name")


def test_a_number_of_another_partner_than_memory_says_waits():
    item = an_item(partner_id=MAIER, amount="731.19")
    payment = a_payment("RE/2026/00012", party_iban=OTHER_IBAN, amount="731.19")

    assert_waits(decide(payment, item, memory=[(OTHER_IBAN, HUBER)]), "other_payer", item)


@pytest.mark.parametrize(
    "party",
    [
        "Huber Maschinenbau GmbH",
        "HUBER MASCHINENBAU",
        "Maschinenbau Huber GmbH & Co. KG",
        "Firma Huber Maschinenbau",
    ],
)
def test_the_own_name_and_the_only_item_of_the_amount(party):
    item, strangers = an_item(), an_item("RE/2026/00013", partner_id=MAIER)

    assert_booked(decide(a_payment(party=party), item, strangers), item, strategy="name")


def test_a_cut_name_and_the_only_item_of_the_amount():
    item = an_item()

    decision = decide(a_payment(party="Huber Maschinenb"), item)

    assert_booked(decision, item, strategy="name_similar")


def test_a_similar_name_is_only_suggested():
    item = an_item(partner_id=MAIER)

    decision = decide(a_payment(party="Berta Maier"), item)

    assert decision.automatic is None
    assert decision.proposals[0].item_ids == (item.id,)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MUELLER"),
        ("Dr. Anna Maier", "Maier, Anna"),
        ("Huber & Söhne GmbH & Co. KG", "Huber und Soehne"),
        ("Bau Ges.m.b.H. Moser", "MOSER BAU GMBH"),
        ("Straße GbR", "Strasse"),
    ],
)
def test_names_are_the_same_without_form_title_order_and_umlauts(one, other):
    assert normalise_name(one) == normalise_name(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Müller Bau", "Muller Bau"), ("Maier Anna", "Anna Maier")]
)
def test_names_with_lost_umlauts_are_alike(one, other):
    assert similarity(name_tokens(one), name_tokens(other)) == 1


def test_different_names_are_not_alike():
    assert similarity(name_tokens("Anna Maier"), name_tokens("Huber Maschinenbau")) < 0.3
    assert similarity(name_tokens("Anna Maier"), ()) == 0


@pytest.mark.parametrize("text", ["Kd.Nr. 10234", "Kundennummer: 10234", "KDNR 10234 danke"])
def test_a_customer_number_and_the_only_item_of_the_amount(text):
    item, strangers = an_item(), an_item("RE/2026/00013", partner_id=MAIER)

    decision = decide(a_payment(text, party="Egon Olsen"), item, strangers)

    assert_booked(decision, item, strategy="customer_number")


def test_a_customer_number_with_letters_is_read_as_one():
    payers = (Payer(HUBER, "Huber", number="K10234"),)

    assert_booked(decide(a_payment("Kunde K10234"), an_item(), payers=payers), an_item())


def test_a_customer_number_without_a_word_before_it_is_only_suggested():
    item = an_item()

    assert_waits(decide(a_payment("10234", party="Egon Olsen"), item), "weak_evidence", item)


def test_a_customer_number_and_the_account_of_somebody_else_wait():
    item = an_item()

    assert_waits(decide(a_payment("Kd.Nr. 10234", payer=MAIER), item), "other_payer", item)


def test_a_shared_payer_is_no_evidence_of_a_partner():
    item = an_item(partner_id=9)  # even its own

    decision = decide(a_payment(party="PayPal Europe", party_iban=PAYPAL_IBAN), item)

    assert decision.automatic is None
    assert all("iban" not in {one.code for one in found.evidence} for found in decision.proposals)


def test_what_was_remembered_of_a_shared_account_is_no_evidence():
    item = an_item()
    payment = a_payment(party_iban=PAYPAL_IBAN, party="PayPal Europe")

    assert decide(payment, item, memory=[(PAYPAL_IBAN, HUBER)]).automatic is None


def test_an_account_that_paid_for_many_is_shared():
    item = an_item()
    memory = [(OTHER_IBAN, partner) for partner in (HUBER, 20, 21, 22)]

    assert decide(a_payment(party_iban=OTHER_IBAN), item, memory=memory).automatic is None
    assert_booked(decide(a_payment(party_iban=OTHER_IBAN), item, memory=memory[:2]), item)


def test_a_number_paid_by_a_shared_payer_is_booked():
    item, same = an_item(), an_item("RE/2026/00013", partner_id=MAIER)
    payment = a_payment("PP.1234 RE/2026/00012", party="PayPal", party_iban=PAYPAL_IBAN)

    assert_booked(decide(payment, item, same), item, strategy="number")


def test_the_ultimate_party_of_a_shared_payer_counts():
    item = an_item()
    payment = a_payment(party_iban=PAYPAL_IBAN, ultimate_party=PAYERS[0].name)

    assert_booked(decide(payment, item), item, strategy="name")


def test_namesakes_are_decided_by_the_amount():
    payers = (Payer(1, "Anna Maier"), Payer(2, "Anna Maier"))
    one, two = an_item(partner_id=1), an_item("RE/2026/00013", amount="50.00", partner_id=2)
    same = an_item("RE/2026/00014", partner_id=2)

    assert_booked(decide(a_payment(party="Anna Maier"), one, two, payers=payers), one)
    assert_waits(decide(a_payment(party="Anna Maier"), one, same, payers=payers), "tie")


def test_the_amount_alone_is_only_suggested():
    item = an_item()

    decision = decide(a_payment("Danke", party="Egon Olsen"), item)

    assert_waits(decision, "weak_evidence", item)
    assert decision.proposals[0].strategy == "amount"


def test_nothing_is_found_where_nothing_fits():
    assert_waits(decide(a_payment("Danke", amount="5"), an_item()), "nothing_found")


def test_a_name_that_the_bank_cut_is_found_among_many_of_its_words():
    payers = [Payer(one, f"Krause Medizintechnik {one} GmbH") for one in range(100, 400)]
    payers.append(Payer(HUBER, "Krause Medizintechnik Ges.m.b.H."))
    item = an_item()

    decision = decide(a_payment(party="Krause Medizintechnik Ges.m"), item, payers=payers)

    assert_booked(decision, item, strategy="name_similar")


@pytest.mark.parametrize("party", ["Huber Maschinenbau GmbH", "Huber Maschinenb"])
def test_a_name_alone_with_an_amount_of_many_waits(party):
    item = an_item()
    others = [an_item(f"RE/2026/{one:05d}", partner_id=MAIER) for one in range(100, 110)]

    decision = decide(a_payment(party=party), item, *others)

    assert_waits(decision, "unknown_payer", item)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Churer Druckerei", "Druckerei Chur"), ("Anna Koch", "Anna Kocher"), ("Winter", "Winters")],
)
def test_words_that_begin_alike_are_other_names(one, other):
    assert similarity(name_tokens(one), name_tokens(other)) < 0.8


def test_a_sum_does_not_win_because_the_single_item_is_doubtful():
    single = an_item(amount="99.00", due=date(2026, 1, 1))
    halves = [an_item("RE/2026/00050", amount="49.50", id=one, move_id=5) for one in (1, 2)]
    third = an_item("RE/2026/00051", amount="1.17")
    others = [
        an_item(f"RE/2026/{one:05d}", amount="99.00", partner_id=MAIER) for one in range(100, 110)
    ]
    payment = a_payment(party="Huber Maschinenbau GmbH", amount="99.00")

    assert decide(payment, single, *halves, third, *others).automatic is None


def test_a_name_alone_with_a_sum_of_common_prices_waits():
    own = an_item(amount="49.00"), an_item("RE/2026/00013", amount="70.00")
    others = [
        an_item(f"RE/2026/{place:05d}", amount=amount, partner_id=MAIER)
        for place, amount in enumerate(("49.00", "70.00") * 5, 100)
    ]
    payment = a_payment(party="Huber Maschinenbau GmbH", amount="119.00")

    assert_waits(decide(payment, *own, *others), "unknown_payer", *own)
    known = a_payment(payer=HUBER, amount="119.00")
    assert_booked(decide(known, *own, *others), *own)


def test_an_item_and_two_others_that_add_up_to_it_tie():
    item = an_item(amount="357.00")
    pair = an_item("RE/2026/00013", amount="119.00"), an_item("RE/2026/00014", amount="238.00")
    payment = a_payment("wie besprochen", payer=HUBER, amount="357.00")

    assert_booked(decide(payment, item, pair[0]), item)
    assert_waits(decide(payment, item, *pair), "tie")


def test_a_word_that_many_names_have_vouches_for_none():
    def payers(number):
        others = (Payer(100 + n, f"Gebr. Ort{n}") for n in range(number))
        return (Payer(1, "Gebr. Kälin Spedition GmbH"), *others)

    item = an_item(partner_id=1, amount="1190.00")
    twins = [an_item(f"RE/2026/{n:05d}", partner_id=50, amount="1190.00") for n in range(20, 30)]
    payment = a_payment("Zahlung RE/2026/00012", party="Gebr. Haider Hotel", amount="1190.00")

    assert_booked(decide(payment, item, *twins, payers=payers(5)), item)
    assert_waits(decide(payment, item, *twins, payers=payers(30)), "unknown_payer")
