"""Notices of every state, brought about by what brings them about in life.

Runs of the past take place on a stopped clock, as the accountant and the managing
director, after the ledger was booked up to the evening before. Nothing here writes a
state: a notice is settled because the money came between approval and sending, in doubt
because the mail server hung up, bounced because a bounce came in.
"""

import logging
import tempfile
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from odoo.fields import Command
from odoo.tools import config

from . import scoring
from .company import user
from .habits import bank_day

# Days before today on which a run was proposed, approved and sent in one morning.
FORMER_RUNS = (90, 76, 62, 48, 34)
# The last one waited for its approval: much happened between proposal and sending.
LAST_PROPOSED, LAST_SENT = 20, 14
INSOLVENT, DISPUTING, CAREFUL = "10018", "10019", "10029"
# In UTC: half past eight or nine in Germany, after the mails and before the telephone.
_MORNING = time(7, 30)


def is_installed(env):
    """Whether there is an addon to write notices with."""
    return "debitor.dunning.run" in env


def dun(ledger, progress):
    """Tell the months with their reminders; books the ledger up to the last day."""
    with _mail_server() as server:
        desk = Desk(ledger, server, progress)
        desk.set_rules()
        scores = scoring.is_installed(ledger.env)
        if scores:
            scoring.keep_scores_of_former_months(desk, desk.sending_day(FORMER_RUNS[0]))
        for days in FORMER_RUNS:
            day = desk.sending_day(days)
            desk.run_in_one_morning(day)
            if scores:
                scoring.keep_scores(desk, day)
        desk.run_with_incidents(desk.sending_day(LAST_PROPOSED), desk.sending_day(LAST_SENT))
    ledger.book_until(ledger.plan.today)
    desk.prepare_today()
    if scores:
        scoring.decide_today(desk, INSOLVENT)


@contextmanager
def _mail_server():
    """A mail server of our own: letters of past months need not reach today's mail box."""
    from mail_catcher import MailCatcher

    # aiosmtpd writes each command of each session into its log.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    names = ("smtp_server", "smtp_port")
    before = {name: config[name] for name in names}
    with tempfile.TemporaryDirectory() as folder, MailCatcher(folder) as server:
        config["smtp_server"], config["smtp_port"] = "127.0.0.1", server.port
        try:
            yield server
        finally:
            for name in names:
                config[name] = before[name]


class Desk:
    """The two people who dun: one proposes, the other approves and sends."""

    def __init__(self, ledger, server, progress):
        self.ledger = ledger
        self.server = server
        self.progress = progress
        self.today = ledger.plan.today
        self.company = ledger.company
        self.clerk = self.env_of("buchhaltung")
        self.boss = self.env_of("leitung")
        self.partners = ledger.partners

    def env_of(self, login):
        """The environment in which that person works, with no more rights than that."""
        env = self.ledger.env
        context = {"lang": "de_DE", "tz": "Europe/Berlin", "allowed_company_ids": self.company.ids}
        return env(user=user(env, login).id, su=False, context=context)

    def machine(self):
        """The environment of scheduled actions."""
        return self.ledger.env(user=1, su=True, context={"lang": "de_DE", "tz": "Europe/Berlin"})

    # ------------------------------------------------------------------
    # Time
    # ------------------------------------------------------------------

    @contextmanager
    def on(self, day):
        """Let everybody believe that it is the morning of ``day``."""
        from freezegun import freeze_time

        with freeze_time(datetime.combine(day, _MORNING), real_asyncio=True):
            yield

    def sending_day(self, days_ago):
        """The last day on which notices go out, that many days ago or earlier."""
        calendar = self.company.dunning_procedure_id._as_calendar()
        day = self.today - timedelta(days=days_ago)
        while not calendar.is_sending_day(day):
            day -= timedelta(days=1)
        return day

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def set_rules(self):
        """Two procedures beside the shipped one: by the customer's tag, and for one customer."""
        standard = self.company.dunning_procedure_id
        standard.responsible_id = self.clerk.user
        self._copy_procedure(
            "Consumers", "Privatkunden", grace_days=5, minimum_amount=10, tag="Privatkunde"
        )
        careful = self._copy_procedure(
            "Framework contracts", "Rahmenverträge", grace_days=10, tag="Rahmenvertrag"
        )
        careful.level_ids.sorted("days_after_due")[-1:].unlink()
        self._set_on_partner("10032", careful)
        self.company.env.cr.commit()

    def _copy_procedure(self, name, german, tag, **values):
        standard = self.company.dunning_procedure_id
        category = self.company.env["res.partner.category"].search([("name", "=", tag)], limit=1)
        procedure = standard.with_context(lang="en_US").copy(
            values | {"name": name, "category_ids": [Command.set(category.ids)]}
        )
        procedure.with_context(lang="de_DE").name = german
        return procedure

    def _set_on_partner(self, ref, procedure):
        self.partners[ref].with_company(self.company).dunning_procedure_id = procedure

    def block(self, ref, reason, day, until=None, move=None, note=""):
        """The clerk blocks a customer or one of its invoices; reasons are those shipped."""
        with self.on(day):
            return self.clerk["debitor.dunning.block"].create(
                {
                    "partner_id": self.partners[ref].id,
                    "move_id": move.id if move else False,
                    "reason_id": self.clerk.ref(f"debitor_dunning.block_reason_{reason}").id,
                    "date_to": until,
                    "note": note,
                }
            )

    # ------------------------------------------------------------------
    # Runs
    # ------------------------------------------------------------------

    def run_in_one_morning(self, day):
        """Proposed, approved, sent and printed before noon."""
        self.ledger.book_until(day - timedelta(days=1))
        self._note_what_was_known(day)
        with self.on(day):
            run = self.propose()
            if run.notice_ids:
                self.approve(run)
                self.send(run)
                self.print_letters(run)
        self._close(run)
        return run

    def _note_what_was_known(self, day):
        """Blocks that people set in the course of the story, on the day of a run."""
        ago = (self.today - day).days
        if ago >= FORMER_RUNS[0]:
            self.block(INSOLVENT, "insolvency", day, note="Insolvenzantrag vom Vortag")
            self.block(CAREFUL, "request", day, until=day + timedelta(days=21),
                       note="Wechsel der Buchhaltung")  # fmt: skip
            self._block_disputed_invoice(day)

    def _block_disputed_invoice(self, day):
        """The newest invoice of the customer who complains is not dunned for a while."""
        partner = self.partners[DISPUTING]
        moves = self.ledger.env["account.move"].search(
            [
                ("commercial_partner_id", "=", partner.id),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("invoice_date_due", "<", day),
            ],
            order="invoice_date desc, name desc",
            limit=1,
        )
        if moves:
            until = self.today + timedelta(days=14)
            self.block(DISPUTING, "complaint", day, until, moves, note="Tor schließt nicht dicht")

    def propose(self, **values):
        run = self.clerk["debitor.dunning.run"].create({"company_id": self.company.id} | values)
        run.action_propose()
        return run

    def approve(self, run):
        run.with_env(self.boss).action_approve()

    def send(self, run):
        """Press «send», confirm, and let the scheduled action do its work."""
        self.confirm(run)
        machine = self.machine()
        machine.cr.commit()
        machine["debitor.dunning.run"]._cron_send()
        machine.invalidate_all()

    def confirm(self, run):
        """Press «send» and confirm; what waits goes out with the next scheduled action."""
        dialog = self.boss["debitor.dunning.send"].create({"run_id": run.id})
        dialog.action_confirm()

    def print_letters(self, run):
        """Letters count as sent once they are printed."""
        letters = run.with_env(self.boss).notice_ids.filtered(lambda one: one.state == "to_print")
        if letters:
            letters.action_print()

    def _close(self, run):
        self.ledger.env.cr.commit()
        states = Counter(run.notice_ids.mapped("state"))
        text = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        self.progress(f"  {run.name} of {run.date}: {text or 'nobody to dun'}")

    # ------------------------------------------------------------------
    # The last run: what can happen to a notice
    # ------------------------------------------------------------------

    def run_with_incidents(self, proposed_on, sent_on):
        """Approved on one day and sent on another, with everything that may go wrong."""
        self.ledger.book_until(proposed_on - timedelta(days=1))
        with self.on(proposed_on):
            run = self.propose()
            if run.notice_ids:
                self.approve(run)
        if not run.notice_ids:
            return
        self._pay_in_between(run, proposed_on)
        self.ledger.book_until(sent_on - timedelta(days=1))
        by_mail = self._still_owing(run)
        self._block_promise(by_mail[:1], sent_on)
        with self.on(sent_on):
            self._refuse(by_mail[1:2])
            self.send_with_a_broken_line(run, by_mail[2:])
            self._cancel(run)
            self._bounce(run)
        self._close(run)

    def _pay_in_between(self, run, proposed_on):
        """A customer pays all that its approved notice asks for: it is settled, not sent."""
        owing = self._still_owing(run).filtered(lambda one: not one.amount_credit)
        day = bank_day(proposed_on + timedelta(days=2))
        self.ledger.book_until(day - timedelta(days=1))
        for notice in owing[-1:]:
            lines = notice.line_ids.move_line_id.with_env(self.ledger.env)
            self.ledger.receive(notice.partner_id.ref, lines, day)

    def _still_owing(self, run):
        """Approved notices that will go out by mail, dearest first."""
        found = run.notice_ids.filtered(
            lambda one: (
                one.state == "approved" and one.channel == "email" and one.payment_state == "open"
            )
        )
        return found.sorted(lambda one: (-one.amount_company, one.name))

    def _block_promise(self, notices, day):
        """A customer calls after the approval and promises to pay: its notice stays here."""
        for notice in notices:
            self.block(
                notice.partner_id.ref, "payment", day, until=self.today + timedelta(days=6),
                note="Zusage am Telefon",
            )  # fmt: skip

    def _refuse(self, notices):
        """The customer's server does not know the mail box."""
        for notice in notices:
            self.server.reject(notice.recipient_id.email.lower(), 550)

    def send_with_a_broken_line(self, run, by_mail):
        """The server hangs up while it takes the first of these mails: who knows if it has it?"""
        victim = by_mail[:1]
        others = run.with_env(self.boss).notice_ids.filtered(
            lambda one: one.state == "approved" and one.id != victim.id
        )
        if victim:
            self.server.hang_up_next()
            victim.with_env(self.boss).action_send()
            machine = self.machine()
            machine.cr.commit()
            machine["debitor.dunning.run"]._cron_send()
            machine.invalidate_all()
        if others:
            self.send(run)

    def _cancel(self, run):
        """One notice was a mistake: cancelled after it went out, its items fall back a level."""
        sent = self._sent_by_mail(run)
        sent[-1:].with_env(self.boss).action_cancel()

    def _bounce(self, run):
        """One mail comes back; the mail gateway finds its notice by the Message-ID."""
        for notice in self._sent_by_mail(run)[:1]:
            self.machine()["mail.thread"].message_process(False, _bounce_of(notice))

    def _sent_by_mail(self, run):
        found = run.notice_ids.filtered(lambda one: one.state == "sent" and one.message_ref)
        return found.sorted(lambda one: (-one.amount_company, one.name))

    # ------------------------------------------------------------------
    # Today
    # ------------------------------------------------------------------

    def prepare_today(self):
        """Leave work on the desk: a run to review, one to send, one that waits to go out."""
        self._leave_approved("Logistik", "Industrie", "Hausverwaltung")
        self._leave_queued("Wiederverkäufer")
        run = self.propose()
        notices = run.notice_ids.sorted(lambda one: (one.amount_company, one.name))
        if len(notices) > 3:
            notices[0].action_exclude("Kleinbetrag, ruft selbst an")
        self._close(run)

    def _leave_approved(self, *tags):
        """Leave an approved run for the first of these tags of which somebody is to be dunned."""
        for tag in tags:
            run = self._propose_for(tag)
            if run.notice_ids:
                self.approve(run)
                return self._close(run)
            self._discard(run)

    def _leave_queued(self, tag):
        run = self._propose_for(tag)
        if run.notice_ids:
            self.approve(run)
            self.confirm(run)
            self._close(run)
        else:
            self._discard(run)

    def _discard(self, run):
        """Nobody with that tag owes anything today: no empty run is left behind."""
        run = run.with_env(self.boss)
        run.action_cancel()
        run.unlink()

    def _propose_for(self, tag):
        category = self.clerk["res.partner.category"].search([("name", "=", tag)], limit=1)
        return self.propose(category_ids=[Command.set(category.ids)])


def _bounce_of(notice):
    """A delivery report as a mail server writes it (RFC 3464)."""
    address = notice.recipient_id.email
    return (
        "Return-Path: <>\r\n"
        "From: MAILER-DAEMON@mx.example\r\n"
        f"To: {notice.user_id.email}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <bounce-{notice.id}@mx.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=frontier\r\n"
        "\r\n"
        "--frontier\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
        "The mail could not be delivered: mailbox full for seven days.\r\n"
        "--frontier\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.2.2\r\n"
        "--frontier\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {notice.message_ref}\r\nTo: {address}\r\n"
        "--frontier--\r\n"
    )
