"""A company with customers, their payment histories and users; the day is that of dunning."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.debitor_dunning.tests.common import NOON, TODAY, DunningCommon, days_ago

from .ledger import BulkMixin

__all__ = ["NOON", "TODAY", "ScoringCommon", "days_ago"]


@freeze_time(NOON)
class ScoringCommon(BulkMixin, DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Score = cls.env["debitor.score"]
        cls.scoring_model = cls.env["debitor.scoring.model"]._for(cls.company)
        sale = "sales_team.group_sale_salesman"
        cls.salesperson = cls.make_user("salesperson", sale)
        cls.sales_manager = cls.make_user("sales_manager", "sales_team.group_sale_manager")
        cls.finance = cls.make_user("finance", "account.group_account_invoice")
        cls.releaser = cls.make_user("releaser", "debitor_scoring.group_credit_release")
        cls.scorer = cls.make_user("scorer", "debitor_scoring.group_scoring_manager")
        cls.employee = cls.make_user("employee", "base.group_user")

    @classmethod
    def speak_german(cls):
        """Have German; where the database has it already, loading all terms anew takes half a minute."""
        lang = cls.env["res.lang"].with_context(active_test=False).search([("code", "=", "de_DE")])
        if not lang.active:
            cls.env["base.language.install"].create(
                {"lang_ids": lang.ids, "overwrite": False}
            ).lang_install()

    def paid(self, days_late, *, due_days_ago=61, amount=100.0, **vals):
        """Return an invoice that was paid in full ``days_late`` days after its due date."""
        due = days_ago(due_days_ago)
        invoice = self.invoice(amount, due=due, **vals)
        self.pay(invoice, on=due + timedelta(days=days_late))
        return invoice

    @classmethod
    def payer(cls, *delays, name="Payer GmbH", **vals):
        """Return a new customer who paid one invoice each so many days late, a week apart."""
        customer = cls.make_customer(name, **vals)
        cls.book_history(customer, delays)
        return customer

    @classmethod
    def book_history(cls, customer, delays, *, first=100, apart=7, amount=100.0):
        """Book one paid invoice for each delay, the first due ``first`` days ago, in bulk."""
        return cls.book_paid(
            (customer, days_ago(first + apart * number), days_late, amount)
            for number, days_late in enumerate(delays)
        )

    @classmethod
    def score_of(cls, partner, company=None):
        """Compute and return the score of a customer; empty where there is none."""
        company = company or cls.company
        cls.Score._recompute(company, partner.ids)
        return cls.Score._for(partner, company).get(partner.id, cls.Score)

    @classmethod
    def run_all(cls, company=None):
        """Score all customers of a company as the scheduled action does, without its commits."""
        Cron = cls.env.registry["ir.cron"]
        with patch.object(Cron, "_commit_progress", lambda *args, **kwargs: float("inf")):
            # The scheduled action's user may do anything.
            return cls.env["debitor.score.maker"].sudo()._cron_all((company or cls.company).sudo())

    @classmethod
    def mark(cls, partner, kind="override", **vals):
        if kind == "override":
            vals = {"risk_class": "e", "date_until": TODAY + timedelta(days=30), **vals}
        return cls.env["debitor.risk.mark"].create(
            {
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "kind": kind,
                "reason": "Trade press",
                "date_from": TODAY,
                **vals,
            }
        )
