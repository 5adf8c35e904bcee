"""The EPC payment code: exact text, and what doesn't fit."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.errors import PaymentCodeError
from debitor_dunning.core.payment_code import (
    PAYLOAD_BYTES,
    PaymentCode,
    group_iban,
    is_iban,
    payment_code_payload,
)

CODE = PaymentCode(
    name="Muster GmbH",
    iban="DE89 3704 0044 0532 0130 00",
    amount=Decimal("1234.5"),
    text="RE/2026/00012, RE/2026/00031",
    bic="COBADEFFXXX",
)


def test_the_payload_is_what_the_guideline_prints():
    assert payment_code_payload(CODE) == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nMuster GmbH\nDE89370400440532013000\nEUR1234.50\n\n\n"
        "RE/2026/00012, RE/2026/00031"
    )


def test_a_missing_bic_leaves_its_line_empty():
    assert payment_code_payload(replace(CODE, bic="")).split("\n")[4] == ""


def test_empty_elements_at_the_end_are_left_out():
    assert payment_code_payload(replace(CODE, text="")).endswith("EUR1234.50")


@pytest.mark.parametrize("amount", ["0.01", "1", "999999999.99"])
def test_amounts_of_the_allowed_range_fit(amount):
    line = payment_code_payload(replace(CODE, amount=Decimal(amount))).split("\n")[7]
    assert line == f"EUR{Decimal(amount):.2f}"


@pytest.mark.parametrize(
    ("element", "changes"),
    [
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal("-1")}),
        ("amount", {"amount": Decimal("0.005")}),
        ("amount", {"amount": Decimal("1000000000")}),
        ("amount", {"amount": Decimal("NaN")}),
        ("amount", {"amount": Decimal("Infinity")}),
        ("name", {"name": ""}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 71}),
        ("name", {"name": "Muster\nGmbH"}),
        ("iban", {"iban": ""}),
        ("iban", {"iban": "DE88370400440532013000"}),
        ("iban", {"iban": "1234567890"}),
        ("text", {"text": "x" * 141}),
        ("text", {"text": "RE/1\nRE/2"}),
        ("bic", {"bic": "COBA"}),
        ("size", {"name": "ü" * 70, "text": "ü" * 140}),
    ],
)
def test_data_that_do_not_fit_are_named(element, changes):
    with pytest.raises(PaymentCodeError) as caught:
        payment_code_payload(replace(CODE, **changes))
    assert caught.value.code == element


@given(
    name=st.text(max_size=80),
    text=st.text(max_size=150),
    amount=st.decimals(allow_nan=True, places=2),
)
def test_a_payload_always_fits_and_keeps_its_lines(name, text, amount):
    try:
        payload = payment_code_payload(replace(CODE, name=name, text=text, amount=amount))
    except PaymentCodeError:
        return
    assert len(payload.encode()) <= PAYLOAD_BYTES
    assert payload.split("\n")[5] == name
    assert payload.count("\n") == (10 if text else 7)


def test_an_iban_is_read_with_spaces_and_small_letters():
    assert is_iban("de89 3704 0044 0532 0130 00")


@given(digit=st.integers(0, 9), position=st.integers(2, 21))
def test_one_wrong_digit_is_found(digit, position):
    iban = "DE89370400440532013000"
    changed = iban[:position] + str(digit) + iban[position + 1 :]
    assert is_iban(changed) == (changed == iban)


def test_an_iban_is_shown_in_groups_of_four():
    assert group_iban("DE89370400440532013000") == "DE89 3704 0044 0532 0130 00"
