"""Nothing is sent twice and nothing is lost, whatever dies and however many work at once."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))
from camt_samples import detail, document, entry

from mail_catcher import MailCatcher
from workbench.lab import HOME
from workbench.odoo_process import OdooCommand

CUSTOMERS = 220
KILLS = 50
BANK_KILLS = 12
IBAN = "DE02120300000000202051"
WORKER = Path(__file__).with_name("forked_worker.py")


class WorkerHost:
    """The process that forks workers; see forked_worker.py."""

    def __init__(self, command, database):
        command.write_config()
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), database, f"--config={command.config}"],
            env=command.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.process.stdout.readline().strip() != "ready":
            self.close()
            raise AssertionError("the host of the workers did not start; see its errors above")

    def _read(self):
        line = self.process.stdout.readline()
        assert line, "the host of the workers ended"
        return line.strip()

    def start(self, name):
        """Start a worker and return its process id."""
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        return int(self._read())

    def wait(self):
        """Wait for the worker and return its exit code, negative for a signal."""
        return int(self._read())

    def run(self, name):
        self.start(name)
        assert self.wait() == 0

    def run_until(self, name, seconds):
        """Kill the worker after some seconds; return whether it was still at work."""
        pid = self.start(name)
        killer = threading.Timer(seconds, os.kill, (pid, signal.SIGKILL))
        killer.start()
        code = self.wait()
        killer.cancel()
        assert code in (0, -signal.SIGKILL)
        return code != 0

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


@pytest.fixture
def debtors(new_database, installed_template):
    """A database that `worker_host` fills with one overdue invoice for each customer."""
    return new_database(installed_template)


@pytest.fixture
def worker_host(lab, debtors, mail_catcher):
    """worker_host(catcher=None) -> a new WorkerHost on the database with debtors."""
    hosts = []

    def start(catcher=mail_catcher):
        command = OdooCommand(
            lab.odoo.source,
            lab.server,
            HOME,
            f"worker-{os.getpid()}-{len(hosts)}.conf",
            smtp_server="127.0.0.1",
            smtp_port=catcher.port,
            max_cron_threads=0,
            email_from="office@example.com",
        )
        hosts.append(WorkerHost(command, debtors))
        if len(hosts) == 1:
            hosts[0].run(f"make_debtors {CUSTOMERS}")
        return hosts[-1]

    yield start
    for host in hosts:
        host.close()


@pytest.fixture
def notices(lab, debtors):
    """notices() -> rows (id, state, message_ref, problem, partner_id) as committed."""

    def read():
        with lab.server.connect(debtors) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, state, message_ref, problem, partner_id FROM debitor_dunning_notice"
            )
            return cursor.fetchall()

    return read


def caught_ids(mail_catcher):
    return Counter(message["Message-Id"].strip() for message in mail_catcher.messages())


def test_killed_fifty_times_nothing_is_sent_twice_or_lost(
    worker_host, notices, mail_catcher, odoo_server, debtors, rpc, record_property
):
    moments = random.Random(20260101)
    mail_catcher.delay = 0.05  # so that many a kill hits a message on its way
    host = worker_host()
    kills = 0
    while kills < KILLS:
        was_killed = host.run_until("work", moments.uniform(0.05, 1.5))
        kills += was_killed
        assert was_killed or kills, "the work was done before the first kill"
        if not was_killed:
            break
    host.run("work")

    rows = notices()
    caught = caught_ids(mail_catcher)
    states = Counter(state for _id, state, *_ in rows)
    doubtful = [row for row in rows if row[1] == "in_doubt"]
    record_property("kills", kills)
    record_property("messages before the doubts were cleared", len(caught))
    record_property("states", dict(states))
    assert len(rows) == CUSTOMERS, "each debtor has one notice"
    assert len({partner for *_, partner in rows}) == CUSTOMERS
    assert set(states) <= {"sent", "in_doubt"}
    assert max(caught.values()) == 1, "no message arrived twice"
    assert all(caught[ref] == 1 for _id, state, ref, *_ in rows if state == "sent")
    assert len(doubtful) <= kills
    assert all(problem for *_, problem, _partner in doubtful)
    assert kills == KILLS, f"only {kills} kills before all was done"

    clear_doubts(rpc(odoo_server(debtors)), doubtful, caught)
    host.run("send")
    assert {state for _id, state, *_ in notices()} == {"sent"}
    # What had not arrived was sent again under the same Message-ID: now each did, once.
    assert caught_ids(mail_catcher) == Counter(ref for _id, _state, ref, *_ in notices())


def clear_doubts(client, doubtful, caught):
    """Decide as a person would who looks into the mailbox."""
    for id_, _state, ref, *_ in doubtful:
        action = "action_confirm_sent" if ref in caught else "action_send_again"
        client.call("debitor.dunning.notice", action, [id_])


def test_two_workers_at_once_send_each_notice_once(
    worker_host, notices, mail_catcher, tmp_path, record_property
):
    with MailCatcher(tmp_path / "second") as second_catcher:
        first, second = worker_host(), worker_host(second_catcher)
        first.run("queue")
        first.start("send")
        second.start("send")
        assert (first.wait(), second.wait()) == (0, 0)
        shares = caught_ids(mail_catcher), caught_ids(second_catcher)

    rows = notices()
    record_property("messages of each worker", [len(share) for share in shares])
    assert all(shares), "both workers were at it"
    assert {state for _id, state, *_ in rows} == {"sent"}
    assert shares[0] + shares[1] == Counter(ref for _id, _state, ref, *_ in rows)
    assert len(rows) == CUSTOMERS


def test_two_workers_at_once_propose_each_item_once(worker_host, notices):
    first, second = worker_host(), worker_host()
    first.start("queue")
    second.start("queue")
    # The one that loses a race ends with an error and comes back, as a scheduled action does.
    first.wait(), second.wait()
    first.run("queue")

    rows = notices()
    assert len(rows) == len({partner for *_, partner in rows}) == CUSTOMERS


@pytest.fixture
def booked(lab, debtors):
    """booked() -> rows (amount, whether matched, invoice, residual of it) of bank lines."""

    def read():
        with lab.server.connect(debtors) as connection, connection.cursor() as cursor:
            cursor.execute(
                """SELECT line.amount, line.is_reconciled, invoice.name, invoice.amount_residual
                     FROM account_bank_statement_line line
                LEFT JOIN account_move invoice ON invoice.name = line.payment_ref"""
            )
            return cursor.fetchall()

    return read


def test_an_import_of_payments_that_is_killed_goes_on_where_it_stopped(
    worker_host, booked, lab, debtors, tmp_path, record_property
):
    host = worker_host()
    host.run(f"make_journal {IBAN}")
    with lab.server.connect(debtors) as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT name, invoice_partner_display_name FROM account_move
                WHERE move_type = 'out_invoice'"""
        )
        payers = dict(cursor.fetchall())
    path = tmp_path / "bank.xml"
    path.write_bytes(
        document(
            *(
                entry("100.00", detail("100.00", text=name, party=payer), reference=name)
                for name, payer in payers.items()
            )
        )
    )
    moments = random.Random(20260102)
    kills, progress = 0, set()
    while kills < BANK_KILLS and host.run_until(f"bring {path}", moments.uniform(0.2, 2.5)):
        kills += 1
        progress.add(len(booked()))
    host.run(f"bring {path}")

    rows = booked()
    record_property("kills", kills)
    record_property("lines after each kill", sorted(progress))
    assert len(rows) == CUSTOMERS, "each payment is there once"
    assert {name for _amount, _matched, name, _rest in rows} == set(payers)
    assert all(matched and rest == 0 for _amount, matched, _name, rest in rows)
    assert kills >= 3, "the import was done before it was killed often enough"
    assert progress - {0, CUSTOMERS}, "no kill hit the middle of the import"
