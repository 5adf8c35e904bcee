from odoo.tests import HttpCase, tagged

from .common import DunningCommon, days_ago


@tagged("post_install", "-at_install")
class TestTour(DunningCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["base.language.install"].create(
            {"lang_ids": cls.env.ref("base.lang_de").ids, "overwrite": False}
        ).lang_install()
        cls.reset_procedure(
            cls.procedure,
            levels=[(5, 10)],
            **{f"send_on_{day}": True for day in ("saturday", "sunday")},
        )
        cls.procedure.level_ids.channel_ids.unlink()
        cls.procedure.level_ids.channel_ids = [(0, 0, {"channel": "email"})]
        cls.procedure.level_ids.with_context(lang="de_DE").write(
            {"name": "Zahlungserinnerung", "subject": "Zahlungserinnerung: {invoices}"}
        )
        cls.clerk = cls.make_user(
            "clerk",
            "debitor_dunning.group_dunning_approver",
            lang="de_DE",
            password="dunning_clerk",
        )

    def test_from_first_steps_to_sent_in_german(self):
        maier = self.make_customer("Holzbau Maier GmbH", lang="de_DE")
        dropped = self.invoice(100, due=days_ago(20), partner=maier)
        self.invoice(200, due=days_ago(10), partner=maier)
        self.invoice(300, due=days_ago(30), partner=self.make_customer("Zweirad Schulz OHG"))

        self.start_tour(
            "/odoo/action-debitor_dunning.debitor_dunning_first_steps_action",
            "debitor_dunning_run",
            login=self.clerk.login,
        )

        run = self.env["debitor.dunning.run"].search(
            [("company_id", "=", self.company.id)], order="id desc", limit=1
        )
        self.assertEqual(set(run.notice_ids.mapped("state")), {"queued"})
        with self.enter_registry_test_mode():
            self.env.ref("debitor_dunning.ir_cron_send").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(run.notice_ids.mapped("state")), {"sent"})
        self.assertEqual(sorted(run.notice_ids.mapped("amount_total")), [200.0, 300.0])
        self.assertFalse(dropped.debitor_level_id)
