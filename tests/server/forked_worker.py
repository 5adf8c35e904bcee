"""Odoo workers that can be killed at any moment: python forked_worker.py DATABASE OPTIONS…

Loads the registry once. Each line on standard input, the name of a function below and its arguments,
forks a worker that runs it; its process id and then its exit code are printed. A fork
starts in milliseconds, and SIGKILL ends it as it would end any Odoo process: the kernel
closes its connections to the database and the mail server.
"""

import os
import sys
import traceback
from pathlib import Path

import odoo.cli  # noqa: F401  sets Odoo up before anything else of it
from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.sql_db import close_all
from odoo.tools import config

# Small chunks, so that a kill hits the middle of a proposal too.
CHUNK_SIZE = 20


def make_debtors(env, count):
    """Post one overdue invoice for each of many customers."""
    company = env.company
    company.email = "office@example.com"
    env["account.chart.template"].try_loading("de_skr03", company, install_demo=False)
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {n:03d}", "email": f"customer{n:03d}@example.com", "lang": "en_US"}
            for n in range(int(count))
        ]
    )
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-05",
                "invoice_date_due": "2026-02-05",
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": 100, "tax_ids": []})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    env.cr.commit()


def work(env):
    """Bring the newest run as far as it goes: propose, approve, send; go on after a crash."""
    queue(env)
    send(env)


def queue(env):
    """Propose and approve the newest run, and let its notices wait for the sender."""
    Run = env["debitor.dunning.run"]
    run = Run.search([], limit=1, order="id desc") or Run.create({})
    env.cr.commit()
    if run.state == "draft":
        run._start_proposing()
        env.cr.commit()
    Run._cron_propose()
    if run.state == "proposed":
        run.action_approve()
        env.cr.commit()
    approved = run.notice_ids.filtered(lambda notice: notice.state == "approved")
    if approved:
        run._queue(approved, at_once=True)
        env.cr.commit()


def make_journal(env, iban):
    """Give the company a bank journal for the files of an account."""
    env["account.journal"].create(
        {"name": "Giro", "code": "GIRO", "type": "bank", "bank_acc_number": iban}
    )
    env.cr.commit()


def bring(env, path):
    """Bring in a bank file, the same one again after a crash, and import it as far as it goes."""
    env["debitor.bank.file"].import_files([("bank.xml", Path(path).read_bytes())])
    env.cr.commit()
    env["debitor.bank.file"]._cron_import()


def send(env):
    env["debitor.dunning.run"]._cron_send()


def _run_worker(database, name, *arguments):
    code = 1
    try:
        with Registry(database).cursor() as cursor:
            globals()[name](api.Environment(cursor, SUPERUSER_ID, {}), *arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _warm_up():
    """Load fonts once, so that workers come to the letters before they are killed."""
    from odoo.addons.debitor_dunning.reports.debitor_dunning_letter import _read_style
    from odoo.addons.debitor_dunning.reports.pdf_engine import html_to_pdf

    style = _read_style("letter.css") + _read_style("letter_print.css")
    html_to_pdf("<p>Letter</p>", style, _read_style("letter_base.css"))


def _say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(database, *options):
    config.parse_config(["--log-level=warn", *options], setup_logging=True)
    Registry(database)
    from odoo.addons.debitor_camt.models import debitor_bank_file_import
    from odoo.addons.debitor_dunning.models import debitor_dunning_run_proposing

    debitor_dunning_run_proposing.CHUNK_SIZE = CHUNK_SIZE
    debitor_bank_file_import.CHUNK_SIZE = CHUNK_SIZE
    _warm_up()
    close_all()  # a forked process must not share its parent's connections
    _say("ready")
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _run_worker(database, *line.split())
        _say(pid)
        _pid, status = os.waitpid(pid, 0)
        _say(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(*sys.argv[1:])
