from datetime import date, timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..core.history import Overdue, PaymentHistory, Settled
from ..core.portfolio import portfolio_of
from ..core.score import score
from .common import NOON, TODAY, ScoringCommon, days_ago


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestHistories(ScoringCommon):
    """What is an observation, and when it was settled."""

    def history_of(self, partner=None, company=None):
        company = company or self.company
        reader = self.env["debitor.scoring.reader"]
        reader._flush()
        model = self.scoring_model._as_scoring_model()
        partner = partner or self.customer
        return reader._read_histories(company, partner.ids, model, TODAY).get(
            partner.id, PaymentHistory()
        )

    def delays(self, partner=None):
        return sorted(
            (one.days_late, round(one.share, 4), one.written_off)
            for one in self.history_of(partner).settled
        )

    def test_a_paid_invoice_is_one_observation_by_its_payment(self):
        self.paid(10)
        self.assertEqual(self.delays(), [(10, 1.0, False)])

    def test_a_due_date_on_a_weekend_counts_from_the_next_banking_day(self):
        saturday = date(2026, 1, 17)
        invoice = self.invoice(due=saturday)
        self.pay(invoice, on=saturday + timedelta(days=3))
        self.assertEqual(self.delays(), [(1, 1.0, False)])

    def test_a_due_date_on_a_holiday_counts_from_the_next_banking_day(self):
        new_year = date(2026, 1, 1)
        invoice = self.invoice(due=new_year)
        self.pay(invoice, on=new_year + timedelta(days=1))
        self.assertEqual(self.delays(), [(0, 1.0, False)])

    def test_part_payments_count_with_their_share_and_day(self):
        due = days_ago(61)
        invoice = self.invoice(100, due=due)
        self.pay(invoice, 25, on=due)
        self.pay(invoice, 75, on=due + timedelta(days=20))
        self.assertEqual(self.delays(), [(0, 0.25, False), (20, 0.75, False)])

    def test_the_open_rest_of_a_part_payment_is_overdue_with_its_share(self):
        due = days_ago(61)
        invoice = self.invoice(100, due=due)
        self.pay(invoice, 40, on=due)
        history = self.history_of()
        self.assertEqual(self.delays(), [(0, 0.4, False)])
        [rest] = history.overdue
        self.assertEqual((rest.due, round(rest.share, 4)), (due, 0.6))

    def test_instalments_are_observations_by_themselves(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (10, 40)
                ],
            }
        )
        invoice = self.invoice(100, due=days_ago(60), term=term)
        first = self.item(invoice)[0]
        self.pay(invoice, 50, on=first.date_maturity)
        history = self.history_of()
        self.assertEqual([one.line_id for one in history.settled], first.ids)
        self.assertEqual([one.line_id for one in history.overdue], self.item(invoice)[1].ids)

    def test_what_a_credit_note_settled_is_no_observation(self):
        invoice = self.invoice(100)
        note = self.credit_note(100, days_overdue=10)
        (self.item(invoice) + self.item(note)).reconcile()
        self.assertEqual(self.history_of(), PaymentHistory())

    def test_what_was_paid_beside_a_credit_note_counts_with_its_share(self):
        invoice = self.invoice(100, due=days_ago(61))
        note = self.credit_note(40, days_overdue=10)
        (self.item(invoice) + self.item(note)).reconcile()
        self.pay(invoice, on=days_ago(61))
        self.assertEqual(self.delays(), [(0, 0.6, False)])

    def test_an_item_not_due_yet_is_no_observation(self):
        self.invoice(due=TODAY)
        self.invoice(due=TODAY + timedelta(days=20))
        self.assertEqual(self.history_of(), PaymentHistory())

    def test_an_item_excluded_from_follow_up_is_no_observation(self):
        self.item(self.invoice()).no_followup = True
        self.assertEqual(self.history_of(), PaymentHistory())

    def test_a_disputed_invoice_is_no_observation(self):
        invoice = self.invoice()
        self.paid(30, partner=self.customer)
        self.block(move_id=invoice.id)
        self.assertEqual(len(self.history_of().overdue), 0)
        self.assertEqual(len(self.history_of().settled), 1)

    def test_a_dispute_stays_one_after_it_was_settled(self):
        invoice = self.paid(30)
        block = self.block(move_id=invoice.id, date_from=days_ago(20))
        block.action_lift()
        self.assertEqual(self.history_of(), PaymentHistory())

    def test_a_block_for_another_reason_hides_nothing(self):
        invoice = self.invoice()
        reason = self.env.ref("debitor_dunning.block_reason_request")
        self.block(move_id=invoice.id, reason_id=reason.id)
        self.assertEqual(len(self.history_of().overdue), 1)

    def test_a_write_off_counts_as_lost(self):
        invoice = self.invoice(100, due=days_ago(10))
        account = self.company_data["default_account_expense"]
        wizard = (
            self.env["debitor.write.off"]
            .with_context(active_model="account.move.line", active_ids=self.item(invoice).ids)
            .create({"reason": "Lost", "account_id": account.id})
        )
        wizard.action_confirm()
        [(_days, share, written_off)] = self.delays()
        self.assertEqual((share, written_off), (1.0, True))

    def test_another_currency_counts_by_its_own_amounts(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            [
                {"name": "2025-01-01", "currency_id": usd.id, "rate": 1.25},
                {"name": days_ago(50), "currency_id": usd.id, "rate": 1.0},
            ]
        )
        due = days_ago(61)
        invoice = self.invoice(100, due=due, currency=usd)
        self.pay(invoice, on=due + timedelta(days=30))
        self.assertTrue(self.item(invoice).reconciled)
        self.assertEqual(self.delays(), [(30, 1.0, False)])

    def test_another_company_has_a_history_of_its_own(self):
        other = self.make_company()
        self.paid(10)
        self.assertEqual(self.history_of(company=other["company"]), PaymentHistory())

    def test_contacts_count_for_their_company(self):
        contact = self.make_customer("Branch", parent_id=self.customer.id, is_company=False)
        self.paid(10, partner=contact)
        self.assertEqual(self.delays(), [(10, 1.0, False)])


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestScore(ScoringCommon):
    def independent(self, partners):
        """Return the scores by the core's definition, from records and nothing of the reader."""
        model = self.scoring_model._as_scoring_model()
        calendar = self.company._get_dunning_calendar()
        histories = {}
        lines = self.env["account.move.line"].search(
            [
                ("move_id.move_type", "=", "out_invoice"),
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("company_id", "=", self.company.id),
            ]
        )
        for line in lines:
            due = calendar.next_working_day(line.date_maturity)
            settled, overdue = histories.setdefault(
                line.partner_id.commercial_partner_id.id, ([], [])
            )
            for partial in line.matched_credit_ids:
                if partial.credit_move_id.move_id.move_type != "out_refund":
                    share = partial.debit_amount_currency / line.amount_currency
                    settled.append(Settled(line.id, due, partial.max_date, share))
            if line.amount_residual_currency and due < TODAY:
                share = line.amount_residual_currency / line.amount_currency
                overdue.append(Overdue(line.id, due, share))
        core = {id_: PaymentHistory(tuple(s), tuple(o)) for id_, (s, o) in histories.items()}
        portfolio = portfolio_of(core.values(), model, TODAY)
        return {
            partner.id: score(core.get(partner.id, PaymentHistory()), portfolio, model, TODAY)
            for partner in partners
        }

    def make_mixed_customers(self):
        reliable = self.payer(-5, -1, 0, 0, -2, 1, name="Reliable")
        late = self.payer(5, 12, 40, 3, 70, name="Late")
        mixed = self.payer(0, 9, name="Mixed")
        self.invoice(50, due=days_ago(22), partner=mixed)
        parts = self.make_customer("Parts")
        invoice = self.invoice(100, due=days_ago(45), partner=parts)
        self.pay(invoice, 30, on=days_ago(44))
        self.pay(invoice, 20, on=days_ago(20))
        self.invoice(80, due=TODAY + timedelta(days=3), partner=parts)
        note = self.credit_note(30, partner=late)
        (self.item(self.invoice(90, due=days_ago(33), partner=late)) + self.item(note)).reconcile()
        return reliable | late | mixed | parts

    def test_the_statement_gives_what_the_core_gives_of_the_records(self):
        customers = self.make_mixed_customers()
        self.Score._recompute(self.company)
        expected = self.independent(customers)
        found = self.Score._for(customers, self.company)
        for customer in customers:
            one, other = found[customer.id], expected[customer.id]
            with self.subTest(customer.name):
                self.assertAlmostEqual(one.score, other.value, delta=1e-4)
                self.assertEqual(one.own_class, other.own_class)
                self.assertAlmostEqual(one.probability_late, other.probability_late, delta=1e-4)
                self.assertEqual(one.expected_days, other.expected_days)
                self.assertEqual(one.reliability, other.reliability)

    def test_scores_by_batch_and_by_customer_are_the_same(self):
        customers = self.make_mixed_customers()
        self.Score._recompute(self.company)
        scores = {one: self.Score._for(one, self.company)[one.id].score for one in customers}
        for customer in customers:
            self.assertAlmostEqual(self.score_of(customer).score, scores[customer], places=3)

    def test_reliable_customers_are_in_a_better_class_than_late_ones(self):
        reliable, late = self.payer(*[-3] * 6), self.payer(*[25] * 6)
        self.Score._recompute(self.company)
        scores = self.Score._for(reliable | late, self.company)
        self.assertGreater(scores[reliable.id].score, scores[late.id].score)
        self.assertIn(scores[reliable.id].risk_class, "ab")
        self.assertIn(scores[late.id].risk_class, "de")
        self.assertGreater(scores[late.id].expected_days, 3)

    def test_without_a_paid_or_overdue_item_nobody_is_rated(self):
        customer = self.make_customer("New")
        self.invoice(due=TODAY + timedelta(days=14), partner=customer)
        score_ = self.score_of(customer)
        self.assertEqual((score_.risk_class, score_.own_class), ("new", "new"))
        self.assertFalse(score_.score)
        self.assertIn("No invoice", score_.reason_text)

    def test_without_any_business_there_is_no_score(self):
        self.assertFalse(self.score_of(self.make_customer("Stranger")))

    def test_the_explanation_adds_up_to_the_points_lost(self):
        customer = self.payer(-5, 3, 12, 40)
        self.invoice(due=days_ago(20), partner=customer)
        self.Score._recompute(self.company)
        score_ = self.score_of(customer)
        parts = score_._get_explanation()
        lost = sum(part["points"] for part in parts)
        self.assertAlmostEqual(100 - lost, score_.score, delta=1e-4)
        self.assertTrue(all(part["label"] for part in parts))
        lines = self.env["account.move.line"].search([("partner_id", "=", customer.id)])
        named = {id_ for part in parts for id_ in part["line_ids"]}
        self.assertEqual(
            named, set(lines.filtered(lambda one: one.account_type == "asset_receivable"
                                      and one.move_id.move_type == "out_invoice").ids),
        )  # fmt: skip

    def test_reasons_say_how_late_and_what_is_overdue(self):
        customer = self.payer(20, 21, 25, 28, 22)
        self.invoice(210, due=days_ago(40), partner=customer)
        self.invoice(100, due=days_ago(50), partner=customer)
        texts = self.score_of(customer)._get_reason_texts()
        self.assertLessEqual(len(texts), 3)
        joined = " ".join(texts)
        self.assertIn("2 invoices of", joined)
        self.assertIn("310.00", joined)
        self.assertRegex(joined, r"Usually pays \d+ days late")

    def test_a_changed_class_remembers_the_one_before(self):
        customer = self.payer(*[-3] * 6)
        first = self.score_of(customer)
        self.assertFalse(first.previous_class)
        before = first.risk_class
        self.mark(customer, "blacklist")
        self.assertEqual(first.risk_class, "e")
        self.assertEqual((first.previous_class, first.class_changed_on), (before, TODAY))

    def test_a_private_person_is_not_scored_unless_set_so(self):
        person = self.payer(3, 4, name="Erika Muster", is_company=False)
        self.assertFalse(self.score_of(person))
        self.company.debitor_score_persons = True
        self.assertTrue(self.score_of(person))
        self.company.debitor_score_persons = False
        self.assertFalse(self.score_of(person))

    def test_who_is_excluded_loses_the_score(self):
        customer = self.payer(3)
        self.assertTrue(self.score_of(customer))
        customer.debitor_scoring_excluded = True
        self.assertFalse(self.score_of(customer))

    def test_a_limit_is_suggested_by_the_business_of_a_year(self):
        customer = self.make_customer("Steady")
        self.book_history(customer, [0] * 12, first=28, apart=28, amount=1000.0)
        score_ = self.score_of(customer)
        # 1,000 a month, due after 14 days, at once never more than one invoice open
        factor = {"a": 1.5, "b": 1.25, "c": 1.0}[score_.risk_class]
        self.assertGreaterEqual(score_.suggested_limit, 1000 * factor)
        self.assertLess(score_.suggested_limit, 2000 * factor)

    def test_a_contact_shows_the_score_of_its_company(self):
        customer = self.payer(3)
        contact = self.make_customer("Buyer", parent_id=customer.id, is_company=False)
        score_ = self.score_of(customer)
        self.assertEqual(contact.debitor_score_id, score_)
        self.assertEqual(contact.debitor_risk_class, score_.risk_class)
        self.assertIn("·", contact.debitor_score_text)

    def test_customers_are_found_by_class(self):
        customer = self.payer(*[80] * 5)
        self.score_of(customer)
        Partner = self.env["res.partner"]
        self.assertIn(customer, Partner.search([("debitor_risk_class", "=", "e")]))
        self.assertNotIn(customer, Partner.search([("debitor_risk_class", "!=", "e")]))
        self.assertIn(self.customer, Partner.search([("debitor_risk_class", "=", False)]))
        self.assertNotIn(customer, Partner.search([("debitor_risk_class", "=", False)]))

    def test_the_name_shows_the_class_where_asked_for(self):
        customer = self.payer(*[80] * 5, name="Slow AG")
        self.score_of(customer)
        self.assertEqual(customer.display_name, "Slow AG")
        shown = customer.with_context(show_risk_class=True)
        self.assertEqual(shown.display_name, "Slow AG · E")
        hidden = customer.with_user(self.employee).with_context(show_risk_class=True)
        self.assertEqual(hidden.display_name, "Slow AG")

    def test_a_group_of_companies_shows_the_worst_class_and_all_sums(self):
        top = self.payer(-3, -3, -3, name="Holding")
        child = self.make_customer("Works", parent_id=top.id)
        self.assertEqual(child.commercial_partner_id, child)
        self.paid(80, partner=child)
        self.invoice(200, due=days_ago(70), partner=child)
        self.invoice(100, due=TODAY + timedelta(days=5), partner=top)
        self.Score._recompute(self.company)
        summary = self.Score._get_group_summary(top)
        worst = self.Score._for(child, self.company)[child.id].risk_class
        self.assertEqual(summary["risk_class"], worst)
        self.assertEqual((summary["open"], summary["overdue"], summary["count"]), (300, 200, 2))
        self.assertIsNone(self.Score._get_group_summary(self.customer))


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestModel(ScoringCommon):
    def test_each_company_has_a_model_in_use(self):
        self.assertEqual(self.scoring_model.state, "active")
        other = self.make_company()["company"]
        model = self.env["debitor.scoring.model"]._for(other)
        self.assertEqual(model.company_id, other)
        self.assertEqual(model.class_ids.mapped("code"), ["a", "b", "c", "d", "e", "new"])

    def test_a_branch_is_scored_by_its_parents_model(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertEqual(self.env["debitor.scoring.model"]._for(branch), self.scoring_model)

    def test_a_model_in_use_can_not_be_changed(self):
        with self.assertRaisesNaming(UserError, self.scoring_model.name, "New Version"):
            self.scoring_model.half_life_days = 90
        with self.assertRaises(UserError):
            self.scoring_model._get_class("a").limit_factor = 9
        self.scoring_model._get_class("a").label = "pays at once"

    def test_a_new_version_takes_over_and_all_scores_are_made_anew(self):
        customer = self.payer(10, 10, 10)
        self.Score._recompute(self.company)
        action = self.scoring_model.action_new_version()
        draft = self.env["debitor.scoring.model"].browse(action["res_id"])
        self.assertEqual((draft.state, draft.version, len(draft.class_ids)), ("draft", 0, 6))
        draft.write({f"points_{bucket}": 99 for bucket in range(1, 6)})
        draft.action_activate()
        self.assertEqual((draft.state, draft.version), ("active", 2))
        self.assertEqual(self.scoring_model.state, "archived")
        portfolio = self.env["debitor.score.portfolio"]._of(self.company)
        self.assertFalse(portfolio.date)
        before = self.Score._for(customer, self.company)[customer.id].score
        self.run_all()
        score_ = self.Score._for(customer, self.company)[customer.id]
        self.assertGreater(score_.score, before)
        self.assertEqual(score_.model_id, draft)

    def test_a_model_that_contradicts_itself_is_refused_by_name(self):
        draft = self.scoring_model.copy()
        for vals, word in (
            ({"points_3": 99.5}, "later one never more"),
            ({"minimum_b": 90}, "fall from A to D"),
            ({"half_life_days": 0}, "half-life"),
            ({"severe_after_days": 31}, "30 or 60"),
            ({"prior_strength": 0}, "portfolio"),
        ):
            with self.subTest(vals), self.assertRaisesNaming(ValidationError, draft.name, word):
                draft.write(vals)

    def test_what_was_in_use_is_not_deleted(self):
        with self.assertRaises(UserError):
            self.scoring_model.unlink()
        self.scoring_model.copy().unlink()


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestMarks(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls.make_customer("Good GmbH")

    def good_score(self):
        self.book_history(self.good, [-4] * 5, first=61, apart=0)
        return self.score_of(self.good)

    def test_a_class_by_hand_counts_at_once_and_says_who_and_why(self):
        score_ = self.good_score()
        self.mark(self.good, risk_class="d", reason="Changed hands")
        self.assertEqual(score_.risk_class, "d")
        self.assertNotEqual(score_.own_class, "d")
        self.assertIn("Changed hands", score_._get_reason_texts()[0])
        self.assertIn("Changed hands", self.good.message_ids[0].body)

    def test_a_class_by_hand_ends(self):
        score_ = self.good_score()
        own = score_.risk_class
        self.mark(self.good, risk_class="d", date_until=TODAY + timedelta(days=3))
        with freeze_time("2026-03-22 12:00:00"):
            self.Score._recompute(self.company, self.good.ids)
            self.assertEqual(score_.risk_class, own)

    def test_a_class_by_hand_needs_an_end(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.mark(self.good, date_until=False)

    def test_lifting_a_mark_gives_the_own_class_back_and_keeps_the_mark(self):
        score_ = self.good_score()
        own = score_.risk_class
        mark = self.mark(self.good, "blacklist")
        self.assertEqual(score_.risk_class, "e")
        mark.action_lift()
        self.assertEqual(score_.risk_class, own)
        self.assertEqual(mark.state, "lifted")
        self.assertIn("lifted", self.good.message_ids[0].body)

    def test_insolvency_beats_a_class_by_hand(self):
        score_ = self.good_score()
        self.mark(self.good, risk_class="a")
        self.assertEqual(score_.risk_class, "a")
        self.mark(self.good, "insolvent")
        self.assertEqual(score_.risk_class, "e")
        self.assertIn("Insolvency", score_._get_reason_texts()[0])

    def test_nobody_decides_in_another_ones_name(self):
        mark = (
            self.env["debitor.risk.mark"]
            .with_user(self.releaser)
            .create(
                {
                    "partner_id": self.good.id,
                    "company_id": self.company.id,
                    "kind": "blacklist",
                    "reason": "Fraud",
                    "user_id": self.finance.id,
                }
            )
        )
        self.assertEqual(mark.user_id, self.releaser)

    def test_two_returned_debits_cap_the_class(self):
        score_ = self.good_score()
        self.assertIn(score_.risk_class, "ab")
        for days in (10, 40):
            payment = self.advance(partner=self.good)
            payment.date = days_ago(days)
            payment.state = "rejected"
        self.score_of(self.good)
        self.assertEqual(score_.risk_class, "d")
        self.assertIn("2 returned debits in 90 days", score_._get_reason_texts()[0])

    def test_a_payment_that_the_bank_takes_back_is_a_returned_debit(self):
        self.good_score()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "partner_id": self.good.id,
                "date": days_ago(5),
                "amount": -50,
                "payment_ref": "Return",
                "transaction_details": {"is_reversal": True},
            }
        )
        reader = self.env["debitor.scoring.reader"]
        since = days_ago(90)
        found = reader._read_returned_debits(self.company, self.good.ids, since)
        self.assertEqual(found, [(self.good.id, 1)])
        line.amount = 50  # money that came is none
        self.assertFalse(reader._read_returned_debits(self.company, self.good.ids, since))

    def test_a_cap_that_changes_nothing_is_no_reason(self):
        late = self.payer(*[70] * 5, name="Late GmbH")
        invoice = self.invoice(days_overdue=40, partner=late)
        self.env.cr.execute(
            "UPDATE account_move_line SET debitor_rank = 3 WHERE id = %s", self.item(invoice).ids
        )
        score_ = self.score_of(late)
        self.assertEqual((score_.own_class, score_.risk_class), ("e", "e"))
        self.assertEqual([one["code"] for one in score_.reasons], ["dunning"])
        self.assertNotIn("at most class", " ".join(score_._get_reason_texts()))
        # Whoever asks for everything (art. 15 GDPR) is told of it all the same.
        self.assertIn("at most class D", " ".join(score_._get_reason_texts(limit=None)))
        # What is worth knowing by itself is told whatever the class.
        self.mark(late, "insolvent")
        self.assertEqual(score_._get_reason_texts()[0], "Insolvency")

    def test_the_last_dunning_level_caps_the_class(self):
        score_ = self.good_score()
        invoice = self.invoice(days_overdue=1, partner=self.good)
        self.env.cr.execute(
            "UPDATE account_move_line SET debitor_rank = 3 WHERE id = %s", self.item(invoice).ids
        )
        self.score_of(self.good)
        self.assertIn(score_.risk_class, "de")
        self.assertIn("Dunning level 3", " ".join(score_._get_reason_texts()))
