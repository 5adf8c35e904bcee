"""In a browser: the class in words, and a bar of lost points that opens its invoices."""

from odoo.tests import HttpCase, tagged

from .common import ScoringCommon

# Waits for what is looked for, or lets the test run into its time limit, which fails it.
_WAIT = """
    const wait = async (find) => {
        for (;;) {
            const found = find();
            if (found) {
                return found;
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    };
    const all = (selector) => [...document.querySelectorAll(selector)];
"""
_EXPLANATION = """
    (async () => {
        %(wait)s
        const tab = await wait(() => all(".nav-link").find((one) => one.name === "debitor_score"));
        tab.click();
        const badge = await wait(() => document.querySelector(".o_debitor_risk_badge"));
        if (badge.textContent.trim() !== %(text)s) {
            throw new Error("badge: " + badge.textContent);
        }
        const parts = await wait(
            () => all(".o_debitor_bar .o_debitor_part:not(:disabled)").length
                && all(".o_debitor_bar .o_debitor_part:not(:disabled)")
        );
        if (!parts.every((one) => one.getAttribute("aria-label"))) {
            throw new Error("a part without words");
        }
        parts[0].click();
        await wait(() => document.querySelector(".o_list_view .o_data_row"));
        const rows = all(".o_list_view .o_data_row").length;
        if (rows !== %(rows)s) {
            throw new Error("invoices: " + rows);
        }
        console.log("test successful");
    })().catch((error) => console.error(error));
"""


@tagged("post_install", "-at_install")
class TestWidgets(ScoringCommon, HttpCase):
    def test_a_partner_shows_its_class_and_each_part_opens_its_invoices(self):
        customer = self.payer(20, 20, 20, name="Bar GmbH")
        score = self.score_of(customer)
        strongest, *_others = [part for part in score._get_explanation() if part["line_ids"]]
        user = self.make_user("viewer", "account.group_account_user,base.group_partner_manager")
        self.browser_js(
            f"/odoo/res.partner/{customer.id}",
            _EXPLANATION
            % {
                "wait": _WAIT,
                "text": repr(score.label),
                "rows": len(strongest["line_ids"]),
            },
            login=user.login,
            timeout=120,
        )
