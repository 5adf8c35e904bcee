import base64
import hashlib
import io
import re
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from PIL import Image
from pypdf import PdfReader

from ..reports import debitor_dunning_letterhead, pdf_engine
from .common import NOON, DunningCommon, days_ago

IBAN = "DE89 3704 0044 0532 0130 00"
HOSTILE = '<img src="file:///etc/passwd"><script>alert(1)</script>'


class LetterCommon(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.env["debitor.dunning.letter"]
        cls.company.write({"name": "Tor & Tür GmbH", "report_footer": False, "vat": False})
        cls.company_data["default_journal_bank"].bank_account_id = cls.env[
            "res.partner.bank"
        ].create(
            {
                "acc_number": IBAN,
                "partner_id": cls.company.partner_id.id,
                "acc_holder_name": "Tor & Tür GmbH",
                "bank_id": cls.env["res.bank"]
                .create({"name": "Musterbank", "bic": "COBADEFFXXX"})
                .id,
            }
        )
        cls.procedure.level_ids.write(
            {"intro": "Please look at these items.", "closing": "Please pay {amount}."}
        )

    @classmethod
    def speak_german(cls, partner):
        """Let ``partner`` read German, with the formats that Germans use."""
        lang = cls.env["res.lang"]._activate_lang("de_DE")
        lang.write({"date_format": "%d.%m.%Y", "decimal_point": ",", "thousands_sep": "."})
        partner.lang = "de_DE"

    def notice(self, *amounts, **vals):
        """Return the proposed notice of one invoice for each amount."""
        for amount in amounts:
            self.invoice(amount, **vals)
        return self.propose().notice_ids

    def notice_in_parts(self, count, **vals):
        """Return the notice of one invoice that fell due in ``count`` equal parts."""
        term = self.env["account.payment.term"].create(
            {
                "name": f"{count} parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100 / count, "nb_days": day}
                    )
                    for day in range(count)
                ],
            }
        )
        return self.notice(1000.0, days_overdue=100, term=term, **vals)

    def pages(self, notice, **options):
        """Return the text of each page of the letter, with single spaces."""
        return self.read_pages(self.letter._render_pdf(notice, **options))

    def read_pages(self, content):
        return [
            " ".join(page.extract_text().replace("\xa0", " ").split())
            for page in PdfReader(io.BytesIO(content)).pages
        ]

    def payload(self, notice):
        """Return the text of the payment code, None where the letter has none."""
        found = []
        with patch.object(
            debitor_dunning_letterhead, "payment_code_uri", lambda text: found.append(text) or ""
        ):
            self.letter._render_html(notice)
        return found[0] if found else None


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestLetter(LetterCommon):
    # -- content --------------------------------------------------------------

    def test_the_letter_names_each_item_and_the_sum(self):
        notice = self.notice(1234.5, 100.0)
        [text] = self.pages(notice)
        for move in notice.line_ids.move_id:
            self.assertIn(move.name, text)
        self.assertIn("1,234.50", text)
        self.assertRegex(text, r"Amount to be paid.*1,334\.50")
        self.assertIn("Please pay", text)

    def test_a_credit_is_a_negative_row_and_netted(self):
        self.invoice(100.0)
        self.credit_note(30.0)
        [text] = self.pages(self.propose().notice_ids)
        self.assertIn("−30.00", text)
        self.assertIn("Credit note", text)
        self.assertRegex(text, r"Amount to be paid.*70\.00")

    def test_money_that_nobody_allocated_is_shown_without_an_internal_number(self):
        self.invoice(100.0)
        payment = self.advance(30.0)
        [text] = self.pages(self.propose().notice_ids)
        self.assertIn("Unallocated", text)
        self.assertNotIn(payment.move_id.name, text)

    def test_a_part_payment_is_shown(self):
        invoice = self.invoice(100.0)
        self.pay(invoice, 40.0)
        [text] = self.pages(self.propose().notice_ids)
        self.assertRegex(text, r"100\.00 40\.00 60\.00")

    def test_instalments_are_named(self):
        [text] = self.pages(self.notice_in_parts(2))
        self.assertIn("Instalment 1 of 2", text)
        self.assertIn("Instalment 2 of 2", text)

    def test_dates_amounts_and_texts_follow_the_recipient(self):
        self.speak_german(self.customer)
        self.procedure.level_ids.with_context(lang="de_DE").write(
            {"intro": "Bitte sehen Sie nach.", "closing": "Bitte zahlen Sie bis {deadline}."}
        )
        notice = self.notice(1234.5)
        [text] = self.pages(notice)
        self.assertIn("Bitte sehen Sie nach.", text)
        self.assertIn("1.234,50", text)
        self.assertIn("18.03.2026", text)
        self.assertIn(f"Bitte zahlen Sie bis {notice.deadline:%d.%m.%Y}.", text)

    def test_the_language_of_the_user_changes_nothing(self):
        notice = self.notice(1234.5)
        self.speak_german(self.env["res.partner"])
        self.assertIn("1,234.50", self.pages(notice.with_context(lang="de_DE"))[0])

    def test_the_address_window_names_company_person_and_place(self):
        person = self.env["res.partner"].create(
            {
                "name": "Maria Maier",
                "parent_id": self.customer.id,
                "type": "invoice",
                "street": "Postfach 12",
                "zip": "70001",
                "city": "Stuttgart",
                "country_id": self.env.ref("base.de").id,
            }
        )
        [text] = self.pages(self.notice(100.0))
        self.assertIn("Holzbau Maier GmbH Maria Maier Postfach 12 70001 Stuttgart", text)
        self.assertIn(f"Dear {person.name},", text)
        self.assertNotIn("GERMANY", text)

    def test_the_country_is_written_only_on_letters_abroad(self):
        self.customer.country_id = self.env.ref("base.at")
        self.assertIn("AUSTRIA", self.pages(self.notice(100.0))[0])

    def test_a_company_is_greeted_without_a_name(self):
        self.assertIn("Dear Sir or Madam,", self.pages(self.notice(100.0))[0])

    def test_a_form_of_address_in_the_name_is_used(self):
        partner = self.make_customer("Frau Dr. Eva Kern", is_company=False)
        notice = self.notice(100.0, partner=partner)
        self.assertIn("Dear Ms. Dr. Eva Kern,", self.pages(notice)[0])

    def test_a_department_is_no_person(self):
        partner = self.make_customer("Buchhaltung", is_company=False)
        self.assertIn("Dear Sir or Madam,", self.pages(self.notice(100.0, partner=partner))[0])

    def test_a_text_that_greets_replaces_the_greeting(self):
        self.procedure.level_ids.write({"intro": "{salutation}\n\nhow are you?"})
        [text] = self.pages(self.notice(100.0))
        self.assertEqual(text.count("Dear Sir or Madam,"), 1)

    def test_more_than_three_invoices_are_counted_in_the_subject(self):
        notice = self.notice(*[100.0] * 5)
        first = notice.line_ids[0].move_id.name
        self.assertIn(f"Reminder {first} and 4 more", self.pages(notice)[0])

    def test_two_invoices_are_named_in_the_subject(self):
        notice = self.notice(100.0, 200.0)
        one, other = notice.line_ids.move_id.mapped("name")
        self.assertIn(f"Reminder {one} and {other}", self.pages(notice)[0])

    def test_rows_of_other_addons_are_added_to_the_sum(self):
        rows = [{"label": "Reminder fee", "amount": 2.5}]
        with patch.object(
            self.env.registry["debitor.dunning.letter"], "_get_extra_rows", lambda *_args: rows
        ):
            [text] = self.pages(self.notice(100.0))
        self.assertIn("Reminder fee 2.50", text)
        self.assertRegex(text, r"Amount to be paid.*102\.50")
        self.assertIn("Please pay", text)

    def test_without_a_deadline_the_text_still_names_a_day(self):
        self.reset_procedure(self.procedure, levels=[(5, 0)])
        self.procedure.level_ids.closing = "Until {deadline}."
        [text] = self.pages(self.notice(100.0))
        self.assertIn("Until 03/18/2026.", text)
        self.assertNotIn("Payable by", text)

    # -- paper ----------------------------------------------------------------

    def test_a_long_table_repeats_its_head_and_counts_its_pages(self):
        notice = self.notice_in_parts(50)
        pages = self.pages(notice)
        self.assertGreater(len(pages), 1)
        for number, text in enumerate(pages, start=1):
            self.assertIn(f"Page {number} of {len(pages)}", text)
            self.assertEqual("Days" in text, "Instalment" in text, "a head above each part")
        self.assertEqual(sum(text.count("Instalment") for text in pages), 50)
        self.assertIn(notice.name, pages[1], "the second page says what it belongs to")

    def test_the_sum_never_stands_alone(self):
        # For some of these the table ends at the foot of a page.
        for count in (10, 20, 25, 50):
            notice = self.notice_in_parts(count, partner=self.make_customer(f"Customer {count}"))
            [page] = [text for text in self.pages(notice) if "Amount to be paid" in text]
            self.assertGreaterEqual(page.count("Instalment"), 2, f"{count} rows")

    def test_the_file_says_title_author_and_language(self):
        content = self.letter._render_pdf(self.notice(100.0))
        reader = PdfReader(io.BytesIO(content))
        self.assertIn("Reminder", reader.metadata.title)
        self.assertEqual(reader.metadata.author, "Tor & Tür GmbH")
        self.assertEqual(reader.trailer["/Root"]["/Lang"], "en-US")

    def test_a_draft_is_marked_on_each_page(self):
        notice = self.notice_in_parts(50)
        for text in self.pages(notice, is_draft=True):
            self.assertIn("DRAFT", text)
        self.assertNotIn("DRAFT", " ".join(self.pages(notice)))

    def test_the_footer_names_the_company_where_it_has_written_none(self):
        self.company.write({"company_registry": "HRB 12345", "report_footer": False})
        [text] = self.pages(self.notice(100.0))
        self.assertIn("HRB 12345", text)
        self.assertIn(f"IBAN {IBAN}", text)

    def test_the_footer_of_the_company_is_taken(self):
        self.company.report_footer = "<p>Amtsgericht <b>Köln</b></p>"
        self.assertIn("Amtsgericht Köln", self.pages(self.notice(100.0))[0])

    def test_a_large_logo_is_made_small_once(self):
        content = io.BytesIO()
        Image.effect_noise((1800, 900), 80).convert("RGB").save(content, "PNG")
        self.company.logo = base64.b64encode(content.getvalue())
        self.assertLess(len(self.letter._render_pdf(self.notice(100.0))), 400_000)

    @mute_logger("weasyprint")
    def test_a_broken_logo_does_not_stop_a_letter(self):
        notice = self.notice(100.0)
        with patch.object(
            debitor_dunning_letterhead, "logo_uri", lambda _encoded: "data:image/png;base64,AAAA"
        ):
            self.company.uses_default_logo = False
            self.assertIn("100.00", self.pages(notice)[0])

    # -- hostile input --------------------------------------------------------

    def test_markup_in_names_and_texts_is_text(self):
        self.customer.write({"name": HOSTILE, "street": "</p><style>*{display:none}</style>"})
        self.procedure.level_ids.write({"intro": HOSTILE, "closing": HOSTILE})
        notice = self.notice(100.0)
        html = self.letter._render_html(notice)
        mail = self.letter._render_mail(notice, is_preview=True)["html"]
        for document in (html, mail):
            self.assertNotIn("<script", document)
            self.assertNotIn('<img src="file', document)
            self.assertIn("&lt;script&gt;", document)
        self.assertIn("<script>alert(1)</script>", self.pages(notice)[0])

    @mute_logger("weasyprint")
    def test_nothing_is_fetched_for_a_letter(self):
        asked = []
        fetch = pdf_engine.URLFetcher.fetch

        def watched(fetcher, url, headers=None):
            asked.append(url)
            return fetch(fetcher, url, headers)

        html = (
            '<html><body><p>text</p><img src="file:///etc/passwd"><img src="http://x.example/">'
            '<link rel="stylesheet" href="http://x.example/a.css">'
            "<p style=\"background: url('letter-font:../../__manifest__.py')\">x</p></body></html>"
        )
        with (
            patch.object(pdf_engine.URLFetcher, "fetch", watched),
            patch("urllib.request.OpenerDirector.open", side_effect=AssertionError),
        ):
            content = pdf_engine.html_to_pdf(html, "p { color: black }", "p { display: block }")
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertTrue(asked, "the addresses were asked for and refused")

    # -- payment code ---------------------------------------------------------

    def test_the_payment_code_holds_the_transfer(self):
        notice = self.notice(1234.5)
        self.assertEqual(
            self.payload(notice),
            "BCD\n002\n1\nSCT\nCOBADEFFXXX\nTor & Tür GmbH\nDE89370400440532013000\n"
            f"EUR1234.50\n\n\n{notice.line_ids.move_id.payment_reference}",
        )

    def test_many_invoices_are_paid_with_the_number_of_the_notice(self):
        notice = self.notice(*[100.0] * 4)
        self.assertTrue(self.payload(notice).endswith(f"EUR400.00\n\n\n{notice.name}"))
        self.assertIn(f"Reference {notice.name}", self.pages(notice)[0])

    def test_another_currency_has_no_payment_code(self):
        usd = self.setup_other_currency("USD", rates=[(str(days_ago(300)), 1.1)])
        notice = self.notice(100.0, currency=usd)
        self.assertIsNone(self.payload(notice))
        self.assertIn("$ 100.00", self.pages(notice)[0].replace("$100", "$ 100"))

    def test_an_account_without_an_iban_has_no_payment_code(self):
        self.company_data["default_journal_bank"].bank_account_id.acc_number = "0815"
        notice = self.notice(100.0)
        self.assertIsNone(self.payload(notice))
        self.assertIn("Account no. 0815", self.pages(notice)[0])

    def test_a_company_without_a_bank_account_still_writes(self):
        self.company_data["default_journal_bank"].bank_account_id = False
        self.company.partner_id.bank_ids.unlink()
        self.assertNotIn("Account holder", self.pages(self.notice(100.0))[0])

    # -- mail -----------------------------------------------------------------

    def test_the_mail_links_each_invoice(self):
        notice = self.notice(100.0, 200.0)
        mail = self.letter._render_mail(notice)
        for move in notice.line_ids.move_id:
            self.assertTrue(move.access_token)
            self.assertIn(move.access_token, mail["html"])
            self.assertIn(move.name, mail["text"])
        self.assertIn("200.00", mail["text"])
        self.assertNotIn("\n", mail["subject"])

    def test_the_plain_text_is_aligned(self):
        text = self.letter._render_mail(self.notice(1234.5, 5.0))["text"]
        rows = [line for line in text.splitlines() if re.search(r"\d\.\d\d( €)?$", line)]
        ends = {line.replace(" €", "").index(".", 30) for line in rows if "INV" in line}
        self.assertEqual(len(ends), 1, "the decimal points stand below each other")
        self.assertIn(f"IBAN:           {IBAN}", text)
        self.assertLessEqual(max(map(len, re.sub(r"http\S+", "", text).splitlines())), 72)

    def test_a_preview_of_a_mail_writes_nothing(self):
        notice = self.notice(100.0)
        self.letter._render_mail(notice, is_preview=True)
        self.assertFalse(notice.line_ids.move_id.access_token)

    # -- sample ---------------------------------------------------------------

    def test_a_level_is_shown_on_a_made_up_notice(self):
        before = self.env["debitor.dunning.notice"].search_count([])
        sample = self.letter._get_sample(self.procedure.level_ids[1])
        text = " ".join(self.pages(sample))
        self.assertIn("Please look at these items.", text)
        self.assertIn("Please pay", text)
        self.assertIn("Credit note", text)
        self.assertTrue(self.letter._render_mail(sample, is_preview=True)["text"])
        self.assertEqual(self.env["debitor.dunning.notice"].search_count([]), before)

    def test_texts_that_are_not_saved_yet_can_be_seen(self):
        sample = self.letter._get_sample(self.procedure.level_ids[0])
        html = self.letter._render_html(sample, {"intro": "Only {company} knows."})
        self.assertIn("Only Tor &amp; Tür GmbH knows.", html)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPrint(LetterCommon):
    def to_print(self, *names, **zips):
        """Return notices that wait for the printer, one for each customer name."""
        for name in names:
            customer = self.make_customer(name, zip=zips.get(name, "10000"), email=False)
            self.invoice(100.0, partner=customer)
        notices = self.queue(self.propose())
        for notice in notices:
            notice.sudo()._step_letter()  # as the sender does
        return notices._transition("to_print")

    def print(self, notices, **options):
        """Return the pages that come out of the printer."""
        action = self.letter._action_print(notices, **options)
        attachment_id = int(re.fullmatch(r"/web/content/(\d+)\?download=true", action["url"])[1])
        return self.env["ir.attachment"].browse(attachment_id)

    def order(self, attachment, names):
        text = " ".join(self.read_pages(attachment.raw))
        return sorted(names, key=text.index)

    def test_letters_come_sorted_by_post_code_and_name(self):
        notices = self.to_print(
            "Ahorn", "Buche", "Eiche", Ahorn="80331", Buche="20095", Eiche="20095"
        )
        names = ["Ahorn", "Buche", "Eiche"]
        attachment = self.print(notices)
        self.assertEqual(self.order(attachment, names), ["Buche", "Eiche", "Ahorn"])
        self.assertEqual(self.order(self.print(notices, order="name"), names), names)

    def test_what_was_printed_counts_as_sent(self):
        notices = self.to_print("Ahorn", "Buche")
        attachment = self.print(notices)
        self.assertEqual(set(notices.mapped("state")), {"sent"})
        self.assertEqual(set(notices.line_ids.move_line_id.mapped("debitor_rank")), {1})
        self.assertEqual(
            (attachment.res_model, attachment.res_id), (notices.run_id._name, notices.run_id.id)
        )

    def test_a_second_print_is_the_same_letter(self):
        notice = self.to_print("Ahorn")
        kept = notice.letter_id.raw
        self.print(notice)
        sent_on = notice.sent_on
        self.customer.name = "Somebody else"
        with freeze_time("2026-04-01"):
            self.assertEqual(self.print(notice).raw, kept)
        self.assertEqual(notice.sent_on, sent_on)
        self.assertEqual(hashlib.sha256(kept).hexdigest(), notice.letter_sha256)

    def test_a_changed_letter_is_not_printed(self):
        notices = self.to_print("Ahorn", "Buche")
        notices[1].letter_id.sudo().with_context(no_document=True).raw = b"%PDF-1.7 forged"
        with self.assertRaisesNaming(UserError, notices[1].name):
            self.print(notices)
        self.assertEqual(set(notices.mapped("state")), {"to_print"})

    def test_a_proposal_is_printed_as_a_draft_and_not_kept(self):
        self.invoice(100.0)
        notice = self.propose().notice_ids
        attachment = self.print(notice)
        self.assertIn("DRAFT", self.read_pages(attachment.raw)[0])
        self.assertFalse(notice.letter_id)
        self.assertEqual(notice.state, "proposed")
        self.env.cr.execute("UPDATE ir_attachment SET create_date = %s", [date(2026, 3, 1)])
        attachment.invalidate_recordset()
        self.letter._gc_drafts()
        self.assertFalse(attachment.exists())

    def test_only_approvers_print_what_then_counts_as_sent(self):
        notices = self.to_print("Ahorn")
        with self.assertRaises(AccessError):
            self.print(notices.with_user(self.proposer))
        self.assertEqual(notices.state, "to_print")
        self.print(notices.with_user(self.approver))
        self.print(notices.with_user(self.proposer))

    def test_a_stranger_prints_nothing(self):
        notices = self.to_print("Ahorn")
        stranger = new_test_user(self.env, login="stranger", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.print(notices.with_user(stranger))

    def test_nothing_to_print_is_said(self):
        with self.assertRaises(UserError):
            self.letter._action_print(self.env["debitor.dunning.notice"])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPreview(LetterCommon, HttpCase):
    def get(self, path, login="dunning_approver"):
        self.authenticate(login, login)
        return self.url_open(path)

    def test_the_letter_is_shown_as_a_draft_under_a_strict_policy(self):
        notice = self.notice(100.0)
        response = self.get(f"/debitor/notice/{notice.id}/preview")
        self.assertEqual(response.status_code, 200)
        self.assertIn("DRAFT", response.text)
        self.assertIn(self.customer.name, response.text)
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'self'", policy)
        self.assertNotIn("script-src", policy)

    def test_the_mail_is_shown_too(self):
        notice = self.notice(100.0)
        for path in ("mail_preview", "preview?kind=mail"):
            response = self.get(f"/debitor/notice/{notice.id}/{path}")
            self.assertIn("Account holder", response.text)
            self.assertNotIn("access_token", response.text)

    def test_the_texts_of_a_level_are_shown(self):
        level = self.procedure.level_ids[0]
        response = self.get(f"/debitor/level/{level.id}/preview?lang=en_US&intro=Brand+new.")
        self.assertIn("Brand new.", response.text)
        response = self.get(f"/debitor/level/{level.id}/preview?closing={{nonsense}}")
        self.assertIn("There is no placeholder {nonsense}.", response.text)

    def test_other_companies_and_strangers_see_nothing(self):
        notice = self.notice(100.0)
        other = self.make_company("Elsewhere")["company"]
        self.make_user("elsewhere", "debitor_dunning.group_dunning_user", company=other)
        new_test_user(self.env, login="dunning_stranger", groups="base.group_user")
        for login in ("dunning_elsewhere", "dunning_stranger"):
            response = self.get(f"/debitor/notice/{notice.id}/preview", login)
            self.assertEqual(response.status_code, 403, login)
            self.assertNotIn(self.customer.name, response.text)

    def test_a_notice_that_does_not_exist_is_not_found(self):
        self.assertEqual(self.get("/debitor/notice/999999999/preview").status_code, 404)
