"""Who sells: the company with its chart of accounts, letterhead, bank, rates and users.

Everything about the company is invented; see ``people`` for how its numbers were chosen.
"""

import base64
import io
import random
from datetime import timedelta

from odoo.fields import Command

from .people import iban

CHART = "de_skr03"
NAME = "Hellkamp Torsysteme GmbH"
IBAN = iban("DE", "990500100000471100")
BANK = {"name": "Handelsbank Köln eG", "bic": "HBKNDE6KXXX", "city": "Köln", "zip": "50667"}
BLUE, GREY = "#1d4e79", "#5b6770"
# The journal's code is the first part of an invoice number, and the customers quote it.
INVOICE_CODE = "RE"
TRANSIT = "Überweisung unterwegs"

ADDRESS = {
    "name": NAME,
    "street": "Am Hagebuttenweg 12",
    "zip": "50829",
    "city": "Köln",
    "phone": "+49 221 4710 100",
    "email": "rechnung@hellkamp-tore.example",
    "website": "https://www.hellkamp-tore.example",
    "vat": "DE999404334",
    "company_registry": "HRB 131207",
}
FOOTER = (
    "Amtsgericht Köln, HRB 131207<br>"
    "Geschäftsführer: Dr.-Ing. Katharina Hellkamp, Jens Röhrig<br>"
    "USt-IdNr.: DE 999 404 334 · Steuernummer: 217/5810/4711"
)
DETAILS = f"{NAME}<br>Am Hagebuttenweg 12<br>50829 Köln<br>+49 221 4710 100<br>" + ADDRESS["email"]

# login: name, function, telephone, Odoo groups, groups of our addons (where installed)
USERS = {
    "buchhaltung": (
        "Petra Lindemann", "Debitorenbuchhaltung", "+49 221 4710 112",
        ("account.group_account_user", "base.group_partner_manager"),
        ("debitor_dunning.group_dunning_user",),
    ),
    "leitung": (
        "Dr. Katharina Hellkamp", "Geschäftsführung", "+49 221 4710 101",
        ("account.group_account_manager", "base.group_partner_manager"),
        ("debitor_dunning.group_dunning_manager",),
    ),
    "vertrieb": (
        "Lukas Averbeck", "Vertrieb Innendienst", "+49 221 4710 131",
        ("sales_team.group_sale_salesman_all_leads",), (),
    ),
}  # fmt: skip

# Euros are worth this much of a currency when the story begins; it wanders from month to month.
RATES = {"CHF": 0.94, "USD": 1.11}


def found(env, plan, seed):
    """Make the database's first company ours; return it."""
    company = env.ref("base.main_company")
    _load_french(env)
    _write_identity(env, company)
    env["account.chart.template"].try_loading(CHART, company=company, install_demo=False)
    _write_letterhead(env, company)
    _open_bank_account(env, company)
    _set_rates(env, company, plan, seed)
    _hire(env, company)
    _stop_digest(env)
    return company


def _stop_digest(env):
    """Odoo's daily figures by mail come two hours after an installation; nobody asked for them."""
    env.ref("digest.digest_digest_default").state = "deactivated"


def _load_french(env):
    """A third language costs three seconds and shows that letters follow the customer."""
    installed = {code for code, _name in env["res.lang"].get_installed()}
    missing = [code for code in ("de_DE", "fr_FR") if code not in installed]
    if missing:
        languages = (
            env["res.lang"].with_context(active_test=False).search([("code", "in", missing)])
        )
        env["base.language.install"].create(
            {"lang_ids": [Command.set(languages.ids)]}
        ).lang_install()


def _write_identity(env, company):
    """Name, address and state; the state decides about holidays, the currency about all else."""
    germany = env.ref("base.de")
    euro = env.ref("base.EUR")
    euro.active = True
    company.write(
        ADDRESS
        | {
            "country_id": germany.id,
            "state_id": env.ref("base.state_de_nw").id,
            "currency_id": euro.id,
            "account_fiscal_country_id": germany.id,
        }
    )
    company.partner_id.write({"lang": "de_DE", "tz": "Europe/Berlin"})
    if "product.pricelist" in env:
        # Made with the company, when it still had the currency of Odoo's own.
        env["product.pricelist"].search([("company_id", "in", (company.id, False))]).write(
            {"currency_id": euro.id}
        )


def _write_letterhead(env, company):
    """DIN 5008 layout with the particulars that § 35a GmbHG wants on a letter."""
    company.write(
        {
            "report_header": "Tore, Antriebe und Prüfung aus einer Hand",
            "report_footer": FOOTER,
            "company_details": DETAILS,
            "primary_color": BLUE,
            "secondary_color": GREY,
            "font": "Roboto",
            "logo": draw_logo(),
        }
    )
    layout = env.ref("l10n_din5008.external_layout_din5008", raise_if_not_found=False)
    paper = env.ref("l10n_din5008.paperformat_euro_din", raise_if_not_found=False)
    if layout:
        company.external_report_layout_id = layout
    if paper:
        company.paperformat_id = paper


def draw_logo():
    """A door of four panels in the company's colour, as base64 of a PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGBA", (640, 480), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    draw.polygon([(40, 190), (320, 40), (600, 190), (600, 240), (320, 90), (40, 240)], fill=BLUE)
    for number in range(4):
        top = 250 + number * 54
        draw.rectangle([110, top, 530, top + 42], fill=BLUE if number % 2 else GREY)
    content = io.BytesIO()
    image.save(content, "PNG")
    return base64.b64encode(content.getvalue())


def _open_bank_account(env, company):
    """Bank account for the letterhead, and how its journal books incoming money.

    Payments entered by hand go straight to the bank account, as in a company without a
    reconciliation screen. A second method keeps money on its way until the statement comes.
    """
    bank = env["res.bank"].create(BANK | {"country": env.ref("base.de").id})
    account = env["res.partner.bank"].create(
        {
            "acc_number": IBAN,
            "bank_id": bank.id,
            "partner_id": company.partner_id.id,
            "allow_out_payment": True,
        }
    )
    journal = bank_journal(env, company)
    journal.write({"name": BANK["name"], "bank_account_id": account.id})
    sales = env["account.journal"].search(
        [("type", "=", "sale"), ("company_id", "=", company.id)], limit=1
    )
    sales.code = INVOICE_CODE
    manual = journal.inbound_payment_method_line_ids[:1]
    manual.payment_account_id = journal.default_account_id
    manual.copy({"name": TRANSIT, "payment_account_id": company.transfer_account_id.id})


def bank_journal(env, company):
    """The journal of the company's only bank account."""
    return env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )


def _set_rates(env, company, plan, seed):
    """A rate for each month, since an invoice in francs has that of its day."""
    rng = random.Random(f"{seed}/rates")
    for code, rate in RATES.items():
        currency = env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.active = True
        day = plan.start.replace(day=1) - timedelta(days=31)
        values = []
        while day <= plan.today:
            rate = round(rate * (1 + rng.uniform(-0.012, 0.012)), 4)
            values.append(
                {
                    "currency_id": currency.id,
                    "company_id": company.id,
                    "name": day,
                    "company_rate": rate,
                }
            )
            day = (day + timedelta(days=32)).replace(day=1)
        env["res.currency.rate"].create(values)


def _hire(env, company):
    """German users with password = login; one who lacks the addon's groups is not hired."""
    admin = env.ref("base.user_admin")
    admin.write({"lang": "de_DE", "tz": "Europe/Berlin", "email": "admin@hellkamp-tore.example"})
    env.ref("base.user_root").write({"lang": "de_DE", "tz": "Europe/Berlin"})
    own = []
    for login, (name, function, phone, needed, wanted) in USERS.items():
        groups = [env.ref(xmlid, raise_if_not_found=False) for xmlid in needed]
        if not all(groups):
            continue
        extra = [env.ref(xmlid, raise_if_not_found=False) for xmlid in wanted]
        own += extra
        user = env["res.users"].create(
            {
                "login": login,
                "password": login,
                "name": name,
                "email": f"{login}@hellkamp-tore.example",
                "lang": "de_DE",
                "tz": "Europe/Berlin",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [
                    Command.set(
                        [
                            env.ref("base.group_user").id,
                            *(one.id for one in [*groups, *extra] if one),
                        ]
                    )
                ],
            }
        )
        user.partner_id.write({"function": function, "phone": phone})
    admin.write({"group_ids": [Command.link(group.id) for group in own if group]})


def user(env, login):
    """The user of that login, the administrator where it was not hired."""
    return env["res.users"].search([("login", "=", login)], limit=1) or env.ref("base.user_admin")
