import hashlib
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestTornFile(TransactionCase):
    """A worker killed while it writes into the file store leaves the beginning of a file."""

    CONTENT = b"%PDF the whole letter of dunning"

    def setUp(self):
        super().setUp()
        checksum = hashlib.sha1(self.CONTENT, usedforsecurity=False).hexdigest()
        attachments = self.env["ir.attachment"]
        self.path = Path(attachments._full_path(f"{checksum[:2]}/{checksum}"))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.addCleanup(self.path.unlink, missing_ok=True)

    def _keep(self):
        return self.env["ir.attachment"].create({"name": "letter.pdf", "raw": self.CONTENT})

    def test_an_empty_file_is_completed(self):
        self.path.write_bytes(b"")
        self.assertEqual(self._keep().raw, self.CONTENT)
        self.assertEqual(self.path.read_bytes(), self.CONTENT)

    def test_a_file_cut_short_is_completed(self):
        self.path.write_bytes(self.CONTENT[:9])
        self.assertEqual(self._keep().raw, self.CONTENT)
        self.assertEqual([one.name for one in self.path.parent.glob("tmp*")], [])

    def test_another_content_stays_a_collision(self):
        self.path.write_bytes(b"%PDF something else")
        with self.assertRaises(UserError):
            self._keep()
        self.assertEqual(self.path.read_bytes(), b"%PDF something else")
