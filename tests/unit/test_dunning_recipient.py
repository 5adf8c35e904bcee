"""Dunning contact, invoice address, customer: in this order."""

from hypothesis import given
from hypothesis import strategies as st

from debitor_dunning.core.recipient import Contact, choose_recipient

CUSTOMER = Contact(1, "contact", email="info@example.com")


def _contact(number, kind):
    return Contact(number, kind)


def test_without_contacts_the_customer_gets_it():
    assert choose_recipient(CUSTOMER, []) == CUSTOMER


def test_the_invoice_address_comes_before_the_customer():
    assert choose_recipient(CUSTOMER, [_contact(2, "invoice")]).id == 2


def test_the_dunning_contact_comes_before_the_invoice_address():
    contacts = [_contact(2, "invoice"), _contact(3, "dunning")]
    assert choose_recipient(CUSTOMER, contacts).id == 3


def test_delivery_and_other_addresses_never_get_it():
    contacts = [_contact(2, "delivery"), _contact(3, "other"), _contact(4, "contact")]
    assert choose_recipient(CUSTOMER, contacts) == CUSTOMER


def test_of_several_the_oldest_is_taken():
    contacts = [_contact(9, "dunning"), _contact(4, "dunning")]
    assert choose_recipient(CUSTOMER, contacts).id == 4


_kinds = st.sampled_from(["dunning", "invoice", "delivery", "contact", "other"])
_contacts = st.lists(st.builds(Contact, st.integers(2, 99), _kinds), unique_by=lambda one: one.id)


@given(_contacts, st.randoms())
def test_the_recipient_does_not_depend_on_the_order_of_contacts(contacts, random):
    shuffled = random.sample(contacts, len(contacts))
    assert choose_recipient(CUSTOMER, contacts) == choose_recipient(CUSTOMER, shuffled)
