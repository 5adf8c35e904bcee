import base64
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.debitor_scoring.tests.common import NOON, TODAY, ScoringCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAgency(ScoringCommon):
    """From the customer to the kept report, through the three methods of an agency."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.env["debitor.credit.provider"].create(
            {
                "name": "Test agency",
                "code": "sample",
                "scale": "creditreform",
                "validity_days": 180,
                "sample_key": "secret",
            }
        )

    def request(self, partner=None, user=None):
        return (
            self.env["debitor.credit.report.request"]
            .with_user(user or self.releaser)
            .create(
                {
                    "partner_id": (partner or self.customer).id,
                    "company_id": self.company.id,
                    "provider_id": self.agency.id,
                    "interest": "order",
                }
            )
        )

    def fetch(self, request, reference):
        request.action_find()
        [line] = request.line_ids.filtered(lambda one: one.reference == reference)
        action = line.action_fetch()
        return self.env["debitor.credit.report"].browse(action["res_id"])

    def patch_agency(self, method, result):
        def answer(*_arguments):
            if isinstance(result, Exception):
                raise result
            return result

        return patch.object(self.env.registry["debitor.credit.provider"], method, answer)

    def test_companies_are_offered_the_likeliest_first(self):
        request = self.request()
        request.action_find()
        self.assertEqual(
            request.line_ids.mapped("reference"), ["4711", "4712"], "the one of the town first"
        )

    def test_the_report_is_kept_with_its_file_and_reason(self):
        report = self.fetch(self.request(), "4711")
        self.assertRecordValues(
            report,
            [
                {
                    "partner_id": self.customer.id,
                    "value": 231,
                    "band": "b",
                    "amount_limit": 25000,
                    "date": TODAY,
                    "interest": "order",
                    "origin": "agency",
                    "reference": "4711",
                    "filename": "report-4711.pdf",
                }
            ],
        )
        self.assertEqual((report.valid_until - report.date).days, 180)
        self.assertTrue(base64.b64decode(report.file).startswith(b"%PDF"))

    def test_a_bad_report_caps_the_class_at_once(self):
        payer = self.payer(*[-9] * 6, name="Zweirad Schulz OHG")
        self.assertEqual(self.score_of(payer).risk_class, "a")
        self.fetch(self.request(payer), "4713")
        self.assertEqual(self.Score._for(payer, self.company)[payer.id].risk_class, "e")

    def test_nobody_found_is_said_and_nothing_is_kept(self):
        request = self.request(self.make_customer("Unknown"))
        request.action_find()
        self.assertTrue(request.is_searched)
        self.assertFalse(request.line_ids)

    def test_without_a_key_the_agency_says_what_is_missing(self):
        self.agency.sample_key = False
        with self.assertRaisesNaming(UserError, "no access key"):
            self.request().action_find()

    def test_a_failure_of_the_connection_is_told_and_keeps_nothing(self):
        request = self.request()
        with (
            self.patch_agency("_fetch_by_sample", TimeoutError("no answer")),
            mute_logger("odoo.addons.debitor_scoring.wizards.debitor_credit_report_request"),
            self.assertRaisesNaming(UserError, "Test agency", "no answer"),
        ):
            self.fetch(request, "4711")
        self.assertFalse(
            self.env["debitor.credit.report"].search([("provider_id", "=", self.agency.id)])
        )

    def test_an_answer_without_an_index_or_beyond_the_scale_is_refused(self):
        for answer, error in (
            ({}, UserError),
            ({"value": "231"}, UserError),
            ({"value": 900}, ValidationError),
        ):
            with self.patch_agency("_fetch_by_sample", answer), self.assertRaises(error):
                self.fetch(self.request(), "4711")

    def test_a_limit_in_another_currency_is_converted(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 2,
            }
        )
        answer = {"value": 200, "amount_limit": 1000, "currency": "USD"}
        with self.patch_agency("_fetch_by_sample", answer):
            self.assertEqual(self.fetch(self.request(), "4711").amount_limit, 500)

    def test_nobody_asks_about_persons(self):
        person = self.make_customer("Eva Maier", is_company=False, vat=False)
        with self.assertRaisesNaming(ValidationError, "private person"):
            self.request(person).action_find()

    def test_only_who_may_enter_reports_asks(self):
        for user in (self.finance, self.salesperson):
            with self.assertRaises(AccessError):
                self.request(user=user)

    def test_the_key_is_shown_to_administrators_only(self):
        with self.assertRaises(AccessError):
            self.agency.with_user(self.releaser).read(["sample_key"])
