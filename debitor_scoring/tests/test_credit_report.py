import base64
from datetime import date, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..tools.credit_report_file import read_report_file
from .common import NOON, TODAY, ScoringCommon, days_ago


@freeze_time(NOON)
class CreditReportCommon(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["debitor.credit.report"]
        cls.agency = cls.env.ref("debitor_scoring.credit_provider_creditreform")
        cls.other_agency = cls.env.ref("debitor_scoring.credit_provider_paydex")

    def report(self, value=240, *, partner=None, agency=None, day=None, user=None, **vals):
        Report = self.Report.with_user(user) if user else self.Report
        return Report.create(
            {
                "partner_id": (partner or self.customer).id,
                "provider_id": (agency or self.agency).id,
                "company_id": self.company.id,
                "date": day or TODAY,
                "value": value,
                **vals,
            }
        )


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCreditReport(CreditReportCommon):
    def test_a_value_is_put_into_the_band_of_its_scale(self):
        bands = {
            (self.agency, 150): "a",
            (self.agency, 231): "b",
            (self.agency, 600): "e",
            (self.other_agency, 80): "a",
            (self.other_agency, 45): "d",
        }
        for (agency, value), band in bands.items():
            partner = self.make_customer(f"Index {value}")
            self.assertEqual(self.report(value, partner=partner, agency=agency).band, band)

    def test_a_value_beyond_its_scale_is_refused_with_the_scale(self):
        with self.assertRaisesNaming(ValidationError, "601", "Creditreform"):
            self.report(601)

    def test_a_report_of_tomorrow_is_refused(self):
        with self.assertRaisesNaming(ValidationError, "later day"):
            self.report(day=TODAY + timedelta(days=1))

    @mute_logger("odoo.sql_db")
    def test_one_report_of_an_agency_a_day(self):
        self.report(240)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.report(250)

    def test_it_counts_as_long_as_the_agency_says(self):
        self.agency.validity_days = 90
        self.assertEqual(self.report().valid_until, TODAY + timedelta(days=90))

    def test_a_newer_report_replaces_the_older_one_of_the_same_agency(self):
        old, new = self.report(day=days_ago(20)), self.report(day=days_ago(10))
        other = self.report(70, agency=self.other_agency, day=days_ago(50))
        self.assertEqual([one.state for one in (old, new, other)], ["replaced", "valid", "valid"])

    def test_states_are_searched_as_they_are_shown(self):
        old, new = self.report(day=days_ago(20)), self.report(day=days_ago(10))
        expired = self.report(70, agency=self.other_agency, day=days_ago(400))
        for state, report in (("replaced", old), ("valid", new), ("expired", expired)):
            found = self.Report.search(
                [("state", "=", state), ("partner_id", "=", self.customer.id)]
            )
            self.assertEqual(found, report)
            self.assertEqual(report.state, state)

    def test_a_contact_s_report_is_kept_for_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Eva Maier", "parent_id": self.customer.id}
        )
        self.assertEqual(self.report(partner=contact).partner_id, self.customer)

    # -- effect on the class --------------------------------------------------

    def test_a_bad_report_caps_the_class_and_says_so(self):
        payer = self.payer(*[-9] * 6)
        self.assertEqual(self.score_of(payer).risk_class, "a")
        self.report(340, partner=payer)
        score = self.Score._for(payer, self.company)[payer.id]
        self.assertEqual((score.own_class, score.risk_class), ("a", "d"))
        self.assertIn("Creditreform", "\n".join(score._get_reason_texts()))

    def test_a_good_report_changes_nothing(self):
        payer = self.payer(40, 50, 60)
        before = self.score_of(payer).risk_class
        self.report(120, partner=payer)
        self.assertEqual(self.Score._for(payer, self.company)[payer.id].risk_class, before)

    def test_an_expired_report_caps_no_more(self):
        payer = self.payer(*[-9] * 6)
        self.report(340, partner=payer, day=days_ago(30), valid_until=days_ago(1))
        self.assertEqual(self.score_of(payer).risk_class, "a")

    def test_a_report_on_its_last_day_still_caps(self):
        payer = self.payer(*[-9] * 6)
        self.report(340, partner=payer, day=days_ago(30), valid_until=TODAY)
        self.assertEqual(self.score_of(payer).risk_class, "d")

    def test_archiving_a_report_lifts_the_cap(self):
        payer = self.payer(*[-9] * 6)
        report = self.report(340, partner=payer)
        report.active = False
        self.assertEqual(self.Score._for(payer, self.company)[payer.id].risk_class, "a")

    def test_reports_of_another_company_don_t_count(self):
        other = self.make_company()["company"]
        payer = self.payer(*[-9] * 6)
        self.report(340, partner=payer, company_id=other.id)
        self.assertEqual(self.score_of(payer).risk_class, "a")

    def test_reports_of_many_customers_are_read_by_one_statement(self):
        partners = self.env["res.partner"].union(
            *(self.make_customer(f"Customer {number}") for number in range(30))
        )
        for partner in partners:
            self.report(240, partner=partner)
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.Report._read_reports(self.company, partners.ids, TODAY)
        self.assertEqual(len(found), 30)

    # -- persons --------------------------------------------------------------

    def test_a_report_on_a_person_is_refused_until_the_company_says_otherwise(self):
        person = self.make_customer("Eva Maier", is_company=False, vat=False)
        with self.assertRaisesNaming(ValidationError, "Eva Maier", "private person"):
            self.report(partner=person)
        self.company.debitor_score_persons = True
        self.assertTrue(self.report(partner=person))

    def test_old_reports_are_deleted_when_the_time_is_over(self):
        old = self.report(day=date(2022, 1, 10), valid_until=date(2022, 12, 31))
        kept = self.report(day=date(2023, 1, 10), valid_until=date(2023, 12, 31))
        self.company.debitor_score_keep_months = 36
        self.Report._gc_reports()
        self.assertEqual((old | kept).exists(), kept)
        self.company.debitor_score_keep_months = 0
        with freeze_time("2040-01-01"):
            self.Report._gc_reports()
        self.assertTrue(kept.exists())

    # -- rights ---------------------------------------------------------------

    def test_only_who_may_enter_reports_is_invited_to(self):
        for user, invited in ((self.releaser, True), (self.scorer, True), (self.finance, False)):
            action = self.env.ref("debitor_scoring.debitor_credit_report_action").with_user(user)
            [values] = action.sudo().read(["help", "res_model", "context"])  # as the web client
            with self.subTest(user=user.login):
                self.assertEqual("Enter what an agency told you" in values["help"], invited)
                self.assertIn("No credit report yet", values["help"])

    def test_who_may_read_and_enter_reports(self):
        report = self.report()
        self.assertEqual(report.with_user(self.finance).value, 240)
        self.report(250, day=days_ago(1), user=self.releaser)
        for user in (self.salesperson, self.sales_manager, self.employee):
            with self.assertRaises(AccessError):
                report.with_user(user).read(["value"])
        for user in (self.finance, self.salesperson):
            with self.assertRaises(AccessError):
                self.report(250, day=days_ago(2), user=user)
        with self.assertRaises(AccessError):
            report.with_user(self.releaser).unlink()
        report.with_user(self.scorer).unlink()

    def test_another_company_sees_nothing(self):
        other = self.make_company()["company"]
        stranger = self.make_user(
            "stranger", "debitor_scoring.group_scoring_manager", company=other
        )
        report = self.report()
        self.assertFalse(self.Report.with_user(stranger).search([("id", "=", report.id)]))
        with self.assertRaises(AccessError):
            report.with_user(stranger).read(["value"])


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestCreditReportImport(CreditReportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.ref = "10001"
        cls.second = cls.make_customer("Zweirad Schulz OHG", ref="10002", vat="DE136695976")

    def load(self, *lines, encoding="utf-8", user=None, **vals):
        content = "\n".join(lines).encode(encoding)
        return (
            self.env["debitor.credit.report.import"]
            .with_user(user or self.releaser)
            .create(
                {
                    "company_id": self.company.id,
                    "file": base64.b64encode(content),
                    "filename": "auskuenfte.csv",
                    **vals,
                }
            )
            .action_import()
        )

    def found(self):
        reports = self.Report.search([("company_id", "=", self.company.id)], order="id")
        return [
            (one.partner_id, one.provider_id, one.date, one.value, one.amount_limit)
            for one in reports
        ]

    def refusal(self, *lines, **vals):
        with self.assertRaises(UserError) as caught:
            self.load(*lines, **vals)
        self.assertFalse(self.found(), "all or nothing")
        return str(caught.exception).splitlines()

    def test_lines_are_judged_together(self):
        def refuse(count, letter):
            """Refuse a good file for its last line, and return the statements that it took."""
            refs = [f"{letter}{number}" for number in range(count)]
            for ref in refs:
                self.make_customer(f"Kunde {ref}", ref=ref)
            lines = [f"{ref};Creditreform;10.03.2026;231;" for ref in refs]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.refusal(
                "customer;agency;date;value;limit", *lines, "nobody;Creditreform;10.03.2026;231;"
            )
            return self.cr.sql_log_count - before

        refuse(1, "W")
        self.assertLessEqual(refuse(40, "L") - refuse(5, "S"), 3)

    def test_a_line_that_no_database_takes_is_refused_with_its_number(self):
        head = "customer;agency;date;value;limit"
        for line in (
            "10001;Creditreform;10.03.2026;231\0;",
            f"10001;Creditreform;10.03.2026;{'9' * 400};",
        ):
            with self.subTest(line=line[:50]):
                self.assertIn("2", self.refusal(head, line)[-1])

    def test_a_german_file_is_taken(self):
        result = self.load(
            "Kundennummer;Auskunftei;Datum;Bonitätsindex;Kreditlimit;Gültig bis;Klasse",
            "10001;Creditreform;10.03.2026;231;12.500,00;31.12.2026;mittlere Bonität",
            "10002;creditreform;2026-03-11;150;;;",
            encoding="cp1252",
        )
        self.assertEqual(
            self.found(),
            [
                (self.customer, self.agency, date(2026, 3, 10), 231, 12500),
                (self.second, self.agency, date(2026, 3, 11), 150, 0),
            ],
        )
        first = self.Report.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            (first.valid_until, first.agency_class, first.origin),
            (date(2026, 12, 31), "mittlere Bonität", "file"),
        )
        self.assertIn("2 new", result["params"]["message"])

    def test_customers_are_found_by_vat_number_and_by_name_too(self):
        self.load(
            "vat,name,date,value",
            "DE 136 695 976,,2026-03-10,150",
            ",holzbau maier gmbh,2026-03-10,160",
            provider_id=self.agency.id,
        )
        self.assertEqual([row[0] for row in self.found()], [self.second, self.customer])

    def test_any_wrong_line_refuses_the_file_and_each_says_why(self):
        self.make_customer("Twin GmbH")
        self.make_customer("Twin GmbH")
        person = self.make_customer("Eva Maier", is_company=False, vat=False, ref="10003")
        refusal = self.refusal(
            "customer;name;agency;date;value;limit",
            "10001;;Creditreform;10.03.2026;231;",
            "99999;;Creditreform;10.03.2026;231;",
            ";Twin GmbH;Creditreform;10.03.2026;231;",
            f"{person.ref};;Creditreform;10.03.2026;231;",
            "10001;;Oracle of Delphi;10.03.2026;231;",
            "10001;;Creditreform;30.02.2026;231;",
            "10001;;Creditreform;11.03.2026;601;",
            "10001;;Creditreform;12.03.2026;231;12.500",
            "10001;;Creditreform;13.03.2026;good;",
            "10001;;Creditreform;19.03.2026;231;",
            ";;Creditreform;13.03.2026;231;",
            "10001;;Creditreform;10.03.2026;232;",
        )
        expected = [
            (3, "99999"),
            (4, "2 customers"),
            (5, "private person"),
            (6, "Oracle of Delphi"),
            (7, "30.02.2026"),
            (8, "601"),
            (9, "12.500"),
            (10, "good"),
            (11, "still to come"),
            (12, "no customer"),
            (13, "repeats line 2"),
        ]
        self.assertEqual(len(refusal), len(expected) + 1)
        for text, (line, word) in zip(refusal[1:], expected, strict=True):
            self.assertTrue(text.startswith(f"Line {line}:"), text)
            self.assertIn(word, text)

    def test_a_file_that_comes_again_changes_nothing(self):
        lines = ("customer;date;value", "10001;10.03.2026;231")
        self.load(*lines, provider_id=self.agency.id)
        result = self.load(*lines, provider_id=self.agency.id)
        self.assertEqual(len(self.found()), 1)
        self.assertIn("1 known before", result["params"]["message"])

    def test_another_index_of_the_same_day_is_refused(self):
        self.load("customer;date;value", "10001;10.03.2026;231", provider_id=self.agency.id)
        with self.assertRaisesNaming(UserError, "Line 2", "another index", "231"):
            self.load("customer;date;value", "10001;10.03.2026;400", provider_id=self.agency.id)

    def test_a_head_that_misses_columns_names_them(self):
        [_nothing, text] = self.refusal("Kundennummer;Datum", "10001;10.03.2026")
        self.assertIn("value", text)

    def test_a_file_without_reports_is_refused(self):
        for lines in (("", ""), ("customer;date;value",)):
            self.assertEqual(len(self.refusal(*lines)), 2)

    def test_a_customer_number_of_another_company_s_partner_is_unknown(self):
        other = self.make_company()["company"]
        self.second.company_id = other
        [_nothing, text] = self.refusal(
            "customer;date;value", "10002;10.03.2026;231", provider_id=self.agency.id
        )
        self.assertIn("10002", text)

    def test_only_who_may_enter_reports_may_import(self):
        with self.assertRaises(AccessError):
            self.load("customer;date;value", user=self.finance)

    def test_many_lines_take_few_statements(self):
        customers = self.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "is_company": True, "ref": f"R{number}"}
                for number in range(200)
            ]
        )
        lines = ["customer;date;value", *(f"{one.ref};10.03.2026;231" for one in customers)]
        rows, problems = read_report_file("\n".join(lines).encode())
        self.assertFalse(problems)
        wizard = self.env["debitor.credit.report.import"].create(
            {"company_id": self.company.id, "file": b"x", "provider_id": self.agency.id}
        )
        self.env.flush_all()
        with self.assertQueryCount(15):
            vals_list, known, problems = wizard._prepare_reports(rows)
        self.assertEqual((len(vals_list), known, problems), (200, 0, []))
