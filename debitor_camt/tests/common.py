"""Factories and assertions for tests of bank files; the day is a Wednesday in March 2026."""

from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import new_test_user

from .camt_builder import Sheet, build_camt

TODAY = date(2026, 3, 18)
NOON = "2026-03-18 12:00:00"
IBAN = "DE89370400440532013000"
SECOND_IBAN = "DE12500105170648489890"
FOREIGN_IBAN = "DE75512108001245126199"


@freeze_time(NOON)
class CamtCommon(AccountTestInvoicingCommon):
    """A company in Germany with a bank journal in euros, and users with the usual rights."""

    chart_template = "generic_coa"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.company.with_env(cls.env)
        cls.company.partner_id.write({"tz": "Europe/Berlin", "lang": "en_US"})
        cls.journal = cls.set_iban(cls.company_data["default_journal_bank"], IBAN)
        cls.clerk = cls.make_user("clerk", "account.group_account_invoice")
        cls.decider = cls.make_user("decider", "debitor_camt.group_bank_release")

    @classmethod
    def setup_independent_company(cls, **kwargs):
        cls.env.ref("base.EUR").active = True
        return super().setup_independent_company(
            country_id=cls.env.ref("base.de").id, currency_id=cls.env.ref("base.EUR").id
        )

    # -- set-up ---------------------------------------------------------------

    @classmethod
    def set_iban(cls, journal, iban):
        journal.set_bank_account(iban)
        return journal

    @classmethod
    def make_journal(cls, iban, *, company=None, currency=None, **vals):
        company = company or cls.company
        journal = cls.env["account.journal"].create(
            {
                "name": f"Bank {iban[-4:]}",
                "code": f"B{iban[-3:]}",
                "type": "bank",
                "company_id": company.id,
                "currency_id": currency.id if currency else False,
                **vals,
            }
        )
        return cls.set_iban(journal, iban)

    @classmethod
    def make_user(cls, login, groups, company=None, **vals):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=f"camt_{login}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="Europe/Berlin",
            **vals,
        )

    @classmethod
    def make_company(cls, name="Second", **vals):
        """Return the accounting data of another company."""
        return cls.setup_other_company(
            name=name,
            country_id=cls.env.ref("base.de").id,
            currency_id=cls.env.ref("base.EUR").id,
            **vals,
        )

    # -- files ----------------------------------------------------------------

    def sheet(self, *entries, **facts):
        return Sheet(list(entries), **{"iban": IBAN, **facts})

    def bring(self, *sheets, kind="camt.053", user=None, name="bank.xml", company=None):
        """Import a file with these sheets, by default as the invoicing clerk."""
        return self.bring_bytes(
            build_camt(*sheets, kind=kind), user=user, name=name, company=company
        )

    def bring_bytes(self, content, *, user=None, name="bank.xml", company=None):
        Files = self.env["debitor.bank.file"].with_user(user or self.clerk)
        company = company or self.company
        return Files.with_context(allowed_company_ids=company.ids).import_files([(name, content)])

    def run_cron(self, name):
        """Run a scheduled action as the scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref(f"debitor_camt.{name}").method_direct_trigger()

    # -- assertions -----------------------------------------------------------

    def get_lines(self, journal=None):
        return self.env["account.bank.statement.line"].search(
            [("journal_id", "=", (journal or self.journal).id), ("state", "!=", "cancel")],
            order="internal_index, id",
        )

    def assertBooked(self, *amounts, journal=None):  # noqa: N802 as in unittest
        """Assert the amounts of all lines of a journal, in any order."""
        found = self.get_lines(journal).mapped("amount")
        self.assertEqual(sorted(found), sorted(float(amount) for amount in amounts))

    def assertFile(self, file, **expected):  # noqa: N802 as in unittest
        """Assert state and counts of a file, e.g. ``created=2, known=0``."""
        file.invalidate_recordset()
        for name, value in expected.items():
            field = name if name in file._fields else f"{name}_count"
            self.assertEqual(file[field], value, f"{name} ({file.problem_text})")

    def assertHeld(self, file, *codes):  # noqa: N802 as in unittest
        """Assert why the statements of a file are in quarantine, and that nothing was booked."""
        held = file.sheet_ids.filtered(lambda sheet: sheet.state == "quarantine")
        found = [problem["code"] for sheet in held for problem in sheet.problems]
        self.assertEqual(sorted(found), sorted(codes))
        self.assertFalse(held.line_ids)

    @contextmanager
    def assertRaisesNaming(self, error, *words):  # noqa: N802 as in unittest
        with self.assertRaises(error) as caught:
            yield
        for word in words:
            self.assertIn(word, str(caught.exception))
