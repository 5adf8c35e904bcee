import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { PortfolioChart } from "./portfolio_chart";
import { formatDay, formatShare } from "./portfolio_format";

// An outline and a filled bar: told apart without their colours too.
const FORETOLD = { backgroundColor: "rgba(27, 110, 180, 0.12)", borderColor: "#1b6eb4", borderWidth: 2 };
const SEEN = { backgroundColor: "#c85f24", borderColor: "#c85f24", borderWidth: 2 };

/** Did what the scores foretold come true? */
export class PortfolioQuality extends Component {
    static template = "debitor_scoring.PortfolioQuality";
    static components = { PortfolioChart };
    static props = { data: Object, open: Function };

    get quality() {
        return this.props.data.quality;
    }

    get intro() {
        const { day, until, items } = this.quality;
        return _t(
            "Scores of %(day)s against the %(items)s invoices that fell due from then to %(until)s.",
            { day: formatDay(day), until: formatDay(until), items }
        );
    }

    /** Of very many customers some are looked at. */
    get sampleText() {
        const { every } = this.quality;
        return every > 1 ? _t("Every %s. customer was looked at.", every) : "";
    }

    get measures() {
        const { auc_late, auc_severe, brier, slope, foretold, seen } = this.quality;
        return [
            {
                label: _t("Tells late from on time (AUC)"),
                value: number(auc_late),
                remark: auc_late === null ? _t("too few late or prompt ones") : verdict(auc_late),
            },
            {
                label: _t("Tells over 30 days late (AUC)"),
                value: number(auc_severe),
                remark: auc_severe === null ? _t("too few such cases") : verdict(auc_severe),
            },
            {
                label: _t("Late: foretold and seen"),
                value: `${formatShare(foretold)} · ${formatShare(seen)}`,
                remark: this.levelText(foretold, seen),
            },
            {
                label: _t("Calibration slope"),
                value: number(slope),
                remark: _t("1 is exact; below 1 the scores differ too much, above 1 too little"),
            },
            { label: _t("Brier score"), value: number(brier), remark: _t("0 is perfect, 0.25 is a coin") },
        ];
    }

    levelText(foretold, seen) {
        if (Math.abs(foretold - seen) < 0.03) {
            return _t("as foretold");
        }
        return seen > foretold ? _t("they paid later than foretold") : _t("they paid better than foretold");
    }

    get config() {
        const { groups } = this.quality;
        return {
            type: "bar",
            data: {
                labels: groups.map((group) => `${formatShare(group.low)}–${formatShare(group.high)}`),
                datasets: [
                    {
                        label: _t("foretold"),
                        data: groups.map((group) => 100 * group.foretold),
                        ...FORETOLD,
                    },
                    {
                        label: _t("seen"),
                        data: groups.map((group) => 100 * group.seen),
                        ...SEEN,
                    },
                ],
            },
            options: {
                scales: {
                    x: {
                        grid: { display: false },
                        title: { display: true, text: _t("Foretold probability of paying late") },
                    },
                    y: { min: 0, ticks: { callback: (value) => formatShare(value / 100) } },
                },
                plugins: {
                    legend: { position: "bottom", labels: { boxWidth: 12 } },
                    tooltip: { callbacks: { label: (item) => this.tooltip(item) } },
                },
            },
        };
    }

    tooltip(item) {
        return _t("%(label)s: %(share)s of %(items)s invoices", {
            label: item.dataset.label,
            share: formatShare(item.parsed.y / 100),
            items: this.quality.groups[item.dataIndex].items,
        });
    }

    pick(element) {
        const group = this.quality.groups[element.index];
        return this.props.open("quality", {
            month: this.quality.month,
            low: group.low,
            high: group.high,
            title: _t("Foretold late with %(low)s to %(high)s", {
                low: formatShare(group.low),
                high: formatShare(group.high),
            }),
        });
    }
}

function number(value) {
    return value === null ? "–" : formatFloat(value, { digits: [16, 2] });
}

/** Say in words what an area under the curve is worth. */
function verdict(auc) {
    if (auc >= 0.8) {
        return _t("tells them well apart");
    }
    if (auc >= 0.7) {
        return _t("tells them apart");
    }
    return auc >= 0.6 ? _t("tells them apart a little") : _t("hardly better than chance");
}
