"""Text of a payment as tokens: folded, without what only looks like a number of ours.

>>> [token.text for token in tokenise(fold("Rechnung RE/2026/00012, Müller"))]
['RECHNUNG', 'RE', '2026', '00012', 'MUELLER']
>>> mask("TEL 089/1234567 VOM 3.5.2026 UEBER 1.234,50 NR 4711").split()
['TEL', 'VOM', 'UEBER', 'NR', '4711']
"""

import re
import unicodedata
from typing import NamedTuple

_UMLAUTS = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "ẞ": "SS"})
_TOKEN = re.compile(r"[A-Z]+|[0-9]+")
_NO_LETTER_OR_DIGIT = re.compile(r"[^A-Z0-9]")
_BLANK = re.compile(r"[^\n]")

# What people write into a remittance that has digits and is no number of an invoice.
_FOREIGN = re.compile(
    r"""
    \b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){3,7}(?:[ ]?[A-Z0-9]{1,3})?\b      # IBAN
    | (?:\+|\b00)[1-9]\d?[\d /()-]{6,}\d                                 # phone, abroad
    | \b0[1-9]\d{1,4}\s?[/-]\s?\d{4,}(?:[ -]\d+)*                        # phone 089/12345
    | \b0[1-9]\d{1,4}[ ]\d{5,8}\b                                       # phone 0171 234567
    | \b\d{1,2}\.[ ]?\d{1,2}\.(?:[ ]?(?:20)?\d{2}\b)?                    # 3.5. and 03.05.2026
    | \b20\d{2}-\d{2}-\d{2}\b                                            # 2026-05-03
    | \b\d{1,2}/\d{1,2}/(?:20)?\d{2}\b                                   # 03/05/2026
    | \b(?:0?[1-9]|1[0-2])/20\d{2}\b                                     # 05/2026
    | \b\d{1,3}(?:[.']\d{3})*,\d{2}\b | \b\d+[.,]\d{2}(?=[ ]?(?:EUR|CHF|USD)\b)  # amounts
    | \b(?:EUR|CHF|USD)[ ]?\d+(?:[.,']\d{2,3})*\b
    """,
    re.VERBOSE,
)


def words(text: str) -> list[str]:
    """Return a list of words that is written as a sentence of them."""
    return text.split()


INVOICE_WORDS = frozenset(
    words(
        "RECHNUNG RECHNUNGEN RECHNUNGSNR RECHNUNGSNUMMER RECHNUNGSNUMMERN RECHN RECH RECHNR"
        " RG RGNR RGN RE RENR RNR RN INVOICE INVOICES INV FACTURE FATTURA FAKTURA BELEG"
        " BELEGNR BELEGNUMMER FACTUUR"
    )
)
OTHER_WORDS = frozenset(
    words(
        "KUNDE KUNDENNR KUNDENNUMMER KDNR KD KDN KUNDEN CUSTOMER DEBITOR DEB DEBITORENNR"
        " BESTELLUNG BESTELLNR BESTELLNUMMER BEST ORDER ORDERNR AUFTRAG AUFTRAGSNR"
        " AUFTRAGSNUMMER AUFTR PO TEL TELEFON FON MOBIL HANDY FAX VERTRAG VERTRAGSNR"
        " VERTRAGSNUMMER MANDAT MANDATSREF KONTO KTO BLZ PLZ USTID UST STEUERNUMMER STEUERNR"
        " STNR PROJEKT PROJEKTNR OBJEKT WOHNUNG LIEFERSCHEIN LIEFERSCHEINNR LS ANGEBOT"
        " ANGEBOTSNR KASSENZEICHEN AKTENZEICHEN AZ TICKET MITGLIED MITGLIEDSNR EREF KREF"
        " MREF CRED SVWZ IBAN BIC"
    )
)
CUSTOMER_WORDS = frozenset(
    words("KUNDE KUNDENNR KUNDENNUMMER KDNR KD KDN KUNDEN CUSTOMER DEBITOR DEB DEBITORENNR")
)
# Words between a label and its number, and between the numbers of a list.
_LINKS = frozenset(words("NR NO NUMMER NUMMERN NUMBER UND U UND VOM SOWIE AND ET DAT DATUM V"))


class Token(NamedTuple):
    """A run of letters or of digits with its place in the text."""

    text: str
    start: int
    end: int
    is_number: bool


def fold(text: str) -> str:
    """Return the text in capitals of ASCII: ``Straße`` is ``STRASSE``, ``ü`` is ``UE``."""
    text = text.upper()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text).translate(_UMLAUTS)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def compact(text: str) -> str:
    """Return the folded text with letters and digits only."""
    return _NO_LETTER_OR_DIGIT.sub("", fold(text))


def tokenise(folded: str) -> list[Token]:
    return [
        Token(match[0], match.start(), match.end(), match[0][0].isdigit())
        for match in _TOKEN.finditer(folded)
    ]


def mask(folded: str) -> str:
    """Blank out dates, amounts, phone numbers and IBANs; every place stays where it is."""
    return _FOREIGN.sub(lambda match: _BLANK.sub(" ", match[0]), folded)


def labels(tokens: list[Token]) -> list[str]:
    """Return for each token what the words before it say it is: invoice, customer, other.

    >>> labels(tokenise("RG NR 4711 UND 4712 KD NR K815 ENDE 3"))
    ['', '', 'invoice', '', 'invoice', '', '', '', 'customer', '', '']
    """
    said = ""
    result = []
    for place, token in enumerate(tokens):
        if not token.is_number and token.text not in _LINKS and not _leads(tokens, place):
            said = _meaning(token.text)
        result.append(said if token.is_number else "")
    return result


def _leads(tokens: list[Token], place: int) -> bool:
    """Tell whether a letter or two are the beginning of a number, e.g. ``K10234``."""
    token = tokens[place]
    is_glued = place + 1 < len(tokens) and tokens[place + 1].start == token.end
    return is_glued and len(token.text) <= 2 and not _meaning(token.text)


def _meaning(word: str) -> str:
    if word in INVOICE_WORDS:
        return "invoice"
    if word in CUSTOMER_WORDS:
        return "customer"
    return "other" if word in OTHER_WORDS else ""
