from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DunningCommon, days_ago


@tagged("post_install", "-at_install")
class TestCompanies(DunningCommon):
    """One customer of two companies and a branch: nothing may leak from one to the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.make_company()
        cls.other = cls.second["company"]
        cls.branch = cls.env["res.company"].create(
            {"name": "Branch", "parent_id": cls.company.id, "country_id": cls.company.country_id.id}
        )
        cls.env.cr.precommit.run()  # a branch gets its parent's accounts at the end
        cls.env.user.company_ids = [Command.link(cls.branch.id)]
        cls.colleague = cls.make_user(
            "colleague", "debitor_dunning.group_dunning_approver", company=cls.other
        )
        cls.branch_user = cls.make_user(
            "branch", "debitor_dunning.group_dunning_approver", company=cls.branch
        )

    def other_invoice(self, amount, **vals):
        return self.invoice(
            amount, company=self.other, account=self.second["default_account_revenue"], **vals
        )

    def branch_invoice(self, amount, **vals):
        return self.invoice(amount, company=self.branch, **vals)

    def test_a_run_sees_only_items_of_its_company(self):
        mine, theirs = self.invoice(100), self.other_invoice(70)
        self.assertNotice(self.propose().notice_ids, total="100", lines=[(mine, 1, 100)])
        notice = self.propose(company=self.other, user=self.colleague).notice_ids
        self.assertNotice(notice, total="70", lines=[(theirs, 1, 70)], company_id=self.other)

    def test_credits_of_another_company_are_not_netted(self):
        self.invoice(100)
        self.other_invoice(70, move_type="out_refund")
        self.assertNotice(self.propose().notice_ids, total="100", amount_credit=0)

    def test_the_last_notice_of_another_company_starts_no_pause(self):
        self.other.dunning_procedure_id.pause_days = 30
        self.procedure.pause_days = 30
        self.other_invoice(70)
        self.invoice(100)
        self.dun(days_ago(2), company=self.other, user=self.colleague)
        self.assertTrue(self.propose().notice_ids)

    def test_a_block_holds_in_its_company_only(self):
        self.other_invoice(70)
        self.invoice(100)
        self.block()
        self.assertNothingProposed(self.propose(), blocked=1)
        self.assertTrue(self.propose(company=self.other, user=self.colleague).notice_ids)
        moves = self.env["account.move"].search(
            [("debitor_block_id", "!=", False), ("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(moves.company_id, self.company)

    def test_sums_on_the_customer_are_of_the_current_company(self):
        self.invoice(100)
        self.other_invoice(70)
        self.assertEqual(self.customer.with_company(self.company).debitor_amount_overdue, 100)
        self.assertEqual(self.customer.with_company(self.other).debitor_amount_overdue, 70)

    def test_notices_and_runs_of_another_company_are_out_of_sight(self):
        self.invoice()
        run = self.propose()
        block = self.block()
        for record in (run, run.notice_ids, run.notice_ids.line_ids, block, self.procedure):
            with self.subTest(model=record._name):
                theirs = record.with_user(self.colleague).with_context(allowed_company_ids=None)
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                theirs.invalidate_recordset()
                with self.assertRaises(AccessError):
                    theirs.read(["company_id"])

    def test_an_approver_of_another_company_can_not_act_here(self):
        self.invoice()
        run = self.propose()
        notice = run.notice_ids
        for record, action in (
            (notice, "action_approve"),
            (notice, "action_cancel"),
            (notice, "action_exclude"),
            (notice, "action_raise"),
            (run, "action_approve"),
            (run, "action_cancel"),
            (run, "action_propose"),
        ):
            with self.subTest(action=action, model=record._name):
                foreign = record.with_user(self.colleague).with_context(allowed_company_ids=None)
                foreign.invalidate_recordset()
                with self.assertRaises(AccessError):
                    getattr(foreign, action)()
                self.env.invalidate_all()
                self.assertEqual(notice.state, "proposed")

    def test_the_nightly_proposal_keeps_companies_apart(self):
        self.invoice(100)
        self.other_invoice(70)
        self.env["res.company"].search([]).dunning_is_automatic = False
        (self.company | self.other).dunning_is_automatic = True
        self.run_cron("ir_cron_nightly")
        self.run_cron("ir_cron_propose")
        runs = self.env["debitor.dunning.run"].search(
            [("company_id", "in", (self.company | self.other).ids)]
        )
        self.assertEqual(
            sorted(runs.notice_ids.mapped(lambda one: (one.company_id.name, one.amount_total))),
            sorted([(self.company.name, 100), (self.other.name, 70)]),
        )

    def test_a_company_with_a_fault_does_not_stop_the_others(self):
        self.other_invoice(70)
        self.env["res.company"].search([]).dunning_is_automatic = False
        (self.company | self.other).dunning_is_automatic = True
        self.env["debitor.dunning.procedure"].create(
            {"name": "Half-made", "company_id": self.company.id}
        )
        with self.assertLogs("odoo.addons.debitor_dunning", "WARNING") as logs:
            self.run_cron("ir_cron_nightly")
        self.assertIn("Half-made", logs.output[0])
        self.run_cron("ir_cron_propose")
        run = self.env["debitor.dunning.run"].search([("company_id", "=", self.other.id)])
        self.assertNotice(run.notice_ids, total="70")

    # -- branches -------------------------------------------------------------

    def test_a_branch_is_dunned_apart_by_its_parents_procedure(self):
        mine, theirs = self.invoice(100), self.branch_invoice(40)
        self.assertNotice(self.propose().notice_ids, total="100", lines=[(mine, 1, 100)])
        notice = self.propose(company=self.branch, user=self.branch_user).notice_ids
        self.assertNotice(
            notice,
            total="40",
            company_id=self.branch,
            procedure_id=self.procedure,
            lines=[(theirs, 1, 40)],
        )

    def test_a_user_of_a_branch_sees_the_parents_procedure_but_not_its_notices(self):
        self.invoice()
        notice = self.propose().notice_ids
        for record, count in ((self.procedure, 1), (notice, 0), (notice.run_id, 0)):
            theirs = record.with_user(self.branch_user).with_context(allowed_company_ids=None)
            self.assertEqual(theirs.search_count([("id", "=", record.id)]), count)

    def test_a_branch_may_have_a_procedure_of_its_own(self):
        own = self.make_procedure("Branch's", company=self.branch)
        self.branch.dunning_procedure_id = own
        self.branch_invoice(40)
        notice = self.propose(company=self.branch, user=self.branch_user).notice_ids
        self.assertNotice(notice, procedure_id=own)
        self.assertEqual(self.company._get_dunning_procedure(), self.procedure)
