"""A company that holds orders, customers of all kinds, and one quotation for each need."""

from freezegun import freeze_time
from odoo import Command

from .common import NOON, ScoringCommon, days_ago


@freeze_time(NOON)
class HoldCommon(ScoringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.sudo().group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.company.write(
            {
                "debitor_hold_mode": "hold",
                "account_use_credit_limit": True,
                "debitor_hold_user_id": cls.releaser.id,
                "portal_confirmation_sign": True,
                "portal_confirmation_pay": False,
            }
        )
        cls.goods = cls.env["product.product"].create(
            {"name": "Kreissäge", "type": "consu", "invoice_policy": "order", "taxes_id": False}
        )
        cls.limited = cls.make_customer("Limited GmbH", credit_limit=1000)
        cls.risky = cls.make_customer("Risky GmbH")
        cls.mark_in_class(cls.risky, "e")

    @classmethod
    def mark_in_class(cls, partner, risk_class):
        """Put a customer into a class by hand, as finance would."""
        mark = cls.env["debitor.risk.mark"].create(
            {
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "kind": "override",
                "risk_class": risk_class,
                "reason": "Trade press",
                "date_from": days_ago(1),
                "date_until": days_ago(-30),
            }
        )
        cls.env.flush_all()
        return mark

    @classmethod
    def quotation(cls, partner, amount=500.0, user=None, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": (user or cls.salesperson).id,
                "order_line": [cls.line_command(amount)],
                **vals,
            }
        )

    @classmethod
    def line_command(cls, amount, quantity=1):
        return Command.create(
            {
                "product_id": cls.goods.id,
                "product_uom_qty": quantity,
                "price_unit": amount,
                "tax_ids": False,
            }
        )

    def confirm(self, order, user=None):
        return order.with_user(user or self.salesperson).action_confirm()

    def told(self, order):
        """Return what the salesperson was told about the order, the last first."""
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "sale.order"),
                    ("res_id", "=", order.id),
                    ("notified_partner_ids", "in", self.salesperson.partner_id.ids),
                ]
            )
        )
        return "\n".join(messages.mapped("body"))

    def activities(self, hold):
        # Past access: an activity is seen by who it is for.
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", hold._name), ("res_id", "=", hold.id)])
        )

    # -- assertions -----------------------------------------------------------

    def assertHeld(self, order, *codes):  # noqa: N802 as in unittest
        """The order is a quotation that waits, finance has an activity, the log says so."""
        order.invalidate_recordset()
        self.assertIn(order.state, ("draft", "sent"))
        hold = order.debitor_hold_ids.filtered(lambda one: one.state == "waiting")
        self.assertEqual(len(hold), 1, "exactly one hold waits")
        self.assertEqual(order.debitor_hold_state, "waiting")
        self.assertEqual(self.activities(hold).user_id, self.releaser)
        self.assertTrue(
            order.message_ids.filtered(lambda one: "On hold" in (one.body or "")),
            "the order's log says that it waits",
        )
        if codes:
            self.assertEqual([one["code"] for one in hold.reasons], list(codes))
        return hold

    def assertConfirmed(self, order):  # noqa: N802 as in unittest
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
        self.assertNotEqual(order.debitor_hold_state, "waiting")
