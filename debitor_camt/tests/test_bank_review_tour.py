from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .camt_builder import build_camt, payment
from .common import TODAY, CamtCommon


@tagged("post_install", "-at_install")
class TestBankReviewTour(CamtCommon, HttpCase):
    """A file from its upload to the last matched payment, by keyboard and in German."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["base.language.install"].create(
            {"lang_ids": cls.env.ref("base.lang_de").ids, "overwrite": False}
        ).lang_install()
        cls.reviewer = cls.make_user(
            "reviewer",
            "account.group_account_invoice",
            lang="de_DE",
            password="camt_reviewer",
        )

    def invoice(self, amount, partner):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": TODAY,
                "invoice_date_due": fields.Date.add(TODAY, days=14),
                "invoice_line_ids": [
                    Command.create({"name": "Werkzeug", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        return move

    def offer_file(self, content):
        """Put a file where the tour finds it, as on the disk of the reviewer."""
        self.env["ir.attachment"].with_user(self.reviewer).create(
            {"name": "debitor_bank_review_tour.xml", "raw": content, "mimetype": "text/xml"}
        )

    def test_from_upload_to_everything_matched_in_german(self):
        maier, schulz, baker = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True}
                for name in ("Holzbau Maier GmbH", "Zweirad Schulz OHG", "Bäckerei Öztürk")
            ]
        )
        clear = self.invoice(119, maier)
        part = self.invoice(450.5, schulz)
        first, second = self.invoice(100, baker), self.invoice(203, baker)
        self.offer_file(
            build_camt(
                self.sheet(
                    payment("119.00", f"Rechnung {clear.name}", party=maier.name),
                    payment("400.00", f"Abschlag {part.name}", party=schulz.name),
                    payment("300.00", "laut Absprache", party="Unbekannte Zahlstelle"),
                )
            )
        )

        self.start_tour(
            "/odoo/action-debitor_camt.debitor_bank_file_action",
            "debitor_bank_review",
            login=self.reviewer.login,
        )

        self.env.invalidate_all()
        lines = self.get_lines()
        self.assertEqual(lines.mapped("is_reconciled"), [True] * 3)
        residuals = [move.amount_residual for move in (clear, part, first, second)]
        self.assertEqual(residuals, [0, 50.5, 0, 3])
        matches = lines.debitor_match_ids.sorted("id")
        self.assertEqual(
            [(match.amount, match.state, match.user_id) for match in matches],
            [
                (119, "booked", self.env["res.users"]),
                (400, "undone", self.reviewer),
                (300, "booked", self.reviewer),
                (400, "booked", self.reviewer),
            ],
        )
        known = self.env["debitor.payer.memory"].search([("partner_id", "=", baker.id)])
        self.assertEqual(known.mapped("value"), ["UNBEKANNTE ZAHLSTELLE"])
