import io
import zipfile
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import debitor_bank_file_import
from .camt_builder import Detail, Entry, build_camt, payment
from .common import FOREIGN_IBAN, IBAN, NOON, SECOND_IBAN, CamtCommon


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestImport(CamtCommon):
    """From a file to the lines of its journals."""

    def test_a_statement_becomes_lines_with_all_that_the_bank_says(self):
        file = self.bring(
            self.sheet(
                payment(
                    "119.00",
                    "RE/2026/00012",
                    iban=SECOND_IBAN,
                    end_to_end="E2E-1",
                    structured="RF18539007547034",
                ),
                payment("-20.50", "Miete", party="Vermieter AG", mandate="M-7"),
            )
        )
        self.assertFile(file, state="done", sheet=1, transaction=2, created=2, known=0, waiting=2)
        incoming, outgoing = self.get_lines()
        self.assertRecordValues(
            incoming,
            [
                {
                    "amount": 119.0,
                    "partner_name": "Holzbau Maier GmbH",
                    "account_number": SECOND_IBAN,
                    "payment_ref": "RE/2026/00012 · RF18539007547034",
                    "transaction_type": "PMNT-RCDT-ESCT",
                    "debitor_end_to_end": "E2E-1",
                    "debitor_structured": "RF18539007547034",
                    "debitor_file_id": file.id,
                    "state": "posted",
                }
            ],
        )
        self.assertEqual(str(incoming.date), "2026-03-17")
        self.assertEqual((outgoing.amount, outgoing.debitor_mandate), (-20.5, "M-7"))

    def test_lines_that_are_created_in_bulk_are_as_odoo_makes_them(self):
        """In all that is stored of them, their moves and their journal items."""
        usd = self.env.ref("base.USD")
        usd.active = True
        Line = self.env["account.bank.statement.line"]
        common = {"journal_id": self.journal.id, "date": "2026-03-17"}
        vals_list = [
            {**common, "amount": 12.5, "payment_ref": "A", "partner_id": self.partner_a.id},
            {**common, "amount": -7.0, "payment_ref": "B", "narration": "Note"},
            {**common, "amount": 90.0, "payment_ref": "C", "foreign_currency_id": usd.id,
             "amount_currency": 100.0},
        ]  # fmt: skip
        theirs = Line.create([dict(one) for one in vals_list])
        ours = Line._create_in_bulk([dict(one) for one in vals_list])
        self.assertEqual(ours.move_id.mapped("state"), ["posted"] * 3)
        self.assertEqual(len(set((ours + theirs).mapped("name"))), 6)
        self.env.flush_all()
        self.env.invalidate_all()
        for model, mine, other in (
            ("line", ours, theirs),
            ("move", ours.move_id, theirs.move_id),
            ("item", ours.move_id.line_ids, theirs.move_id.line_ids),
        ):
            names = self.get_comparable_fields(mine)
            for one, two in zip(mine.sorted("id"), other.sorted("id"), strict=True):
                with self.subTest(model=model, name=one.display_name):
                    [first] = one.read(names)
                    [second] = two.read(names)
                    self.assertEqual(first | {"id": 0}, second | {"id": 0})

    def get_comparable_fields(self, records):
        """Return the stored fields that two records made alike have in common."""
        differing = {
            "id", "name", "move_name", "sequence_number", "internal_index", "statement_line_id",
            "move_id", "line_ids", "access_token", "running_balance", "display_name", "statement_line_ids",
            "create_date", "write_date", "payment_reference", "journal_line_ids", "message_ids",
            "made_sequence_gap", "sequence_prefix",
        }  # fmt: skip
        return [
            name
            for name, field in records._fields.items()
            if field.store and field.type not in ("one2many",) and name not in differing
        ]

    def test_the_bank_statement_has_the_balances_of_the_file(self):
        self.bring(self.sheet(payment("119.00"), payment("-19.00"), opening="500.00"))
        statement = self.get_lines().statement_id
        self.assertRecordValues(
            statement,
            [
                {
                    "balance_start": 500.0,
                    "balance_end_real": 600.0,
                    "is_complete": True,
                    "is_valid": True,
                }
            ],
        )

    def test_a_statement_without_balances_goes_on_from_the_last_one(self):
        day = "2026-03-16"
        self.bring(self.sheet(payment("1.00", day=day), first=day, last=day))
        last = self.get_lines()
        self.bring(self.sheet(payment("2.00"), opening=None))
        statement = (self.get_lines() - last).statement_id
        self.assertRecordValues(
            statement,
            [
                {
                    "balance_start": 1001.0,
                    "balance_end_real": 1003.0,
                    "is_complete": True,
                    "is_valid": True,
                }
            ],
        )

    def test_a_line_gives_back_what_the_core_read(self):
        self.bring(self.sheet(payment("0.10", "Exactly", end_to_end="E")))
        transaction = self.get_lines()._as_transaction()
        self.assertEqual(
            (str(transaction.amount), transaction.remittance, transaction.end_to_end),
            ("0.10", ("Exactly",), "E"),
        )

    def test_the_original_is_kept_as_it_came(self):
        content = build_camt(self.sheet(payment("1.00", "Grüße")), encoding="iso-8859-1")
        file = self.bring_bytes(content)
        self.assertEqual(file.attachment_id.with_user(self.clerk).raw, content)
        with self.assertRaisesNaming(UserError, file.name):
            file.sudo().attachment_id.write({"raw": b"changed"})
        with self.assertRaisesNaming(UserError, file.name):
            file.sudo().attachment_id.unlink()
        self.assertEqual(self.get_lines().payment_ref, "Grüße")

    def test_details_of_a_collective_entry_are_lines_of_their_own(self):
        details = [Detail("100.00", "RE 1", "A"), Detail("50.00", "RE 2", "B")]
        self.bring(self.sheet(Entry("150.00", details=details)))
        self.assertBooked("100.00", "50.00")

    def test_a_payment_ordered_in_another_currency_keeps_it(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.bring(self.sheet(payment("92.00", original=("100.00", "USD"))))
        line = self.get_lines()
        self.assertEqual(
            (line.amount, line.foreign_currency_id, line.amount_currency), (92.0, usd, 100.0)
        )

    def test_a_line_without_any_text_says_what_it_is(self):
        self.bring(self.sheet(Entry("5.00")))
        self.assertEqual(self.get_lines().payment_ref, "Bank transaction")

    # -- accounts -------------------------------------------------------------

    def test_each_account_of_a_file_goes_to_its_own_journal(self):
        second = self.make_journal(SECOND_IBAN)
        file = self.bring(
            self.sheet(payment("1.00")), self.sheet(payment("2.00"), iban=SECOND_IBAN)
        )
        self.assertFile(file, state="done", sheet=2, created=2)
        self.assertBooked("1.00")
        self.assertBooked("2.00", journal=second)

    def test_of_two_journals_of_one_account_the_currency_decides(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        dollars = self.make_journal(IBAN, currency=usd)
        self.bring(self.sheet(payment("7.00", currency="USD"), currency="USD"))
        self.assertBooked()
        self.assertBooked("7.00", journal=dollars)

    def test_a_container_brings_all_of_its_files(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            first = self.sheet(payment("1.00"), first="2026-03-16", last="2026-03-16")
            second = self.sheet(payment("2.00"), opening="1001.00")
            archive.writestr("b.xml", build_camt(second))
            archive.writestr("a.xml", build_camt(first))
        file = self.bring_bytes(stream.getvalue(), name="bank.zip")
        self.assertFile(file, state="done", sheet=2, created=2)
        self.assertEqual(set(file.sheet_ids.mapped("member")), {"a.xml", "b.xml"})
        self.assertTrue(all(self.get_lines().statement_id.mapped("is_valid")))

    # -- what goes wrong ------------------------------------------------------

    def test_a_bad_file_never_harms_the_others(self):
        good = build_camt(self.sheet(payment("1.00")))
        files = (
            self.env["debitor.bank.file"]
            .with_user(self.clerk)
            .import_files(
                [("a.xml", b"<html/>"), ("b.xml", good), ("c.xml", good[:-30]), ("d", b"")]
            )
        )
        self.assertEqual(files.mapped("state"), ["failed", "done", "failed", "failed"])
        self.assertTrue(all(file.problem_text for file in files if file.state == "failed"))
        self.assertIn("no camt file", files[0].problem_text)
        self.assertBooked("1.00")

    def test_a_mistake_of_the_program_is_noted_and_nothing_is_kept(self):
        Lines = self.env.registry["account.bank.statement.line"]
        with (
            patch.object(Lines, "create", side_effect=ZeroDivisionError),
            self.assertLogs(debitor_bank_file_import.__name__, "ERROR"),
        ):
            file = self.bring(self.sheet(payment("1.00")))
        self.assertFile(file, state="attention", quarantine=1, created=0)
        self.assertHeld(file, "unexpected")
        self.assertFalse(
            self.env["account.bank.statement"].search([("journal_id", "=", self.journal.id)])
        )
        file.sheet_ids.with_user(self.decider).action_release()
        self.assertFile(file, state="done", created=1)
        self.assertBooked("1.00")

    def test_lines_that_can_not_be_matched_are_there_all_the_same(self):
        Lines = self.env.registry["account.bank.statement.line"]
        with (
            patch.object(Lines, "_match_imported_lines", side_effect=ZeroDivisionError),
            self.assertLogs(debitor_bank_file_import.__name__, "ERROR"),
        ):
            file = self.bring(self.sheet(payment("1.00")))
        self.assertFile(file, state="done", created=1, waiting=1)

    def test_every_figure_of_a_file_opens_the_records_behind_it(self):
        pending = payment("4.00", "Later", status="PDNG")
        file = self.bring(self.sheet(payment("1.00"), payment("2.00"), pending))
        line = self.get_lines()[0]
        account = self.company_data["default_account_revenue"]
        self.env["debitor.bank.review"].with_user(self.clerk).book_to_account(line.id, account.id)
        for name, method, context in (
            ("created", "action_open_lines", {}),
            ("waiting", "action_open_lines", {"debitor_is_reconciled": False}),
            ("booked", "action_open_lines", {"debitor_is_reconciled": True}),
            (
                "pending",
                "action_open_transactions",
                {"debitor_state": "preview", "debitor_is_booked": False},
            ),
            (
                "preview",
                "action_open_transactions",
                {"debitor_state": "preview", "debitor_is_booked": True},
            ),
            ("transaction", "action_open_transactions", {}),
        ):
            with self.subTest(name):
                action = getattr(file.with_context(**context), method)()
                opened = self.env[action["res_model"]].search_count(action["domain"])
                self.assertEqual(opened, file[f"{name}_count"])
        self.assertFile(file, created=2, waiting=1, booked=1, pending=1, preview=0, transaction=3)

    def test_the_new_lines_are_handed_to_the_matching_once(self):
        calls = []
        Lines = self.env.registry["account.bank.statement.line"]
        with patch.object(Lines, "_match_imported_lines", lambda lines: calls.append(lines)):
            self.bring(
                self.sheet(payment("1.00"), first="2026-03-16", last="2026-03-16"),
                self.sheet(payment("2.00"), opening="1001.00"),
            )
        self.assertEqual([sorted(lines.mapped("amount")) for lines in calls], [[1.0, 2.0]])

    def test_a_failed_file_can_be_tried_again(self):
        file = self.bring_bytes(b"<html/>")
        with patch.object(debitor_bank_file_import, "read_messages", return_value=[]):
            file.action_retry()
        self.assertFile(file, state="done", problem=False)

    # -- nothing is lost ------------------------------------------------------

    def test_what_was_imported_is_never_deleted(self):
        file = self.bring(self.sheet(payment("1.00", "Rent")))
        with self.assertRaisesNaming(UserError, file.name):
            file.with_user(self.decider).unlink()
        line = self.get_lines()
        line.statement_id.unlink()
        with self.assertRaisesNaming(UserError, "Rent", file.name):
            line.unlink()

    def test_a_cancelled_file_may_be_imported_again(self):
        content = build_camt(self.sheet(payment("1.00")))
        file = self.bring_bytes(content)
        line = self.get_lines()
        file.with_user(self.decider).action_cancel()
        self.assertEqual((file.state, line.state), ("cancelled", "cancel"))
        self.assertFalse(line.statement_id)
        again = self.bring_bytes(content)
        self.assertNotEqual(again, file)
        self.assertFile(again, state="done", created=1)
        self.assertBooked("1.00")
        with self.assertRaises(UserError):
            file.with_user(self.decider).unlink()

    def test_a_file_with_reconciled_lines_is_not_cancelled(self):
        file = self.bring(self.sheet(payment("1.00")))
        line = self.get_lines()
        _bank, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.company_data["default_account_revenue"]
        self.assertTrue(line.is_reconciled)
        with self.assertRaisesNaming(UserError, file.name, "Undo"):
            file.with_user(self.decider).action_cancel()

    # -- large files ----------------------------------------------------------

    def test_a_large_file_waits_for_the_background(self):
        entries = [payment(f"{number}.00", f"RE {number}") for number in range(1, 8)]
        with (
            patch.object(debitor_bank_file_import, "INLINE_TRANSACTIONS", 5),
            patch.object(debitor_bank_file_import, "CHUNK_SIZE", 3),
        ):
            file = self.bring(self.sheet(*entries))
            self.assertFile(file, state="new", created=0, progress=0)
            self.assertBooked()
            self.run_cron("ir_cron_import")
        self.assertFile(file, state="done", created=7, progress=100)
        self.assertBooked(*range(1, 8))
        statement = self.get_lines().statement_id
        self.assertEqual((len(statement), statement.is_complete), (1, True))

    def test_a_large_file_shows_how_far_it_is(self):
        entries = [payment(f"{number}.00", f"RE {number}") for number in range(1, 5)]
        with (
            patch.object(debitor_bank_file_import, "INLINE_BYTES", 5),
            patch.object(debitor_bank_file_import, "CHUNK_SIZE", 3),
        ):
            file = self.bring(self.sheet(*entries))
            file._step()
            file._step()
        self.assertFile(file, state="importing", created=3, progress=75)

    def test_an_import_that_stopped_in_the_middle_goes_on_without_doubling(self):
        entries = [payment(f"{number}.00", f"RE {number}") for number in range(1, 5)]
        with (
            patch.object(debitor_bank_file_import, "INLINE_BYTES", 5),
            patch.object(debitor_bank_file_import, "CHUNK_SIZE", 3),
        ):
            file = self.bring(self.sheet(*entries))
            file._step()
            file._step()
        other = self.bring(self.sheet(entries[3], opening="1006.00"), name="another.xml")
        self.assertFile(other, state="done", created=1)
        self.run_cron("ir_cron_import")
        self.assertFile(file, state="done", created=3, known=1)
        self.assertBooked(1, 2, 3, 4)

    # -- upload ---------------------------------------------------------------

    def upload(self, *contents, model="debitor.bank.file", **context):
        attachments = (
            self.env["ir.attachment"]
            .with_user(self.clerk)
            .create(
                [
                    {"name": f"{number}.xml", "raw": content}
                    for number, content in enumerate(contents)
                ]
            )
        )
        Model = self.env[model].with_user(self.clerk).with_context(**context)
        return attachments, Model.create_document_from_attachment(attachments.ids)

    def test_uploaded_files_are_imported_and_shown(self):
        attachments, action = self.upload(
            build_camt(self.sheet(payment("1.00"), first="2026-03-16", last="2026-03-16")),
            build_camt(self.sheet(payment("2.00"), opening="1001.00")),
        )
        files = self.env["debitor.bank.file"].search(action["domain"])
        self.assertEqual(files.mapped("state"), ["done", "done"])
        self.assertEqual(set(files.mapped("source")), {"upload"})
        self.assertFalse(attachments.exists())
        self.assertBooked("1.00", "2.00")

    def test_files_dropped_on_the_card_of_a_bank_journal_are_bank_files(self):
        _attachments, action = self.upload(
            build_camt(self.sheet(payment("1.00"))),
            model="account.journal",
            default_journal_id=self.journal.id,
        )
        file = self.env["debitor.bank.file"].browse(action["res_id"])
        self.assertFile(file, state="done", created=1)

    def test_files_dropped_elsewhere_go_where_they_went(self):
        _attachments, action = self.upload(
            b"<Invoice/>",
            model="account.journal",
            default_journal_id=self.company_data["default_journal_purchase"].id,
        )
        self.assertEqual(action["res_model"], "account.move")
        self.assertFalse(
            self.env["debitor.bank.file"].search([("company_id", "=", self.company.id)])
        )

    def test_the_card_of_a_journal_opens_its_transactions_and_counts_its_quarantine(self):
        self.bring(self.sheet(payment("1.00"), closing="5.00"))
        journal = self.journal.with_user(self.clerk)
        action = journal.open_action()
        self.assertEqual(action["res_model"], "account.bank.statement.line")
        data = journal._get_journal_dashboard_data_batched()[journal.id]
        self.assertEqual(data["debitor_quarantine_count"], 1)
        quarantine = journal.action_debitor_open_quarantine()
        self.assertEqual(self.env["debitor.bank.sheet"].search_count(quarantine["domain"]), 1)

    def test_a_card_in_foreign_hands_says_so(self):
        file = self.bring(self.sheet(payment("1.00"), iban=FOREIGN_IBAN))
        self.assertIn(FOREIGN_IBAN, file.sheet_ids.problem_text)
