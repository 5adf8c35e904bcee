import base64

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import NOON, TODAY, days_ago
from .test_claims import ClaimsCommon


@freeze_time(NOON)
class BookingCommon(ClaimsCommon):
    """A claim of 52.03 (fee 5.00, lump sum 40.00, interest 7.03) on an invoice of 1000.00."""

    # Code of the accounts for interest, fees, losses at 19 %, and VAT at 19 %.
    codes = ()

    def setUp(self):
        super().setUp()
        self.company._suggest_claim_accounts()
        self.move = self.invoice(1000.0, days_overdue=40)
        self.remind(days_ago(25))

    def book(self, when):
        self.company.dunning_claim_booking = when

    def dun_today(self):
        notice = self.dun(TODAY)
        self.assertEqual(notice.amount_claims, 52.03)
        return notice

    def balances(self):
        """Return ``{code: balance}`` of the accounts of claims, and of all receivables."""
        lines = self.env["account.move.line"].search(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(sum(lines.mapped("balance")), 0)
        found = {}
        for line in lines - self.move.line_ids:
            code = "receivable" if line.account_type == "asset_receivable" else line.account_id.code
            found[code.rstrip("0")] = found.get(code.rstrip("0"), 0) + line.balance
        return {
            code: round(balance, 2) for code, balance in sorted(found.items()) if round(balance, 2)
        }

    def register(self, amount, order=None, **vals):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=self.move.ids)
            .create({"payment_date": TODAY, **vals})
        )
        wizard.amount = amount
        if order:
            wizard.debitor_claim_order = order
        return wizard.debitor_split, wizard._create_payments()

    def bank_line(self, amount):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "amount": amount,
                "date": TODAY,
                "payment_ref": "Invoice and interest",
                "partner_id": self.customer.id,
            }
        )

    def open_by_kind(self, notice):
        return {claim.kind: claim.amount_open for claim in notice.claim_ids}

    def tax_lines(self):
        return self.env["account.move.line"].search(
            [("debitor_claim_id", "!=", False), ("tax_tag_ids", "!=", False)]
        )

    def sale_tax(self, amount=19.0):
        return self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", "=", amount),
                ("price_include", "=", False),
            ],
            limit=1,
        )

    def taxed_invoice(self, amount=1000.0, tax=None):
        move = self.invoice(amount, days_overdue=100, post=False)
        move.invoice_line_ids.tax_ids = tax or self.sale_tax()
        move.action_post()
        return move

    def write_off(self, moves, user=None, **vals):
        wizard = Form(
            self.env["debitor.write.off"]
            .with_user(user or self.manager)
            .with_context(active_model="account.move", active_ids=moves.ids)
        )
        wizard.reason = "insolvency"
        for name, value in vals.items():
            wizard[name] = value
        return wizard.save()

    def write_off_of(self, move):
        domain = [("debitor_write_off_line_id.move_id", "=", move.id)]
        return self.env["account.move.line"].search(domain).move_id

    def tax_sums(self):
        lines = self.env["account.move.line"].search(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")]
        )
        sums = {}
        for line in lines:
            for tag in line.tax_tag_ids:
                sums[tag] = sums.get(tag, 0) + line.balance
        return sums


class BookingCases:
    """What holds on every chart of accounts."""

    def test_not_booked_at_all(self):
        self.book("none")
        self.dun_today()
        self.assertEqual(self.balances(), {})
        split, _payment = self.register(1052.03)
        self.assertFalse(split, "no claim is offered")

    def test_booked_with_the_notice(self):
        interest, fee = self.codes[:2]
        self.book("notice")
        notice = self.dun_today()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"booked"})
        self.assertEqual(len(notice.claim_ids.entry_id), 1)
        self.assertEqual(self.balances(), {"receivable": 52.03, fee: -45.0, interest: -7.03})
        lines = notice.claim_ids.entry_id.line_ids
        self.assertFalse(lines.tax_ids | lines.tax_line_id)
        self.assertFalse(lines.tax_tag_ids, "the tax report stays as it is")
        notice.claim_ids._book()
        self.assertEqual(self.balances()["receivable"], 52.03, "nothing is booked twice")

    def test_a_booked_claim_is_not_dunned_as_an_item(self):
        self.book("notice")
        self.dun_today()
        with freeze_time("2026-06-01 12:00:00"):
            run = self.propose(date="2026-06-01")
        self.assertFalse(run.notice_ids.line_ids.move_line_id.debitor_claim_id)
        self.assertFalse(run.skip_ids.move_line_id.debitor_claim_id)

    def test_a_waiver_brings_every_account_back(self):
        self.book("notice")
        notice = self.dun_today()
        notice.claim_ids.with_user(self.approver).action_waive("goodwill")
        self.assertEqual(self.balances(), {})
        self.assertTrue(all(notice.claim_ids.entry_line_id.mapped("reconciled")))
        notice.claim_ids.with_user(self.approver).action_claim_again()
        self.assertEqual(self.balances()["receivable"], 52.03)

    def test_a_cancelled_notice_brings_every_account_back(self):
        self.book("notice")
        notice = self.dun_today()
        notice.action_cancel()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"cancelled"})
        self.assertEqual(self.balances(), {})

    def test_booked_when_paid(self):
        interest, fee = self.codes[:2]
        self.book("payment")
        notice = self.dun_today()
        self.assertEqual(self.balances(), {})
        _wizard, payment = self.register(1052.03)
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})
        self.assertIn(self.move.payment_state, ("in_payment", "paid"))
        balances = self.balances()
        self.assertEqual((balances[fee], balances[interest]), (-45.0, -7.03))
        self.assertEqual(balances["receivable"], -1000.0)
        self.assertTrue(payment.move_id.line_ids.filtered("reconciled"))

    def test_invoices_first(self):
        self.book("payment")
        notice = self.dun_today()
        split, _payment = self.register(1020.0, order="principal")
        self.assertEqual(split.replace("\xa0", " "), "invoices: 1,000.00 € · costs: 20.00 €")
        self.assertEqual(self.item(self.move).amount_residual, 0.0)
        # the fee first, 15.00 of the lump sum, interest not at all
        self.assertEqual(
            self.open_by_kind(notice), {"fee": 0.0, "lump_sum": 25.0, "interest": 7.03}
        )

    def test_costs_and_interest_first(self):
        self.book("payment")
        notice = self.dun_today()
        split, _payment = self.register(1000.0, order="law")
        self.assertEqual(
            split.replace("\xa0", " "),
            "costs: 45.00 € · interest: 7.03 € · invoices: 947.97 €"
            " · left open of the invoices: 52.03 €",
        )
        self.assertEqual(self.item(self.move).amount_residual, 52.03)
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})

    def test_a_bank_line_splits_as_set(self):
        self.book("notice")
        notice = self.dun_today()
        self.company.dunning_claim_order = "law"
        line = self.bank_line(500.0)
        split = line._pay_items_and_claims(self.item(self.move))
        self.assertEqual((float(split.costs), float(split.interest)), (45.0, 7.03))
        self.assertEqual(self.item(self.move).amount_residual, 552.03)
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})
        self.assertTrue(line.is_reconciled)
        with self.assertRaisesNaming(UserError, "matched already"):
            line._pay_items_and_claims(self.item(self.move))
        second = self.bank_line(552.03)
        second._pay_items_and_claims(self.item(self.move))
        self.assertEqual(self.item(self.move).amount_residual, 0.0)

    def test_taking_a_payment_back_opens_its_claims_again(self):
        self.book("notice")
        notice = self.dun_today()
        self.register(1052.03)
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"paid"})
        notice.claim_ids.entry_line_id.remove_move_reconcile()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"booked"})
        self.assertEqual(sum(notice.claim_ids.mapped("amount_open")), 52.03)

    def test_what_was_paid_of_a_cancelled_claim_becomes_a_credit(self):
        self.book("notice")
        notice = self.dun_today()
        self.register(1010.0, order="principal")
        notice.action_cancel()
        states = {claim.kind: claim.state for claim in notice.claim_ids}
        self.assertEqual(states, {"fee": "paid", "lump_sum": "cancelled", "interest": "cancelled"})
        lump = notice.claim_ids.filtered(lambda claim: claim.kind == "lump_sum")
        self.assertEqual(lump.entry_line_id.amount_residual, 0.0)

    def test_a_letter_goes_out_even_where_its_claims_can_not_be_booked(self):
        self.book("notice")
        self.company.dunning_interest_account_id = False
        notice = self.dun_today()
        self.assertEqual(notice.state, "sent")
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"claimed"})
        self.assertIn("Settings", notice.claim_ids[0].booking_problem)
        self.company._suggest_claim_accounts()
        self.env["debitor.claim"]._cron_book()
        self.assertEqual(set(notice.claim_ids.mapped("state")), {"booked"})
        self.assertFalse(notice.claim_ids[0].booking_problem)

    # -- write-off ------------------------------------------------------------

    def test_a_lost_debt_takes_its_vat_back(self):
        _interest, _fee, loss, vat = self.codes
        move = self.taxed_invoice()
        self.pay(move, 595.0)
        before = self.tax_sums()
        wizard = self.write_off(move, kind="loss")
        self.assertEqual(wizard.amount, 595.0)
        self.assertEqual(sum(wizard.entry_line_ids.mapped("debit")), 595.0)
        wizard.action_confirm()
        entry = self.write_off_of(move)
        found = {
            line.account_id.code.rstrip("0"): line.balance
            for line in entry.line_ids
            if line.account_type != "asset_receivable"
        }
        self.assertEqual(found, {loss: 500.0, vat: 95.0})
        self.assertEqual(self.item(move).amount_residual, 0.0)
        after = self.tax_sums()
        # the tax report loses half of the invoice: 500.00 of its base and 95.00 of its tax
        changes = sorted(
            round(after[tag] - before[tag], 2) for tag in after if after[tag] != before[tag]
        )
        self.assertEqual(changes, [95.0, 500.0])

    def test_limits_hold_for_each_group(self):
        move = self.invoice(6.0, days_overdue=100)
        wizard = self.write_off(move, user=self.proposer)
        with self.assertRaisesNaming(AccessError, move.name):
            wizard.action_confirm()
        wizard.invalidate_recordset()
        self.assertTrue(all(wizard.entry_line_ids.ids), "what would be booked outlives the error")
        self.assertEqual(wizard.entry_line_ids.mapped("debit"), [6.0, 0.0])
        self.write_off(move, user=self.approver).action_confirm()
        self.assertEqual(move.payment_state, "paid")
        small = self.invoice(4.0, days_overdue=100)
        action = self.write_off(small, user=self.proposer).action_confirm()
        self.assertEqual(self.item(small).amount_residual, 0.0)
        self.assertEqual(action["res_id"], small.id, "entries are not shown to billing people")
        entry = self.write_off_of(small)
        self.assertEqual(entry.ref, f"Write-off {small.name} · insolvency")
        self.manager.group_ids += self.env.ref("account.group_account_readonly")
        last = self.invoice(4.0, days_overdue=100)
        action = self.write_off(last).action_confirm()
        self.assertEqual(action["res_id"], self.write_off_of(last).id, "and to bookkeepers are")


@tagged("post_install", "-at_install")
class TestBookingSkr03(BookingCases, BookingCommon):
    allow_inherited_tests_method = True
    chart_template = "de_skr03"
    codes = ("265", "27", "2406", "1776")


@tagged("post_install", "-at_install")
class TestBookingSkr04(BookingCases, BookingCommon):
    allow_inherited_tests_method = True
    chart_template = "de_skr04"
    codes = ("71", "483", "6936", "3806")


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestBaseRateImport(ClaimsCommon):
    def load(self, text, **vals):
        wizard = (
            self.env["debitor.base.rate.import"]
            .with_user(self.manager)
            .create({"file": base64.b64encode(text.encode()), "source": "Bundesbank", **vals})
        )
        return wizard.action_import()

    def test_a_file_of_the_central_bank(self):
        self.load('"";BBK01.SU0115\n"";Basiszins\n2026-06;1,27\n2026-07;1,53\n2027-01;-0,10\n')
        Rate = self.env["debitor.base.rate"]
        self.assertEqual(Rate._get_on("de", TODAY.replace(month=8)).percent, 1.53)
        self.assertEqual(Rate._get_on("de", TODAY.replace(year=2027)).percent, -0.1)

    def test_a_bad_file_changes_nothing(self):
        count = self.env["debitor.base.rate"].search_count([])
        for text, word in (
            ("2027-01;1,0\n2027-01;2,0\n", "Line 2"),
            ("2027-01;1,0\n2027-07;viel\n", "viel"),
            ("nothing", "no rate"),
        ):
            with self.subTest(text=text), self.assertRaisesNaming(UserError, word):
                self.load(text)
        self.assertEqual(self.env["debitor.base.rate"].search_count([]), count)

    def test_each_half_year_once_and_from_its_first_day(self):
        with self.assertRaises(ValidationError):
            self.env["debitor.base.rate"].create(
                {"series": "de", "half_year": "2026-03-01", "percent": 1, "source": "x"}
            )
