"""Who may see and do what; sums are the same for all who see them."""

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import NOON, TODAY, ScoringCommon, days_ago

SEERS = ("salesperson", "sales_manager", "finance", "releaser", "scorer")


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestScoreAccess(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_company()
        cls.stranger = cls.make_user(
            "stranger", "sales_team.group_sale_manager", cls.other["company"]
        )
        cls.payer_ = cls.payer(12, 20, 9)
        cls.book_invoices([(cls.payer_, days_ago(29), days_ago(15), 210)])
        cls.score = cls.score_of(cls.payer_)

    def assertRight(self, user, right, action):  # noqa: N802 as in unittest
        """Assert that a user may do something, or is told that he may not."""
        with self.subTest(user=user.login, action=action.__name__):
            if right:
                action(user)
            else:
                with self.assertRaises(AccessError):
                    action(user)

    def read_score(self, user):
        self.score.with_user(user).read(["risk_class", "score", "label", "reason_text"])

    def read_partner(self, user):
        self.payer_.with_user(user).read(["debitor_risk_class", "debitor_score_overdue"])

    def explain(self, user):
        self.score.with_user(user).get_explanation()

    def write_score(self, user):
        self.score.with_user(user).write({"risk_class": "a"})

    def recompute(self, user):
        self.payer_.with_user(user).action_debitor_recompute_score()

    def read_marks(self, user):
        self.env["debitor.risk.mark"].with_user(user).search([])

    def set_mark(self, user):
        self.env["debitor.risk.mark"].with_user(user).create(
            {
                "partner_id": self.payer_.id,
                "company_id": self.company.id,
                "kind": "blacklist",
                "reason": "x",
            }
        )

    def delete_mark(self, user):
        self.mark(self.payer_, "blacklist").with_user(user).unlink()

    def change_model(self, user):
        self.scoring_model.with_user(user).copy()

    def test_who_may_read_and_change_what(self):
        table = {
            # action: salesperson, sales manager, finance, releaser, scorer, employee, stranger
            self.read_score: (1, 1, 1, 1, 1, 0, 0),
            self.read_partner: (1, 1, 1, 1, 1, 0, 1),
            self.explain: (1, 1, 1, 1, 1, 0, 0),
            self.write_score: (0, 0, 0, 0, 0, 0, 0),
            self.recompute: (1, 1, 1, 1, 1, 0, 1),
            self.read_marks: (0, 0, 1, 1, 1, 0, 0),
            self.set_mark: (0, 0, 0, 1, 1, 0, 0),
            self.delete_mark: (0, 0, 0, 0, 1, 0, 0),
            self.change_model: (0, 0, 0, 0, 1, 0, 0),
        }
        users = (*(getattr(self, name) for name in SEERS), self.employee, self.stranger)
        for action, rights in table.items():
            for user, right in zip(users, rights, strict=True):
                self.env.invalidate_all()
                self.assertRight(user, right, action)

    def test_sums_and_class_are_the_same_for_all_who_see_them(self):
        seen = set()
        for name in SEERS:
            self.env.invalidate_all()
            partner = self.payer_.with_user(getattr(self, name))
            seen.add(
                (
                    partner.debitor_score_open,
                    partner.debitor_score_overdue,
                    partner.debitor_risk_class,
                    partner.debitor_score_reasons,
                )
            )
        self.assertEqual(len(seen), 1)
        [(open_, overdue, _class, _reasons)] = seen
        self.assertEqual((open_, overdue), (210, 210))

    def test_another_company_sees_nothing_of_ours(self):
        partner = self.payer_.with_user(self.stranger)
        self.assertFalse(partner.debitor_score_id)
        self.assertEqual(partner.debitor_score_open, 0)
        Score = self.env["debitor.score"].with_user(self.stranger)
        self.assertFalse(Score.search([("partner_id", "=", self.payer_.id)]))

    def test_the_same_customer_has_another_score_with_another_company(self):
        other = self.other["company"]
        self.invoice(50, partner=self.payer_, company=other, due=days_ago(100),
                     account=self.other["default_account_revenue"])  # fmt: skip
        theirs = self.score_of(self.payer_, other)
        self.assertNotEqual(theirs, self.score)
        self.assertEqual(self.payer_.with_company(other).debitor_score_id, theirs)
        self.assertEqual(self.payer_.with_company(other).debitor_score_overdue, 50)
        self.assertEqual(self.payer_.with_company(self.company).debitor_score_id, self.score)

    def test_invoices_open_only_for_who_may_read_them(self):
        [part] = [one for one in self.score._get_explanation() if one["kind"] == "overdue"]
        mine = self.score.with_user(self.finance).action_open_invoices(part["line_ids"])
        [(_field, _operator, ids)] = mine["domain"]
        self.assertEqual(len(ids), 1)
        with self.subTest("a salesperson sees none of the invoices of others"):
            action = self.score.with_user(self.salesperson).action_open_invoices(part["line_ids"])
            self.assertEqual(action["domain"], [("id", "in", [])])
        with self.subTest("nobody is led to invoices of another customer"):
            foreign = self.item(self.invoice())
            action = self.score.with_user(self.finance).action_open_invoices(foreign.ids)
            self.assertEqual(action["domain"], [("id", "in", [])])

    def test_explaining_needs_no_right_to_read_entries(self):
        parts = self.score.with_user(self.salesperson).get_explanation()
        self.assertAlmostEqual(
            100 - sum(part["points"] for part in parts), self.score.score, delta=1e-4
        )
        self.assertEqual(self.score.date, TODAY)
