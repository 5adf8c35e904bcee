"""The customers as data: no chance, no Odoo.

Companies, mail domains and numbers are invented: telephone numbers come from the
ranges that the Bundesnetzagentur keeps free for films, mail addresses end in
``.example``, bank codes are not assigned. Check digits are right throughout.
"""

from dataclasses import dataclass

COMPANY, PERSON = "company", "person"


@dataclass(frozen=True)
class Contact:
    """A contact person or a separate address of a customer.

    ``type`` is Odoo's address type; ``dunning`` needs debitor_dunning and becomes a
    plain contact without it. Titles are part of the name: Odoo 19 has no field for them.
    """

    name: str
    type: str = "contact"
    function: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""


@dataclass(frozen=True)
class Customer:
    """A debtor, what it buys and how it pays.

    ``trade`` names a profile in ``products``, ``habit`` one in ``habits``; ``count``
    is the number of invoices in the whole story, ``size`` multiplies quantities.
    """

    ref: str
    name: str
    street: str
    zip: str
    city: str
    trade: str
    habit: str
    count: int
    term: str = "net14"
    kind: str = COMPANY
    country: str = "DE"
    state: str = ""
    vat: str = ""
    lang: str = "de_DE"
    email: str = ""
    phone: str = ""
    currency: str = "EUR"
    size: int = 1
    tags: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    comment: str = ""


def _company(ref, name, street, zip_code, city, state, trade, habit, count, **more):
    """A German company: the country is clear, the mail address goes to the accounts."""
    return Customer(ref, name, street, zip_code, city, trade, habit, count, state=state, **more)


def _person(ref, name, street, zip_code, city, state, count, habit="late", **more):
    """A consumer: buys a garage door and its service, has seven days."""
    more.setdefault("tags", ("Privatkunde",))
    return Customer(
        ref, name, street, zip_code, city, "garage", habit, count,
        term=more.pop("term", "net7"), kind=PERSON, state=state, **more,
    )  # fmt: skip


CUSTOMERS = (
    # The very good big customer: many invoices, pays collectively and to the day.
    _company(
        "10010", "Rheinlog Distributionszentren SE", "Am Containerhafen 8", "51149", "Köln",
        "nw", "fleet", "collective", 72, term="net30", vat="DE999424458", size=3,
        email="kreditoren@rheinlog.example", phone="+49 221 4710 210",
        tags=("Logistik", "Rahmenvertrag"),
        contacts=(
            Contact("Rheinlog SE Rechnungseingang", "invoice", email="invoice@rheinlog.example",
                    street="Postfach 90 04 11", zip="51114", city="Köln"),
            Contact("Sabine Terhorst", function="Leiterin Kreditorenbuchhaltung",
                    email="s.terhorst@rheinlog.example", phone="+49 221 4710 214"),
            Contact("Dr. Henning Aschoff", function="Einkauf Technik",
                    email="h.aschoff@rheinlog.example"),
        ),
    ),
    _company(
        "10011", "Dorfner Baustoffhandel GmbH & Co. KG", "Ziegelhüttenstraße 41", "50259",
        "Pulheim", "nw", "hall", "early", 30, term="skonto", vat="DE999197723",
        email="buchhaltung@dorfner-baustoffe.example", phone="+49 221 4710 331",
        tags=("Handel",),
        contacts=(Contact("Renate Dorfner", function="Geschäftsführerin",
                          email="r.dorfner@dorfner-baustoffe.example"),),
    ),
    _company(
        "10012", "Metallbau Quirin Thelen e. K.", "Gewerbering 7", "53881", "Euskirchen",
        "nw", "trade", "early", 26, term="skonto", vat="DE999517500",
        email="rechnung@thelen-metallbau.example", tags=("Handwerk", "Wiederverkäufer"),
        contacts=(Contact("Quirin Thelen", function="Inhaber"),),
    ),
    _company(
        "10013", "Stadtwerke Odenkirchen GmbH", "Wasserwerkstraße 2", "41199",
        "Mönchengladbach", "nw", "service", "punctual", 30, term="net30", vat="DE999853192",
        email="eingangsrechnung@stadtwerke-odenkirchen.example", tags=("Öffentliche Hand",),
    ),
    _company(
        "10014", "Kühlhaus Niederrhein AG", "Zum Kühlturm 15", "47475", "Kamp-Lintfort",
        "nw", "fleet", "punctual", 36, term="net30", vat="DE999063281", size=2,
        email="fibu@kuehlhaus-niederrhein.example", phone="+49 221 4710 418",
        tags=("Logistik", "Rahmenvertrag"),
        contacts=(Contact("Jörg Wintgens", function="Technischer Leiter",
                          email="j.wintgens@kuehlhaus-niederrhein.example"),),
    ),
    _company(
        "10015", "Autohaus Brinkschulte GmbH", "Münsterstraße 188", "48231", "Warendorf",
        "nw", "hall", "forgetful", 26, vat="DE999094949",
        email="buchhaltung@brinkschulte.example", tags=("Kfz-Gewerbe",),
    ),
    _company(
        "10016", "Spedition Ahrweiler & Töchter GmbH", "Logistikpark Süd 3", "53474",
        "Bad Neuenahr-Ahrweiler", "rp", "fleet", "slow", 36, vat="DE999702399", size=2,
        email="rechnungen@ahrweiler-spedition.example", phone="+49 221 4710 502",
        tags=("Logistik",),
        contacts=(
            Contact("Ahrweiler Mahnwesen", "dunning",
                    email="mahnungen@ahrweiler-spedition.example"),
            Contact("Mareike Ahrweiler", function="Prokuristin",
                    email="m.ahrweiler@ahrweiler-spedition.example"),
        ),
    ),
    _company(
        "10017", "Großbäckerei Wiesendorf GmbH", "Mühlenfeld 20", "49565", "Bramsche",
        "ni", "service", "punctual", 28, vat="DE999123375",
        email="kreditoren@wiesendorf.example", tags=("Lebensmittel",),
    ),
    # Has gone bankrupt: pays like everybody until it stops.
    _company(
        "10018", "Falkenhagen Innenausbau GmbH", "Wilhelm-Busch-Weg 5", "58636", "Iserlohn",
        "nw", "trade", "insolvent", 26, vat="DE999479318",
        email="info@falkenhagen-innenausbau.example", tags=("Handwerk", "Wiederverkäufer"),
        contacts=(Contact("Uwe Falkenhagen", function="Geschäftsführer"),),
        comment="Antrag auf Eröffnung des Insolvenzverfahrens gestellt.",
    ),
    # Disputes: complains about part of what it got.
    _company(
        "10019", "Hotel Burgblick Betriebs-GmbH", "Am Schlossberg 1", "56154", "Boppard",
        "rp", "service", "disputing", 24, vat="DE999763873",
        email="direktion@burgblick.example", tags=("Hotel",),
        contacts=(Contact("Christiane Lohr", function="Direktorin",
                          email="c.lohr@burgblick.example"),),
    ),
    _company(
        "10020", "Immobilien Karcher Verwaltungs GmbH", "Neckarhalde 33", "72070", "Tübingen",
        "bw", "garages", "reminder", 34, vat="DE999076028",
        email="verwaltung@karcher-immobilien.example", tags=("Hausverwaltung",),
        contacts=(
            Contact("Karcher Rechnungsprüfung", "invoice",
                    email="rechnung@karcher-immobilien.example",
                    street="Wilhelmstraße 120", zip="72074", city="Tübingen"),
        ),
    ),
    _company(
        "10021", "Wohnbau Genossenschaft Ehrenfeld eG", "Venloer Straße 611", "50827", "Köln",
        "nw", "garages", "punctual", 34, term="net30", vat="DE999665103",
        email="technik@wbg-ehrenfeld.example", tags=("Hausverwaltung", "Rahmenvertrag"),
        contacts=(Contact("Ingrid Pfaffenholz", function="Bestandsmanagement",
                          email="i.pfaffenholz@wbg-ehrenfeld.example"),),
    ),
    _company(
        "10022", "Holzwerke Sauerteig GmbH", "Sägemühle 1", "57368", "Lennestadt", "nw",
        "hall", "punctual", 26, term="net30", vat="DE999281400",
        email="buchhaltung@sauerteig-holz.example", tags=("Industrie",),
    ),
    _company(
        "10023", "Präzisionsteile Ockenfels GmbH", "Robert-Bosch-Straße 12", "53501",
        "Grafschaft", "rp", "hall", "punctual", 22, term="instalments", vat="DE999049142",
        size=2, email="einkauf@ockenfels.example", tags=("Industrie",),
    ),
    _company(
        "10024", "Recyclinghof Börde GmbH", "Deponieweg 9", "39164", "Wanzleben-Börde", "st",
        "hall", "late", 28, vat="DE999112652", email="kontor@recyclinghof-boerde.example",
        tags=("Entsorgung",),
    ),
    _company(
        "10025", "Fleischhof Tecklenburg GmbH", "Industriestraße 55", "49545", "Tecklenburg",
        "nw", "service", "forgetful", 26, vat="DE999568380",
        email="verwaltung@fleischhof-tecklenburg.example", tags=("Lebensmittel",),
    ),
    _company(
        "10026", "Gartenwelt Peukert KG", "Obstallee 77", "01665", "Klipphausen", "sn",
        "hall", "forgetful", 18, vat="DE999548102", email="kontakt@gartenwelt-peukert.example",
        tags=("Handel",),
    ),
    _company(
        "10027", "Klinikum am Stadtwald gGmbH", "Waldstraße 100", "06114", "Halle (Saale)",
        "st", "service", "collective", 28, term="net30", vat="DE999091565",
        email="rechnungswesen@klinikum-stadtwald.example", tags=("Gesundheit",),
        contacts=(
            Contact("Klinikum am Stadtwald, Zentrale Rechnungsstelle", "invoice",
                    email="rechnungsstelle@klinikum-stadtwald.example",
                    street="Magdeburger Straße 16", zip="06112", city="Halle (Saale)"),
        ),
    ),
    _company(
        "10028", "Getränke Oellers GmbH", "Hafenstraße 24", "41460", "Neuss", "nw",
        "service", "late", 24, vat="DE999315447", email="fibu@getraenke-oellers.example",
        tags=("Handel",),
    ),
    _company(
        "10029", "Druckzentrum Mainufer GmbH", "Hanauer Landstraße 402", "60314",
        "Frankfurt am Main", "he", "hall", "slow", 22, vat="DE999118899",
        email="buchhaltung@druckzentrum-mainufer.example", phone="+49 69 90009 120",
        tags=("Industrie",),
    ),
    _company(
        "10030", "Torservice Nordlicht GmbH", "Billstraße 90", "20539", "Hamburg", "hh",
        "trade", "reminder", 30, term="skonto", vat="DE999722264",
        email="buero@torservice-nordlicht.example", phone="+49 40 66969 330",
        tags=("Handwerk", "Wiederverkäufer"),
        contacts=(Contact("Hauke Petersen", function="Geschäftsführer",
                          email="h.petersen@torservice-nordlicht.example"),),
    ),
    _company(
        "10031", "Bauunternehmung Gebr. Stolz GmbH", "Steinbruchweg 18", "97072", "Würzburg",
        "by", "project", "unsteady", 14, term="instalments", vat="DE999556428",
        email="rechnung@stolz-bau.example", tags=("Bau",),
        contacts=(Contact("Matthias Stolz", function="Bauleiter",
                          email="m.stolz@stolz-bau.example"),),
    ),
    _company(
        "10032", "Generalbau Havelland AG", "Potsdamer Chaussee 48", "14476", "Potsdam",
        "bb", "project", "punctual", 16, term="instalments", vat="DE999077471", size=2,
        email="kreditoren@generalbau-havelland.example", phone="+49 30 23125 610",
        tags=("Bau",),
    ),
    _company(
        "10033", "Feuerwehrtechnik Odenwald GmbH", "Bahnhofstraße 31", "64720", "Michelstadt",
        "he", "hall", "punctual", 16, vat="DE999741159",
        email="verwaltung@fwt-odenwald.example", tags=("Industrie",),
    ),
    _company(
        "10034", "Landhandel Uckermark eG", "Speicherstraße 6", "17291", "Prenzlau", "bb",
        "hall", "late", 18, term="net30", vat="DE999162268",
        email="buchhaltung@landhandel-uckermark.example", tags=("Handel",),
    ),
    # No e-mail address: gets paper.
    _company(
        "10035", "Schreinerei Anton Huber", "Dorfplatz 4", "83646", "Bad Tölz", "by",
        "trade", "late", 18, vat="DE999292606", phone="+49 89 99998 271",
        tags=("Handwerk",), comment="Kein E-Mail-Anschluss, Post genügt.",
        contacts=(Contact("Anton Huber", function="Inhaber"),),
    ),
    # No address of any kind: taken on by telephone, never completed.
    _company(
        "10036", "Montagetrupp Weiland", "", "", "", "", "trade", "never", 5,
        phone="+49 221 4710 777", tags=("Handwerk",),
        comment="Anschrift wird nachgereicht.",
    ),
    # A mistyped mail address.
    _company(
        "10037", "Kroll Gebäudetechnik GmbH", "Siemensring 14", "47877", "Willich", "nw",
        "service", "forgetful", 20, vat="DE999826576", email="buchhaltung(at)kroll-gt.example",
        tags=("Handwerk",),
    ),
    _company(
        "10038", "Parkhaus Dom GmbH & Co. KG", "Unter Goldschmied 6", "50667", "Köln", "nw",
        "service", "late", 26, vat="DE999822389", email="info@parkhaus-dom.example",
        tags=("Parkraum",),
    ),
    _company(
        "10039", "Möbelhaus Lindgrün GmbH", "Einkaufspark 1", "33719", "Bielefeld", "nw",
        "fleet", "forgetful", 24, vat="DE999764147", email="kreditoren@lindgruen.example",
        tags=("Handel",),
    ),
    _company(
        "10040", "Chemiehandel Baltrusch GmbH", "Ostring 60", "45701", "Herten", "nw",
        "hall", "forgetful", 20, vat="DE999081087", email="fibu@baltrusch.example",
        tags=("Industrie",),
    ),
    _company(
        "10041", "Werft Peenemünder Bucht GmbH", "Am Dock 3", "17449", "Peenemünde", "mv",
        "project", "forgetful", 12, term="instalments", vat="DE999756421",
        email="rechnung@werft-peenebucht.example", tags=("Industrie",),
    ),
    _company(
        "10042", "Tierklinik Dr. Sommerkamp", "Wiesengrund 12", "27283", "Verden (Aller)",
        "ni", "service", "punctual", 12, vat="DE999767483",
        email="praxis@tierklinik-sommerkamp.example", tags=("Gesundheit",),
        contacts=(Contact("Dr. Eva Sommerkamp", function="Inhaberin",),),
    ),
    _company(
        "10043", "Eventhallen Saar GmbH", "Messegelände 5", "66117", "Saarbrücken", "sl",
        "hall", "never", 7, vat="DE999519937", email="office@eventhallen-saar.example",
        tags=("Veranstaltung",),
    ),
    _company(
        "10044", "Reifen Krützfeldt GmbH", "Kieler Chaussee 210", "24113", "Kiel", "sh",
        "service", "early", 16, term="skonto", vat="DE999064993",
        email="buchhaltung@reifen-kruetzfeldt.example", tags=("Kfz-Gewerbe",),
    ),
    # Abroad.
    Customer(
        "10045", "Alpentor Handels GmbH", "Salzburger Straße 88", "5020", "Salzburg",
        "trade", "punctual", 20, term="net30", country="AT", vat="ATU99609851",
        email="rechnung@alpentor.example", tags=("Wiederverkäufer", "Ausland"),
    ),
    Customer(
        "10046", "Wiener Lagerhaus Service AG", "Hafenzufahrtsstraße 19", "1020", "Wien",
        "fleet", "forgetful", 20, term="net30", country="AT", vat="ATU99746702",
        email="buchhaltung@wls.example", tags=("Logistik", "Ausland"),
    ),
    Customer(
        "10047", "Zürcher Torbau AG", "Industriestrasse 40", "8304", "Wallisellen",
        "trade", "punctual", 18, term="net30", country="CH", vat="CHE-999.917.509 MWST",
        currency="CHF", email="kreditoren@zuercher-torbau.example",
        tags=("Wiederverkäufer", "Ausland"),
    ),
    Customer(
        "10048", "Logistique Romande SA", "Route de Meyrin 210", "1217", "Meyrin",
        "service", "late", 14, term="net30", country="CH", vat="CHE-999.366.041 MWST",
        currency="CHF", lang="fr_FR", email="compta@logistique-romande.example",
        tags=("Logistik", "Ausland"),
    ),
    Customer(
        "10049", "Van der Meulen Deuren B.V.", "Havenweg 12", "5928 SC", "Venlo", "trade",
        "early", 18, term="skonto", country="NL", vat="NL999475198B01", lang="en_US",
        email="crediteuren@vandermeulen-deuren.example", tags=("Wiederverkäufer", "Ausland"),
    ),
    Customer(
        "10050", "Portes Industrielles Moreau SARL", "14 rue des Tanneurs", "67600",
        "Sélestat", "trade", "unsteady", 20, term="net30", country="FR", vat="FR65999324411",
        lang="fr_FR", email="comptabilite@moreau-portes.example",
        tags=("Wiederverkäufer", "Ausland"),
    ),
    Customer(
        "10051", "Bramy Odra Sp. z o.o.", "ul. Portowa 7", "70-035", "Szczecin", "trade",
        "late", 18, term="net30", country="PL", vat="PL9999654160", lang="en_US",
        email="faktury@bramyodra.example", tags=("Wiederverkäufer", "Ausland"),
    ),
    Customer(
        "10052", "Great Lakes Dock Equipment Inc.", "2200 Harbor Drive", "44114", "Cleveland",
        "trade", "unsteady", 14, term="net30", country="US", state="us_oh", lang="en_US",
        currency="USD", email="ap@greatlakesdock.example", tags=("Ausland",),
    ),
    # Consumers.
    _person("10053", "Martina Ostermann", "Rosenweg 3", "50996", "Köln", "nw", 3,
            habit="punctual", email="martina.ostermann@post.example"),
    _person("10054", "Hans-Peter Grotewohl", "Lindenallee 17", "50968", "Köln", "nw", 2,
            email="hp.grotewohl@post.example"),
    _person("10055", "Dr. Birgit Sandhagen", "Gartenstraße 52", "53115", "Bonn", "nw", 3,
            habit="punctual", email="b.sandhagen@post.example"),
    _person("10056", "Mehmet Yıldırım", "Keupstraße 99", "51063", "Köln", "nw", 2,
            email="m.yildirim@post.example"),
    _person("10057", "Ursula Beckers", "Am Alten Markt 9", "50181", "Bedburg", "nw", 2,
            habit="reminder", phone="+49 221 4710 641"),
    _person("10058", "Thomas Wiedenbrück", "Eichendorffweg 21", "51429", "Bergisch Gladbach",
            "nw", 3, habit="slow", email="twiedenbrueck@post.example"),
    _person("10059", "Katarzyna Nowicka", "Severinstraße 140", "50678", "Köln", "nw", 2,
            habit="punctual", lang="en_US", email="k.nowicka@post.example"),
    _person("10060", "Georg Fassbender", "Bachstraße 6", "50354", "Hürth", "nw", 2,
            email="g.fassbender@post.example"),
    _person("10061", "Silke Jansen-Röder", "Burgunderstraße 28", "50677", "Köln", "nw", 2,
            habit="reminder", email="jansen-roeder@post.example"),
    _person("10062", "Wolfgang Hellmich", "Sonnenhang 14", "53343", "Wachtberg", "nw", 1,
            habit="never", email="w.hellmich@post.example"),
    _person("10063", "Prof. Dr. Anselm Rautenberg", "Parkstraße 80", "50968", "Köln", "nw",
            3, habit="punctual", email="rautenberg@post.example"),
    _person("10064", "Nadine Küppers", "Am Wasserturm 2", "50126", "Bergheim", "nw", 2,
            email="nadine.kueppers@post.example"),
    _person("10065", "James Whitfield", "Rheinaustraße 44", "53225", "Bonn", "nw", 2,
            habit="punctual", lang="en_US", email="james.whitfield@post.example"),
    _person("10066", "Edeltraud Schmitz", "Kirchgasse 11", "53894", "Mechernich", "nw", 1,
            habit="slow"),
    _person("10067", "Florian Degenhardt", "Auf der Höhe 35", "51503", "Rösrath", "nw", 2,
            email="f.degenhardt@post.example"),
    _person("10068", "Familie Overbeck GbR", "Waldsiedlung 8", "51789", "Lindlar", "nw", 2,
            habit="reminder", email="overbeck@post.example"),
    _person("10069", "Jean-Luc Perrin", "Deutzer Freiheit 71", "50679", "Köln", "nw", 2,
            lang="fr_FR", habit="late", email="jl.perrin@post.example"),
)  # fmt: skip

TAGS = tuple(sorted({tag for customer in CUSTOMERS for tag in customer.tags}))


def account_number(customer):
    """The customer's invented IBAN: German customers only, from an unassigned bank code."""
    if customer.country != "DE":
        return ""
    return iban("DE", "99050010" + f"{int(customer.ref) * 7919 % 10**10:010d}")


def iban(country, bban):
    """Put the check digits of ISO 13616 before a national account number.

    >>> iban("DE", "370400440532013000")
    'DE89370400440532013000'
    """
    digits = "".join(str(int(char, 36)) for char in f"{bban}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{bban}"
