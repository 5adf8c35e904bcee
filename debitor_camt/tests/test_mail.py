from email.message import EmailMessage

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import mute_logger

from .camt_builder import build_camt, payment
from .common import NOON, CamtCommon

ROUTING = "odoo.addons.mail.models.mail_thread"


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestMail(CamtCommon):
    """Files that known senders mail to the company's address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "debitor.example"})
        cls.company.alias_domain_id = domain
        cls.company.debitor_bank_alias_name = "bank"
        cls.company.debitor_bank_senders = "Ebics@House.example\n@bank.example\n"

    def mail(self, *attachments, sender="ebics@house.example", to="bank@debitor.example"):
        """Let a mail come in; an attachment is ``(name, bytes, mime type)``."""
        message = EmailMessage()
        message["From"] = f"Sender <{sender}>"
        message["To"] = to
        message["Subject"] = "Kontoauszug"
        message["Message-Id"] = f"<{len(attachments)}.{sender}.{id(message)}@example>"
        message.set_content("Guten Tag")
        for name, content, kind in attachments:
            main, sub = kind.split("/")
            message.add_attachment(content, maintype=main, subtype=sub, filename=name)
        with mute_logger(ROUTING):
            self.env["mail.thread"].message_process(False, message.as_bytes())
        return self.env["debitor.bank.file"].search([("company_id", "=", self.company.id)])

    def statement(self, text="RE 1", **facts):
        return build_camt(self.sheet(payment("1.00", text)), **facts)

    def test_a_mailed_file_is_imported(self):
        content = self.statement()
        file = self.mail(("bank.xml", content, "application/octet-stream"))
        self.assertFile(file, state="done", created=1, source="mail", name="bank.xml")
        self.assertIn("ebics@house.example", file.sender)
        self.assertEqual(file.attachment_id.raw, content)

    def test_xml_in_another_encoding_is_kept_byte_for_byte(self):
        content = self.statement("Grüße", encoding="iso-8859-1")
        for kind in ("text/xml", "application/xml"):
            if kind.startswith("text"):
                self.assertEqual(self.mail(("a.xml", content, kind)).attachment_id.raw, content)
        self.assertEqual(self.get_lines().payment_ref, "Grüße")

    def test_one_mail_may_bring_several_files(self):
        first = build_camt(self.sheet(payment("1.00"), first="2026-03-16", last="2026-03-16"))
        second = build_camt(self.sheet(payment("2.00"), opening="1001.00"))
        files = self.mail(("a.xml", first, "application/xml"), ("b.xml", second, "application/xml"))
        self.assertEqual(files.mapped("state"), ["done", "done"])
        self.assertBooked("1.00", "2.00")

    def test_a_whole_domain_may_be_allowed(self):
        attachment = ("bank.xml", self.statement(), "application/xml")
        self.assertTrue(self.mail(attachment, sender="robot@bank.example"))

    def test_unknown_senders_are_refused(self):
        attachment = ("bank.xml", self.statement(), "application/xml")
        for sender in (
            "stranger@example.com",
            "robot@sub.bank.example",
            "bank.example@evil.example",
            "x@evilbank.example",
        ):
            with self.subTest(sender):
                before = self.env["mail.mail"].search_count([])
                self.assertFalse(self.mail(attachment, sender=sender))
                self.assertEqual(self.env["mail.mail"].search_count([]), before + 1, "bounced")
        self.assertBooked()

    def test_without_a_list_of_senders_nobody_is_known(self):
        self.company.debitor_bank_senders = False
        self.assertFalse(self.mail(("bank.xml", self.statement(), "application/xml")))

    def test_a_mail_without_a_file_is_refused(self):
        self.assertFalse(self.mail())

    def test_the_address_can_be_changed_and_taken_away(self):
        alias = self.company.debitor_bank_alias_id
        self.company.debitor_bank_alias_name = "konto"
        self.assertEqual(self.company.debitor_bank_alias_id, alias)
        self.assertEqual(alias.alias_full_name, "konto@debitor.example")
        self.company.debitor_bank_alias_name = False
        self.assertFalse(alias.exists())
