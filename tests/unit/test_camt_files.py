"""The public sample files of banks beside the repository, each against its truth."""

import csv
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from debitor_camt.core.errors import CamtError
from debitor_camt.core.reading import read_messages

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(os.environ.get("DEBITOR_SAMPLES", ROOT.parent / "shared" / "data")) / "camt"
MANIFEST = SAMPLES / "manifest.csv"
# Files that aren't valid and whose entries nobody can know: what is wrong, as our reader says.
REFUSED = {
    "052v08_tempoloss_camt052-report.xml": "date",
    "053v02_sebastienrouss_camt053-garbled-amount.xml": "amount",
    "053v04_oca_test-camt053-wrong-amount.xml": "amount",
    "054v04_hitobito_camt.054-DBIT-statements.xml": "sign",
    "054v04_hitobito_camt.054-version-001.04.xml": "sign",
    "054v04_hitobito_camt.054-without-amount.xml": "amount",
    "054v08_hitobito_camt.054-version-001.08.xml": "sign",
    "054v08_libeufin2_postfinance-camt054.xml": "amount",
}
# Details of one entry that give no amounts of their own are one payment.
JOINED = {
    "053v02_libeufin_camt53-gls-style-1.xml",
    "054v04_genkgo_camt054.v4.xml",
    "054v08_genkgo_camt054.v8.xml",
}

pytestmark = pytest.mark.skipif(
    not MANIFEST.exists(), reason=f"no sample files of banks in {SAMPLES.name}: DEBITOR_SAMPLES"
)


def load():
    if not MANIFEST.exists():
        return [], {}
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))


ROWS, TRUTH = load()


def is_bad(row):
    """Whether the collection itself says that the file must be refused, or we know why."""
    known = TRUTH.get(row["file"], {})
    return (
        row["file"] in REFUSED
        or "doctype" in row["features"]
        or "error" in known
        or known.get("statements") == []
        or row["entries"] == row["statements"] == "0"
    )


def read(row):
    with (SAMPLES / "files" / row["file"]).open("rb") as file:
        return read_messages(file, row["file"])


def entries_of(statement):
    grouped = {}
    for one in statement.transactions:
        grouped.setdefault(one.entry_key, []).append(one)
    return list(grouped.values())


@pytest.mark.parametrize("row", [row for row in ROWS if is_bad(row)], ids=lambda row: row["file"])
def test_a_bad_file_is_refused_with_a_reason(row):
    with pytest.raises(CamtError) as caught:
        read(row)
    assert str(caught.value)
    if row["file"] in REFUSED:
        assert caught.value.code == REFUSED[row["file"]]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if not is_bad(row)], ids=lambda row: row["file"]
)
def test_a_file_says_what_is_known_of_it(row):
    messages = read(row)
    statements = [one for message in messages for one in message.statements]
    assert len(statements) == int(row["statements"])
    assert sum(one.entry_count for one in statements) == int(row["entries"])
    if row["msg"] != "container":
        assert messages[0].kind == row["msg"]
    truth = TRUTH.get(row["file"])
    for statement, known in zip(statements, truth["statements"] if truth else (), strict=False):
        assert statement.account.number.upper() == (known["account"] or "").replace(" ", "").upper()
        found = entries_of(statement)
        assert len(found) == len(known["entries"])
        for own, entry in zip(found, known["entries"], strict=True):
            check_entry(row["file"], own, entry)
    check_balances(row, statements)


def check_entry(name, own, entry):
    assert sum(one.amount for one in own) == Decimal(entry["amount"])
    assert own[0].status == entry["status"].removesuffix("(default)")
    assert own[0].is_reversal == entry["reversal"]
    assert str(own[0].booking_date or "") == (entry["booking"] or "")[:10]
    assert str(own[0].value_date or "") == (entry["value"] or "")[:10]
    payments = [one for one in own if one.kind == "payment"]
    if not entry["tx"]:
        return
    if name in JOINED:
        assert len(payments) <= len(entry["tx"])
        return
    assert len(payments) == len(entry["tx"])
    for one, detail in zip(payments, entry["tx"], strict=True):
        check_detail(one, detail, entry)


def check_detail(one, detail, entry):
    if detail["amount"] and detail["ccy"] == entry["ccy"] and len(entry["tx"]) > 1:
        assert one.amount == Decimal(detail["amount"])
    if detail["party"]:
        assert one.party == detail["party"]
    assert list(one.remittance) == detail["ustrd"]
    assert list(one.structured) == [reference for _type, reference in detail["refs"]]
    assert one.return_reason == detail["return_reason"]
    if detail["charges"]:
        assert abs(one.charges) == sum(map(Decimal, detail["charges"]))


def check_balances(row, statements):
    if row["kind"] == "container" or "…" in row["balances"] or not row["balances"]:
        return
    for statement, known in zip(statements, row["balances"].split("; "), strict=True):
        assert statement.is_balanced is {"yes": True, "n/a": None}.get(known, False)
        if statement.is_balanced is False and known.startswith("no("):
            off = statement.closing.amount - statement.opening.amount - statement.entry_sum
            assert off == Decimal(known[3:-1])


def test_the_table_of_all_files(capsys):
    """Print what was read of each file, for whoever reads the log of the tests."""
    lines = []
    for row in ROWS:
        try:
            statements = [one for message in read(row) for one in message.statements]
        except CamtError as error:
            lines.append(f"  refused  {row['file']}: {error}")
            continue
        transactions = [one for statement in statements for one in statement.transactions]
        lines.append(
            f"  read     {row['file']}: {len(statements)} statements, {len(transactions)}"
            f" transactions, sum {sum(one.amount for one in transactions)}"
        )
    with capsys.disabled():
        print("\nCamt files\n" + "\n".join(lines))  # noqa: T201 a table to be read
    assert len(lines) == len(ROWS)


def test_the_command_line_prints_an_object_for_each_document():
    names = ["container_form_zip-2-accounts-and-junk.zip", "hostile_bsp_billion-laughs.xml"]
    names.append("053v02_oca_test-camt053-more-than-one-xml.xml")
    command = [sys.executable, str(ROOT / "dev" / "camt_inspect.py")]
    command += [str(SAMPLES / "files" / name) for name in names] + ["missing.xml"]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 1
    assert [len(one["statements"]) for one in found] == [1, 1, 2]
    assert ["member" in one for one in found] == [True, True, False]
    problems = ran.stderr.splitlines()
    assert len(problems) == len(names) - 1
    assert "doctype" in problems[0]
    assert "missing.xml" in problems[1]
