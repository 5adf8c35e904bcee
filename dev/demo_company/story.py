"""The order in which the demo company comes to life."""

import time
from collections import Counter
from datetime import datetime

from . import ZONE, dunning, master_data
from . import company as company_module
from .fingerprint import fingerprint
from .ledger import Ledger
from .plan import make_plan


def tell(env, today, seed, progress):
    """See ``demo_company.build``."""
    if env.ref("base.main_company").name == company_module.NAME:
        progress("Demo company: already there")
        return False
    started = time.monotonic()
    today = today or datetime.now(ZONE).date()
    plan = make_plan(today, seed)
    env = env(context={"lang": "en_US", "tz": ZONE.key, "tracking_disable": True})
    company = company_module.found(env, plan, seed)
    env.cr.commit()
    progress(f"Company: {company.name}, {company.chart_template}, {len(company.user_ids)} users")
    ledger = _open_ledger(env, company, plan, seed, progress)
    if dunning.is_installed(env):
        dunning.dun(ledger, progress)
    else:
        ledger.book_until(today)
    env.cr.commit()
    _report(env, ledger, started, progress)
    return True


def _open_ledger(env, company, plan, seed, progress):
    """Master data and an empty ledger, kept by the accountant's user in German."""
    terms = master_data.enter_terms(env)
    products = master_data.enter_products(env)
    partners = master_data.enter_customers(env, company, terms)
    env.cr.commit()
    progress(f"Master data: {len(partners)} customers, {len(products)} products")
    accountant = company_module.user(env, "buchhaltung")
    own = env(user=accountant.id, su=True, context=dict(env.context, lang="de_DE"))
    partners = {ref: partner.with_env(own) for ref, partner in partners.items()}
    products = {code: product.with_env(own) for code, product in products.items()}
    return Ledger(own, company.with_env(own), plan, partners, products, seed, progress)


def _report(env, ledger, started, progress):
    counts = ", ".join(f"{count} {name}" for name, count in ledger.counts.items())
    states = Counter(
        env["account.move"].search([("move_type", "=", "out_invoice")]).mapped("payment_state")
    )
    progress(f"Ledger: {counts}; invoices by state: {dict(states)}")
    progress(f"Done in {time.monotonic() - started:.0f} s, fingerprint {fingerprint(env)[:16]}")
