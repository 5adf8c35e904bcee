"""Invoice numbers in a payment's text: found however they are written, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matching_samples import (
    HUBER,
    MAIER,
    a_payment,
    an_item,
    assert_booked,
    assert_waits,
    decide,
)

OURS = an_item("RE/2026/00012", amount="119.00")


@pytest.mark.parametrize(
    "text",
    [
        "RE/2026/00012",
        "Rechnung RE/2026/00012 vom 3.5.",
        "RE 2026 12",
        "RE-2026-00012",
        "re2026/12",
        "RE202600012",
        "RG-Nr.RE/2026/00012",
        "RE-Nr. 2026/00012",
        "Rechnung Nr: RE.2026.12, Kunde 4711, danke",
        "SVWZ+RE_2026_00012",
    ],
)
def test_a_number_is_found_however_it_is_written(text):
    assert_booked(decide(a_payment(text), OURS), OURS, strategy="number")


@pytest.mark.parametrize(
    "lines",
    [
        ("Rechnung RE/2026/", "00012"),
        ("Rechnung RE/2026/00", "012 vom 3.5."),
        ("Rechnung R", "E/2026/00012"),
        ("Rechnung RE/20", "26/00012"),
        ("RE/2026/00 012",),
        ("RE/20 26/00012",),
    ],
)
def test_a_number_is_found_where_a_line_or_blank_cuts_it(lines):
    assert_booked(decide(a_payment(*lines), OURS), OURS, strategy="number")


@pytest.mark.parametrize(
    "text",
    [
        "RE/2026/00012, RE/2026/00013 und RE/2026/00014",
        "RE/2026/00012, 00013 und 00014",
        "RE 2026 00012; 2026 00013 + 2026/00014",
        "Rechnungen RE/2026/00012 RE/2026/00013 RE/2026/00014",
        "RE202600012/RE202600013/RE202600014",
    ],
)
def test_several_numbers_in_a_text_are_paid_together(text):
    items = [OURS, an_item("RE/2026/00013", amount="50.00"), an_item("RE/2026/00014", amount="1")]

    assert_booked(decide(a_payment(text, amount="170.00"), *items), *items, strategy="number")


@pytest.mark.parametrize("text", ["RE/2026/00012 bis RE/2026/00014", "RE/2026/00012-00014"])
def test_a_range_is_not_guessed(text):
    items = [OURS, an_item("RE/2026/00013", amount="50.00"), an_item("RE/2026/00014", amount="1")]

    decision = decide(a_payment(text, amount="170.00"), *items)

    assert decision.automatic is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("R2026-0012", "Rechnung r2026 12"),
        ("R2026-0012", "R2026\n-0012"),
        ("INV-12", "inv 12"),
        ("INV-12", "INV.12"),
        ("2026100123", "Rechnung 2026100123"),
        ("RE2026AB0012", "re 2026 ab 12"),
        ("K/26/12/0007", "K-26-12-0007"),
    ],
)
def test_the_shape_of_numbers_is_learned(number, text):
    item = an_item(number)

    assert_booked(decide(a_payment(*text.split("\n"), payer=HUBER), item), item)


def test_a_number_of_the_structured_remittance_counts():
    payment = a_payment(documents=("RE/2026/00012",))

    assert_booked(decide(payment, OURS), OURS, strategy="number")


def test_a_bare_number_counts_when_the_payer_agrees():
    item, same_amount = an_item("123456"), an_item("123999")

    decision = decide(a_payment("123456", payer=HUBER), item, same_amount)

    assert_booked(decision, item, strategy="bare_number")


def test_a_bare_number_counts_with_the_exact_amount_when_the_text_calls_it_an_invoice():
    item = an_item("123456", amount="731.19")

    assert_booked(decide(a_payment("Rechnung 123456", amount="731.19"), item), item)


def test_a_bare_number_of_a_stranger_is_not_booked_for_somebody_else():
    stranger = an_item("123456", partner_id=MAIER)

    assert_waits(decide(a_payment("123456", payer=HUBER), stranger), "other_payer", stranger)


def test_a_bare_number_of_somebody_unknown_is_not_booked():
    stranger = an_item("123456")

    assert_waits(decide(a_payment("123456", party="Egon Olsen"), stranger), "weak_evidence")


@pytest.mark.parametrize(
    "text",
    [
        "Tel. 0171 123456",
        "Telefon 123456",
        "Bestellung 123456",
        "Auftrag Nr. 123456 vom 3.5.2026",
        "Kd.Nr. 123456",
        "IBAN DE89 1234 5600 0532 0130 00",
        "089/123456",
        "123.456,00 EUR",
        "Miete 12.34.56",
    ],
)
def test_digits_that_are_something_else_select_no_strangers_invoice(text):
    stranger = an_item("123456")
    padded = an_item("RE/2026/12345", amount="119.00", partner_id=MAIER)

    decision = decide(a_payment(text, amount="200.00", party="Egon Olsen"), stranger, padded)

    assert decision.automatic is None
    assert not decision.proposals


def test_a_date_is_no_number():
    item = an_item("INV/2026/05/03", amount="119.00")

    decision = decide(a_payment("Zahlung vom 2026-05-03", party="Egon Olsen"), item)

    assert decision.automatic is None


def test_only_the_last_group_means_an_item_of_the_payer():
    one, two = an_item("RE/2026/00012"), an_item("RE/2026/00013")

    decision = decide(a_payment("Rechnung 13", payer=HUBER), one, two)

    assert_booked(decision, two, strategy="bare_number")


def test_only_the_last_group_means_no_item_of_a_stranger():
    one = an_item("RE/2026/00012", partner_id=MAIER)

    assert decide(a_payment("Rechnung 12", payer=HUBER, amount="1.00"), one).automatic is None


def test_a_slip_in_the_number_is_forgiven_when_payer_and_amount_fit():
    item = an_item("RE/2026/00012")

    for text in ("RE/2026/00021", "RE/2026/00013", "RE/2026/0012", "RE/2062/00012"):
        assert_booked(decide(a_payment(text, payer=HUBER), item), item)


def test_a_slip_that_hits_a_strangers_invoice_is_forgiven_when_the_amount_is_not_its_own():
    item = an_item("RE/2026/00012")
    hit = an_item("RE/2026/00021", amount="77.00", partner_id=MAIER)

    assert_booked(decide(a_payment("RE/2026/00021", payer=HUBER), item, hit), item)


def test_a_slip_that_hits_a_strangers_invoice_of_the_same_amount_is_a_conflict():
    item = an_item("RE/2026/00012")
    hit = an_item("RE/2026/00021", partner_id=MAIER)

    decision = decide(a_payment("RE/2026/00021", payer=HUBER), item, hit)

    assert decision.automatic is None
    assert decision.why_not in ("other_payer", "named_not_paid")


@pytest.mark.parametrize("other", ["RE/2026/00022", "RE/2026/00100"])
def test_a_slip_breaks_no_tie(other):
    items = an_item("RE/2026/00012"), an_item(other)

    decision = decide(a_payment("RE/2026/00021", payer=HUBER), *items)

    assert_waits(decision, "unknown_number")


def test_a_slip_that_hits_a_strangers_invoice_breaks_no_tie():
    items = an_item("RE/2026/00012"), an_item("RE/2026/00100")
    hit = an_item("RE/2026/00021", amount="77.00", partner_id=MAIER)

    assert decide(a_payment("RE/2026/00021", payer=HUBER), *items, hit).automatic is None


def test_digits_near_a_number_break_no_tie():
    items = an_item("RE/2026/00012"), an_item("RE/2026/00100")

    assert_waits(decide(a_payment("202600021 danke", payer=HUBER), *items), "tie")


def test_a_slip_is_not_forgiven_where_paid_numbers_are_unknown():
    item = an_item("RE/2026/00012")

    decision = decide(a_payment("RE/2026/00021", payer=HUBER), item, settled=None)

    assert_waits(decision, "unknown_number", item)


def test_the_number_of_a_paid_invoice_is_a_conflict():
    item = an_item("RE/2026/00012")

    decision = decide(
        a_payment("RE/2026/00011", payer=HUBER), item, settled=[("RE/2026/00011", HUBER)]
    )

    assert_waits(decision, "settled_number", item)


def test_the_bare_number_of_a_paid_invoice_is_a_conflict():
    item = an_item("123456")

    decision = decide(a_payment("123450", payer=HUBER), item, settled=[("123450", HUBER)])

    assert_waits(decision, "settled_number", item)


def test_a_number_like_ours_that_nobody_knows_is_a_conflict():
    item = an_item("RE/2026/00012")

    assert_waits(decide(a_payment("RE/2026/09999", payer=HUBER), item), "unknown_number", item)


def test_a_strangers_number_with_another_amount_is_a_conflict():
    own, strangers = (
        an_item("RE/2026/00012"),
        an_item("RE/2026/07777", partner_id=MAIER, amount="5"),
    )

    decision = decide(a_payment("RE/2026/07777", payer=HUBER), own, strangers)

    assert decision.automatic is None


def test_a_full_number_with_an_amount_of_many_is_not_booked_for_a_stranger():
    items = [an_item(f"RE/2026/{number:05d}") for number in range(12, 20)]

    decision = decide(a_payment("RE/2026/00012", party="Egon Olsen"), *items)

    assert_waits(decision, "unknown_payer", items[0])


def test_a_full_number_with_a_rare_amount_is_booked_whoever_pays():
    item = an_item(amount="731.19")

    assert_booked(decide(a_payment("RE/2026/00012", amount="731.19", party="E. Olsen"), item), item)


def test_two_invoices_of_one_number_tie():
    one, two = an_item(id=1, move_id=1), an_item(id=2, move_id=2)

    assert decide(a_payment("RE/2026/00012"), one, two).automatic is None


@given(
    st.integers(1, 99_999),
    st.sampled_from(["/", "-", " ", ".", "_", " / ", "", "\n"]),
    st.sampled_from(["RE", "re", "Re"]),
    st.booleans(),
    st.sampled_from(["{}", "Rechnung {} vom 3.5.2026", "Rg.Nr.: {}, danke", "SVWZ+{}"]),
)
def test_rewriting_a_number_finds_the_same_invoice(number, joiner, prefix, is_short, sentence):
    item = an_item(f"RE/2026/{number:05d}", amount="731.19")
    last = str(number) if is_short and joiner else f"{number:05d}"
    text = sentence.format(joiner.join((prefix, "2026", last)))

    assert_booked(decide(a_payment(*text.split("\n"), amount="731.19"), item), item)


@given(st.integers(1, 60), st.integers(1, 99_999))
def test_a_cut_anywhere_finds_the_same_invoice(place, number):
    item = an_item(f"RE/2026/{number:05d}", amount="731.19")
    text = f"Ihre Rechnung RE/2026/{number:05d} vom 3.5. Danke"
    lines = [text[:place], text[place:]]

    assert_booked(decide(a_payment(*lines, amount="731.19"), item), item)


@pytest.mark.parametrize(
    "text", ["R2025-3107 3.2.2026", "R2025-3107 3 Stueck", "R2025-3107\n3.2.26"]
)
def test_a_number_swallows_no_day_that_follows(text):
    strangers = an_item("R2025-31073", amount="731.19", id=1)
    other = an_item("R2025-3007", id=2)
    payment = a_payment(*text.split("\n"), amount="731.19", party="Egon Olsen")

    assert decide(payment, strangers, other).automatic is None


@pytest.mark.parametrize("text", ["RG-Nr. 179929 vom 8.5.", "Rechnung 100999"])
def test_a_bare_number_called_an_invoice_that_nobody_knows_is_a_conflict(text):
    item = an_item("110200")

    decision = decide(a_payment(text, payer=HUBER), item, settled=[("100999", MAIER)])

    assert_waits(decision, "unknown_number", item)
    assert_booked(decide(a_payment("Rechnung 111200", payer=HUBER), item), item)
