from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .camt_builder import Detail, Entry, payment
from .common import NOON, TODAY, CamtCommon


def pay(amount, text, party, iban=None, **facts):
    """Return an entry with one payment of a party."""
    return payment(amount, text, party=party, iban=iban, **facts)


@freeze_time(NOON)
class MatchingCommon(CamtCommon):
    """Customers with open invoices named RE/2026/…"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_partner("Alpha Werkzeugbau GmbH")
        cls.other = cls.make_partner("Beta Handels KG")
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.number = 0

    def setUp(self):
        super().setUp()
        type(self).number = 0  # each test begins with RE/2026/00001

    @classmethod
    def make_partner(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def invoice(cls, amount, partner=None, *, move_type="out_invoice", term=None, tax=None, **vals):
        cls.number += 1
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.customer).id,
                "invoice_date": "2026-03-02",
                "date": "2026-03-02",
                "invoice_payment_term_id": term.id if term else False,
                "name": f"RE/2026/{cls.number:05d}" if move_type == "out_invoice" else False,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "price_unit": amount,
                            "tax_ids": [Command.set(tax.ids if tax else [])],
                        }
                    )
                ],
                **vals,
            }
        )
        move.action_post()
        return move

    def item(self, move):
        return move.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def sheet(self, *entries, **facts):
        # EXTENDS CamtCommon: without balances, so that days need no order
        return super().sheet(*entries, **{"opening": None, **facts})

    def review(self, user=None):
        return self.env["debitor.bank.review"].with_user(user or self.clerk)

    def assertPaid(self, *moves):  # noqa: N802 as in unittest
        for move in moves:
            with self.subTest(move=move.name):
                self.assertEqual(move.amount_residual, 0.0)
                self.assertEqual(move.payment_state, "paid")

    def balances(self):
        """Return ``{account code: balance}`` of all posted items but those of invoices."""
        groups = self.env["account.move.line"]._read_group(
            [("parent_state", "=", "posted"), ("company_id", "=", self.company.id)],
            ["account_id"],
            ["balance:sum"],
        )
        return {account: round(total, 2) for account, total in groups if round(total, 2)}

    def assertTrialBalance(self):  # noqa: N802 as in unittest
        """Assert that our sums are those that Odoo's chart of accounts shows, and add up to zero."""
        self.env["account.account"].invalidate_model(["current_balance"])
        ours = self.balances()
        shown = self.env["account.account"].search([("company_ids", "in", self.company.ids)])
        theirs = {one: round(one.current_balance, 2) for one in shown if one.current_balance}
        self.assertEqual(ours, theirs)
        self.assertEqual(round(sum(ours.values()), 2), 0.0)

    def assertItems(self, lines, *expected):  # noqa: N802 as in unittest
        """Assert the journal items of lines as (account, balance), in any order."""
        found = [(one.account_id.code, one.balance) for one in lines.move_id.line_ids]
        self.assertEqual(sorted(found), sorted((one.code, total) for one, total in expected))


@tagged("post_install", "-at_install")
class TestMatching(MatchingCommon):
    def test_what_came_by_another_way_than_a_bank_file_has_suggestions_too(self):
        move = self.invoice(119.0)
        Line = self.env["account.bank.statement.line"]
        vals = {"journal_id": self.journal.id, "date": TODAY, "partner_name": "Alpha"}
        clear, unknown = Line.create(
            [
                {**vals, "amount": 119.0, "payment_ref": "Rechnung RE 2026 00001"},
                {**vals, "amount": 7.0, "payment_ref": "thanks", "partner_name": "Nobody"},
            ]
        )
        shown = {one["id"]: one for one in self.review().get_page()["lines"]}
        [proposal] = shown[clear.id]["proposals"]
        self.assertEqual(shown[unknown.id]["proposals"], [])
        self.assertTrue(unknown.debitor_why_not)
        self.assertFalse(clear.is_reconciled)
        self.review().accept(clear.id, proposal["number"])
        self.assertPaid(move)
        # An auditor looks, and nothing is computed or written for that.
        clear.action_undo_match()
        clear.debitor_proposals = False
        auditor = self.make_user("auditor", "account.group_account_readonly")
        self.review(auditor).get_page()
        self.assertFalse(clear.debitor_proposals)

    def test_a_clear_payment_is_booked_by_itself_and_says_why(self):
        move = self.invoice(119.0)
        before = self.balances()
        self.bring(self.sheet(pay("119.00", "Rechnung RE 2026 00001 vom 2.3.", "Alpha")))
        [line] = self.get_lines()
        self.assertPaid(move)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.partner_id, self.customer)
        self.assertEqual(len(line.move_id.line_ids), 2, "born with what it settles")
        match = line.debitor_match_ids
        self.assertEqual((match.state, match.is_automatic), ("booked", True))
        self.assertIn("number", [code for code, _value in match.evidence])
        after = self.balances()
        self.assertEqual(after[self.journal.default_account_id], 119.0)
        self.assertEqual(after.get(self.receivable, 0.0), before[self.receivable] - 119.0)
        self.assertNotIn(self.journal.suspense_account_id, after)

    def test_several_invoices_and_a_credit_note_in_one_payment(self):
        first, second = self.invoice(100.0), self.invoice(50.0)
        credit = self.invoice(30.0, move_type="out_refund")
        text = f"RE/2026/00001 und RE/2026/00002 abzgl. {credit.name}"
        self.bring(self.sheet(pay("120.00", text, "Alpha Werkzeugbau GmbH")))
        self.assertPaid(first, second, credit)

    def test_what_is_not_clear_waits_with_suggestions(self):
        self.invoice(119.0)
        self.invoice(119.0, self.other)
        self.bring(self.sheet(pay("119.00", "Danke", "Unbekannt")))
        [line] = self.get_lines()
        self.assertFalse(line.is_reconciled)
        self.assertFalse(line.debitor_match_ids)
        page = self.review().get_page()
        [shown] = page["lines"]
        self.assertEqual(page["counts"]["waiting"], 1)
        self.assertTrue(shown["why_not"])

    def test_a_journal_may_book_nothing_by_itself(self):
        move = self.invoice(119.0)
        self.journal.debitor_auto_book = False
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [line] = self.get_lines()
        self.assertFalse(line.is_reconciled)
        self.review().accept(line.id, 0)
        self.assertPaid(move)
        self.assertEqual(line.debitor_match_ids.user_id, self.clerk)

    def test_a_person_s_match_teaches_the_payer_and_undoing_it_forgets(self):
        move = self.invoice(119.0)
        self.journal.debitor_auto_book = False
        entry = pay("119.00", "RE/2026/00001", "A. Wzb", "DE02120300000000202051")
        self.bring(self.sheet(entry))
        [line] = self.get_lines()
        self.review().accept(line.id, 0)
        memory = self.env["debitor.payer.memory"].search([])
        self.assertEqual(set(memory.mapped("kind")), {"iban", "name"})
        self.assertEqual(memory.partner_id, self.customer)
        [shown] = self.review().undo(line.ids)["lines"]
        self.assertEqual(move.amount_residual, 119.0)
        self.assertEqual(move.payment_state, "not_paid")
        self.assertFalse(self.env["debitor.payer.memory"].search([]))
        self.assertEqual(line.debitor_match_ids.state, "undone")
        self.assertEqual(line.debitor_match_ids.undone_by_id, self.clerk)
        self.assertTrue(shown["proposals"], "it can be done again")
        self.review().accept(line.id, 0)
        self.assertPaid(move)
        self.assertEqual(line.debitor_match_ids.mapped("state"), ["booked", "undone"])

    def test_undoing_what_was_booked_by_itself_brings_every_account_back(self):
        move = self.invoice(119.0)
        before = self.balances()
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [line] = self.get_lines()
        self.review().undo(line.ids)
        after = self.balances()
        self.assertEqual(after.pop(self.journal.suspense_account_id), -119.0)
        self.assertEqual(after.pop(self.journal.default_account_id), 119.0)
        self.assertEqual(after, before)
        self.assertEqual(move.amount_residual, 119.0)

    def test_undoing_gives_the_reason_back_why_a_line_was_not_booked(self):
        self.invoice(119.0)
        self.invoice(119.0, self.other)
        self.bring(self.sheet(pay("119.00", "Danke", "Unbekannt")))
        [line] = self.get_lines()
        [before] = self.review().get_page()["lines"]
        self.review().accept_items(line.id, [[self.item(self.invoice(119.0)).id, 119.0]])
        [after] = self.review().undo(line.ids)["lines"]
        self.assertTrue(before["why_not"])
        self.assertEqual(after["why_not"], before["why_not"])
        self.assertEqual(after["proposals"], before["proposals"])

    def test_undoing_what_went_to_an_account_gives_the_suggestions_back(self):
        self.invoice(119.0)
        self.invoice(119.0, self.other)
        self.bring(self.sheet(pay("119.00", "Danke", "Alpha")))
        [line] = self.get_lines()
        [before] = self.review().get_page()["lines"]
        account = self.company_data["default_account_revenue"]
        self.review().book_to_account(line.id, account.id)
        [after] = self.review().undo(line.ids)["lines"]
        self.assertTrue(before["proposals"])
        self.assertEqual(after["proposals"], before["proposals"])
        self.assertEqual(after["why_not"], before["why_not"])

    def test_what_was_booked_by_itself_says_after_undoing_that_somebody_undid_it(self):
        self.invoice(119.0)
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [shown] = self.review().undo(self.get_lines().ids)["lines"]
        self.assertEqual(shown["why_not"], "was booked by itself, and somebody undid it")

    def test_of_money_that_goes_out_the_payee_is_unknown(self):
        for partner in (self.customer, self.other):
            self.invoice(119.0, partner, move_type="in_invoice")
        self.bring(self.sheet(pay("-119.00", "Danke", None)))
        [shown] = self.review().get_page()["lines"]
        self.assertEqual(shown["unknown_text"], "Unknown payee")
        self.assertNotIn("payer", shown["why_not"])

    def test_items_that_a_person_chooses_in_part_and_with_too_much(self):
        first, second = self.invoice(100.0), self.invoice(50.0)
        self.bring(self.sheet(pay("80.00", "Anzahlung", "Alpha"), pay("99.00", "x", "Alpha")))
        small, large = self.get_lines().sorted("amount")
        self.review().accept_items(small.id, [[self.item(first).id, 100.0]])
        self.assertEqual(first.amount_residual, 20.0)
        parts = [[self.item(first).id, 20.0], [self.item(second).id, 50.0]]
        self.review().accept_items(large.id, parts)
        self.assertPaid(first, second)
        credit = large.move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable and not line.reconciled
        )
        self.assertEqual(credit.amount_residual, -29.0)

    def test_small_differences_go_to_the_account_of_the_journal(self):
        move = self.invoice(100.0)
        self.bring(self.sheet(pay("99.98", "nicht zu erkennen", "Alpha")))
        [line] = self.get_lines()
        item = self.item(move)
        with self.assertRaisesRegex(UserError, "Account of Small Differences"):
            self.review().accept_items(line.id, [[item.id, 100.0]], rest="difference")
        account = self.company_data["default_account_expense"]
        self.journal.debitor_difference_account_id = account
        self.review().accept_items(line.id, [[item.id, 100.0]], rest="difference")
        self.assertPaid(move)
        self.assertEqual(self.balances()[account], 0.02)

    def test_a_line_goes_to_an_account_with_tax(self):
        tax = self.company_data["default_tax_purchase"]
        account = self.company_data["default_account_expense"]
        self.bring(self.sheet(pay("-115.00", "Büromaterial", "Laden")))
        [line] = self.get_lines()
        self.review().book_to_account(line.id, account.id, tax.ids)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(sum(line.move_id.line_ids.mapped("balance")), 0.0)
        self.assertEqual(self.balances()[account], 100.0)

    def get_learned(self, line):
        [shown] = self.review().get_lines(line.ids)
        return [one for one in shown["accounts"] if "account_id" in one]

    def test_an_account_is_learned_by_iban_name_and_words_and_forgotten_by_undoing(self):
        account = self.company_data["default_account_expense"]
        tax = self.company_data["default_tax_purchase"]
        iban = "DE02120300000000202051"
        self.bring(
            self.sheet(
                pay("-115.00", "Miete Lager Halle März 2026", "Hausverwaltung Nord", iban),
                pay("-120.00", "Nachzahlung", "HV Nord", iban),
                pay("-115.00", "Lager Halle Miete 4/2026", "Jemand anders"),
                pay("-9.00", "Blumen", "Gärtnerei"),
            )
        )
        learned, *same, other = self.get_lines().sorted("id")
        self.review().book_to_account(learned.id, account.id, tax.ids)
        memory = self.env["debitor.account.memory"].search([])
        self.assertEqual(set(memory.mapped("kind")), {"iban", "name", "text"})
        self.assertEqual((memory.account_id, memory.tax_ids), (account, tax))
        shown = {line.id: self.get_learned(line) for line in (*same, other)}
        for line, reason in zip(same, ("same IBAN", "same words"), strict=True):
            [suggestion] = shown[line.id]
            self.assertEqual(suggestion["account_id"], account.id)
            self.assertEqual(suggestion["tax_ids"], tax.ids)
            self.assertIn(reason, suggestion["reason"])
        self.assertFalse(shown[other.id])
        self.assertFalse(self.env["debitor.payer.memory"].search([]), "no invoice was paid")
        self.review().undo(learned.ids)
        self.assertFalse(self.env["debitor.account.memory"].search([]))

    def test_what_was_learned_of_an_account_can_be_forgotten(self):
        self.bring(self.sheet(pay("-9.00", "Blumen", "Gärtnerei"), pay("-8.00", "", "Gärtnerei")))
        first, second = self.get_lines().sorted("amount")
        account = self.company_data["default_account_expense"]
        self.review().book_to_account(first.id, account.id)
        self.assertTrue(self.get_learned(second))
        memory = self.env["debitor.account.memory"].search([])
        memory.with_user(self.clerk).action_forget()
        self.assertFalse(self.get_learned(second))

    def test_a_rule_books_by_itself(self):
        account = self.company_data["default_account_expense"]
        self.env["account.reconcile.model"].create(
            {
                "name": "Account fees",
                "trigger": "auto_reconcile",
                "match_label": "contains",
                "match_label_param": "entgelt",
                "line_ids": [Command.create({"account_id": account.id, "amount_string": "100"})],
            }
        )
        self.bring(self.sheet(pay("-5.90", "Entgeltabschluss März", None)))
        [line] = self.get_lines()
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.balances()[account], 5.9)
        self.assertEqual(line.debitor_match_ids.account_id, account)

    def test_a_returned_payment_opens_exactly_what_it_had_settled(self):
        first, second = self.invoice(100.0), self.invoice(50.0)
        iban = "DE02120300000000202051"
        self.bring(
            self.sheet(
                pay("150.00", "RE/2026/00001 RE/2026/00002", "Alpha", iban, end_to_end="E-1")
            )
        )
        self.assertPaid(first, second)
        before = self.balances()
        back = pay(
            "-150.00",
            "Rückgabe",
            "Alpha",
            iban,
            end_to_end="E-1",
            return_reason="MD01",
            day="2026-03-17",
        )
        self.bring(self.sheet(back))
        self.assertEqual((first.amount_residual, second.amount_residual), (100.0, 50.0))
        line = self.get_lines().filtered(lambda one: one.amount < 0)
        self.assertTrue(line.is_reconciled)
        after = self.balances()
        self.assertEqual(after[self.receivable], before.get(self.receivable, 0.0) + 150.0)
        self.assertNotIn(self.journal.suspense_account_id, after)
        self.assertIn("MD01", self.customer.debitor_mandate_problem)
        self.assertTrue(first.activity_ids)

    def test_undoing_a_return_lets_the_payment_settle_its_invoices_again(self):
        first, second = self.invoice(100.0), self.invoice(50.0)
        text = "RE/2026/00001 RE/2026/00002"
        paid = pay("150.00", text, "Alpha", end_to_end="E-1", day="2026-03-10")
        self.bring(self.sheet(paid))
        [original] = self.get_lines()
        before = self.balances()
        back = {"end_to_end": "E-1", "return_reason": "MD01", "day": "2026-03-17"}
        self.bring(self.sheet(pay("-150.00", "Rückgabe", "Alpha", **back)))
        line = self.get_lines() - original
        self.assertEqual((first.amount_residual, second.amount_residual), (100.0, 50.0))
        [shown] = self.review().undo(line.ids)["lines"]
        self.assertPaid(first, second)
        self.assertIn("returned", shown["why_not"])
        self.assertFalse(line.debitor_returned_line_id)
        self.assertFalse(self.customer.debitor_mandate_problem)
        matches = original.debitor_match_ids.sorted("id")
        self.assertEqual(matches.mapped("state"), ["undone", "booked"])
        after = self.balances()
        self.assertEqual(after.pop(self.journal.suspense_account_id), 150.0)
        bank = self.journal.default_account_id
        self.assertEqual(after.pop(bank, 0.0), before.pop(bank) - 150.0)
        self.assertEqual(after, before)
        self.review().undo(original.ids)
        self.assertEqual((first.amount_residual, second.amount_residual), (100.0, 50.0))

    def test_a_batch_of_returns_with_charges(self):
        first, second, third = (self.invoice(amount) for amount in (150.0, 80.0, 60.0))
        fees = self.company_data["default_account_expense"]
        bank, suspense = self.journal.default_account_id, self.journal.suspense_account_id
        self.journal.debitor_charge_account_id = fees
        debits = [
            Detail("150.00", "RE/2026/00001", "Alpha", end_to_end="E-1"),
            Detail("80.00", "RE/2026/00002", "Alpha", end_to_end="E-2"),
            Detail("60.00", "RE/2026/00003", "Alpha", end_to_end="E-3"),
        ]
        self.bring(self.sheet(Entry("290.00", details=debits, day="2026-03-10")))
        self.assertPaid(first, second, third)
        self.assertTrialBalance()
        paid = self.balances()

        returned = [
            Detail(
                "150.00", "AC04", "Alpha", end_to_end="E-1", return_reason="AC04", charges="3.00"
            ),
            Detail(
                "80.00", "MS03", "Alpha", end_to_end="E-2", return_reason="MS03", charges="2.50"
            ),
        ]
        self.bring(self.sheet(Entry("-235.50", details=returned)))

        self.assertEqual(
            [one.amount_residual for one in (first, second, third)], [150.0, 80.0, 0.0]
        )
        lines = self.get_lines().filtered(lambda one: one.amount < 0)
        self.assertTrue(all(lines.mapped("is_reconciled")))
        self.assertItems(
            lines,
            (bank, -150.0), (self.receivable, 150.0),
            (bank, -80.0), (self.receivable, 80.0),
            (bank, -5.5), (fees, 5.5),
        )  # fmt: skip
        self.assertTrialBalance()

        self.review().undo(lines.ids)
        after = self.balances()
        self.assertEqual(after.pop(suspense), 235.5)
        self.assertEqual(after.pop(bank), paid[bank] - 235.5)
        self.assertEqual(after, {one: paid[one] for one in paid if one != bank})
        self.assertTrialBalance()

    def test_what_an_earlier_statement_of_a_file_paid_is_paid(self):
        move, same = self.invoice(119.0), self.invoice(119.0)
        self.bring(
            self.sheet(pay("119.00", move.name, "Alpha Werkzeugbau GmbH")),
            # Without a number: it can only be the other one, now that the first is paid.
            self.sheet(pay("119.00", None, "Alpha Werkzeugbau GmbH")),
            self.sheet(pay("119.00", f"noch einmal {move.name}", "Alpha Werkzeugbau GmbH")),
        )
        self.assertPaid(move, same)
        [again] = self.get_lines().filtered(lambda one: not one.is_reconciled)
        self.assertEqual(again.debitor_why_not, "already_paid")

    def test_open_items_are_read_once_for_a_file(self):
        self.invoice(119.0)
        Reader = self.env.registry["debitor.match.reader"]
        original, reads = Reader._read_items, []

        def read(reader, companies):
            reads.append(companies)
            return original(reader, companies)

        self.patch(Reader, "_read_items", read)
        self.bring(*(self.sheet(pay(f"{n}.00", "x", "B"), id=f"S-{n}") for n in range(1, 6)))
        self.assertEqual(len(self.get_lines()), 5)
        self.assertEqual(len(reads), 1)

    def test_early_discount_in_the_three_ways_of_odoo(self):
        tax = self.company_data["default_tax_sale"]
        for mode in ("included", "excluded", "mixed"):
            with self.subTest(mode=mode):
                term = self.env["account.payment.term"].create(
                    {
                        "name": f"2 % {mode}",
                        "early_discount": True,
                        "discount_percentage": 2,
                        "discount_days": 20,
                        "early_pay_discount_computation": mode,
                        "line_ids": [
                            Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                        ],
                    }
                )
                move = self.invoice(1000.0, term=term, tax=tax)
                item = self.item(move)
                amount = f"{item.discount_amount_currency:.2f}"
                self.assertLess(float(amount), move.amount_total)
                self.bring(
                    self.sheet(pay(amount, move.name, "Alpha", day=str(TODAY))),
                    name=f"{mode}.xml",
                )
                self.assertPaid(move)
                line = move.line_ids.matched_credit_ids.credit_move_id.statement_line_id
                self.assertEqual(line.debitor_match_ids.outcome, "discount")
                self.assertEqual(sum(line.move_id.line_ids.mapped("balance")), 0.0)
                self.assertEqual(line.amount, float(amount))
                self.assertTrialBalance()

    def test_a_payment_in_the_invoice_s_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 1.25,
                "currency_id": dollar.id,
                "company_id": self.company.id,
            }
        )
        move = self.invoice(250.0, currency_id=dollar.id)
        self.bring(self.sheet(pay("198.00", move.name, "Alpha", original=("250.00", "USD"))))
        [line] = self.get_lines()
        self.assertPaid(move)
        self.assertEqual(line.amount_currency, 250.0)
        exchange = self.company.expense_currency_exchange_account_id
        self.assertEqual(self.balances()[exchange], 2.0)  # 250 USD were 200.00, and brought 198.00
        self.assertNotIn(self.receivable, self.balances())
        self.assertTrialBalance()

    def test_a_payment_that_can_not_be_booked_does_not_keep_others_out(self):
        self.invoice(100.0)
        self.invoice(50.0)
        Line = self.env.registry["account.bank.statement.line"]
        original, reason = Line._reconcile_entries, "locked"

        def refuse(line, entries):
            entries = list(entries)
            for lines, _entry in entries:
                if 100.0 in lines.mapped("credit"):
                    raise UserError(reason)
            return original(line, entries)

        self.patch(Line, "_reconcile_entries", refuse)
        self.bring(
            self.sheet(pay("100.00", "RE/2026/00001", "A"), pay("50.00", "RE/2026/00002", "A"))
        )
        small, large = self.get_lines().sorted("amount")
        self.assertTrue(small.is_reconciled)
        self.assertFalse(large.is_reconciled)
        self.assertEqual(large.debitor_booking_problem, "locked")

    def test_nobody_without_the_right_matches_or_undoes(self):
        self.invoice(119.0)
        self.bring(self.sheet(pay("119.00", "RE/2026/00001", "Alpha")))
        [line] = self.get_lines()

        for groups in ("base.group_user", "account.group_account_readonly"):
            user = self.make_user(groups.split(".")[1], groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                self.review(user).undo(line.ids)
