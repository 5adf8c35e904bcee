import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** One bank transaction in the list. */
export class ReviewLine extends Component {
    static template = "debitor_camt.ReviewLine";
    static props = { line: Object, isSelected: Boolean, onSelect: Function };

    setup() {
        this.moneyIn = _t("Money in");
        this.moneyOut = _t("Money out");
    }
}
