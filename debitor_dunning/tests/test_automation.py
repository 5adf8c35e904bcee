from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import file_path

from ..core.reasons import Code
from ..models import debitor_dunning_run_proposing
from ..models.reason_text import get_reason_text
from .common import TODAY, DunningCommon, days_ago


@tagged("post_install", "-at_install")
class TestAutomation(DunningCommon):
    """What happens by itself, and what people call from lists and automations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).dunning_is_automatic = False
        cls.company.dunning_is_automatic = True

    def night(self):
        """Let the scheduled actions of a night run and return the company's newest run."""
        self.run_cron("ir_cron_nightly")
        self.run_cron("ir_cron_propose")
        return self.env["debitor.dunning.run"].search(
            [("company_id", "=", self.company.id)], order="id desc", limit=1
        )

    def bank_statement(self, on):
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": on,
                "payment_ref": "x",
                "amount": 1,
            }
        )

    # -- nightly --------------------------------------------------------------

    def test_each_night_makes_a_proposal_that_waits_for_a_person(self):
        self.invoice()
        run = self.night()
        self.assertEqual((run.state, run.is_automatic, run.date), ("proposed", True, TODAY))
        self.assertNotice(run.notice_ids, state="proposed", level=1)

    def test_an_untouched_proposal_is_replaced_the_next_night(self):
        self.invoice()
        first = self.night()
        with freeze_time("2026-03-19 03:00:00"):
            second = self.night()
        self.assertNotEqual(first, second)
        self.assertEqual((first.state, first.notice_ids.state), ("cancelled", "cancelled"))
        self.assertNotice(second.notice_ids, state="proposed")

    def test_a_proposal_that_somebody_touched_stays(self):
        touch = {
            "line": lambda run: run.notice_ids[0].line_ids.action_raise(),
            "notice": lambda run: run.notice_ids[0].action_exclude(),
            "review": lambda run: run.action_review(),
            "approve one": lambda run: run.notice_ids[0].action_approve(),
        }
        self.invoice()
        self.invoice(partner=self.make_customer("Other"))
        for name, change in touch.items():
            with self.subTest(name):
                run = self.night().with_user(self.approver)
                change(run)
                states = run.notice_ids.mapped("state")
                with freeze_time("2026-03-19 03:00:00"):
                    self.night()
                self.assertEqual(run.notice_ids.mapped("state"), states)
                self.env["debitor.dunning.run"].search(
                    [("state", "!=", "cancelled")]
                ).action_cancel()

    def test_no_proposal_on_days_without_sending_or_where_it_is_not_wanted(self):
        self.invoice()
        with freeze_time("2026-03-21 03:00:00"):
            self.assertFalse(self.night())
        self.company.dunning_is_automatic = False
        self.assertFalse(self.night())

    def test_levels_that_need_no_approval_are_queued_by_themselves(self):
        self.procedure.level_ids[0].needs_approval = False
        self.invoice(days_overdue=90)
        other = self.make_customer("Second level")
        self.invoice(partner=other, days_overdue=90)
        self.dun(days_ago(30), partner_ids=other.ids)
        run = self.night()
        first, second = run.notice_ids.sorted("rank")
        self.assertNotice(first, level=1, state="queued")
        self.assertNotice(second, level=2, state="proposed")

    def test_without_a_way_to_the_customer_nothing_is_approved_by_itself(self):
        self.procedure.level_ids.needs_approval = False
        self.customer.write({"email": False, "street": False})
        self.invoice()
        self.assertNotice(self.night().notice_ids, state="proposed", channel=False)

    def test_old_bank_data_stop_automatic_sending(self):
        self.procedure.freshness_days = 3
        self.procedure.level_ids.needs_approval = False
        self.bank_statement(days_ago(4))
        self.invoice()
        run = self.night()
        self.assertNotice(run.notice_ids, state="proposed")
        self.assertIn("4 days", run._get_freshness_problem())
        self.assertEqual(run.bank_date, days_ago(4))
        self.bank_statement(days_ago(1))
        self.assertNotice(self.night().notice_ids, state="queued")

    def test_the_oldest_of_several_bank_journals_counts(self):
        self.procedure.freshness_days = 3
        self.bank_statement(TODAY)
        second = self.company_data["default_journal_bank"].copy()
        self.env["account.bank.statement.line"].create(
            {"journal_id": second.id, "date": days_ago(10), "payment_ref": "x", "amount": 1}
        )
        self.invoice()
        run = self.propose()
        self.assertEqual(run.bank_date, days_ago(10))
        self.assertTrue(run._get_freshness_problem())
        wizard = (
            self.env["debitor.dunning.send"].with_user(self.approver).create({"run_id": run.id})
        )
        self.assertTrue(wizard.freshness_problem)

    def test_the_window_warns_of_credits_unsent_invoices_and_missing_addresses(self):
        self.procedure.unsent_policy = "mark"
        self.customer.write({"email": False, "street": False})
        self.invoice(sent=False)
        self.credit_note(10)
        run = self.propose()
        self.approve(run)
        wizard = (
            self.env["debitor.dunning.send"].with_user(self.approver).create({"run_id": run.id})
        )
        self.assertRecordValues(
            wizard, [{"credit_count": 1, "unsent_count": 1, "unreachable_count": 1}]
        )

    # -- in the background ----------------------------------------------------

    def test_a_large_proposal_is_made_in_the_background_in_chunks(self):
        customers = [self.make_customer(f"Customer {number}") for number in range(5)]
        for customer in customers:
            self.invoice(partner=customer)
        with (
            patch.object(debitor_dunning_run_proposing, "INLINE_DEBTORS", 2),
            patch.object(debitor_dunning_run_proposing, "CHUNK_SIZE", 2),
        ):
            run = self.propose()
            self.assertEqual((run.state, run.debtor_count, run.notice_count), ("proposing", 5, 0))
            run.action_stop()
            self.run_cron("ir_cron_propose")
            self.assertEqual((run.state, run.debtor_done), ("proposing", 0))
            run.action_continue()
            self.run_cron("ir_cron_propose")
        self.assertEqual((run.state, run.debtor_done, run.progress), ("proposed", 5, 100))
        self.assertEqual(sorted(run.notice_ids.partner_id.ids), [one.id for one in customers])
        self.assertEqual(len(set(run.notice_ids.mapped("name"))), 5)

    def test_one_proposal_at_a_time_works_on_a_company(self):
        self.invoice()
        with db_connect(self.env.cr.dbname).cursor() as other_worker:
            other_worker.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                [debitor_dunning_run_proposing._PROPOSING_LOCK, self.company.id],
            )
            run = self.env["debitor.dunning.run"].create({})
            with self.assertRaisesNaming(UserError, self.company.name):
                run.action_propose()

    # -- what people call -----------------------------------------------------

    def press(self, records, code):
        """Run ``code`` as a server action on ``records``, as a list or an automation does."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Dunning",
                "model_id": self.env["ir.model"]._get(records._name).id,
                "state": "code",
                "code": f"action = records.{code}",
            }
        )
        context = {
            "active_model": records._name,
            "active_ids": records.ids,
            "active_id": records[:1].id,
        }
        return action.with_context(**context).run()

    def test_remind_now_passes_over_days_but_not_over_blocks(self):
        young, blocked = self.invoice(days_overdue=1), self.invoice(days_overdue=1)
        self.block(move_id=blocked.id)
        self.press(young | blocked, "action_debitor_remind_now()")
        run = self.env["debitor.dunning.run"].search([], order="id desc", limit=1)
        self.assertNotice(run.notice_ids, level=1, lines=[(young, 1, 100)])
        self.assertSkipped(run, blocked=1)

    def test_remind_now_says_why_it_can_not(self):
        invoice = self.invoice()
        self.block(note="scratched")
        with self.assertRaisesNaming(UserError, invoice.name, "scratched"):
            invoice.action_debitor_remind_now()
        self.pay(invoice)
        with self.assertRaisesNaming(UserError, "Nothing is open"):
            invoice.action_debitor_remind_now()

    def test_remind_now_for_a_customer_takes_what_is_overdue(self):
        late, _future = self.invoice(days_overdue=2), self.invoice(days_overdue=-20)
        self.press(self.customer, "action_debitor_remind_now()")
        run = self.env["debitor.dunning.run"].search([], order="id desc", limit=1)
        self.assertNotice(run.notice_ids, lines=[(late, 1, 100)])

    def test_hold_blocks_for_some_days_with_a_reason(self):
        invoice = self.invoice()
        self.press(invoice, "action_debitor_hold(days=7, reason='Asked by sales') and None")
        block = invoice.debitor_block_id
        self.assertRecordValues(
            block, [{"move_id": invoice.id, "date_from": TODAY, "date_to": days_ago(-7)}]
        )
        self.assertEqual(block.reason_id.name, "Asked by sales")
        self.assertNothingProposed(self.propose(), blocked=1)
        with self.assertRaises(UserError):
            invoice.action_debitor_hold(days=0)

    def test_hold_of_a_customer_by_one_of_its_contacts(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self.invoice()
        self.press(contact, "action_debitor_hold() and None")
        self.assertEqual(self.customer.debitor_block_id.partner_id, self.customer)
        self.assertNothingProposed(self.propose(), blocked=1)

    def test_why_not_opens_the_open_items(self):
        invoice = self.invoice()
        action = self.press(invoice, "action_debitor_why_not()")
        self.assertEqual(action["domain"], [("id", "in", self.item(invoice).ids)])

    # -- why, or why not ------------------------------------------------------

    def test_each_open_item_says_in_one_sentence_why_or_why_not(self):
        cases = {
            "next notice": self.invoice(partner=self.make_customer("A")),
            "Not due yet": self.invoice(partner=self.make_customer("B"), days_overdue=-9),
            "days of the next level": self.invoice(partner=self.make_customer("C"), days_overdue=2),
        }
        blocked = self.invoice(partner=self.make_customer("D"))
        self.block(move_id=blocked.id)
        cases["being checked"] = blocked
        on_notice = self.invoice()
        run = self.propose(partner_ids=self.customer.ids)
        cases[run.notice_ids.name] = on_notice
        for words, invoice in cases.items():
            with self.subTest(words):
                self.assertIn(words, invoice.debitor_why_not)
                self.assertIn(words, invoice.commercial_partner_id.debitor_why_not)
        self.assertFalse(self.invoice(post=False).debitor_why_not)

    def test_paid_items_have_no_sentence(self):
        invoice = self.invoice()
        self.pay(invoice)
        self.assertFalse(invoice.debitor_why_not)
        self.assertFalse(self.item(invoice).debitor_why_not)

    def test_the_sentence_of_an_invoice_is_of_the_item_that_moves_first(self):
        invoice = self.invoice(days_overdue=2)
        self.assertEqual(str(invoice.debitor_next_date), "2026-03-21")
        self.assertEqual(invoice.debitor_next_level_id, self.procedure.level_ids[0])

    def test_every_reason_has_a_sentence_in_english_and_in_german(self):
        if not Path(file_path("debitor_dunning"), "i18n", "de.po").exists():
            self.skipTest("no German translation yet")
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["debitor_dunning"], ["de_DE"])
        facts = {"until": TODAY, "detail": "D-7", "amount": 3.5, "limit": 5}
        same = []
        for code in Code:
            with self.subTest(code=code):
                english, german = (
                    get_reason_text(
                        self.env(context={"lang": lang}),
                        code,
                        currency=self.company.currency_id,
                        **facts,
                    )
                    for lang in ("en_US", "de_DE")
                )
                self.assertTrue(english.endswith("."))
                self.assertNotIn("%(", english + german)
                if english == german:
                    same.append(code.value)
        self.assertFalse(same, "not translated into German")

    def test_customers_and_invoices_are_found_by_their_next_day(self):
        soon, later = (
            self.invoice(days_overdue=2),
            self.invoice(partner=self.make_customer("Later"), days_overdue=-20),
        )
        never = self.invoice(partner=self.make_customer("Never"))
        self.item(never).no_followup = True
        mine = ("id", "in", (soon | later | never).ids)
        Move = self.env["account.move"]
        for domain, expected in (
            ([("debitor_next_date", "<=", "2026-03-25")], soon),
            ([("debitor_next_date", ">", "2026-03-25")], later),
            ([("debitor_next_date", "=", "2026-03-21")], soon),
            ([("debitor_next_date", "=", False)], never),
            ([("debitor_next_date", "!=", False)], soon | later),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(set(Move.search([mine, *domain])), set(expected))
        found = self.env["res.partner"].search([("debitor_next_date", "<=", "2026-03-25")])
        self.assertEqual(found & (soon | later).partner_id, soon.partner_id)

    def test_the_next_day_can_be_searched_with_a_reminder_before_the_due_date(self):
        self.reset_procedure(self.procedure, levels=[(-3, 0), (5, 7)])
        invoice = self.invoice(days_overdue=-10)
        found = self.env["account.move"].search([("debitor_next_date", "<=", "2026-03-31")])
        self.assertIn(invoice, found)

    # -- facts on the customer ------------------------------------------------

    def test_what_is_open_and_overdue_at_a_customer(self):
        self.invoice(100)
        self.invoice(50, days_overdue=-10)
        self.invoice(7, days_overdue=0)
        self.assertEqual(self.customer.debitor_amount_open, 157)
        self.assertEqual(self.customer.debitor_amount_overdue, 100)

    def test_the_payment_habit_is_the_median_of_three_or_more(self):
        for late in (2, 9):
            invoice = self.invoice(days_overdue=40)
            self.pay(invoice, on=days_ago(40 - late))
        self.assertFalse(self.customer.debitor_habit)
        invoice = self.invoice(days_overdue=40)
        self.pay(invoice, on=days_ago(40 - 30))
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.debitor_days_late, 9)
        self.assertIn("9 days after", self.customer.debitor_habit)

    def test_customers_are_found_by_their_level(self):
        other = self.make_customer("Other")
        self.invoice()
        self.invoice(partner=other)
        self.dun(days_ago(10), partner_ids=self.customer.ids)
        Partner = self.env["res.partner"]
        both = ("id", "in", (self.customer | other).ids)
        self.assertEqual(Partner.search([("debitor_level_id", "!=", False), both]), self.customer)
        self.assertEqual(Partner.search([("debitor_level_id", "=", False), both]), other)
        level = self.procedure.level_ids[0]
        self.assertEqual(Partner.search([("debitor_level_id", "=", level.id), both]), self.customer)
