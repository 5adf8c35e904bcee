"""Camt files made for tests: a small writer, with just enough of the schema."""

from xml.sax.saxutils import escape

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
IBAN = "DE02120300000000202051"
_ROOTS = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def element(name, *content, **attributes):
    """Return an element; texts are escaped, elements (strings that begin with «<») are not."""
    head = "".join(f' {key}="{value}"' for key, value in attributes.items())
    body = "".join(
        str(part) if str(part).startswith("<") else escape(str(part)) for part in content
    )
    return f"<{name}{head}>{body}</{name}>"


def detail(amount=None, *, currency="EUR", text=(), party=None, iban=None, sign=None, **refs):
    """Return ``TxDtls`` of a payment that came in."""
    texts = [text] if isinstance(text, str) else text
    parts = [element("Refs", *(element(name, value) for name, value in refs.items()))]
    if amount is not None:
        parts.append(element("Amt", amount, Ccy=currency))
    if sign:
        parts.append(element("CdtDbtInd", sign))
    if party:
        account = element("DbtrAcct", element("Id", element("IBAN", iban))) if iban else ""
        debtor = element("Dbtr", element("Pty", element("Nm", party)))
        parts.append(f"<RltdPties>{debtor}{account}</RltdPties>")
    if texts:
        parts.append(element("RmtInf", *(element("Ustrd", line) for line in texts)))
    return element("TxDtls", *parts)


def entry(amount="100.00", *details, sign="CRDT", day="2026-03-02", reference=None, extra=""):
    parts = [
        element("Amt", amount, Ccy="EUR"),
        element("CdtDbtInd", sign),
        extra,
        element("Sts", element("Cd", "BOOK")),
        element("BookgDt", element("Dt", day)),
        element("ValDt", element("Dt", day)),
    ]
    if reference:
        parts.append(element("AcctSvcrRef", reference))
    if details:
        parts.append(element("NtryDtls", *details))
    return element("Ntry", *filter(None, parts))


def balance(code, amount, sign="CRDT"):
    return element(
        "Bal",
        element("Tp", element("CdOrPrtry", element("Cd", code))),
        element("Amt", amount, Ccy="EUR"),
        element("CdtDbtInd", sign),
        element("Dt", element("Dt", "2026-03-02")),
    )


def document(*entries, kind="053", identity="S1", balances=(), iban=IBAN, head=""):
    """Return the bytes of a file with one statement."""
    root, statement = _ROOTS[kind]
    account = element("Acct", element("Id", element("IBAN", iban)), element("Ccy", "EUR"))
    body = element(statement, element("Id", identity), account, *balances, *entries)
    group = element("GrpHdr", element("MsgId", "M1"), element("CreDtTm", "2026-03-03T06:00:00"))
    namespace = NAMESPACE.replace("053", kind)
    text = element("Document", element(root, group, body), xmlns=namespace)
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{text}'.encode()
