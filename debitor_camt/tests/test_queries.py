"""How many statements an import takes: per line, and beside the lines."""

from freezegun import freeze_time
from odoo.tests import tagged

from .camt_builder import build_camt, payment
from .common import NOON, CamtCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestQueries(CamtCommon):
    def count(self, function):
        """Return the number of statements of ``function`` from a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def import_lines(self, number, day, opening):
        entries = [
            payment(f"{cents}.00", f"RE {day} {cents}", day=day) for cents in range(1, number + 1)
        ]
        content = build_camt(self.sheet(*entries, opening=f"{opening}.00", first=day, last=day))
        found = self.count(lambda: self.bring_bytes(content))
        self.assertEqual(
            self.env["debitor.bank.file"].search([], limit=1, order="id desc").state, "done"
        )
        return found, opening + number * (number + 1) // 2

    def test_statements_per_line_are_few_and_those_of_a_file_constant(self):
        _, opening = self.import_lines(2, "2026-03-10", 1000)
        small, opening = self.import_lines(100, "2026-03-11", opening)
        large, opening = self.import_lines(200, "2026-03-12", opening)
        per_line = (large - small) / 100
        fixed = small - 100 * per_line
        self.assertLessEqual(per_line, 6, "statements for a line")
        self.assertLessEqual(fixed, 140, "statements for a file")

    def test_what_is_known_costs_no_statement_for_a_line(self):
        self.import_lines(100, "2026-03-11", 1000)
        known = [
            payment(f"{cents}.00", f"RE 2026-03-11 {cents}", day="2026-03-11")
            for cents in range(1, 101)
        ]
        again = self.count(
            lambda: self.bring(self.sheet(*known, first="2026-03-11", last="2026-03-11"))
        )
        self.assertLessEqual(again, 70)

    def test_a_list_of_files_is_bounded(self):
        opening = 1000
        for day in range(10, 16):
            _, opening = self.import_lines(2, f"2026-03-{day}", opening)
        fields = [
            "name",
            "created_count",
            "known_count",
            "quarantine_count",
            "waiting_count",
            "problem_text",
        ]
        files = self.env["debitor.bank.file"].search([("company_id", "=", self.company.id)])
        self.count(lambda: files[:1].read(fields))
        few = self.count(lambda: files[:2].read(fields))
        many = self.count(lambda: files.read(fields))
        self.assertLessEqual(many, few + 1)
        self.assertLessEqual(many, 12)

    def test_the_reasons_of_a_whole_quarantine_are_bounded(self):
        days = range(1, 13)
        sheets = [
            self.sheet(
                payment("1.00"), closing="5.00", first=f"2026-02-{day:02}", last="2026-02-28"
            )
            for day in days
        ]
        self.bring(*sheets)
        held = self.env["debitor.bank.sheet"].search([("state", "=", "quarantine")])
        self.assertEqual(len(held), len(days))
        fields = ["display_name", "problem_text", "is_releasable", "known_count"]
        self.count(lambda: held[:1].read(fields))
        few = self.count(lambda: held[:2].read(fields))
        many = self.count(lambda: held.read(fields))
        self.assertLessEqual(many, few + 1)
