"""The records behind ``people`` and ``products``: partners, articles, payment terms."""

from odoo.fields import Command

from .people import COMPANY, CUSTOMERS, TAGS, account_number
from .plan import TERMS
from .products import PRODUCTS

_LANGUAGES = {"german": "de_DE", "french": "fr_FR"}
# Customers of these tags get a deduction on every line, in percent.
DISCOUNTS = {"Wiederverkäufer": 15.0, "Rahmenvertrag": 5.0}


def enter_terms(env):
    """Return {key: payment term}, named in each language so that the invoice prints right."""
    terms = {}
    for term in TERMS.values():
        record = env["account.payment.term"].with_context(lang="en_US").create(_term_vals(term))
        terms[term.key] = record
        _translate(env, record, term)
        for language in env["res.lang"].search([("code", "in", list(_LANGUAGES.values()))]):
            named = record.with_context(lang=language.code)
            named.note = f"<p>{named.name}</p>"
    return terms


def _term_vals(term):
    return {
        "name": term.name,
        "note": f"<p>{term.name}</p>",
        "early_discount": bool(term.discount_days),
        "discount_percentage": term.discount_percent,
        "discount_days": term.discount_days,
        # Germans deduct the discount from the gross amount and correct the tax.
        "early_pay_discount_computation": "included" if term.discount_days else False,
        "line_ids": [
            Command.create({"value": "percent", "value_amount": percent, "nb_days": days})
            for days, percent in term.dues
        ],
    }


def enter_products(env):
    """Return {code: product}."""
    uom_hour = env.ref("uom.product_uom_hour", raise_if_not_found=False)
    products = {}
    for product in PRODUCTS:
        values = {
            "name": product.name,
            "default_code": product.code,
            "list_price": float(product.price),
            "type": "service" if product.service else "consu",
        }
        if product.code == "AZ-STD" and uom_hour:
            values["uom_id"] = uom_hour.id
        record = env["product.product"].with_context(lang="en_US").create(values)
        _translate(env, record, product)
        products[product.code] = record
    return products


def _translate(env, record, texts):
    """Write the name in each installed language that the data have."""
    installed = {code for code, _name in env["res.lang"].get_installed()}
    for attribute, lang in _LANGUAGES.items():
        if lang in installed:
            record.with_context(lang=lang).name = getattr(texts, attribute)


def enter_customers(env, company, terms):
    """Return {customer number: partner}; contacts and separate addresses come along."""
    tags = {tag: env["res.partner.category"].create({"name": tag}) for tag in TAGS}
    partners = env["res.partner"].create(
        [_partner_vals(env, company, terms, tags, customer) for customer in CUSTOMERS]
    )
    by_ref = {partner.ref: partner for partner in partners}
    _enter_contacts(env, by_ref)
    _enter_bank_accounts(env, by_ref)
    return by_ref


def _partner_vals(env, company, terms, tags, customer):
    installed = {code for code, _name in env["res.lang"].get_installed()}
    values = {
        "ref": customer.ref,
        "name": customer.name,
        "is_company": customer.kind == COMPANY,
        "street": customer.street,
        "zip": customer.zip,
        "city": customer.city,
        "country_id": env.ref(f"base.{customer.country.lower()}").id if customer.city else False,
        "state_id": _state(env, customer).id,
        "vat": customer.vat,
        "lang": customer.lang if customer.lang in installed else "en_US",
        "email": customer.email,
        "phone": customer.phone,
        "comment": customer.comment,
        "category_id": [Command.set([tags[tag].id for tag in customer.tags])],
        "property_payment_term_id": terms[customer.term].id,
        "customer_rank": 1,
        "company_id": False,
    }
    if customer.country in ("CH", "US"):
        values["property_account_position_id"] = _export(env, company).id
    return values


def _state(env, customer):
    """The federal state, which holidays depend on; ``us_oh`` names another country's."""
    State = env["res.country.state"]
    if not customer.state:
        return State
    code = customer.state if "_" in customer.state else f"de_{customer.state}"
    country, _sep, state = code.partition("_")
    return env.ref(f"base.state_{code}", raise_if_not_found=False) or State.search(
        [("country_id.code", "=", country.upper()), ("code", "=ilike", state)], limit=1
    )


def _export(env, company):
    return (
        env["account.chart.template"]
        .with_company(company)
        .ref("fiscal_position_non_eu_partner_skr03")
    )


def _enter_contacts(env, by_ref):
    """Contact persons, invoice addresses and, where our addon knows them, dunning contacts."""
    known = dict(env["res.partner"]._fields["type"]._description_selection(env))
    env["res.partner"].create(
        [
            {
                "parent_id": by_ref[customer.ref].id,
                "type": contact.type if contact.type in known else "contact",
                "name": contact.name,
                "function": contact.function,
                "email": contact.email,
                "phone": contact.phone,
                "lang": by_ref[customer.ref].lang,
            }
            | (
                {
                    "street": contact.street,
                    "zip": contact.zip,
                    "city": contact.city,
                    "country_id": by_ref[customer.ref].country_id.id,
                }
                if contact.street
                else {}
            )
            for customer in CUSTOMERS
            for contact in customer.contacts
        ]
    )


def _enter_bank_accounts(env, by_ref):
    """Known account numbers of most customers: the rest is for the bank matching to learn."""
    env["res.partner.bank"].create(
        [
            {"partner_id": by_ref[customer.ref].id, "acc_number": account_number(customer)}
            for customer in CUSTOMERS
            if account_number(customer) and int(customer.ref) % 4
        ]
    )


def discount_of(customer):
    """The customer's deduction on each line, in percent."""
    return max((DISCOUNTS.get(tag, 0.0) for tag in customer.tags), default=0.0)
