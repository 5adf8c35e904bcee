"""What the company sells, and what each kind of customer buys of it. No chance, no Odoo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """``price`` is net, in euros, as a string so that no float touches it."""

    code: str
    name: str
    german: str
    french: str
    price: str
    service: bool = False


PRODUCTS = (
    Product("ST-4030", "Sectional overhead door 4.0 × 3.0 m, insulated",
            "Sektionaltor 4,0 × 3,0 m, wärmegedämmt",
            "Porte sectionnelle 4,0 × 3,0 m, isolée", "3480.00"),
    Product("ST-5045", "Sectional overhead door 5.0 × 4.5 m, insulated",
            "Sektionaltor 5,0 × 4,5 m, wärmegedämmt",
            "Porte sectionnelle 5,0 × 4,5 m, isolée", "5790.00"),
    Product("SL-3035", "High-speed door 3.0 × 3.5 m", "Schnelllauftor 3,0 × 3,5 m",
            "Porte rapide 3,0 × 3,5 m", "7450.00"),
    Product("BR-T90", "Fire protection sliding door T90", "Brandschutz-Schiebetor T90",
            "Porte coulissante coupe-feu EI 90", "9840.00"),
    Product("LR-20", "Dock leveller 2.0 × 2.5 m", "Verladerampe 2,0 × 2,5 m",
            "Niveleur de quai 2,0 × 2,5 m", "4120.00"),
    Product("GT-2521", "Garage door 2.50 × 2.125 m, woodgrain",
            "Garagen-Sektionaltor 2,50 × 2,125 m, Woodgrain",
            "Porte de garage 2,50 × 2,125 m, veinée bois", "1090.00"),
    Product("AN-800", "Garage door drive 800 N with two transmitters",
            "Garagentorantrieb 800 N mit zwei Handsendern",
            "Motorisation de garage 800 N avec deux émetteurs", "329.00"),
    Product("AN-IND", "Industrial drive 400 V with control unit",
            "Industrieantrieb 400 V mit Steuerung",
            "Motorisation industrielle 400 V avec commande", "1265.00"),
    Product("HS-4", "Hand transmitter, four channels", "Handsender, vier Kanäle",
            "Émetteur portatif, quatre canaux", "42.50"),
    Product("TF-PAAR", "Pair of torsion springs", "Torsionsfeder, Paar",
            "Ressorts de torsion, la paire", "268.00"),
    Product("LS-SET", "Safety light barrier, set", "Lichtschranke, Satz",
            "Barrière lumineuse, le jeu", "189.00"),
    Product("DI-LFM", "Rubber seal, per metre", "Abschlussdichtung, laufender Meter",
            "Joint d'étanchéité, le mètre", "18.40"),
    Product("MO-TAG", "Installation, team of two, per day", "Montage, Zweierteam, Tagessatz",
            "Pose, équipe de deux, par jour", "1180.00", service=True),
    Product("AZ-STD", "Fitter, per hour", "Monteurstunde", "Heure de monteur", "82.00",
            service=True),
    Product("AN-PAU", "Travel, flat rate", "Anfahrtspauschale", "Forfait de déplacement",
            "68.00", service=True),
    Product("WA-TOR", "Annual inspection according to ASR A1.7, per door",
            "Jährliche Prüfung nach ASR A1.7, je Tor",
            "Contrôle annuel selon ASR A1.7, par porte", "94.00", service=True),
    Product("ND-EIN", "Emergency call-out, 24 hours", "Notdiensteinsatz, 24 Stunden",
            "Intervention d'urgence, 24 heures", "245.00", service=True),
)  # fmt: skip

# A basket is a list of (product, least quantity, greatest quantity); a trade is a list
# of (weight, basket). Quantities grow with the customer's size, services of one visit don't.
_INSPECTION = (("WA-TOR", 2, 8), ("AN-PAU", 1, 1))
_REPAIR = (("AZ-STD", 2, 6), ("AN-PAU", 1, 1), ("TF-PAAR", 1, 2))
_BARRIER = (("LS-SET", 1, 2), ("AZ-STD", 1, 3), ("AN-PAU", 1, 1))
_EMERGENCY = (("ND-EIN", 1, 1), ("AZ-STD", 1, 4))
_TRANSMITTERS = (("HS-4", 2, 12),)
_PARTS = (("TF-PAAR", 1, 4), ("DI-LFM", 10, 40))
_HALL_DOOR = (("ST-4030", 1, 2), ("AN-IND", 1, 2), ("MO-TAG", 1, 2))
_FAST_DOOR = (("SL-3035", 1, 2), ("MO-TAG", 1, 2))
_DOCK = (("LR-20", 1, 3), ("ST-5045", 1, 2), ("MO-TAG", 2, 4))
_FIRE_DOOR = (("BR-T90", 1, 3), ("MO-TAG", 2, 4))
_GARAGE = (("GT-2521", 1, 1), ("AN-800", 1, 1), ("AZ-STD", 3, 5))
_DRIVE = (("AN-800", 1, 1), ("AZ-STD", 1, 2), ("AN-PAU", 1, 1))
_GARAGE_ROW = (("GT-2521", 2, 6), ("AN-800", 1, 4), ("MO-TAG", 1, 2))
_RESALE = (("GT-2521", 1, 3), ("AN-800", 1, 3))
_RESALE_DRIVES = (("AN-IND", 1, 2), ("LS-SET", 1, 4))

TRADES = {
    "service": (
        (4, _INSPECTION), (4, _REPAIR), (2, _BARRIER), (2, _EMERGENCY), (1, _HALL_DOOR)),
    "hall": (
        (4, _INSPECTION), (3, _REPAIR), (2, _BARRIER), (1, _EMERGENCY), (2, _HALL_DOOR),
        (1, _FAST_DOOR)),
    "fleet": (
        (5, _INSPECTION), (4, _REPAIR), (3, _EMERGENCY), (2, _BARRIER), (1, _DOCK),
        (1, _FAST_DOOR)),
    "garages": ((4, _TRANSMITTERS), (4, _REPAIR), (3, _DRIVE), (1, _GARAGE_ROW)),
    "garage": ((3, _GARAGE), (3, _DRIVE), (2, _REPAIR), (1, _TRANSMITTERS)),
    "trade": ((4, _PARTS), (4, _RESALE), (3, _RESALE_DRIVES), (3, _TRANSMITTERS)),
    "project": ((2, _DOCK), (2, _FIRE_DOOR), (1, _FAST_DOOR), (2, _HALL_DOOR), (1, _INSPECTION)),
}  # fmt: skip

_BY_VISIT = frozenset({"AN-PAU", "ND-EIN"})


def fill_basket(trade, size, rng):
    """Choose what one invoice is about: a tuple of (product code, quantity)."""
    weights, baskets = zip(*TRADES[trade], strict=True)
    basket = rng.choices(baskets, weights)[0]
    return tuple(
        (code, rng.randint(least, greatest) * (1 if code in _BY_VISIT else size))
        for code, least, greatest in basket
    )
