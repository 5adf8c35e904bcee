from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..hooks import post_init_hook
from .common import DunningCommon


@tagged("post_install", "-at_install")
class TestProcedure(DunningCommon):
    def _procedure_of(self, partner, company=None):
        company = company or self.company
        reader = self.env["debitor.open.item.reader"]
        return reader._read_procedures(company, partner)[partner.id]

    # -- which procedure holds ------------------------------------------------

    def test_customer_before_tag_before_company(self):
        tag = self.env["res.partner.category"].create({"name": "Trade"})
        tagged_one = self.make_procedure("By tag", category_ids=tag.ids)
        own = self.make_procedure("Own")
        self.assertEqual(self._procedure_of(self.customer), self.procedure)
        self.customer.category_id = tag
        self.assertEqual(self._procedure_of(self.customer), tagged_one)
        self.customer.dunning_procedure_id = own
        self.assertEqual(self._procedure_of(self.customer), own)
        self.invoice()
        self.assertNotice(self.propose().notice_ids, procedure_id=own)

    def test_the_first_procedure_with_a_tag_wins(self):
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.make_procedure("Late", category_ids=tags.ids, sequence=30)
        early = self.make_procedure("Early", category_ids=tags[1].ids, sequence=20)
        self.customer.category_id = tags[1]
        self.assertEqual(self._procedure_of(self.customer), early)

    def test_a_customers_procedure_holds_in_its_company_only(self):
        other = self.make_company()["company"]
        self.customer.dunning_procedure_id = self.make_procedure("Own")
        self.assertEqual(self._procedure_of(self.customer, other), other.dunning_procedure_id)

    def test_without_any_procedure_the_reason_is_named(self):
        self.company.dunning_procedure_id = False
        self.invoice()
        run = self.propose()
        self.assertNothingProposed(run, no_procedure=1)
        self.assertIn("default", run.skip_ids.reason)

    def test_each_new_company_gets_a_procedure_that_works(self):
        company = self.env["res.company"].create({"name": "New"})
        levels = company.dunning_procedure_id.level_ids
        self.assertEqual(levels.mapped("days_after_due"), [5, 20, 35])
        self.assertEqual(levels.mapped("rank"), [1, 2, 3])
        self.assertTrue(all(level.channel_ids for level in levels))
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": company.id})
        self.assertFalse(branch.dunning_procedure_id)
        self.assertEqual(branch._get_dunning_procedure(), company.dunning_procedure_id)

    def test_installing_leaves_a_procedure_alone_that_is_there(self):
        before = self.company.dunning_procedure_id
        post_init_hook(self.env)
        self.assertEqual(self.company.dunning_procedure_id, before)

    # -- levels ---------------------------------------------------------------

    def test_two_levels_on_one_day_are_refused_by_name(self):
        with self.assertRaisesNaming(ValidationError, self.procedure.name, "Twin", "20"):
            self.procedure.level_ids = [self.level_command(20, name="Twin")]

    def test_negative_days_and_amounts_are_refused(self):
        level = self.procedure.level_ids[0]
        for vals in (
            {"deadline_days": -1},
            {"min_days_since_last": -1},
            {"minimum_amount": -0.01},
        ):
            with self.subTest(vals=vals), self.assertRaisesNaming(ValidationError, level.name):
                level.write(vals)
            level.invalidate_recordset()

    @mute_logger("odoo.sql_db")
    def test_negative_days_of_the_procedure_are_refused(self):
        for vals in ({"grace_days": -1}, {"pause_days": -1}, {"minimum_amount": -1}):
            with self.subTest(vals=vals), self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
                self.procedure.write(vals)
                self.procedure.flush_recordset()
            self.procedure.invalidate_recordset()

    def test_a_level_before_the_due_date_is_fine(self):
        self.procedure.level_ids[0].days_after_due = -5
        self.assertEqual(self.procedure._as_procedure().levels[0].is_before_due, True)

    def test_a_procedure_that_never_sends_is_refused(self):
        weekdays = [name for name in self.procedure._fields if name.startswith("send_on_")]
        with self.assertRaisesNaming(ValidationError, self.procedure.name):
            self.procedure.write(dict.fromkeys(weekdays, False))
        self.procedure.invalidate_recordset()
        with self.assertRaisesNaming(ValidationError, self.procedure.name):
            self.procedure.write({"pause_from": "01-01", "pause_to": "12-31"})

    def test_a_yearly_pause_needs_two_real_days(self):
        for start, end in (("12-20", False), ("12-32", "01-06"), ("20.12.", "06.01.")):
            with self.subTest(start=start), self.assertRaisesNaming(ValidationError, "12-20"):
                self.procedure.write({"pause_from": start, "pause_to": end})
            self.procedure.invalidate_recordset()
        self.procedure.write({"pause_from": "12-20", "pause_to": "01-06"})

    @mute_logger("odoo.sql_db")
    def test_a_level_that_was_used_is_not_deleted(self):
        self.invoice()
        notice = self.propose().notice_ids
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            notice.level_id.unlink()
        self.assertTrue(notice.level_id.exists())

    def test_a_copied_procedure_brings_its_levels_and_channels(self):
        copy = self.procedure.copy()
        self.assertEqual(copy.level_ids.mapped("days_after_due"), [5, 20, 35])
        self.assertEqual(copy.level_ids[0].channel_ids.mapped("channel"), ["letter", "email"])

    # -- texts ----------------------------------------------------------------

    def test_a_broken_placeholder_is_refused_in_each_text(self):
        level = self.procedure.level_ids[0]
        for name in ("subject", "intro", "closing"):
            for text, wrong in (("{custmer}", "{custmer}"), ("{amount", "{"), ("amount}", "}")):
                with self.subTest(field=name, text=text):
                    with self.assertRaisesNaming(ValidationError, level.name, wrong, "{amount}"):
                        level[name] = text
                    level.invalidate_recordset()

    def test_a_broken_placeholder_is_refused_in_a_translation(self):
        self.env["res.lang"]._activate_lang("de_DE")
        level = self.procedure.level_ids[0]
        with self.assertRaisesNaming(ValidationError, "{betrag}"):
            level.with_context(lang="de_DE").intro = "Bitte zahlen Sie {betrag}."
        level.invalidate_recordset()
        with self.assertRaisesNaming(ValidationError, "{betrag}"):
            level.update_field_translations("intro", {"de_DE": "Bitte {betrag}."})
        level.invalidate_recordset()
        level.update_field_translations("intro", {"de_DE": "Bitte {amount}."})
        self.assertEqual(level._fill("intro", {"amount": "5 €"}, "de_DE"), "Bitte 5 €.")

    def test_all_shipped_texts_can_be_filled(self):
        self.env["res.lang"]._activate_lang("de_DE")
        company = self.env["res.company"].create({"name": "New"})
        for lang in ("en_US", "de_DE"):
            levels = company.dunning_procedure_id.level_ids.with_context(lang=lang)
            levels._check_texts()
            self.assertTrue(all(levels.mapped("closing")))

    def test_a_language_added_later_brings_its_shipped_texts(self):
        self.env["res.lang"].search([("code", "=", "de_DE")]).active = False
        company = self.env["res.company"].create({"name": "New"})
        first, second, _last = company.dunning_procedure_id.level_ids
        second.name = "Our own words"
        self.env["res.lang"]._activate_lang("de_DE")
        self.assertEqual(first.with_context(lang="de_DE").name, "Zahlungserinnerung")
        self.assertEqual(second.with_context(lang="de_DE").name, "Our own words")

    # -- channels -------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_a_channel_is_named_once_in_a_level(self):
        level = self.procedure.level_ids[0]
        with self.assertRaises(Exception), self.env.cr.savepoint():  # noqa: B017
            level.channel_ids = [Command.create({"channel": "letter"})]
            self.env.flush_all()

    def test_the_first_possible_channel_is_taken(self):
        Notice = self.env["debitor.dunning.notice"]
        self.reset_procedure(self.procedure, levels=[(5, 7, ("email", "letter", "phone"))])
        level = self.procedure.level_ids
        customer = self.customer
        self.assertEqual(Notice._find_channel(level, customer), ("email", False))
        customer.email = False
        self.assertEqual(Notice._find_channel(level, customer), ("letter", "No e-mail address"))
        customer.street = False
        self.assertEqual(Notice._find_channel(level, customer)[0], "phone")
        customer.phone = False
        self.assertEqual(
            Notice._find_channel(level, customer),
            (False, "No e-mail address; No postal address; No phone number"),
        )

    def test_a_level_without_channels_says_so(self):
        self.reset_procedure(self.procedure, levels=[(5, 7, ())])
        self.invoice()
        notice = self.propose().notice_ids
        self.assertFalse(notice.channel)
        self.assertIn(self.procedure.level_ids.name, notice.problem)
