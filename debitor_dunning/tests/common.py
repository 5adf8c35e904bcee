"""Factories and assertions for tests of dunning; the day is a Wednesday in March 2026."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.sql_db import db_connect
from odoo.tests import new_test_user

TODAY = date(2026, 3, 18)
NOON = "2026-03-18 12:00:00"
LEVELS = ((5, 10), (20, 10), (35, 7))


def days_ago(days):
    return TODAY - timedelta(days=days)


@freeze_time(NOON)
class DunningCommon(AccountTestInvoicingCommon):
    """A company in Germany with the procedure of :meth:`make_procedure` and three users."""

    chart_template = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.company.with_env(cls.env)
        cls.company.partner_id.write({"tz": "Europe/Berlin", "lang": "en_US"})
        cls.account_income = cls.company_data["default_account_revenue"]
        cls.procedure = cls.company.dunning_procedure_id
        cls.reset_procedure(cls.procedure)
        cls.proposer = cls.make_user("proposer", "debitor_dunning.group_dunning_user")
        cls.approver = cls.make_user("approver", "debitor_dunning.group_dunning_approver")
        cls.manager = cls.make_user("manager", "debitor_dunning.group_dunning_manager")
        cls.customer = cls.make_customer("Holzbau Maier GmbH")

    @classmethod
    def setup_independent_company(cls, **kwargs):
        cls.env.ref("base.EUR").active = True
        return super().setup_independent_company(
            country_id=cls.env.ref("base.de").id, currency_id=cls.env.ref("base.EUR").id
        )

    # -- set-up ---------------------------------------------------------------

    @classmethod
    def reset_procedure(cls, procedure, levels=LEVELS, **vals):
        """Give ``procedure`` plain rules and one level for each ``(days, deadline days)``."""
        procedure.level_ids.unlink()
        procedure.write(
            {
                "grace_days": 0,
                "pause_days": 0,
                "minimum_amount": 0,
                "unsent_policy": "remind",
                "freshness_days": 0,
                "level_ids": [cls.level_command(*level) for level in levels],
                **vals,
            }
        )
        return procedure

    @classmethod
    def level_command(cls, days, deadline=7, channels=("letter", "email"), **vals):
        return Command.create(
            {
                "name": f"Level after {days} days",
                "days_after_due": days,
                "deadline_days": deadline,
                "subject": "Reminder {invoices}",
                "channel_ids": [
                    Command.create({"sequence": rank, "channel": channel})
                    for rank, channel in enumerate(channels)
                ],
                **vals,
            }
        )

    @classmethod
    def make_procedure(cls, name="Another", company=None, **vals):
        procedure = cls.env["debitor.dunning.procedure"].create(
            {"name": name, "company_id": (company or cls.company).id}
        )
        return cls.reset_procedure(procedure, **vals)

    @classmethod
    def make_user(cls, login, groups, company=None, **vals):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"dunning_{login}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="Europe/Berlin",
            **vals,
        )

    @classmethod
    def make_customer(cls, name, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "email": "office@example.com",
                "street": "Werkstraße 5",
                "zip": "70173",
                "city": "Stuttgart",
                "country_id": cls.env.ref("base.de").id,
                "phone": "+49 711 123456",
                "property_payment_term_id": False,
                **vals,
            }
        )

    @classmethod
    def make_company(cls, name="Second", **vals):
        """Return the accounting data of another company with plain dunning rules."""
        data = cls.setup_other_company(
            name=name,
            country_id=cls.env.ref("base.de").id,
            currency_id=cls.env.ref("base.EUR").id,
            **vals,
        )
        data["company"].partner_id.tz = "Europe/Berlin"
        cls.reset_procedure(data["company"].dunning_procedure_id)
        return data

    # -- documents ------------------------------------------------------------

    def invoice(
        self,
        amount=100.0,
        *,
        due=None,
        days_overdue=30,
        partner=None,
        company=None,
        currency=None,
        term=None,
        sent=True,
        move_type="out_invoice",
        post=True,
        account=None,
    ):
        """Return a posted invoice that is ``days_overdue`` today, or due on ``due``."""
        due = due or days_ago(days_overdue)
        env = self.env(
            context=dict(self.env.context, allowed_company_ids=(company or self.company).ids)
        )
        vals = {
            "move_type": move_type,
            "partner_id": (partner or self.customer).id,
            "invoice_date": due - timedelta(days=14),
            "company_id": (company or self.company).id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Doors",
                        "price_unit": amount,
                        "tax_ids": False,
                        "account_id": (account or self.account_income).id,
                    }
                )
            ],
        }
        if currency:
            vals["currency_id"] = currency.id
        if term:
            vals["invoice_payment_term_id"] = term.id
        else:
            vals |= {"invoice_payment_term_id": False, "invoice_date_due": due}
        move = env["account.move"].create(vals)
        move.is_move_sent = sent
        if post:
            move.action_post()
        return move

    def credit_note(self, amount=30.0, **vals):
        return self.invoice(amount, move_type="out_refund", **vals)

    def pay(self, invoice, amount=None, on=None):
        """Register a payment that is allocated to ``invoice``."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": on or TODAY})
        )
        if amount:
            wizard.amount = amount
        return wizard._create_payments()

    def advance(self, amount=30.0, partner=None):
        """Book money that nobody has allocated yet."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.customer).id,
                "amount": amount,
                "date": TODAY,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    def block(self, **vals):
        reason = self.env.ref("debitor_dunning.block_reason_complaint")
        if not {"move_id", "move_line_id"} & vals.keys():
            vals.setdefault("partner_id", self.customer.id)
        return self.env["debitor.dunning.block"].create(
            {"company_id": self.company.id, "reason_id": reason.id, "date_from": TODAY, **vals}
        )

    def item(self, move):
        """Return the receivable lines of an invoice, the first due first."""
        lines = move.line_ids.filtered(lambda one: one.account_type == "asset_receivable")
        return lines.sorted("date_maturity")

    # -- the way of a run -----------------------------------------------------

    def propose(self, *, date=None, user=None, company=None, **vals):
        """Return a run that has been proposed, by default by the approver."""
        company = company or self.company
        if user is None:
            user = self.approver if company == self.company else self.env.user
        run = (
            self.env["debitor.dunning.run"]
            .with_user(user)
            .with_context(allowed_company_ids=company.ids)
            .create({"company_id": company.id, "date": date or TODAY, **vals})
        )
        # A test never commits, and so would hold the company's lock against the background.
        with patch.object(self.env.registry[run._name], "_lock_company"):
            run.action_propose()
        return run

    def approve(self, run):
        run.action_approve()
        return run.notice_ids

    def queue(self, run):
        notices = self.approve(run)
        run._queue(notices, at_once=True)
        return notices

    def run_cron(self, name):
        """Run a scheduled action of dunning as the scheduler does.

        Its locks are taken on a real connection: cursors of the test mode share one, on which
        commits must nest and locks of one's own never hold.
        """
        Run = self.env.registry["debitor.dunning.run"]
        guard = lambda run: db_connect(run.env.cr.dbname).cursor()  # noqa: E731
        with patch.object(Run, "_open_guard", guard), self.enter_registry_test_mode():
            self.env.ref(f"debitor_dunning.{name}").method_direct_trigger()

    def send(self, run):
        """Approve and send by the real scheduled action."""
        notices = self.queue(run)
        self.run_cron("ir_cron_send")
        return notices

    def record_as_sent(self, run, on=None):
        """Let the notices have gone out, without making letters."""
        with freeze_time(f"{on or run.date} 12:00:00"):
            notices = self.queue(run)
            sent = notices.sudo()._transition("sending")._transition("sent")
            sent._after_sent()
        return notices

    def dun(self, on, **vals):
        """Propose and record as sent on an earlier day."""
        with freeze_time(f"{on} 12:00:00"):
            return self.record_as_sent(self.propose(date=on, **vals), on=on)

    # -- assertions -----------------------------------------------------------

    def assertNotice(self, notice, *, lines=None, **expected):  # noqa: N802 as in unittest
        """Assert fields of one notice, and its lines as ``(entry, level, open amount)``."""
        self.assertEqual(len(notice), 1, "one notice")
        for name, value in expected.items():
            found = notice[
                "rank" if name == "level" else "amount_total" if name == "total" else name
            ]
            if name == "total":
                found, value = f"{found:.2f}", f"{float(value):.2f}"
            self.assertEqual(found, value, name)
        if lines is not None:
            found = [
                (line.move_id, line.rank, line.amount_residual)
                for line in notice.line_ids.sorted().filtered("is_included")
            ]
            self.assertEqual(found, lines)

    def assertSkipped(self, run, **codes):  # noqa: N802 as in unittest
        """Assert the reasons of what a run left out, as ``{reason code: number of items}``."""
        found = {}
        for skip in run.skip_ids:
            found[skip.reason_code] = found.get(skip.reason_code, 0) + 1
        self.assertEqual(found, codes)

    def assertNothingProposed(self, run, **codes):  # noqa: N802 as in unittest
        self.assertFalse(run.notice_ids)
        self.assertSkipped(run, **codes)

    @contextmanager
    def assertRaisesNaming(self, error, *words):  # noqa: N802 as in unittest
        with self.assertRaises(error) as caught:
            yield
        for word in words:
            self.assertIn(word, str(caught.exception))
