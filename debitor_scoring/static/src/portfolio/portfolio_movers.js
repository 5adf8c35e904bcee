import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { CLASS_COLORS, CLASS_TEXTS, formatMoney } from "./portfolio_format";

/** Whose score fell and rose most. */
export class PortfolioMovers extends Component {
    static template = "debitor_scoring.PortfolioMovers";
    static props = { data: Object, monthText: String, openCustomer: Function };

    setup() {
        this.colors = CLASS_COLORS;
        this.texts = CLASS_TEXTS;
    }

    get lists() {
        const { down, up } = this.props.data.movers;
        return [
            { code: "down", label: _t("Fell most"), icon: "fa-arrow-down", rows: down },
            { code: "up", label: _t("Rose most"), icon: "fa-arrow-up", rows: up },
        ].filter((list) => list.rows.length);
    }

    letter(code) {
        return this.props.data.classes.find((one) => one.code === code).letter;
    }

    change(one) {
        const points = one.now - one.before;
        return `${points > 0 ? "+" : "−"}${this.round(Math.abs(points))}`;
    }

    round(score) {
        return formatFloat(score, { digits: [16, 1] });
    }

    money(amount) {
        return formatMoney(amount, this.props.data.currency_id);
    }
}
