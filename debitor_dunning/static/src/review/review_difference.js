import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatDay, formatMoney } from "../utils/format";

const RUN = "debitor.dunning.run";
const PAGE_SIZE = 80;
const ICONS = {
    new: "fa-plus-circle text-success",
    raised: "fa-arrow-up text-warning",
    lowered: "fa-arrow-down text-info",
    same: "fa-pause text-muted",
    gone: "fa-minus-circle text-muted",
};

/** What is new, raised or gone since the run before. */
export class ReviewDifference extends Component {
    static template = "debitor_dunning.ReviewDifference";
    static props = { runId: Number, currencyId: Number, onRecord: Function };

    setup() {
        this.orm = useService("orm");
        this.formatMoney = formatMoney;
        this.icons = ICONS;
        this.state = useState({ previous: false, groups: [], rows: {}, open: {}, ended: {} });
        onWillStart(async () => {
            const { previous, groups } = await this.orm.call(RUN, "get_review_difference", [
                this.props.runId,
            ]);
            Object.assign(this.state, { previous, groups });
        });
    }

    get title() {
        const { name, date } = this.state.previous;
        return _t("Compared with %(run)s of %(date)s", { run: name, date: formatDay(date) });
    }

    async toggle(group) {
        this.state.open[group.kind] = !this.state.open[group.kind];
        if (this.state.open[group.kind] && !this.state.rows[group.kind]) {
            await this.loadMore(group);
        }
    }

    async loadMore(group) {
        const known = this.state.rows[group.kind] || [];
        const rows = await this.orm.call(
            RUN,
            "get_review_difference_page",
            [this.props.runId, group.kind],
            { offset: known.length, limit: PAGE_SIZE }
        );
        this.state.rows[group.kind] = [...known, ...rows];
        this.state.ended[group.kind] = rows.length < PAGE_SIZE;
    }

    countText(group) {
        return _t("Items: %(items)s · Customers: %(customers)s", group);
    }

    levelText(row) {
        if (row.before && row.now && row.before !== row.now) {
            return `${row.before} → ${row.now}`;
        }
        return row.now || row.before;
    }
}
