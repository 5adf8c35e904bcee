import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { formatDay, formatMoney } from "../utils/format";

const RUN = "debitor.dunning.run";
const PAGE_SIZE = 80;

/** What is overdue but on no notice, grouped by the reason. */
export class ReviewSkips extends Component {
    static template = "debitor_dunning.ReviewSkips";
    static props = { runId: Number, onRecord: Function };

    setup() {
        this.orm = useService("orm");
        this.formatMoney = formatMoney;
        this.formatDay = formatDay;
        this.state = useState({ groups: [], rows: {}, open: {} });
        onWillStart(async () => {
            this.state.groups = await this.orm.call(RUN, "get_review_skip_groups", [
                this.props.runId,
            ]);
            if (this.state.groups.length === 1) {
                await this.toggle(this.state.groups[0]);
            }
        });
    }

    async toggle(group) {
        this.state.open[group.code] = !this.state.open[group.code];
        if (this.state.open[group.code] && !this.state.rows[group.code]) {
            await this.loadMore(group);
        }
    }

    async loadMore(group) {
        const known = this.state.rows[group.code] || [];
        const rows = await this.orm.call(RUN, "get_review_skips", [this.props.runId, group.code], {
            offset: known.length,
            limit: PAGE_SIZE,
        });
        this.state.rows[group.code] = [...known, ...rows];
    }

    sumText(group) {
        return group.sums
            .map(({ amount, currency_id }) => formatMoney(amount, currency_id))
            .join(" + ");
    }
}
