"""Why an order waits, as sentences in the user's language."""

from odoo.tools.translate import LazyTranslate

from .debitor_scoring_class import RISK_CLASSES

_lt = LazyTranslate(__name__)

# The codes of core/hold.py, and ``raised``.
_SENTENCES = {
    "class": _lt("Each order of a customer in class %(risk_class)s needs a release."),
    "class_new": _lt("Each order of a customer who is not rated needs a release."),
    "over_limit": _lt(
        "With this order %(exposure)s would be open, %(beyond)s more than the limit of %(limit)s."
    ),
    "raised": _lt("Finance released the order up to %(released)s; now it is higher."),
}


def get_hold_sentence(env, reason, currency):
    """Return one reason of a hold, ``{"code", "values"}``, as a sentence.

    :param currency: that of the company, in which the amounts are
    """
    code, values = reason["code"], reason.get("values") or {}
    if code == "class" and values.get("class") == "new":
        code = "class_new"
    facts = {}
    if code == "class":
        facts["risk_class"] = dict(RISK_CLASSES).get(values["class"], "")
    elif code == "over_limit":
        opened, order = float(values["open"]), float(values["order"])
        facts["exposure"] = currency.format(opened + order)
        facts["beyond"] = currency.format(float(values["beyond"]))
        facts["limit"] = currency.format(float(values["limit"]))
    elif code == "raised":
        own = env["res.currency"].browse(values["currency_id"])
        facts["released"] = own.format(float(values["released"]))
    return env._(_SENTENCES[code]) % facts  # pylint: disable=W8301,E8502
