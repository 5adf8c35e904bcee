"""Whose money pays what, and who may give up how much: what an audit tried to get past."""

from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import NOON, TODAY, days_ago
from .test_claim_booking import BookingCommon


@freeze_time(NOON)
class MoneyCommon(BookingCommon):
    chart_template = "de_skr03"

    def claim(self, notice, kind):
        return notice.claim_ids.filtered(lambda claim: claim.kind == kind)

    def account(self, code):
        return self.company._find_account(code)

    def wizard(self, lines, user=None, **vals):
        """Return a write-off of items as a call from outside makes it, without the form."""
        return (
            self.env["debitor.write.off"]
            .with_user(user or self.manager)
            .with_context(active_model="account.move.line", active_ids=lines.ids)
            .create(
                {
                    "reason": "insolvency",
                    "account_id": self.company.dunning_loss_account_id.id,
                    **vals,
                }
            )
        )

    def instalments(self, amount, days=(60, 30)):
        """Return an invoice in equal parts that are due so many days before today."""
        dated = TODAY.replace(year=2025)
        term = self.env["account.payment.term"].create(
            {
                "name": "Parts",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 100 / len(days),
                            "nb_days": (days_ago(one) - dated).days,
                        }
                    )
                    for one in days
                ],
            }
        )
        move = self.invoice(amount, post=False)
        move.write({"invoice_date": dated, "invoice_payment_term_id": term.id})
        move.action_post()
        return self.item(move)


@tagged("post_install", "-at_install")
class TestWhoBooksClaims(MoneyCommon):
    def test_nobody_books_claims_of_a_company_that_is_not_his(self):
        self.book("notice")
        self.company.dunning_interest_account_id = False
        claims = self.dun_today().claim_ids
        self.company._suggest_claim_accounts()
        other = self.make_user(
            "other",
            "debitor_dunning.group_dunning_approver",
            company=self.make_company()["company"],
        )
        with self.assertRaises(AccessError):
            claims.with_user(other).action_book()
        self.assertEqual(set(claims.mapped("state")), {"claimed"})
        claims.with_user(self.approver).action_book()
        self.assertEqual(set(claims.mapped("state")), {"booked"})

    def test_a_company_that_books_no_claims_has_none_booked_by_hand(self):
        self.book("none")
        claims = self.dun_today().claim_ids
        with self.assertRaisesNaming(UserError, self.company.name, "Settings"):
            claims.with_user(self.approver).action_book()
        self.assertFalse(claims.entry_id)

    def test_a_claim_that_was_noted_as_paid_is_not_booked_again(self):
        self.book("payment")
        claims = self.dun_today().claim_ids.with_user(self.approver)
        claims.action_set_paid()
        claims.action_book()
        self.assertEqual(set(claims.mapped("state")), {"paid"})
        self.assertFalse(claims.entry_id)

    def test_nobody_says_by_hand_which_item_is_a_claim_or_a_write_off(self):
        claim = self.dun_today().claim_ids[0]
        item = self.item(self.invoice(70.0))
        clerk = self.make_user("clerk", "account.group_account_invoice")
        for name, value in (("debitor_claim_id", claim.id), ("debitor_write_off_line_id", item.id)):
            with self.subTest(name=name), self.assertRaises(AccessError):
                item.with_user(clerk).write({name: value})
            line_vals = {
                "account_id": item.account_id.id,
                "partner_id": self.customer.id,
                "balance": 0.0,
            }
            entries = self.env["account.move"].with_user(clerk)
            with self.subTest(name=name, way="create"), self.assertRaises(AccessError):
                entries.create({"line_ids": [Command.create(line_vals | {name: value})]})
            draft = self.invoice(1.0, post=False)
            lines = self.env["account.move.line"].with_user(clerk)
            with self.subTest(name=name, way="default"), self.assertRaises(AccessError):
                lines.with_context(**{f"default_{name}": value}).create(
                    line_vals | {"move_id": draft.id}
                )


@tagged("post_install", "-at_install")
class TestPayments(MoneyCommon):
    def test_a_bank_line_in_another_currency_pays_nothing(self):
        self.book("notice")
        claims = self.dun_today().claim_ids
        dollars = self.setup_other_currency("USD")
        foreign = self.item(self.invoice(1000.0, currency=dollars))
        line = self.bank_line(552.03)
        with self.assertRaisesNaming(UserError, "EUR", "currency of the items"):
            line._pay_items_and_claims(foreign)
        with self.assertRaisesNaming(UserError, "EUR"):
            line._pay_items_and_claims(foreign, claims=claims)
        self.assertFalse(line.is_reconciled)
        self.assertEqual(foreign.amount_residual_currency, 1000.0)
        self.assertEqual(sum(claims.mapped("amount_open")), 52.03)
        with self.assertRaisesNaming(UserError, "currencies"):
            self.item(self.move)._split_payment(foreign, claims, "law")

    def test_a_bank_line_that_pays_out_covers_nothing(self):
        self.book("notice")
        self.dun_today()
        with self.assertRaisesNaming(UserError, "no money"):
            self.bank_line(-50.0)._pay_items_and_claims(self.item(self.move))

    def test_a_bank_line_pays_no_items_of_another_company(self):
        other = self.make_company()
        item = self.item(
            self.invoice(100.0, company=other["company"], account=other["default_account_revenue"])
        )
        with self.assertRaisesNaming(UserError, "company"):
            self.bank_line(100.0)._pay_items_and_claims(item)

    def register_on(self, lines):
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move.line", active_ids=lines.ids)
            .create({"payment_date": TODAY})
        )

    def test_a_payment_of_one_claim_pays_that_claim(self):
        self.book("notice")
        self.company.dunning_claim_order = "law"
        notice = self.dun_today()
        wizard = self.register_on(self.claim(notice, "interest").entry_line_id)
        self.assertEqual((wizard.amount, wizard.debitor_claim_ids.ids), (7.03, []))
        wizard._create_payments()
        self.assertEqual(self.open_by_kind(notice), {"fee": 5.0, "lump_sum": 40.0, "interest": 0.0})

    def test_claims_are_added_to_the_amount_once(self):
        self.book("payment")
        self.dun_today()
        wizard = self.register_on(self.item(self.move))
        for _click in range(2):
            wizard.action_debitor_add_claims()
            self.assertEqual(wizard.amount, 1052.03)
        wizard.payment_date = days_ago(1)
        self.assertEqual(wizard.amount, 1052.03)

    def test_claims_leave_an_early_payment_discount_alone(self):
        self.book("payment")
        self.dun_today()
        term = self.env["account.payment.term"].create(
            {
                "name": "10 % in 10 days",
                "early_discount": True,
                "discount_percentage": 10.0,
                "discount_days": 10,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        move = self.invoice(1000.0, post=False)
        move.write({"invoice_date": TODAY, "invoice_payment_term_id": term.id})
        move.action_post()
        wizard = self.register_on(self.item(move))
        self.assertEqual(wizard.amount, 900.0)
        with self.assertRaisesNaming(UserError, "discount"):
            wizard.action_debitor_add_claims()
        self.assertEqual(wizard.amount, 900.0)


@tagged("post_install", "-at_install")
class TestWriteOffs(MoneyCommon):
    def test_debits_and_credits_of_one_entry_do_not_make_up_for_each_other(self):
        receivable = self.item(self.move).account_id.id
        other = self.make_customer("Other GmbH")
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create({"account_id": account, "partner_id": partner, "balance": sum_})
                    for account, partner, sum_ in (
                        (receivable, self.customer.id, 1000.0),
                        (receivable, other.id, -996.0),
                        (self.account_income.id, False, -4.0),
                    )
                ]
            }
        )
        entry.action_post()
        with self.assertRaisesNaming(AccessError, entry.name):
            self.wizard(self.item(entry), self.proposer).action_confirm()
        self.assertFalse(any(self.item(entry).mapped("reconciled")))

    def test_the_limit_holds_for_all_instalments_of_an_invoice_together(self):
        first, second = self.instalments(9.0)
        self.wizard(first, self.proposer).action_confirm()
        with self.assertRaisesNaming(AccessError, first.move_id.name, "9.00"):
            self.wizard(second, self.proposer).action_confirm()
        self.assertEqual(second.amount_residual, 4.5)
        entry = first.matched_credit_ids.credit_move_id.move_id
        entry._reverse_moves(cancel=True)
        self.wizard(second, self.proposer).action_confirm()
        self.assertEqual((first.amount_residual, second.amount_residual), (4.5, 0.0))

    def test_only_an_administrator_writes_off_to_an_account_of_his_choice(self):
        item = self.item(self.invoice(4.0))
        bank = self.company_data["default_journal_bank"].default_account_id
        for user in (self.proposer, self.approver):
            wizard = self.wizard(item, user, account_id=bank.id)
            with self.assertRaisesNaming(AccessError, bank.name):
                wizard.action_confirm()
        chosen = self.account("2700")
        self.wizard(item, self.manager, account_id=chosen.id).action_confirm()
        entry = item.matched_credit_ids.credit_move_id.move_id
        self.assertIn(chosen, entry.line_ids.account_id)

    def test_without_a_usual_account_an_administrator_is_asked_for(self):
        self.company.write({"dunning_rest_account_id": False, "chart_template": "generic_coa"})
        item = self.item(self.invoice(4.0))
        wizard = (
            self.env["debitor.write.off"]
            .with_user(self.proposer)
            .with_context(active_model="account.move.line", active_ids=item.ids)
        )
        self.assertIn("administrator", Form(wizard).problem)

    def test_waiving_with_a_write_off_leaves_no_claim_of_the_customer(self):
        self.book("notice")
        notice = self.dun_today()
        wizard = self.write_off(self.move, waives_claims=True)
        self.assertEqual(wizard.claim_ids, notice.claim_ids)
        wizard.action_confirm()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"waived"})
        self.assertNotIn("receivable", {k: v for k, v in self.balances().items() if v > 0})

    def test_claims_of_other_customers_outlive_a_write_off(self):
        other = self.make_customer("Other GmbH")
        self.invoice(1000.0, days_overdue=40, partner=other)
        self.remind(days_ago(24))
        mine, others = self.dun(TODAY).sorted(lambda one: one.partner_id == other)
        self.write_off(self.move, waives_claims=True).action_confirm()
        self.assertEqual(set(mine.claim_ids.mapped("state")), {"waived"})
        self.assertEqual(set(others.claim_ids.mapped("state")), {"claimed"})

    # -- VAT ------------------------------------------------------------------

    def reported(self):
        """Return the sums of the tax report's lines that have one, the greatest first."""
        return sorted(round(value, 2) for value in self.tax_sums().values() if round(value, 2))

    def on_payment(self, tax):
        """Let a tax fall due with payment; return its transition account."""
        self.company.tax_exigibility = True
        self.company.tax_cash_basis_journal_id = self.company_data["default_journal_misc"]
        transition = self.env["account.account"].create(
            {
                "name": "VAT not due yet",
                "code": "199998",
                "account_type": "liability_current",
                "reconcile": True,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        tax.write(
            {"tax_exigibility": "on_payment", "cash_basis_transition_account_id": transition.id}
        )
        return transition

    def sum_of(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return round(sum(lines.mapped("balance")), 2)

    def test_no_vat_falls_due_on_a_debt_that_is_lost(self):
        tax = self.sale_tax()
        transition = self.on_payment(tax)
        due = tax.invoice_repartition_line_ids.account_id
        move = self.taxed_invoice(tax=tax)
        self.pay(move, 595.0)
        self.assertEqual((self.sum_of(due), self.sum_of(transition)), (-95.0, -95.0))
        self.write_off(move, kind="loss").action_confirm()
        self.assertEqual(self.item(move).amount_residual, 0.0)
        self.assertEqual((self.sum_of(due), self.sum_of(transition)), (-95.0, 0.0))
        loss = self.account("2406")
        self.assertEqual(self.sum_of(loss), 500.0)
        # the report has what was paid, base and tax, and nothing of what was lost
        self.assertEqual(self.reported(), [-500.0, -95.0])

    def test_vat_that_falls_due_with_payment_is_always_taken_back(self):
        tax = self.sale_tax()
        self.on_payment(tax)
        move = self.taxed_invoice(tax=tax)
        wizard = self.write_off(move, kind="loss", corrects_tax=False)
        self.assertIn("«Correct VAT» on", wizard.problem)
        with self.assertRaisesNaming(UserError, move.name):
            wizard.action_confirm()

    def test_a_tax_group_loses_base_and_tax(self):
        group = self.env["account.tax"].create(
            {
                "name": "Both",
                "amount_type": "group",
                "type_tax_use": "sale",
                "children_tax_ids": [Command.set((self.sale_tax() | self.sale_tax(7.0)).ids)],
            }
        )
        move = self.taxed_invoice(100.0, tax=group)
        self.assertEqual(self.reported(), [-100.0, -100.0, -19.0, -7.0])
        self.write_off(move, kind="loss").action_confirm()
        self.assertEqual(self.reported(), [])

    def test_the_account_of_losses_is_found_from_another_company(self):
        move = self.taxed_invoice()
        other = self.make_company()["company"]
        self.manager.company_ids |= other
        self.manager.company_id = other
        wizard = (
            self.env["debitor.write.off"]
            .with_user(self.manager)
            .with_context(
                active_model="account.move",
                active_ids=move.ids,
                allowed_company_ids=[other.id, self.company.id],
            )
        )
        form = Form(wizard)
        form.reason, form.kind = "insolvency", "loss"
        wizard = form.save()
        loss = self.account("2406")
        self.assertIn(loss, wizard.entry_line_ids.account_id)
        wizard.action_confirm()
        self.assertEqual(self.sum_of(loss), 1000.0)

    def test_a_difference_of_exchange_alone_can_be_written_off(self):
        dollars = self.setup_other_currency("USD")
        item = self.item(self.invoice(100.0, currency=dollars))
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "currency_id": dollars.id,
                            "amount_currency": sign * 100.0,
                            "balance": sign * (item.balance - 3.0),
                        }
                    )
                    for account, sign in ((item.account_id, -1), (self.account_income, 1))
                ]
            }
        )
        entry.action_post()
        (item + self.item(entry)).with_context(no_exchange_difference=True).reconcile()
        self.assertEqual((item.amount_residual_currency, item.amount_residual), (0.0, 3.0))
        wizard = self.wizard(item)
        self.assertEqual(wizard.amount, 3.0)
        wizard.action_confirm()
        self.assertEqual(item.amount_residual, 0.0)


@tagged("post_install", "-at_install")
class TestRates(MoneyCommon):
    def texts(self, run):
        return [one["text"] for one in run.get_review()["warnings"] if one["code"] == "rate"]

    def test_an_older_base_rate_that_is_missing_is_a_warning(self):
        self.env.ref("debitor_dunning.base_rate_de_2025_07").unlink()
        old = self.invoice(1000.0, due=date(2025, 5, 1))
        old.write({"debitor_default_from": date(2025, 6, 1), "debitor_default_note": "refused"})
        self.remind(days_ago(24))
        run = self.propose()
        self.assertIn("07/01/2025", run.notice_ids.claim_note)
        self.assertEqual(sum("07/01/2025 is missing" in text for text in self.texts(run)), 1)
        warnings = self.env["debitor.dunning.first.steps"].get_steps()["warnings"]
        self.assertEqual(sum("07/01/2025 is missing" in text for text in warnings), 1)

    def test_a_base_rate_that_only_a_contract_needs_is_a_warning(self):
        rule = self.env["debitor.interest.rule"].create(
            {
                "name": "Contract",
                "series": "ecb",
                "version_ids": [Command.create({"valid_from": "2020-01-01", "points": 12.0})],
            }
        )
        self.customer.with_company(self.company).debitor_interest_rule_id = rule
        self.env.ref("debitor_dunning.base_rate_ecb_2026_01").unlink()
        run = self.propose()
        self.assertEqual(sum("01/01/2026, which is missing" in one for one in self.texts(run)), 1)

    def test_a_company_gets_the_rules_of_its_law_and_no_others(self):
        eu, ch = (self.env.ref(f"debitor_dunning.interest_rule_{name}").id for name in ("eu", "ch"))
        expected = {
            "us": (False, False, 0.0),
            "gb": (False, False, 0.0),
            "ch": (ch, ch, 0.0),
            "fr": (eu, False, 5.0),
        }
        for code, (business, consumer, fee) in expected.items():
            country = self.env.ref(f"base.{'uk' if code == 'gb' else code}")
            company = self.env["res.company"].create({"name": code, "country_id": country.id})
            with self.subTest(code=code):
                self.assertEqual(
                    (
                        company.dunning_interest_business_id.id,
                        company.dunning_interest_consumer_id.id,
                        max(company.dunning_procedure_id.level_ids.mapped("fee_business")),
                    ),
                    (business, consumer, fee),
                )
