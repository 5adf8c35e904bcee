"""Structured references and the ids of direct debits."""

import pytest
from matching_samples import (
    HUBER,
    MAIER,
    a_payment,
    an_item,
    assert_booked,
    assert_waits,
    decide,
)

from debitor_camt.core.matching.references import kind_of

RF = "RF18539007547034"
QRR = "210000000003139471430009017"
OGM = "+++010/8068/17183+++"


@pytest.mark.parametrize(
    ("reference", "kind"),
    [
        ("RF18 5390 0754 7034", "RF"),
        ("RF19 5390 0754 7034", None),
        ("21 00000 00003 13947 14300 09017", "QRR"),
        ("210000000003139471430009016", None),
        ("+++010/8068/17183+++", "OGM"),
        ("010806817182", None),
        ("1232", "FI"),
        ("2345676", "KID"),
        ("12345678903", "KID"),  # modulus 11
        ("SI01 1-26-123457", None),
        ("RE/2026/00012", None),
        ("", None),
    ],
)
def test_check_digits_tell_what_a_reference_is(reference, kind):
    assert kind_of(reference) == kind


@pytest.mark.parametrize("reference", [RF, QRR, OGM])
@pytest.mark.parametrize("place", ["structured", "text"])
def test_a_reference_is_booked_whoever_pays(reference, place):
    item, same = an_item(references=(reference,)), an_item("RE/2026/00013")
    payment = (
        a_payment(structured=("".join(filter(str.isalnum, reference)),), party="Egon Olsen")
        if place == "structured"
        else a_payment(f"Zahlung {reference} danke", party="Egon Olsen")
    )

    assert_booked(decide(payment, item, same), item, strategy="reference")


@pytest.mark.parametrize(
    "printed", ["RF18 5390 0754 7034 Danke", "RF18 5390 0754 7034 12", "rf18539007547034"]
)
def test_where_a_printed_reference_ends_is_found_by_its_check_digits(printed):
    item = an_item(references=(RF,))

    assert_booked(decide(a_payment(printed), item), item, strategy="reference")


def test_plain_digits_are_a_reference_only_where_the_bank_says_so():
    item = an_item(references=("2345676",), amount="731.19")

    structured = decide(a_payment(structured=("2345676",), amount="731.19"), item)
    in_text = decide(a_payment("2345676", amount="731.19", party="Egon Olsen"), item)

    assert_booked(structured, item, strategy="reference")
    assert in_text.automatic is None


def test_a_reference_with_wrong_check_digits_is_none():
    item = an_item(references=("RF19539007547034",), amount="731.19")

    decision = decide(a_payment(structured=("RF19539007547034",), amount="731.19"), item)

    assert decision.automatic is None


def test_a_reference_with_another_amount_waits():
    item = an_item(references=(RF,))

    assert_waits(decide(a_payment(structured=(RF,), amount="100"), item), "amount_differs", item)
    assert_waits(decide(a_payment(structured=(RF,), amount="200"), item), "amount_differs", item)


def test_a_partners_reference_means_the_invoice_with_the_amount():
    one = an_item(references=(RF,))
    two = an_item("RE/2026/00013", references=(RF,), amount="50.00")

    assert_booked(decide(a_payment(structured=(RF,), amount="50.00"), one, two), two)
    assert_booked(decide(a_payment(structured=(RF,), amount="169.00"), one, two), one, two)


def test_a_partners_reference_ties_between_invoices_of_one_amount():
    items = an_item(references=(RF,)), an_item("RE/2026/00013", references=(RF,))

    assert_waits(decide(a_payment(structured=(RF,)), *items), "tie")


def test_a_reference_from_the_account_of_somebody_else_waits():
    item = an_item(references=(RF,), partner_id=MAIER)

    assert_waits(decide(a_payment(structured=(RF,), payer=HUBER), item), "other_payer", item)


def test_a_collected_payment_is_known_by_its_end_to_end_id():
    item, same = an_item(end_to_end="DD-2026-7"), an_item("RE/2026/00013", end_to_end="DD-2026-8")

    decision = decide(a_payment(end_to_end="DD-2026-7"), item, same)

    assert_booked(decision, item, strategy="end_to_end")


def test_a_mandate_tells_who_paid():
    item = an_item(mandate="M-7")

    assert_booked(decide(a_payment(mandate="M-7"), item), item, strategy="iban")


def test_an_order_number_counts_when_the_payer_agrees():
    item, same = an_item(references=("PO-778899",)), an_item("RE/2026/00013")

    known = decide(a_payment("Bestellung PO-778899", payer=HUBER), item, same)
    unknown = decide(a_payment("Bestellung PO-778899", party="Egon Olsen"), item, same)

    assert_booked(known, item, strategy="order_number")
    assert unknown.automatic is None


@pytest.mark.parametrize("facts", [{"structured": (RF,)}, {"end_to_end": "DD-2026-7"}])
def test_what_quotes_a_strangers_item_is_not_booked_on_the_payers_own(facts):
    strangers = an_item(references=(RF,), end_to_end="DD-2026-7", partner_id=MAIER)
    own = an_item("RE/2026/00013")

    assert decide(a_payment(payer=HUBER, **facts), strangers, own).automatic is None
