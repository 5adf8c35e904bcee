"""The demo company: eighteen months of a German supplier's receivables.

``build(env)`` turns an empty Odoo database (account and l10n_de installed, English
and German loaded, no demo data) into a company with customers who pay as customers
do. Everything is booked by Odoo's own methods, all chance comes from one seed.

Read in this order: ``company`` (who sells), ``people`` (who buys), ``products``
(what), ``habits`` (how they pay), ``plan`` (what happens on which day), ``master_data``
and ``ledger`` (the plan booked), ``dunning`` (the reminders), ``scoring`` (what sales sees),
``fingerprint`` (is it the same again?).
"""

from zoneinfo import ZoneInfo

SEED = 19
ZONE = ZoneInfo("Europe/Berlin")
# login, password, role: what the start-up screen of the workbench prints
LOGINS = [
    ["admin", "admin", "Administrator"],
    ["buchhaltung", "buchhaltung", "Buchhaltung: führt Mahnläufe"],
    ["leitung", "leitung", "Leitung: gibt frei"],
    ["vertrieb", "vertrieb", "Vertrieb (nur mit Odoo Sales)"],
]


def build(env, today=None, seed=SEED, progress=print):
    """Fill the database and commit after each stage; does nothing to one already filled.

    :param env: an Odoo environment of a superuser
    :param today: the last day of the story, by default today in the company's time zone
    :param seed: same seed and same day give the same partners, numbers, amounts, dates
    :param progress: called with one sentence per step
    :return: True when the company was built, False when it was already there
    """
    # Odoo is imported only here, so that the pure modules can be tested without it.
    from .story import tell

    return tell(env, today, seed, progress)
