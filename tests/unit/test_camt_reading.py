import gzip
import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from camt_samples import IBAN, balance, detail, document, element, entry
from hypothesis import given, settings
from hypothesis import strategies as st

from debitor_camt.core.errors import CamtError, HostileFile, InvalidEntry, UnreadableFile
from debitor_camt.core.reading import Limits, iter_members, read_messages
from debitor_camt.core.statement import MessageKind


def read(content, **options):
    [message] = read_messages(content, **options)
    return message


def statement(content):
    [found] = read(content).statements
    return found


def transaction(content):
    [found] = statement(content).transactions
    return found


PAYMENT = entry(
    "119.00",
    detail(
        "119.00",
        text=["Rechnung RE/2026/", "00012"],
        party="Müller & Söhne",
        iban="de44 5001 0517 5407 3249 31",
        EndToEndId="NOTPROVIDED",
        MndtId="M-7",
    ),
    reference="2026030200001",
)
SAMPLE = document(
    PAYMENT,
    entry("19.00", sign="DBIT"),
    balances=[balance("OPBD", "50.00", "DBIT"), balance("CLBD", "50.00")],
)


# -- what is read --------------------------------------------------------------


def test_a_payment_with_all_that_matters():
    found = statement(SAMPLE).transactions[0]
    assert (found.amount, found.currency) == (Decimal("119.00"), "EUR")
    assert (found.booking_date, found.party) == (date(2026, 3, 2), "Müller & Söhne")
    assert found.party_iban == "DE44500105175407324931"
    assert found.remittance == ("Rechnung RE/2026/", "00012")
    assert (found.end_to_end, found.mandate) == (None, "M-7")
    assert found.reference == "2026030200001"


def test_a_statement_knows_whether_it_balances():
    found = statement(SAMPLE)
    assert (found.opening.amount, found.closing.amount) == (Decimal("-50.00"), Decimal("50.00"))
    assert found.is_balanced is True
    assert statement(document(PAYMENT)).is_balanced is None
    off = document(PAYMENT, balances=[balance("OPBD", "0"), balance("CLBD", "1")])
    assert statement(off).is_balanced is False


@pytest.mark.parametrize("kind", ["052", "053", "054"])
def test_kind_and_version_come_from_the_file(kind):
    message = read(document(PAYMENT, kind=kind))
    assert (message.kind, message.version) == (MessageKind(f"camt.{kind}"), "001.08")
    assert message.statements[0].account.iban == IBAN


def test_a_reversal_keeps_the_sign_of_its_entry():
    found = transaction(document(entry("5.00", sign="DBIT", extra=element("RvslInd", "true"))))
    assert (found.amount, found.is_reversal) == (Decimal("-5.00"), True)


def test_a_return_says_why():
    reason = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    found = detail("5.00", text="Lastschrift").replace("</TxDtls>", f"{reason}</TxDtls>")
    assert transaction(document(entry("5.00", found, sign="DBIT"))).return_reason == "AC04"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"], ids=str)
def test_any_encoding_that_is_declared(encoding):
    text = SAMPLE.decode().replace("UTF-8", encoding.removesuffix("-sig"))
    assert statement(text.encode(encoding)).transactions[0].party == "Müller & Söhne"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252"])
def test_an_encoding_that_is_not_what_the_file_declares(encoding):
    text = SAMPLE.decode().replace("Söhne", "Söhne" + ("–" if encoding != "iso-8859-1" else ""))
    found = statement(text.encode(encoding)).transactions[0]
    assert found.party.startswith("Müller & Söhne")


def test_a_stray_byte_does_not_spoil_the_rest_of_a_file():
    content = SAMPLE.replace(b"Rechnung", b"Geb\xfchr f\xc3\xbcr Rechnung")
    assert statement(content).transactions[0].party == "Müller & Söhne"
    assert statement(content).transactions[0].remittance[0].startswith("Gebühr für")


def test_more_letters_than_the_declared_encoding_has():
    content = SAMPLE.replace(b"UTF-8", b"US-ASCII")
    assert statement(content).transactions[0].party == "Müller & Söhne"


@pytest.mark.parametrize(
    ("text", "amount"), [("+10.00", "10.00"), ("-0.00", "0.00"), (".6", "0.6"), ("1.", "1")]
)
def test_amounts_as_the_schemas_allow_them(text, amount):
    found = transaction(document(entry(text)))
    assert (found.amount, f"{found.amount:f}") == (Decimal(amount), amount)


@pytest.mark.parametrize("text", ["١٢٣", "１０.00", "-10.00", "1e3", "12,50", "+", "."])
def test_amounts_that_no_schema_allows(text):
    with pytest.raises(InvalidEntry):
        read_messages(document(entry(text)))


def test_a_balance_with_a_sign_that_is_none_is_refused():
    with pytest.raises(InvalidEntry):
        read_messages(document(PAYMENT, balances=[balance("OPBD", "50.00", "CRED")]))


def supplement(*content):
    return element("SplmtryData", element("Envlp", *content))


def test_what_banks_add_in_data_of_their_own_is_no_payment():
    inner = element("Stmt", element("Id", "fake"), entry("99.00"))
    own = detail("10.00").replace("</TxDtls>", supplement(entry("99.00"), inner) + "</TxDtls>")
    content = document(entry("10.00", own, extra=supplement(entry("98.00")))).decode()
    content = content.replace("</Stmt></Bk", f"</Stmt>{supplement(inner)}</Bk")
    content = content.replace("<GrpHdr>", f"{supplement(inner)}<GrpHdr>")
    assert transaction(content.encode()).amount == Decimal("10.00")
    assert statement(content.encode()).account.iban == IBAN


def test_an_entry_inside_of_details_is_no_entry():
    own = detail("10.00").replace("</TxDtls>", entry("99.00") + "</TxDtls>")
    assert transaction(document(entry("10.00", own))).amount == Decimal("10.00")


def test_what_an_entry_says_in_place_of_its_details():
    text = element("RmtInf", element("Ustrd", "RE/2026/00012"))
    found = transaction(document(entry("10.00", extra=text)))
    assert found.remittance == ("RE/2026/00012",)


def test_details_without_amounts_keep_what_they_say():
    details = [
        detail(party=name, EndToEndId=reference, MndtId="M-1")
        for name, reference in (("Erna Erste", "E1"), ("Zoe Zweite", "E2"))
    ]
    found = transaction(document(entry("30.00", *details)))
    assert (found.amount, found.party, found.end_to_end) == (Decimal("30.00"), None, None)
    assert found.mandate == "M-1"
    assert "Erna Erste, Zoe Zweite" in found.additional
    assert "E1, E2" in found.additional


def test_the_bank_s_remark_stands_beside_that_of_the_payment():
    own = detail("5.00").replace("</TxDtls>", "<AddtlTxInf>Miete</AddtlTxInf></TxDtls>")
    remark = element("AddtlNtryInf", "GVC 166")
    assert transaction(document(entry("5.00", own, extra=remark))).additional == "Miete\nGVC 166"


# -- who is opposite -----------------------------------------------------------


def test_a_placeholder_is_nobody():
    found = transaction(document(entry("5.00", detail("5.00", party="NOTPROVIDED"))))
    assert (found.party, found.counterparty) == ("NOTPROVIDED", None)


def test_a_returned_debit_names_the_debtor_and_not_ourselves():
    own = detail("5.00", party="Sven Schuldner", iban="DE44500105175407324931")
    creditor = element("Cdtr", element("Nm", "Wir selbst"))
    creditor += element("CdtrAcct", element("Id", element("IBAN", IBAN)))
    own = own.replace("</RltdPties>", creditor + "</RltdPties>")
    found = transaction(document(entry("5.00", own, sign="DBIT")))
    assert (found.party, found.party_iban) == ("Wir selbst", IBAN)
    assert found.counterparty == "Sven Schuldner"
    assert found.counterparty_iban == "DE44500105175407324931"


def test_prefixes_and_envelopes_do_not_matter():
    plain = SAMPLE.decode()
    prefixed = plain.replace("<", "<b:").replace("<b:/", "</b:").replace("<b:?", "<?")
    prefixed = prefixed.replace(" xmlns=", " xmlns:b=")
    enveloped = plain.replace("<Document", "<env:Envelope><env:Body><Document", 1)
    enveloped += "</env:Body></env:Envelope>"
    for text in (prefixed, enveloped):
        assert read(text.encode()) == read(SAMPLE)


def test_documents_one_after_the_other_are_all_read():
    messages = read_messages(SAMPLE + b"\n" + document(PAYMENT, identity="S2"))
    assert [one.statements[0].id for one in messages] == ["S1", "S2"]


def test_documents_are_told_apart_wherever_a_block_ends():
    filler = f"<!--{'x' * 65_400}-->"
    for more in range(0, 300, 7):
        first = document(PAYMENT, head=filler + " " * more)
        assert len(read_messages(first + SAMPLE)) == 2


@pytest.mark.parametrize("encoding", ["UTF-7", "shift_jis", "no-such", "base64", "utf_8_sig"])
def test_an_encoding_that_nobody_can_read(encoding):
    # Found by fuzzing: expat hands what it doesn't know to Python's codecs.
    with pytest.raises(UnreadableFile):
        read_messages(SAMPLE.decode().replace("UTF-8", encoding).encode())


# -- keys ----------------------------------------------------------------------


def keys(content):
    return [one.key for one in statement(content).transactions]


def test_keys_are_the_same_in_every_file_that_holds_the_entry():
    assert keys(SAMPLE) == keys(document(PAYMENT, entry("19.00", sign="DBIT"), identity="other"))
    assert keys(document(PAYMENT, kind="054")) == keys(document(PAYMENT))


def test_two_equal_payments_of_a_day_are_two():
    found = keys(document(entry(), entry(), entry("7.00")))
    assert len(set(found)) == 3
    assert found == keys(document(entry(), entry(), entry("7.00"), identity="again"))


def test_a_copy_of_a_statement_in_the_same_file_has_the_same_keys():
    first, second = read_messages(SAMPLE + SAMPLE)
    assert first == second


def test_the_bank_s_reference_outweighs_what_else_is_said():
    told = entry("9.00", detail("9.00", text="a"), reference="R1")
    retold = entry("9.00", detail("9.00", text="b"), reference="R1")
    assert keys(document(told)) == keys(document(retold))
    assert keys(document(told)) != keys(document(entry("9.01", reference="R1")))


# -- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (entry("12..34"), "amount"),
        (entry(""), "amount"),
        (entry("-5.00"), "amount"),
        (entry("5.00", sign="FOO"), "sign"),
        (entry(day="2026-02-31"), "date"),
    ],
    ids=["garbled", "empty", "signed", "sign", "date"],
)
def test_an_entry_that_can_not_be_known_refuses_the_file(broken, code):
    with pytest.raises(InvalidEntry) as caught:
        read_messages(document(PAYMENT, broken))
    assert (caught.value.code, caught.value.values["entry"]) == (code, 2)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<a/>", b"\x00", b"%PDF-1.4", document(kind="053")[:-1]], ids=str
)
def test_what_is_no_bank_file(content):
    with pytest.raises(UnreadableFile):
        read_messages(content)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [BOMB, EXTERNAL, "<!DOCTYPE x>"])
def test_a_document_type_is_refused(head):
    with pytest.raises(HostileFile):
        read_messages(document(PAYMENT, head=head))


def endless(begin, block, size):
    """Return a stream that begins like a file and goes on without an end."""

    class Endless(io.RawIOBase):
        position = 0

        def readable(self):
            return True

        def seekable(self):
            return True

        def seek(self, position, whence=0):
            self.position = position + (size if whence == io.SEEK_END else 0)
            return self.position

        def readinto(self, buffer):
            left = min(len(buffer), size - self.position)
            data = (begin + block * (len(buffer) // len(block) + 1))[:left]
            if self.position:
                data = (block * (left // len(block) + 1))[:left]
            buffer[:left] = data
            self.position += left
            return left

    return io.BufferedReader(Endless())


HEAD = document(PAYMENT).split(b"<Ntry>")[0]


@pytest.mark.parametrize(
    "block",
    [b"x" * 64, b"<a>", b"<Ntry>", b'<a b="1">', b"<!--", b"<NtryDtls><TxDtls>"],
    ids=["text", "depth", "entries", "attributes", "comment", "details"],
)
def test_endless_input_ends_early(block):
    with pytest.raises(CamtError):
        read_messages(endless(HEAD, block, 1 << 26))


def test_one_tag_without_an_end():
    with pytest.raises(HostileFile) as caught:
        read_messages(endless(HEAD + b"<a ", b"bcdefghi", 1 << 26))
    assert caught.value.code == "long_tag"


def test_a_million_details_are_refused():
    limits = replace(Limits(), details=10)
    with pytest.raises(HostileFile):
        read_messages(document(entry("11.00", *[detail("1.00")] * 11)), limits=limits)


# -- containers ----------------------------------------------------------------


def zipped(members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_zip_file_with_statements_junk_and_a_zip_file():
    inner = zipped({"b.xml": document(PAYMENT, identity="inner")})
    content = zipped({"../a.xml": SAMPLE, "readme.txt": "hello", "inner.zip": inner})
    messages = read_messages(content)
    assert [one.member for one in messages] == ["../a.xml", "inner.zip/b.xml"]


def test_a_gzip_file():
    assert read(gzip.compress(SAMPLE)).statements == read(SAMPLE).statements


def test_a_gzip_file_in_a_zip_file():
    [message] = read_messages(zipped({"a.xml.gz": gzip.compress(SAMPLE)}))
    assert message.member == "a.xml.gz"


def damaged(content, name):
    """Return a ZIP file in which one member's packed bytes are broken."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo(name).header_offset + 30 + len(name)
    return content[:start] + b"\xff" * 20 + content[start + 20 :]


def test_a_damaged_member_does_not_hide_the_others():
    content = damaged(zipped({"a.xml": SAMPLE, "b.xml": SAMPLE, "c.zip": b"PK\x03\x04"}), "a.xml")
    found = dict(iter_members(content))
    assert isinstance(found["a.xml"], UnreadableFile)
    assert isinstance(found["c.zip"], UnreadableFile)
    assert len(found["b.xml"]) == 1
    with pytest.raises(UnreadableFile) as caught:
        read_messages(content)
    assert caught.value.values["member"] == "a.xml"


def test_a_bad_member_refuses_the_whole_container_and_is_named():
    with pytest.raises(CamtError) as caught:
        read_messages(zipped({"a.xml": SAMPLE, "b.xml": SAMPLE[:-5]}))
    assert caught.value.values["member"] == "b.xml"


def test_bombs_and_nests_are_refused():
    with pytest.raises(HostileFile):
        read_messages(zipped({"a.xml": b"<" + b"a" * (40 << 20)}))
    nested = SAMPLE
    for depth in range(5):
        nested = zipped({f"{depth}.zip": nested})
    with pytest.raises(HostileFile):
        read_messages(nested)


# -- whatever comes ------------------------------------------------------------


def reads_or_refuses(content):
    try:
        return read_messages(content)
    except CamtError as error:
        return None if str(error) else error


def test_every_beginning_of_a_file_reads_or_is_refused():
    for size in range(len(SAMPLE)):
        assert reads_or_refuses(SAMPLE[:size]) is None


@settings(max_examples=400)
@given(st.data())
def test_a_damaged_file_reads_or_is_refused(data):
    content = bytearray(data.draw(st.sampled_from([SAMPLE, zipped({"a.xml": SAMPLE})])))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    reads_or_refuses(bytes(content))


@given(st.binary(max_size=300))
def test_noise_reads_or_is_refused(content):
    reads_or_refuses(content)
