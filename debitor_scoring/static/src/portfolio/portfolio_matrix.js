import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CLASS_COLORS, CLASS_TEXTS, formatMoney, sumOf } from "./portfolio_format";

/** Class by days overdue: where the open money lies. */
export class PortfolioMatrix extends Component {
    static template = "debitor_scoring.PortfolioMatrix";
    static props = { data: Object, open: Function };

    setup() {
        this.colors = CLASS_COLORS;
        this.texts = CLASS_TEXTS;
    }

    get columns() {
        const used = new Set(this.props.data.matrix.map((cell) => cell.column));
        return this.props.data.columns.filter(
            (column) => column.code !== "credit" || used.has("credit")
        );
    }

    cell(code, column) {
        return this.props.data.matrix.find(
            (cell) => cell.class === code && cell.column === column
        );
    }

    /** The larger the sum, the darker; the sum itself stands in the cell. */
    shade(cell) {
        const largest = Math.max(...this.props.data.matrix.map((one) => Math.abs(one.amount)), 1);
        const strength = cell ? 0.05 + 0.4 * Math.sqrt(Math.abs(cell.amount) / largest) : 0;
        const color = cell?.column === "current" || cell?.column === "credit" ? "27, 110, 180" : "190, 60, 40";
        return `background-color: rgba(${color}, ${strength.toFixed(3)})`;
    }

    money(amount) {
        return formatMoney(amount, this.props.data.currency_id);
    }

    rowTotal(code) {
        return this.money(sumOf(this.props.data.matrix.filter((cell) => cell.class === code), "amount"));
    }

    columnTotal(column) {
        return this.money(
            sumOf(this.props.data.matrix.filter((cell) => cell.column === column), "amount")
        );
    }

    get total() {
        return this.money(sumOf(this.props.data.matrix, "amount"));
    }

    customersText(cell) {
        return cell.customers === 1 ? _t("1 customer") : _t("%s customers", cell.customers);
    }

    classText(one) {
        return one.code === "new" ? one.label : `${one.letter} · ${one.label}`;
    }

    open(class_, column) {
        const parts = [class_ && this.classText(class_), column?.label].filter(Boolean);
        return this.props.open("matrix", {
            class: class_?.code,
            column: column?.code,
            title: parts.join(", ") || _t("Customers with open items"),
        });
    }
}
