"""Build camt files for tests: from the facts of entries to the bytes that a bank would send."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from xml.sax.saxutils import escape

_NAMES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
_CODE = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
_numbers = count(1)


def _tag(name, text, **attributes):
    if text is None:
        return ""
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{extra}>{escape(str(text))}</{name}>"


def _amount(amount, currency):
    return _tag("Amt", f"{abs(Decimal(amount)):f}", Ccy=currency)


def _sign(amount):
    return _tag("CdtDbtInd", "CRDT" if Decimal(amount) >= 0 else "DBIT")


@dataclass
class Detail:
    """One payment of an entry."""

    amount: str | None = None
    text: str | None = None
    party: str | None = None
    iban: str | None = None
    end_to_end: str | None = None
    structured: str | None = None
    mandate: str | None = None
    return_reason: str | None = None
    original: tuple[str, str] | None = None
    charges: str | None = None

    def build(self, entry):
        is_in = Decimal(entry.amount) >= 0
        role, account = ("Dbtr", "DbtrAcct") if is_in else ("Cdtr", "CdtrAcct")
        references = _tag("EndToEndId", self.end_to_end) + _tag("MndtId", self.mandate)
        party = f"<{role}>{_tag('Nm', self.party)}</{role}>" if self.party else ""
        if self.iban:
            party += f"<{account}><Id>{_tag('IBAN', self.iban)}</Id></{account}>"
        remittance = _tag("Ustrd", self.text)
        if self.structured:
            remittance += f"<Strd><CdtrRefInf>{_tag('Ref', self.structured)}</CdtrRefInf></Strd>"
        parts = [f"<Refs>{references}</Refs>" if references else ""]
        if self.original:
            instructed = _amount(*self.original)
            parts.append(f"<AmtDtls><InstdAmt>{instructed}</InstdAmt></AmtDtls>")
        elif self.amount is not None:
            details = f"<TxAmt>{_amount(self.amount, entry.currency)}</TxAmt>"
            parts.append(f"<AmtDtls>{details}</AmtDtls>")
        if self.charges:
            charge = _amount(self.charges, entry.currency) + _tag("CdtDbtInd", "DBIT")
            parts.append(f"<Chrgs><Rcrd>{charge}</Rcrd></Chrgs>")
        parts.append(f"<RltdPties>{party}</RltdPties>" if party else "")
        parts.append(f"<RmtInf>{remittance}</RmtInf>" if remittance else "")
        if self.return_reason:
            parts.append(f"<RtrInf><Rsn>{_tag('Cd', self.return_reason)}</Rsn></RtrInf>")
        return f"<TxDtls>{''.join(parts)}</TxDtls>"


@dataclass
class Entry:
    """One entry; ``details`` none for a sum of which the bank says no more."""

    amount: str
    day: str | None = "2026-03-17"
    status: str = "BOOK"
    reference: str | None = None
    currency: str = "EUR"
    details: list = field(default_factory=list)
    text: str | None = None

    def build(self):
        return "".join(
            (
                "<Ntry>",
                _amount(self.amount, self.currency),
                _sign(self.amount),
                _tag("Sts", self.status),
                f"<BookgDt>{_tag('Dt', self.day)}</BookgDt>" if self.day else "",
                f"<ValDt>{_tag('Dt', self.day)}</ValDt>" if self.day else "",
                _tag("AcctSvcrRef", self.reference),
                _CODE,
                "<NtryDtls>" + "".join(one.build(self) for one in self.details) + "</NtryDtls>"
                if self.details
                else "",
                _tag("AddtlNtryInf", self.text),
                "</Ntry>",
            )
        )


def payment(amount, text=None, *, party="Holzbau Maier GmbH", iban=None, end_to_end=None, **facts):
    """Return an entry with one payment."""
    names = ("structured", "mandate", "return_reason", "original")
    more = {name: facts.pop(name) for name in names if name in facts}
    detail = Detail(text=text, party=party, iban=iban, end_to_end=end_to_end, **more)
    return Entry(str(amount), details=[detail], **facts)


@dataclass
class Sheet:
    """One statement, whose closing balance follows unless it is given."""

    entries: list
    iban: str | None
    opening: str | None = "1000.00"
    closing: str | None = None
    currency: str = "EUR"
    first: str = "2026-03-17"
    last: str = "2026-03-17"
    announced: int | None = None
    id: str | None = None
    other: str | None = None

    def build(self, tag):
        number = _tag("IBAN", self.iban) or f"<Othr>{_tag('Id', self.other)}</Othr>"
        summary = ""
        if self.announced is not None:
            entries = f"<TtlNtries>{_tag('NbOfNtries', self.announced)}</TtlNtries>"
            summary = f"<TxsSummry>{entries}</TxsSummry>"
        period = _tag("FrDtTm", f"{self.first}T00:00:00") + _tag("ToDtTm", f"{self.last}T23:59:59")
        return "".join(
            (
                f"<{tag}>",
                _tag("Id", self.id or f"SHEET-{next(_numbers)}"),
                f"<FrToDt>{period}</FrToDt>",
                f"<Acct><Id>{number}</Id>{_tag('Ccy', self.currency)}</Acct>",
                self._build_balances(),
                summary,
                *(entry.build() for entry in self.entries),
                f"</{tag}>",
            )
        )

    def _build_balances(self):
        if self.opening is None:
            return ""
        booked = sum(Decimal(one.amount) for one in self.entries if one.status == "BOOK")
        closing = self.closing or Decimal(self.opening) + booked
        days = (("OPBD", self.opening, self.first), ("CLBD", closing, self.last))
        return "".join(
            f"<Bal><Tp><CdOrPrtry>{_tag('Cd', code)}</CdOrPrtry></Tp>"
            f"{_amount(amount, self.currency)}{_sign(amount)}<Dt>{_tag('Dt', day)}</Dt></Bal>"
            for code, amount, day in days
        )


def build_camt(*sheets, kind="camt.053", version="001.08", encoding="utf-8"):
    """Return the bytes of a file with these sheets."""
    message, tag = _NAMES[kind]
    body = "".join(
        (
            f'<?xml version="1.0" encoding="{encoding}"?>',
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.{version}">',
            f"<{message}><GrpHdr>{_tag('MsgId', f'MSG-{next(_numbers)}')}",
            f"{_tag('CreDtTm', '2026-03-18T06:00:00')}</GrpHdr>",
            *(sheet.build(tag) for sheet in sheets),
            f"</{message}></Document>",
        )
    )
    return body.encode(encoding)
