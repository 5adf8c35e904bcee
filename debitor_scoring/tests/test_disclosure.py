import base64
import io
import re

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged
from pypdf import PdfReader

from .common import NOON, ScoringCommon, days_ago


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestDisclosure(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"name": "Tor & Tür GmbH", "email": "konto@example.com"})

    def pages(self, partner, user=None, lang=None):
        Disclosure = self.env["debitor.score.disclosure"].with_user(user or self.scorer)
        content = Disclosure._render_pdf(partner, self.company, lang)
        return [
            " ".join(page.extract_text().replace("\xa0", " ").split())
            for page in PdfReader(io.BytesIO(content)).pages
        ]

    def text(self, partner, **options):
        return " ".join(self.pages(partner, **options))

    def values(self, partner, user=None):
        Disclosure = self.env["debitor.score.disclosure"].with_user(user or self.scorer)
        return Disclosure._prepare_values(partner, self.company)

    def test_the_letter_names_result_rules_weights_and_each_invoice(self):
        payer = self.payer(0, 12, name="Holzbau Schmidt GmbH")
        late = self.invoice(100, partner=payer, days_overdue=20)
        text = self.text(payer)
        score = self.score_of(payer)
        self.assertIn("Holzbau Schmidt GmbH", text)
        self.assertIn(f"{score.score:.1f}", text)
        self.assertIn("180 days", text)
        self.assertIn(f"{late.name} (open)", text)
        for invoice in self.env["account.move"].search([("partner_id", "=", payer.id)]):
            self.assertIn(invoice.name, text) if invoice.move_type == "out_invoice" else None
        for word in ("art. 6 (1) f", "36 months", "art. 16", "art. 21", "konto@example.com"):
            self.assertIn(word, text)

    def test_the_points_of_the_invoices_and_what_is_added_make_the_score(self):
        payer = self.payer(0, 12, 40)
        values = self.values(payer)
        score = self.score_of(payer)
        self.assertAlmostEqual(float(values["lost"]), 100 - score.score, delta=0.1)
        weights = [float(row[name]) for row in values["buckets"] for name in ("settled", "overdue")]
        self.assertAlmostEqual(sum(weights), score.evidence, delta=0.1)
        self.assertEqual([row["days"] for row in values["invoices"]], ["0", "12", "40"])

    def test_it_is_written_in_the_customer_s_language(self):
        lang = self.env["res.lang"]._activate_lang("de_DE")
        lang.write({"date_format": "%d.%m.%Y", "decimal_point": ",", "thousands_sep": "."})
        payer = self.payer(0, 12, lang="de_DE")
        self.assertIn("18.03.2026", self.text(payer))
        self.assertNotIn("03/18/2026", self.text(payer))
        self.assertIn("03/18/2026", self.text(payer, lang="en_US"))

    def test_marks_reports_and_months_are_told(self):
        payer = self.payer(0, 0, 0)
        self.mark(payer, reason="Change of owner")
        self.env["debitor.credit.report"].create(
            {
                "partner_id": payer.id,
                "provider_id": self.env.ref("debitor_scoring.credit_provider_crif").id,
                "company_id": self.company.id,
                "date": days_ago(10),
                "value": 2.7,
            }
        )
        self.Score._recompute(self.company)
        values = self.values(payer)
        text = self.text(payer)
        self.assertIn("Change of owner", text)
        self.assertRegex(text, r"CRIF.*2\.7")
        self.assertEqual(len(values["snapshots"]), 1)

    def test_who_has_no_score_is_told_that_too(self):
        person = self.make_customer("Eva Maier", is_company=False, vat=False)
        self.invoice(100, partner=person, days_overdue=40)
        text = self.text(person)
        self.assertIn("No payment score is kept about you", text)
        self.assertFalse(self.values(person)["score"])

    def test_another_company_s_data_stay_out(self):
        data = self.make_company()
        payer = self.payer(0, 0)
        foreign = self.invoice(
            100,
            company=data["company"],
            account=data["default_account_revenue"],
            partner=payer,
            days_overdue=200,
        )
        names = [row["name"] for row in self.values(payer)["invoices"]]
        self.assertEqual(len(names), 2)
        self.assertNotIn(
            foreign.id,
            self.env["account.move"]
            .search([("name", "in", names), ("company_id", "=", self.company.id)])
            .ids,
        )

    def test_a_hostile_name_stays_text(self):
        payer = self.payer(0, name='<script>alert(1)</script> & "GmbH"')
        body = str(
            self.env["debitor.score.disclosure"]
            .with_user(self.scorer)
            ._render_body(payer, self.company)
        )
        self.assertNotIn("<script>", body)
        self.assertIn("&lt;script&gt;", body)

    def test_only_administrators_of_the_score_disclose(self):
        payer = self.payer(0)
        for user in (self.salesperson, self.finance, self.releaser, self.employee):
            with self.assertRaises(AccessError):
                self.values(payer, user=user)
            with self.assertRaises(AccessError):
                self.env["debitor.score.disclosure.show"].with_user(user).create(
                    {"partner_id": payer.id, "company_id": self.company.id}
                )

    def test_the_screen_offers_the_letter_and_the_customer_keeps_a_note(self):
        payer = self.payer(0, 0)
        show = (
            self.env["debitor.score.disclosure.show"]
            .with_user(self.scorer)
            .create({"partner_id": payer.id, "company_id": self.company.id})
        )
        self.assertIn(payer.name, str(show.body))
        action = show.action_print()
        attachment = self.env["ir.attachment"].browse(
            int(re.search(r"/web/content/(\d+)", action["url"])[1])
        )
        self.assertTrue(base64.b64decode(attachment.datas).startswith(b"%PDF"))
        self.assertIn("art. 15 GDPR", payer.message_ids[0].body)

    def test_a_hundred_invoices_take_few_pages(self):
        payer = self.make_customer("Many GmbH")
        self.env["debitor.risk.mark"]  # no mark: the table of invoices alone
        self.book_paid(
            (payer, days_ago(20 + number * 3), number % 5, 100.0) for number in range(30)
        )
        self.assertLessEqual(len(self.pages(payer)), 4)
