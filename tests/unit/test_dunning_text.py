"""Texts of levels: plain names in braces, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.errors import PlaceholderError
from debitor_dunning.core.text import PLACEHOLDERS, check_text, fill_text


def test_names_are_replaced():
    values = {"amount": "12,00 €", "partner": "Holz Müller"}
    assert fill_text("{partner}: {amount}", values) == "Holz Müller: 12,00 €"


def test_a_value_with_braces_is_not_filled_in_again():
    assert fill_text("{partner}", {"partner": "{amount}", "amount": "1"}) == "{amount}"


@pytest.mark.parametrize("text", ["{unknown}", "{}", "{ partner }", "{Partner}"])
def test_an_unknown_placeholder_is_named(text):
    with pytest.raises(PlaceholderError) as caught:
        check_text(text)
    assert caught.value.values["placeholder"] == text


@pytest.mark.parametrize("text", ["{partner", "partner}", "{{partner}}", "{partner{amount}"])
def test_a_brace_without_its_partner_is_refused(text):
    with pytest.raises(PlaceholderError):
        check_text(text)


@pytest.mark.parametrize(
    "text", ["{partner.name}", "{partner[0]}", "{partner!r}", "{partner:>10}", "{0}"]
)
def test_a_text_can_not_reach_into_objects(text):
    with pytest.raises(PlaceholderError):
        fill_text(text, {"partner": "x"})


def test_an_empty_text_is_fine():
    check_text("")
    assert fill_text("", {}) == ""


def test_all_promised_placeholders_are_known():
    check_text(" ".join(f"{{{name}}}" for name in PLACEHOLDERS))


class _Spy(dict):
    """Values that note each name that is looked up."""

    def __init__(self):
        super().__init__({name: f"<{name}>" for name in PLACEHOLDERS})
        self.seen = set()

    def __getitem__(self, name):
        self.seen.add(name)
        return super().__getitem__(name)


_pieces = st.one_of(
    st.sampled_from(["{" + name + "}" for name in PLACEHOLDERS]),
    st.text(alphabet="{}[].!:()_abcdefpartner0 ", max_size=12),
)


@given(st.lists(_pieces, max_size=6).map("".join))
def test_filling_only_looks_up_names(text):
    values = _Spy()
    try:
        result = fill_text(text, values)
    except PlaceholderError:
        return
    assert values.seen <= set(PLACEHOLDERS)
    assert "{" not in result
    assert "}" not in result
    for name in PLACEHOLDERS:
        assert result.count(f"<{name}>") == text.count("{" + name + "}")


@given(st.text(max_size=50))
def test_a_checked_text_can_be_filled(text):
    try:
        check_text(text)
    except PlaceholderError:
        return
    fill_text(text, dict.fromkeys(PLACEHOLDERS, "x"))
