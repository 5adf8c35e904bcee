import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { PortfolioChart, lettersPlugin } from "./portfolio_chart";
import { CLASS_COLORS, CLASS_TEXTS, formatMonth, formatShare, sumOf } from "./portfolio_format";

/** How the customers are spread over the classes, month by month, and who went where. */
export class PortfolioMigration extends Component {
    static template = "debitor_scoring.PortfolioMigration";
    static components = { PortfolioChart };
    static props = { data: Object, monthText: String, open: Function };

    get months() {
        return [...new Set(this.props.data.history.map((row) => row.month))];
    }

    get classes() {
        return this.props.data.classes;
    }

    count(month, code) {
        const row = this.props.data.history.find(
            (one) => one.month === month && one.class === code
        );
        return row ? row.customers : 0;
    }

    /** The best class at the bottom, so that what grows down from the top is bad. */
    get config() {
        const months = this.months;
        const totals = months.map((month) =>
            sumOf(this.props.data.history.filter((row) => row.month === month), "customers")
        );
        return {
            type: "bar",
            plugins: [lettersPlugin],
            data: {
                labels: months.map(formatMonth),
                datasets: this.classes.map((one) => ({
                    label: one.code === "new" ? one.label : `${one.letter} · ${one.label}`,
                    letter: one.letter,
                    letterColor: CLASS_TEXTS[one.code],
                    backgroundColor: CLASS_COLORS[one.code],
                    data: months.map((month, at) => (100 * this.count(month, one.code)) / totals[at]),
                })),
            },
            options: {
                scales: {
                    x: { stacked: true, grid: { display: false } },
                    y: {
                        stacked: true,
                        max: 100,
                        ticks: { callback: (value) => formatShare(value / 100) },
                    },
                },
                plugins: {
                    legend: { position: "bottom", labels: { boxWidth: 12 } },
                    tooltip: { callbacks: { label: (item) => this.tooltip(item, months) } },
                },
            },
        };
    }

    tooltip(item, months) {
        const { code } = this.classes[item.datasetIndex];
        return _t("%(class)s: %(count)s customers (%(share)s)", {
            class: item.dataset.label,
            count: this.count(months[item.dataIndex], code),
            share: formatShare(item.parsed.y / 100),
        });
    }

    pick(element) {
        const month = this.months[element.index];
        const one = this.classes[element.datasetIndex];
        return this.props.open("history", {
            month,
            class: one.code,
            title: `${one.label}, ${formatMonth(month)}`,
        });
    }

    cell(from, to) {
        return this.props.data.migration.find((row) => row.from === from && row.to === to);
    }

    rank(code) {
        return this.classes.findIndex((one) => one.code === code);
    }

    /** An arrow says what the colour says. */
    direction(from, to) {
        if (from === to || from === "new" || to === "new") {
            return { icon: "", css: "" };
        }
        return this.rank(to) > this.rank(from)
            ? { icon: "fa-arrow-down", css: "o_debitor_worse", title: _t("Worse") }
            : { icon: "fa-arrow-up", css: "o_debitor_better", title: _t("Better") };
    }

    get summary() {
        const moved = this.props.data.migration.filter(
            (row) => row.from !== row.to && row.from !== "new" && row.to !== "new"
        );
        const worse = moved.filter((row) => this.rank(row.to) > this.rank(row.from));
        const better = moved.filter((row) => this.rank(row.to) < this.rank(row.from));
        return _t("Since %(month)s: %(worse)s customers worse, %(better)s better, of %(all)s.", {
            month: this.props.monthText,
            worse: sumOf(worse, "customers"),
            better: sumOf(better, "customers"),
            all: sumOf(this.props.data.migration, "customers"),
        });
    }

    open(from, to) {
        return this.props.open("migration", {
            month: this.props.data.month,
            from: from.code,
            to: to.code,
            title: _t("From %(before)s to %(now)s since %(month)s", {
                before: from.code === "new" ? from.label : from.letter,
                now: to.code === "new" ? to.label : to.letter,
                month: this.props.monthText,
            }),
        });
    }
}
