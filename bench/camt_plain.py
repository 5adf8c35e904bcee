"""The parts of the CAMT benchmark that need no Odoo: python bench/camt_plain.py ORDER.

ORDER is JSON: ``function`` and its ``parameters``. Each runs in a process of its own, whose
peak of memory is therefore its own, too, and prints what it took as JSON.
"""

import io
import json
import re
import sys
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import conftest  # noqa: F401 registers the addons without Odoo
import seed_camt
from common.probe import MEBIBYTE, Probe, _peak_bytes

NUMBER = re.compile(r"RE/\d{4}/\d+")


def main(order):
    order = json.loads(order)
    probe = Probe(lambda: 0, list)
    counts = globals()[order["function"]](probe, **order["parameters"])
    print(json.dumps({**probe.as_dict(), **counts}))


# ---------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------


def read_ours(probe, path):
    from debitor_camt.core.reading import read_messages

    before = _peak_bytes() / MEBIBYTE
    with probe.measure():
        messages = read_messages(Path(path).read_bytes())
    units = sum(len(one.transactions) for message in messages for one in message.statements)
    return {"units": units, "before_mib": before}


def read_floor(probe, path):
    """The least that any reader must do: four fields of each entry, as lxml streams by."""
    from lxml import etree

    before = _peak_bytes() / MEBIBYTE
    rows = []
    with probe.measure():
        source = io.BytesIO(Path(path).read_bytes())
        for _event, entry in etree.iterparse(source, tag="{*}Ntry"):
            rows.append(
                (
                    Decimal(entry.findtext("{*}Amt")),
                    entry.findtext("{*}CdtDbtInd"),
                    entry.findtext("{*}BookgDt/{*}Dt"),
                    entry.findtext("{*}NtryDtls/{*}TxDtls/{*}RmtInf/{*}Ustrd"),
                )
            )
            entry.clear()
            while entry.getprevious() is not None:
                del entry.getparent()[0]
    assert all(all(row) for row in rows)
    return {"units": len(rows), "before_mib": before}


# ---------------------------------------------------------------------------
# Matching
# ---------------------------------------------------------------------------


def match_ours(probe, open_items, payments):
    """Match clear payments; the index is built before that, and timed by itself."""
    from debitor_camt.core.matching import MatchRules, OpenItemIndex, match_all

    items, payers, transactions = _make(open_items, payments)
    before, started = _peak_bytes() / MEBIBYTE, time.process_time()
    index = OpenItemIndex.build(items, payers, (), "EUR", settled=())
    build_s = time.process_time() - started
    with probe.measure():
        decisions = match_all(transactions, index, MatchRules())
    booked = [one.automatic for one in decisions if one.automatic]
    assert len(booked) == len(transactions), (len(booked), decisions[0])
    return {"units": payments, "build_s": build_s, "before_mib": before, "open": open_items}


def match_mixed(probe, open_items, payments):
    """Match payments of all kinds, from exact to noise, as in camt_quality.py."""
    import payment_story

    from debitor_camt.core.matching import MatchRules, OpenItemIndex, match_all

    world = payment_story.make_world(1, 0, open_items, payments)
    before, started = _peak_bytes() / MEBIBYTE, time.process_time()
    index = OpenItemIndex.build(world.items, world.payers, world.memory, "EUR", world.settled)
    build_s = time.process_time() - started
    transactions = [case.transaction for case in world.cases]
    with probe.measure():
        match_all(transactions, index, MatchRules())
    return {
        "units": len(transactions), "build_s": build_s, "before_mib": before, "open": open_items,
    }  # fmt: skip


def match_floor(probe, open_items, payments):
    """The least that any matching must do: find the number, look it up, compare the amount."""
    items, _payers, transactions = _make(open_items, payments)
    before, started = _peak_bytes() / MEBIBYTE, time.process_time()
    numbers = {item.number: item for item in items}
    build_s = time.process_time() - started
    found = []
    with probe.measure():
        for transaction in transactions:
            number = NUMBER.search(transaction.remittance[0])
            item = number and numbers.get(number[0])
            if item and item.residual == transaction.amount:
                found.append((transaction, item))
    assert len(found) == payments, len(found)
    return {"units": payments, "build_s": build_s, "before_mib": before, "open": open_items}


def _make(open_items, payments):
    """Every so many-th of the open items is paid."""
    items, payers, transactions = seed_camt.make_items(seed_camt.invent(open_items))
    return items, payers, transactions[:: open_items // payments][:payments]


if __name__ == "__main__":
    main(sys.argv[1])
