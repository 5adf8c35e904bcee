"""Scores of past months, and what sales and finance do with them today.

As in ``dunning`` nothing here writes a result: classes follow from the ledger, and an order
waits for finance because the salesperson tried to confirm it.
"""

from contextlib import suppress
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

# Scores are kept once a month; the first ones when there is something to rate.
_FIRST_SCORES = 360
_MONTH = 30
_LIMIT = 25_000
# What the salesperson offers today: to which class, of what, how much of it, and confirmed or not.
_OFFERS = (
    ("a", "ST-4030", 2, False),
    ("b", "AN-IND", 3, True),
    ("c", "TF-PAAR", 12, False),
    ("d", "LR-20", 2, False),
    ("e", "SL-3035", 1, True),
)


def is_installed(env):
    """Whether there is an addon that scores."""
    return "debitor.score" in env


def keep_scores_of_former_months(desk, until):
    """Book the ledger up to the day before ``until`` and score on the way, once a month."""
    day = desk.today - timedelta(days=_FIRST_SCORES)
    while day < until:
        desk.ledger.book_until(day - timedelta(days=1))
        keep_scores(desk, day)
        day += timedelta(days=_MONTH)


def keep_scores(desk, day):
    """Let the nightly action score on a day of the past."""
    with desk.on(day):
        desk.machine()["debitor.score"]._recompute(desk.company)
    desk.ledger.env.cr.commit()


def decide_today(desk, insolvent):
    """Switch the credit hold on, note an insolvency, and leave quotations and an order on hold."""
    company = desk.company.with_env(desk.machine())
    company.write(
        {
            "account_use_credit_limit": True,
            "debitor_hold_mode": "hold",
            "debitor_hold_user_id": desk.boss.user.id,
        }
    )
    desk.boss["ir.default"].sudo().set("res.partner", "credit_limit", _LIMIT, company_id=company.id)
    desk.boss["debitor.risk.mark"].create(
        {
            "partner_id": desk.partners[insolvent].id,
            "kind": "insolvent",
            "reason": "Insolvenzantrag, Bekanntmachung des Amtsgerichts Köln",
        }
    )
    desk.machine()["debitor.score"]._recompute(desk.company)
    orders = [_offer(desk, *offer) for offer in _OFFERS]
    desk.ledger.env.cr.commit()
    states = ", ".join(f"{one.name} {one.debitor_hold_state or one.state}" for one in orders if one)
    desk.progress(f"  Scores and orders: {states}")


def _offer(desk, risk_class, code, quantity, is_confirmed):
    """The salesperson writes a quotation for the customer who owes most of a class."""
    sales = desk.env_of("vertrieb")
    # The demo is built without a mail server; the activity stands on the desk all the same.
    sales = sales(context=dict(sales.context, mail_activity_quick_update=True))
    score = desk.machine()["debitor.score"].search(
        [("company_id", "=", desk.company.id), ("risk_class", "=", risk_class)],
        order="evidence desc, partner_id",
        limit=1,
    )
    if not score:
        return None
    order = sales["sale.order"].create(
        {
            "partner_id": score.partner_id.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": desk.ledger.products[code].id,
                        "product_uom_qty": quantity,
                    }
                )
            ],
        }
    )
    if is_confirmed:
        with suppress(UserError):
            order.action_confirm()
    return order
