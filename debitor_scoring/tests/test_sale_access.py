"""Who sees and decides what on orders: one table, and the same sums for everybody."""

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NOON, days_ago
from .hold_common import HoldCommon

# kind of user: groups; the order belongs to the one called «sells».
USERS = {
    "sells": "sales_team.group_sale_salesman",
    "colleague": "sales_team.group_sale_salesman",
    "all_orders": "sales_team.group_sale_salesman_all_leads",
    "sales_manager": "sales_team.group_sale_manager",
    "billing": "account.group_account_invoice",
    "auditor": "account.group_account_readonly",
    "releases": "debitor_scoring.group_credit_release",
    "scoring": "debitor_scoring.group_scoring_manager",
    "employee": "base.group_user",
    "portal": "base.group_portal",
    "foreign_sales": "sales_team.group_sale_manager",
    "foreign_finance": "debitor_scoring.group_scoring_manager",
}
# What each may do; everything that isn't named is refused.
ALLOWED = {
    "read hold": {"sells", "all_orders", "sales_manager", "billing", "auditor", "releases", "scoring"},
    "read banner": {
        "sells", "all_orders", "sales_manager", "billing", "auditor", "releases", "scoring",
    },
    "confirm": {"sells", "all_orders", "sales_manager", "billing", "releases", "scoring"},
    "release": {"releases", "scoring"},
    "refuse": {"releases", "scoring"},
    "apply terms": {"sells", "all_orders", "sales_manager", "billing", "releases", "scoring"},
    "ask accounting": {"sells", "all_orders", "sales_manager", "billing", "releases", "scoring"},
    "take limit": {"releases", "scoring"},
    "write hold": set(),
    "create hold": set(),
    "delete hold": set(),
    "read credit line": {"scoring"},
}  # fmt: skip


@freeze_time(NOON)
@tagged("post_install", "-at_install")
class TestSaleAccess(HoldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_company = cls.setup_other_company()["company"]
        cls.users = {
            kind: cls.make_user(
                f"table_{kind}",
                groups,
                company=cls.foreign_company if kind.startswith("foreign") else cls.company,
            )
            for kind, groups in USERS.items()
        }
        cls.late = cls.payer(20, 25, 30, name="Spät & Söhne")
        cls.late.with_company(cls.company).credit_limit = 300
        cls.book_invoices(
            [
                (cls.late, days_ago(26), days_ago(12), 250),
                (cls.late, days_ago(4), days_ago(-10), 60),
            ]
        )

    def setUp(self):
        super().setUp()
        # An order of a colleague, which the one who sells may not read.
        other = self.quotation(self.late, 40, user=self.users["colleague"])
        self.company.debitor_hold_mode = "off"
        other.action_confirm()
        self.company.debitor_hold_mode = "hold"
        self.score_of(self.late).sudo().suggested_limit = 900
        self.order = self.quotation(self.late, 100, user=self.users["sells"])
        self.order.action_confirm()
        self.hold = self.assertHeld(self.order)
        self.env.invalidate_all()

    def as_user(self, record, kind):
        user = self.users[kind]
        return record.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def attempt(self, what, kind):
        order, hold = self.as_user(self.order, kind), self.as_user(self.hold, kind)
        line = self.env["debitor.credit.line"].sudo().search([("partner_id", "=", self.late.id)])
        forged = {
            "order_id": order.id, "state": "released", "partner_id": self.late.id,
            "company_id": self.company.id, "order_currency_id": self.company.currency_id.id,
        }  # fmt: skip
        {
            "read hold": lambda: hold.read(["state", "reason_text", "amount_open"]),
            "read banner": lambda: order.read(["debitor_banner", "debitor_hold_state"]),
            "confirm": lambda: order.action_confirm(),
            "release": lambda: hold.action_release("Fine"),
            "refuse": lambda: hold.action_refuse("No"),
            "apply terms": lambda: order.action_apply_debitor_terms(),
            "ask accounting": lambda: order.action_ask_accounting(),
            "take limit": lambda: self.as_user(self.late, kind).action_take_suggested_limit(),
            "write hold": lambda: hold.write({"state": "released"}),
            "create hold": lambda: hold.create(forged),
            "delete hold": lambda: hold.unlink(),
            "read credit line": lambda: self.as_user(line, kind).read(["checked_on"]),
        }[what]()  # fmt: skip

    def test_the_table_of_what_each_may_do(self):
        wrong = []
        for what, allowed in ALLOWED.items():
            for kind in USERS:
                self.env.invalidate_all()
                point = self.env.cr.savepoint(flush=False)
                try:
                    self.attempt(what, kind)
                    self.env.flush_all()
                    may = True
                except AccessError:
                    may = False
                except UserError:  # nothing there to do it with
                    may = False
                self.env.clear()
                point.rollback()
                point.close(rollback=False)
                self.env.invalidate_all()
                if may is not (kind in allowed):
                    wrong.append((what, kind, may))
        self.assertFalse(wrong)

    def test_everybody_is_told_the_same_whole_sums(self):
        # The sums rest on what this one may not read.
        sells = self.env(user=self.users["sells"])
        orders = sells["sale.order"].search([("partner_id", "=", self.late.id)])
        self.assertEqual(orders.ids, self.order.ids)
        self.assertFalse(sells["account.move"].search([("partner_id", "=", self.late.id)]))
        sums = {}
        for kind in sorted(ALLOWED["read banner"]):
            self.env.invalidate_all()
            banner = self.as_user(self.order, kind).debitor_banner
            sums[kind] = tuple((one["key"], one["text"]) for one in banner["sums"])
        self.assertEqual(len(set(sums.values())), 1, sums)
        texts = dict(next(iter(sums.values())))
        self.assertIn("310.00", texts["open"])
        self.assertIn("250.00", texts["overdue"])
        self.assertIn("40.00", texts["ordered"])
        self.assertIn("300.00", texts["limit"])

    def test_sums_of_another_company_are_no_part_of_it(self):
        data = self.make_company("Third")
        self.invoice(
            9000, due=days_ago(30), partner=self.late, company=data["company"],
            account=data["default_account_revenue"],
        )  # fmt: skip
        self.env.invalidate_all()
        texts = {one["key"]: one["text"] for one in self.order.debitor_banner["sums"]}
        self.assertIn("310.00", texts["open"])

    def test_only_who_may_decide_gets_the_buttons(self):
        for kind in ALLOWED["read banner"]:
            banner = self.as_user(self.order, kind).debitor_banner
            self.assertEqual(banner["hold"]["can_decide"], kind in ALLOWED["release"], kind)
            self.assertEqual(
                banner["may_open_items"], kind in {"billing", "auditor", "releases", "scoring"}
            )
