"""The company of the dunning benchmark, and one document of each kind made by Odoo."""

RATE_USD = 1.25


def prepare(env, probe):
    """Set up the company in a fresh database and post the prototypes."""
    company = env.company
    company.write(
        {
            "name": "Nordlicht Werkzeugbau GmbH",
            "country_id": env.ref("base.de").id,
            "currency_id": env.ref("base.EUR").id,
            "street": "Speicherstraße 7",
            "zip": "20457",
            "city": "Hamburg",
            "email": "buchhaltung@nordlicht.example",
        }
    )
    env["account.chart.template"].try_loading("de_skr03", company, install_demo=False)
    usd = env.ref("base.USD")
    usd.active = True
    env["res.currency.rate"].search([("currency_id", "=", usd.id)]).unlink()
    env["res.currency.rate"].create(
        {"currency_id": usd.id, "name": "2020-01-01", "rate": RATE_USD, "company_id": company.id}
    )
    partner = _make_customer(env)
    for code, move_type, currency in (
        ("eur", "out_invoice", company.currency_id),
        ("usd", "out_invoice", usd),
        ("refund", "out_refund", company.currency_id),
    ):
        move = _make_document(env, code, move_type, currency, partner)
        if move_type == "out_invoice":
            _pay_in_part(env, code, move)
    env.cr.commit()


def _make_customer(env):
    partner = env["res.partner"].create(
        {
            "name": "Prototype GmbH",
            "ref": "bench-prototype",
            "is_company": True,
            "customer_rank": 1,
            "street": "Hafenstraße 1",
            "zip": "24103",
            "city": "Kiel",
            "country_id": env.ref("base.de").id,
            "email": "prototype@customer.example",
            "lang": "de_DE",
        }
    )
    env["res.partner"].create(
        {
            "name": "Prototype accounting",
            "ref": "bench-prototype-contact",
            "parent_id": partner.id,
            "type": "invoice",
            "email": "accounting@customer.example",
            "lang": "de_DE",
        }
    )
    return partner


def _make_document(env, code, move_type, currency, partner):
    tax = env["account.tax"].search(
        [
            ("type_tax_use", "=", "sale"),
            ("amount", "=", 19),
            ("amount_type", "=", "percent"),
            ("price_include", "=", False),
            ("company_id", "=", env.company.id),
        ],
        limit=1,
    )
    move = env["account.move"].create(
        {
            "move_type": move_type,
            "ref": f"bench-{code}",
            "partner_id": partner.id,
            "currency_id": currency.id,
            "invoice_date": "2026-01-02",
            "invoice_line_ids": [
                (0, 0, {"name": "Tools", "price_unit": 1000, "tax_ids": [(6, 0, tax.ids)]})
            ],
        }
    )
    move.action_post()
    move.is_move_sent = True
    return move


def _pay_in_part(env, code, move):
    receivable = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    shared = {"partner_id": move.partner_id.id, "currency_id": move.currency_id.id}
    amount, balance = 200, 200 / (RATE_USD if code == "usd" else 1)
    payment = env["account.move"].create(
        {
            "move_type": "entry",
            "ref": f"bench-{code}-payment",
            "journal_id": journal.id,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id,
            "date": "2026-01-20",
            "line_ids": [
                (
                    0,
                    0,
                    {
                        **shared,
                        "name": "Payment",
                        "account_id": journal.default_account_id.id,
                        "amount_currency": amount,
                        "debit": balance,
                    },
                ),
                (
                    0,
                    0,
                    {
                        **shared,
                        "name": "Payment",
                        "account_id": receivable.account_id.id,
                        "amount_currency": -amount,
                        "credit": balance,
                    },
                ),
            ],
        }
    )
    payment.action_post()
    (receivable | payment.line_ids.filtered(lambda line: line.credit)).reconcile()
