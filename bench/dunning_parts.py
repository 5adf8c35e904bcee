"""The measured parts of the dunning benchmark; each runs in a process of its own.

Every function gets an Odoo environment and a probe, and returns counts, among
them `units`: the lines or mails by which the cost is divided.
"""

import shutil
from collections import Counter
from contextlib import contextmanager

WARM_UP = 5  # mails that fill caches before the sample is measured
FLOOR = """
    SELECT l.id, l.move_id, l.partner_id, l.currency_id, l.date_maturity,
           l.amount_residual, l.amount_residual_currency,
           m.name, m.invoice_date, m.ref, m.payment_state,
           p.name, p.email, p.lang, p.commercial_partner_id
      FROM account_move_line l
      JOIN account_account a ON a.id = l.account_id
      JOIN account_move m ON m.id = l.move_id
      JOIN res_partner p ON p.id = l.partner_id
     WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
       AND l.reconciled IS NOT TRUE AND l.date_maturity < %s
     ORDER BY l.partner_id, l.date_maturity
"""


def floor(env, probe, today):
    """The least that any dunning run must do: fetch the overdue lines."""
    with probe.measure():
        env.cr.execute(FLOOR, [today])
        rows = env.cr.fetchall()
    return {"units": len(rows)}


# ---------------------------------------------------------------------------
# Ours
# ---------------------------------------------------------------------------


def ours_propose(env, probe, today):
    run = env["debitor.dunning.run"].create({"date": today, "company_id": env.company.id})
    env.cr.commit()
    env.invalidate_all()
    with probe.measure():
        run.action_propose()
        env.cr.commit()
        # Large proposals are left to the scheduled action.
        if run.state == "proposing":
            run._cron_propose()
            env.cr.commit()
    assert run.state == "proposed", run.state
    units = _overdue(env, today)
    env.cr.execute("SELECT count(*) FROM debitor_dunning_notice_line")
    lines = env.cr.fetchone()[0]
    env.cr.execute("SELECT count(*) FROM debitor_dunning_skip")
    skipped = env.cr.fetchone()[0]
    # Each line is on a notice or has a reason; a credit may have neither.
    assert units * 0.95 <= lines + skipped <= units, (units, lines, skipped)
    assert lines > units * 0.9, (units, lines)
    return {"units": units, "lines": lines, "skipped": skipped, "letters": run.notice_count}


def ours_approve(env, probe, today):
    run = env["debitor.dunning.run"].search([])
    with probe.measure():
        run.action_approve()
        env.cr.commit()
    assert run.state == "approved", run.state
    env.cr.execute("SELECT count(*) FROM debitor_dunning_notice_line")
    return {"units": env.cr.fetchone()[0]}


def ours_mails(env, probe, today, sample):
    """Mails with the letter as PDF, each in its own transactions as in production."""
    run = env["debitor.dunning.run"].search([])
    by_mail = run.notice_ids.filtered(lambda notice: notice.channel == "email")
    notices = by_mail.sorted("id")[: WARM_UP + sample]

    def send(some):
        run._queue(some, at_once=True)
        env.cr.commit()
        run._cron_send()

    with _no_smtp(env):
        send(notices[:WARM_UP])
        env.invalidate_all()
        with probe.measure():
            send(notices[WARM_UP:])
    env.invalidate_all()
    states = Counter(notices.mapped("state"))
    assert states.keys() == {"sent"}, (states, notices[:1].problem)
    assert all(notices.mapped("letter_id")), "a mail went without its letter"
    return {"units": len(notices) - WARM_UP, "has_pdf": True}


# ---------------------------------------------------------------------------
# The peer: credit control
# ---------------------------------------------------------------------------


def peer_propose(env, probe, today):
    receivable = env["account.account"].search([("account_type", "=", "asset_receivable")])
    env.company.credit_policy_id.account_ids = receivable
    run = env["credit.control.run"].create({"date": today, "company_id": env.company.id})
    env.cr.commit()
    env.invalidate_all()
    with probe.measure():
        run.generate_credit_lines()
        env.cr.commit()
    return {"units": _overdue(env, today), "lines": len(run.line_ids)}


def peer_approve(env, probe, today):
    run = env["credit.control.run"].search([])
    with probe.measure():
        run.set_to_ready_lines()
        env.cr.commit()
    return {"units": len(run.line_ids)}


def peer_group(env, probe, today):
    """Letters from lines, which ours does while proposing."""
    run = env["credit.control.run"].search([])
    lines = run.line_ids.filtered(lambda line: line.state == "to_be_sent")
    with probe.measure():
        letters = env["credit.control.communication"]._generate_comm_from_credit_lines(lines)
        env.cr.commit()
    return {"units": len(lines), "letters": len(letters)}


def peer_mails(env, probe, today, sample):
    """Mails with the letter as PDF where wkhtmltopdf is installed, else without."""
    has_pdf = bool(shutil.which("wkhtmltopdf"))
    if not has_pdf:
        env["credit.control.policy.level"].search([]).email_template_id.report_template_ids = False
    letters = env["credit.control.communication"].search([], limit=WARM_UP + sample)
    env.cr.commit()

    def send(some):
        some._generate_emails()
        env.cr.commit()

    with _no_smtp(env):
        send(letters[:WARM_UP])
        with probe.measure():
            send(letters[WARM_UP:])
    sent = (
        env["mail.mail"]
        .sudo()
        .search([("model", "=", "credit.control.communication"), ("state", "=", "sent")])
    )
    assert len(sent) == len(letters), (len(sent), len(letters))
    return {"units": len(letters) - WARM_UP, "has_pdf": has_pdf}


# ---------------------------------------------------------------------------


def _overdue(env, today):
    env.cr.execute(f"SELECT count(*) FROM ({FLOOR}) overdue", [today])
    return env.cr.fetchone()[0]


@contextmanager
def _no_smtp(env):
    """Let mails go all the way up to the SMTP connection, and end there."""
    server_class = env.registry["ir.mail_server"]
    connect, send = server_class._connect__, server_class.send_email
    server_class._connect__ = lambda self, *args, **kwargs: _Nowhere()
    server_class.send_email = lambda self, message, *args, **kwargs: message["Message-Id"]
    try:
        yield
    finally:
        server_class._connect__, server_class.send_email = connect, send


class _Nowhere:
    """An SMTP session that leads nowhere."""

    from_filter = False
    smtp_from = False

    def noop(self):
        return 250, b"OK"

    def quit(self):
        pass
