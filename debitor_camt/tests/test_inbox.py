import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import config

from ..models import debitor_bank_inbox
from .camt_builder import build_camt, payment
from .common import NOON, SECOND_IBAN, CamtCommon

LOGGER = debitor_bank_inbox.__name__
LONG_AGO = 1_700_000_000  # November 2023


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestInbox(CamtCommon):
    """A folder from which files are taken by themselves, whatever else lies in it."""

    def setUp(self):
        super().setUp()
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(patch.dict(config.options, {"debitor_camt_inbox": str(self.root)}))
        self.folder = self.folder_of(self.company)

    def folder_of(self, company):
        folder = self.root / self.env.cr.dbname / str(company.id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def put(self, name, content, *, age=LONG_AGO, folder=None):
        path = (folder or self.folder) / name
        path.write_bytes(content)
        os.utime(path, (age, age))
        return path

    def statement(self, amount="1.00", **facts):
        return build_camt(self.sheet(payment(amount), **facts))

    def look(self):
        self.run_cron("ir_cron_inbox")
        return self.env["debitor.bank.file"].search([("company_id", "=", self.company.id)])

    def test_files_are_imported_and_moved_away(self):
        path = self.put("bank.xml", self.statement())
        file = self.look()
        self.assertFile(file, state="done", source="folder", created=1, name="bank.xml")
        self.assertFalse(path.exists())
        self.assertTrue((self.folder / "done" / "bank.xml").exists())
        self.assertFalse(self.look() - file)

    def test_a_bad_file_is_moved_to_the_failed_ones_and_the_next_is_taken(self):
        self.put("a.xml", b"<html/>")
        self.put("b.xml", self.statement())
        files = self.look()
        self.assertEqual(sorted(files.mapped("state")), ["done", "failed"])
        self.assertTrue((self.folder / "failed" / "a.xml").exists())
        self.assertTrue((self.folder / "done" / "b.xml").exists())

    def test_a_file_that_somebody_is_still_writing_waits(self):
        path = self.put("bank.xml", self.statement()[:100], age=1_773_835_190)  # 10 s ago
        self.assertFalse(self.look())
        self.assertTrue(path.exists())
        self.put("bank.xml", self.statement())
        self.assertFile(self.look(), state="done")

    def test_unfinished_and_hidden_files_are_passed_over(self):
        for name in ("bank.xml.part", "bank.tmp", ".bank.xml", "~bank.xml", "bank.xml.FILEPART"):
            self.put(name, self.statement())
        self.assertFalse(self.look())
        self.assertEqual(len(list(self.folder.iterdir())), 5)

    def test_links_are_never_followed(self):
        secret = self.root / "secret.xml"
        content = self.statement()
        secret.write_bytes(content)
        (self.folder / "soft.xml").symlink_to(secret)
        os.link(secret, self.folder / "hard.xml")
        os.utime(secret, (LONG_AGO, LONG_AGO))
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertFalse(self.look())
        self.assertEqual(secret.read_bytes(), content)
        self.assertEqual(
            {one.name for one in (self.folder / "failed").iterdir()}, {"soft.xml", "hard.xml"}
        )

    def test_a_pipe_does_not_hold_everything_up(self):
        os.mkfifo(self.folder / "pipe.xml")
        self.put("z.xml", self.statement())
        with self.assertLogs(LOGGER, "WARNING"):
            self.assertFile(self.look(), state="done")

    def test_a_file_that_is_too_large_is_not_read(self):
        self.put("bank.xml", self.statement())
        with (
            patch.object(debitor_bank_inbox, "SIZE_LIMIT", 100),
            self.assertLogs(LOGGER, "WARNING"),
        ):
            self.assertFalse(self.look())
        self.assertTrue((self.folder / "failed" / "bank.xml").exists())

    def test_each_company_has_a_folder_of_its_own(self):
        other = self.make_company()["company"]
        journal = self.make_journal(SECOND_IBAN, company=other)
        self.put("bank.xml", self.statement(iban=SECOND_IBAN), folder=self.folder_of(other))
        self.assertFalse(self.look())
        self.assertBooked("1.00", journal=journal)

    def test_a_file_that_comes_again_is_moved_away_and_known(self):
        content = self.statement()
        self.put("bank.xml", content)
        file = self.look()
        self.put("bank.xml", content)
        self.assertEqual(self.look(), file)
        self.assertFile(file, repeat=1)
        self.assertEqual(
            {one.name for one in (self.folder / "done").iterdir()}, {"bank.xml", "bank-1.xml"}
        )

    def test_without_the_option_nothing_happens(self):
        self.put("bank.xml", self.statement())
        with patch.dict(config.options, {"debitor_camt_inbox": ""}):
            self.assertFalse(self.look())
