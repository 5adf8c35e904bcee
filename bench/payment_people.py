"""Names and accounts of made-up payers, and what banks make of names."""

import random
from collections import Counter


def words(text: str) -> list[str]:
    return text.split()


SURNAMES = words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer"
    " Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann"
    " Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler"
    " Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung"
    " Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz"
    " Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher"
    " Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf"
    " Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold"
    " Pfeiffer Gruber Steiner Moser Leitner Egger Brunner Aigner Wimmer Eder Lechner Reiter"
    " Schwaiger Pichler Haider Riedl Ammann Bürgi Zürcher Wyss Gerber Lüthi Aebischer Rüegg"
    " Hürlimann Bachmann Frei Oberholzer Kälin Inderbitzin Petrović Yıldız Nowak Kowalski"
    " Rossi Öztürk Nguyen Sørensen Lindqvist Böttcher Strauß Hölzl Wörner Süß Thiele"
)
FIRST_NAMES = words(
    "Anna Thomas Sabine Michael Andreas Petra Stefan Monika Klaus Ursula Jürgen Renate"
    " Wolfgang Brigitte Peter Karin Günter Heike Hans Susanne Frank Martina Bernd Andrea Uwe"
    " Claudia Jörg Birgit Ralf Gabriele Dirk Nicole Torsten Anja Markus Katrin Sven Julia"
    " Jan Lena Björn Zoë Käthe Götz Urs Reto Beat Regula Franz Josef Elisabeth Maria Johann"
    " Leopold Hildegard Jakob"
)
BRANCHES = words(
    "Maschinenbau Metallbau Bau Elektrotechnik Sanitär Gartenbau Logistik Spedition"
    " Druckerei Werbetechnik Medizintechnik Möbel Küchenstudio Autohaus Reifendienst"
    " Kältetechnik Dachdecker Bäckerei Gastronomie Hotel Immobilien Hausverwaltung"
    " Steuerberatung Softwarehaus IT-Service Verpackungen Fördertechnik Werkzeugbau"
    " Kunststofftechnik Papierfabrik Brauerei Weinhandel"
)
CITIES = words(
    "München Köln Wien Graz Zürich Bern Hamburg Leipzig Dresden Nürnberg Linz Salzburg"
    " Basel Lübeck Münster Würzburg Göttingen Tübingen Kärnten Luzern Chur Innsbruck Rostock"
    " Kassel"
)
FORMS = (
    "GmbH",
    "GmbH & Co. KG",
    "AG",
    "OHG",
    "KG",
    "e.K.",
    "UG (haftungsbeschränkt)",
    "Ges.m.b.H.",
)


def make_name(chance: random.Random) -> str:
    """Return a person's or a company's name."""
    surname = chance.choice(SURNAMES)
    if chance.random() < 0.07:
        surname += "-" + chance.choice(SURNAMES)
    first, branch, city = map(chance.choice, (FIRST_NAMES, BRANCHES, CITIES))
    form = chance.choice(FORMS)
    return chance.choices(
        (
            f"{first} {surname}",
            f"{surname} {branch} {form}",
            f"{city}er {branch} {form}",
            f"{branch} {surname} Inh. {first} {surname}",
            f"Gebr. {surname} {branch} {form}",
            f"{surname} & {chance.choice(SURNAMES)} GbR",
            f"{branch} {city} {form}",
        ),
        (40, 22, 12, 8, 6, 6, 6),
    )[0]


def make_iban(chance: random.Random) -> str:
    """Return an IBAN with right check digits."""
    country, size = chance.choice((("DE", 18), ("DE", 18), ("DE", 18), ("AT", 16), ("CH", 17)))
    bban = "".join(chance.choices("0123456789", k=size))
    digits = int(bban + "".join(str(int(sign, 36)) for sign in country) + "00")
    return f"{country}{98 - digits % 97:02d}{bban}"


def bend(name: str, chance: random.Random, same_initial: Counter) -> tuple[str, bool]:
    """Return the name as banks and people write it, and whether it is still clear."""
    way = chance.randrange(7)
    if way == 0:
        return name.upper().replace("Ü", "UE").replace("Ö", "OE").replace("Ä", "AE"), True
    if way == 1:
        return name.translate(str.maketrans("äöüÄÖÜß", "aouAOUs")), True
    if way == 2:
        return name[:27], len(name) <= 27 or len(name[:27].split()) > 1
    if way == 3:
        for form in sorted(FORMS, key=len, reverse=True):
            name = name.removesuffix(" " + form)
        return name, True
    words = name.split()
    if way == 4 and len(words) == 2:
        return f"{words[1]}, {words[0]}", True
    if way == 5 and len(words) == 2 and not name.endswith(FORMS):
        return f"{words[0][0]}. {words[1]}", same_initial[initial(name)] == 1
    return ("Herr " + name, True) if len(words) == 2 else (name.lower(), True)


def initial(name: str) -> str:
    words = name.split()
    return f"{words[0][0]} {words[-1]}"
