"""Who may do what: one table for records, one for what people press."""

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .camt_builder import build_camt, payment
from .common import NOON, CamtCommon

# Kinds of users, the groups that make them, and where they belong.
USERS = {
    "billing": "account.group_account_invoice",
    "decide": "debitor_camt.group_bank_release",
    "administer": "account.group_account_manager",
    "readonly": "account.group_account_readonly",
    "internal": "base.group_user",
    "portal": "base.group_portal",
    "foreign": "account.group_account_manager",
    "branch": "account.group_account_manager",
}
# For each model: what each kind of user may do, of c(reate), r(ead), w(rite), d(elete).
_READ = {"billing": "r", "decide": "r", "administer": "r", "readonly": "r"}
ALLOWED = {
    "file": {**_READ, "decide": "rd", "administer": "rd"},
    "sheet": _READ,
    "transaction": _READ,
    "account memory": {**_READ, "billing": "rd", "decide": "rd", "administer": "rd"},
}
OPERATIONS = {"c": "create", "r": "read", "w": "write", "d": "unlink"}


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestAccess(CamtCommon):
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
        file = self.bring(self.sheet(payment("1.00"), closing="1001.50"))
        return {
            "file": file.sudo(False).with_user(self.env.user),
            "sheet": self.env["debitor.bank.sheet"].browse(file.sheet_ids.ids),
            "transaction": self.env["debitor.bank.transaction"].browse(file.transaction_ids.ids),
            "account memory": self._make_account_memory(),
        }

    def _make_account_memory(self):
        lines = self.bring(self.sheet(payment("2.00"), opening=None), name="two.xml").line_ids
        account = self.company_data["default_account_expense"]
        review = self.env["debitor.bank.review"].with_user(self.users["billing"])
        review.book_to_account(lines.ids[0], account.id)
        return self.env["debitor.account.memory"].search([("account_id", "=", account.id)])

    def test_the_table_of_access(self):
        for name, record in self._make_records().items():
            for kind, user in self.users.items():
                allowed = ALLOWED[name].get(kind, "")
                theirs = record.with_user(user).with_context(allowed_company_ids=None)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=name, user=kind, operation=operation):
                        self.assertEqual(theirs.has_access(operation), letter in allowed)

    def test_all_fields_can_be_read_by_whoever_may_read_the_record(self):
        for name, record in self._make_records().items():
            for kind, user in self.users.items():
                theirs = record.with_user(user).with_context(allowed_company_ids=None)
                theirs.invalidate_recordset()
                with self.subTest(model=name, user=kind):
                    if "r" in ALLOWED[name].get(kind, ""):
                        theirs.read()
                        continue
                    with self.assertRaises(AccessError):
                        theirs.read(["display_name"])

    def test_what_people_press(self):
        """For each action, the kinds of users that may do it; all others get an AccessError."""
        bring = {"billing", "decide", "administer"}
        decide = {"decide", "administer"}
        actions = (
            ("file", "action_retry", bring),
            ("file", "action_download", bring | {"readonly"}),
            ("file", "action_cancel", decide),
            ("sheet", "action_use_details", bring),
            ("account memory", "action_forget", bring),
            ("sheet", "action_check_again", bring),
            ("sheet", "action_release", decide),
            ("sheet", "action_reject", decide),
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
                        else:
                            with self.assertRaises(AccessError):
                                getattr(theirs, action)()
                                self.env.flush_all()
                    finally:
                        self.env.clear()
                        savepoint.rollback()
                        savepoint.close(rollback=False)

    def test_who_may_import(self):
        content = build_camt(self.sheet(payment("1.00")))
        for kind, user in self.users.items():
            Files = self.env["debitor.bank.file"].with_user(user)
            Files = Files.with_context(allowed_company_ids=user.company_ids.ids)
            with self.subTest(user=kind):
                if kind in ("billing", "decide", "administer", "foreign", "branch"):
                    self.assertTrue(Files.import_files([("bank.xml", content)]))
                    continue
                with self.assertRaises(AccessError):
                    Files.import_files([("bank.xml", content)])

    def test_a_file_of_another_company_stays_there(self):
        content = build_camt(self.sheet(payment("1.00")))
        theirs = self.bring_bytes(
            content, user=self.users["foreign"], company=self.users["foreign"].company_id
        )
        ours = self.bring_bytes(content)
        self.assertNotEqual(theirs, ours)
        self.assertHeld(theirs.sudo(), "unknown_account")
        self.assertFile(ours, state="done", created=1)

    def test_a_clerk_sees_the_lines_and_changes_none_by_hand(self):
        self.bring(self.sheet(payment("1.00")))
        line = self.get_lines().with_user(self.clerk)
        self.assertEqual(line.read(["amount", "debitor_file_id"])[0]["amount"], 1.0)
        with self.assertRaises(AccessError):
            line.write({"payment_ref": "changed"})

    def test_foreign_uploads_are_not_deleted(self):
        attachment = self.env["ir.attachment"].create({"name": "x.xml", "raw": b"<x/>"})
        with self.assertRaises(AccessError):
            self.env["debitor.bank.file"].with_user(self.clerk).create_document_from_attachment(
                attachment.ids
            )
        self.assertTrue(attachment.exists())
