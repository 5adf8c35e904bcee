import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { PortfolioChart } from "./portfolio_chart";
import { CLASS_COLORS, formatMoney, formatShare } from "./portfolio_format";

/** Who owes most, and how few customers owe half of everything. */
export class PortfolioConcentration extends Component {
    static template = "debitor_scoring.PortfolioConcentration";
    static components = { PortfolioChart };
    static props = { data: Object, openCustomer: Function };

    get concentration() {
        return this.props.data.concentration;
    }

    letter(code) {
        return this.props.data.classes.find((one) => one.code === code).letter;
    }

    get summary() {
        const { half, most, customers } = this.concentration;
        return _t(
            "%(half)s of %(customers)s customers owe half of all that is open, %(most)s owe four fifths.",
            { half, customers, most }
        );
    }

    get config() {
        const { top } = this.concentration;
        return {
            type: "bar",
            data: {
                labels: top.map((one) => `${shorten(one.name)} · ${this.letter(one.class)}`),
                datasets: [
                    {
                        data: top.map((one) => one.amount),
                        backgroundColor: top.map((one) => CLASS_COLORS[one.class]),
                    },
                ],
            },
            options: {
                indexAxis: "y",
                scales: {
                    x: { ticks: { callback: (value) => this.money(value), maxTicksLimit: 5 } },
                    y: { grid: { display: false } },
                },
                plugins: {
                    legend: { display: false },
                    tooltip: { callbacks: { label: (item) => this.tooltip(top[item.dataIndex]) } },
                },
            },
        };
    }

    tooltip(one) {
        return `${this.money(one.amount)} (${formatShare(one.share)})`;
    }

    money(amount) {
        return formatMoney(amount, this.props.data.currency_id);
    }

    pick(element) {
        return this.props.openCustomer(this.concentration.top[element.index].id);
    }
}

function shorten(name) {
    return name.length > 28 ? `${name.slice(0, 27)}…` : name;
}
