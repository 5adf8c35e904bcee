"""Who may do what: one table for records, one for what people press."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DunningCommon

# Kinds of users, the groups that make them, and where they belong.
USERS = {
    "propose": "debitor_dunning.group_dunning_user",
    "approve": "debitor_dunning.group_dunning_approver",
    "administer": "debitor_dunning.group_dunning_manager",
    "billing": "account.group_account_invoice",
    "readonly": "account.group_account_readonly",
    "internal": "base.group_user",
    "portal": "base.group_portal",
    "foreign": "debitor_dunning.group_dunning_manager",
    "branch": "debitor_dunning.group_dunning_manager",
}
# For each model: what each kind of user may do, of c(reate), r(ead), w(rite), d(elete).
# A record belongs to the main company; a procedure of the parent is read by its branch.
ALLOWED = {
    "procedure": {
        "propose": "r", "approve": "r", "administer": "crwd", "billing": "r", "readonly": "r",
        "branch": "r",
    },
    "level": {
        "propose": "r", "approve": "r", "administer": "crwd", "billing": "r", "readonly": "r",
        "branch": "r",
    },
    "channel": {
        "propose": "r", "approve": "r", "administer": "crwd", "billing": "r", "readonly": "r",
        "branch": "r",
    },
    "reason": {
        "propose": "r", "approve": "r", "administer": "crwd", "billing": "r", "readonly": "r",
        "foreign": "crwd", "branch": "crwd",
    },
    "block": {
        "propose": "crw", "approve": "crw", "administer": "crw", "billing": "r", "readonly": "r",
    },
    "run": {
        "propose": "crwd", "approve": "crwd", "administer": "crwd", "billing": "r",
        "readonly": "r",
    },
    "notice": {
        "propose": "crwd", "approve": "crwd", "administer": "crwd", "billing": "r",
        "readonly": "r",
    },
    "line": {
        "propose": "crwd", "approve": "crwd", "administer": "crwd", "billing": "r",
        "readonly": "r",
    },
    "skip": {
        "propose": "r", "approve": "r", "administer": "r", "billing": "r", "readonly": "r",
    },
}  # fmt: skip
OPERATIONS = {"c": "create", "r": "read", "w": "write", "d": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.make_company()["company"]
        branch = cls.env["res.company"].create({"name": "Branch", "parent_id": cls.company.id})
        places = {"foreign": other, "branch": branch}
        cls.users = {
            kind: cls.make_user(kind, groups, company=places.get(kind))
            for kind, groups in USERS.items()
        }

    def _make_records(self):
        blocked = self.make_customer("Blocked")
        self.invoice(partner=blocked)
        block = self.block(partner_id=blocked.id)
        self.invoice()
        run = self.propose()
        return {
            "procedure": self.procedure,
            "level": self.procedure.level_ids[0],
            "channel": self.procedure.level_ids[0].channel_ids[0],
            "reason": block.reason_id,
            "block": block,
            "run": run,
            "notice": run.notice_ids,
            "line": run.notice_ids.line_ids,
            "skip": run.skip_ids,
        }

    def test_the_table_of_access(self):
        for name, record in self._make_records().items():
            for kind, user in self.users.items():
                allowed = ALLOWED[name].get(kind, "")
                theirs = record.with_user(user).with_context(allowed_company_ids=None)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=name, user=kind, operation=operation):
                        self.assertEqual(theirs.has_access(operation), letter in allowed)

    def test_reading_really_works_or_really_fails(self):
        records = self._make_records()
        self.env.flush_all()
        for name, record in records.items():
            for kind, user in self.users.items():
                theirs = record.with_user(user).with_context(allowed_company_ids=None)
                theirs.invalidate_recordset()
                with self.subTest(model=name, user=kind):
                    if "r" in ALLOWED[name].get(kind, ""):
                        theirs.read(["display_name"])
                        continue
                    with self.assertRaises(AccessError):
                        theirs.read(["display_name"])

    def test_all_fields_can_be_read_by_whoever_may_read_the_record(self):
        for name, record in self._make_records().items():
            for kind in ("propose", "billing", "readonly"):
                theirs = record.with_user(self.users[kind])
                theirs.invalidate_recordset()
                with self.subTest(model=name, user=kind):
                    theirs.read()

    def test_what_people_press(self):
        """For each action, the kinds of users that may do it; all others get an AccessError."""
        propose = {"propose", "approve", "administer"}
        approve = {"approve", "administer"}
        actions = (
            ("run", "action_propose", propose),
            ("run", "action_review", propose),
            ("run", "action_approve", approve),
            ("run", "action_send", approve),
            ("run", "action_cancel", approve),
            ("notice", "action_exclude", propose),
            ("notice", "action_raise", propose),
            ("notice", "action_approve", approve),
            ("notice", "action_cancel", approve),
            ("line", "action_exclude", propose),
            ("line", "action_raise", propose),
            ("block", "action_lift", propose),
        )
        records = self._make_records()
        for name, action, allowed in actions:
            for kind, user in self.users.items():
                theirs = records[name].with_user(user).with_context(allowed_company_ids=None)
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(action=f"{name}.{action}", user=kind):
                    savepoint = self.env.cr.savepoint(flush=False)
                    try:
                        if kind in allowed:
                            getattr(theirs, action)()
                            self.env.flush_all()
                        elif action == "action_send" and kind in ("foreign", "branch"):
                            pass  # it only opens a window, whose button refuses below
                        else:
                            with self.assertRaises(AccessError):
                                getattr(theirs, action)()
                                self.env.flush_all()
                    finally:
                        self.env.clear()
                        savepoint.rollback()
                        savepoint.close(rollback=False)

    def test_the_window_that_sends_is_for_approvers(self):
        run = self._make_records()["run"]
        run.action_approve()
        for kind, user in self.users.items():
            Wizard = self.env["debitor.dunning.send"].with_user(user)
            with self.subTest(user=kind):
                if kind in ("approve", "administer"):
                    Wizard.create({"run_id": run.id})
                    continue
                with self.assertRaises(AccessError):
                    Wizard.with_context(allowed_company_ids=None).create(
                        {"run_id": run.id}
                    ).action_confirm()
                self.env.invalidate_all()
        self.assertEqual(run.notice_ids.state, "approved")

    def test_reminding_and_holding_is_for_those_who_propose(self):
        invoice = self.invoice()
        for kind, user in self.users.items():
            for action in ("action_debitor_remind_now", "action_debitor_hold"):
                theirs = invoice.with_user(user).with_context(allowed_company_ids=None)
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(action=action, user=kind):
                    savepoint = self.env.cr.savepoint(flush=False)
                    try:
                        if kind in ("propose", "approve", "administer"):
                            getattr(theirs, action)()
                        else:
                            with self.assertRaises(AccessError):
                                getattr(theirs, action)()
                    finally:
                        self.env.clear()
                        savepoint.rollback()
                        savepoint.close(rollback=False)

    def test_a_customer_in_the_portal_reads_nothing_about_dunning(self):
        portal = self.users["portal"]
        portal.partner_id.parent_id = self.customer
        invoice = self.invoice()
        invoice.message_subscribe(partner_ids=portal.partner_id.ids)
        self.block(note="does not pay")
        theirs = invoice.with_user(portal)
        theirs.invalidate_recordset()
        self.assertEqual(theirs.read(["name"])[0]["name"], invoice.name)
        self.assertFalse([name for name in theirs.fields_get() if name.startswith("debitor_")])
        with self.assertRaises(AccessError):
            theirs.read(["debitor_why_not"])

    def test_reading_accountants_see_why_an_item_is_not_dunned(self):
        invoice = self.invoice()
        self.block(note="does not pay")
        for kind in ("readonly", "billing"):
            theirs = invoice.with_user(self.users[kind])
            theirs.invalidate_recordset()
            self.assertIn("does not pay", theirs.debitor_why_not)
            self.assertIn("does not pay", self.item(theirs).debitor_why_not)

    def test_administrators_of_accounting_administer_dunning(self):
        user = self.make_user("accountant", "account.group_account_manager")
        self.assertTrue(user.has_group("debitor_dunning.group_dunning_manager"))

    def test_a_template_of_rights_grows_from_proposing_to_administering(self):
        for lower, upper in (
            ("group_dunning_user", "group_dunning_approver"),
            ("group_dunning_approver", "group_dunning_manager"),
        ):
            groups = self.env.ref(f"debitor_dunning.{upper}").all_implied_ids
            self.assertIn(self.env.ref(f"debitor_dunning.{lower}"), groups)
