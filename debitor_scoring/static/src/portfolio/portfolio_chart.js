import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/**
 * A chart of Chart.js. What it shows must also be told by text or a table beside it: `label`
 * only names it for those who can't see it.
 */
export class PortfolioChart extends Component {
    static template = "debitor_scoring.PortfolioChart";
    static props = {
        config: Object,
        label: String,
        height: { type: Number, optional: true },
        onPick: { type: Function, optional: true },
    };
    static defaultProps = { height: 260, onPick: () => {} };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.completeConfig());
                return () => chart.destroy();
            },
            () => [this.props.config]
        );
    }

    completeConfig() {
        const { config, onPick } = this.props;
        return {
            ...config,
            options: {
                animation: false,
                responsive: true,
                maintainAspectRatio: false,
                ...config.options,
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "default";
                },
                onClick: (_event, [element]) => element && onPick(element),
            },
        };
    }
}

/** Writes `dataset.letter` into each bar that is large enough, so that colour isn't needed. */
export const lettersPlugin = {
    id: "debitorLetters",
    afterDatasetsDraw(chart) {
        const { ctx } = chart;
        ctx.save();
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.font = "600 11px sans-serif";
        chart.data.datasets.forEach((dataset, index) => {
            for (const bar of chart.getDatasetMeta(index).data) {
                const { x, y, base } = bar.getProps(["x", "y", "base"], true);
                if (dataset.letter && Math.abs(base - y) >= 14) {
                    ctx.fillStyle = dataset.letterColor;
                    ctx.fillText(dataset.letter, x, (y + base) / 2);
                }
            }
        });
        ctx.restore();
    },
};
