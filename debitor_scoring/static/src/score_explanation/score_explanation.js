import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

// Less than half of what the screen shows is not worth a part of the bar.
const LEAST_POINTS = 0.05;
const ACCOUNTING_GROUPS = ["account.group_account_invoice", "account.group_account_readonly"];

/**
 * Where the points of a score went: a bar of kept and lost points, and a list of the same.
 *
 * Each part opens the invoices behind it, for those who may read invoices. ``score_field`` names
 * the many2one to the score; without it the record is the score.
 */
export class ScoreExplanation extends Component {
    static template = "debitor_scoring.ScoreExplanation";
    static props = { ...standardWidgetProps, scoreField: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ parts: [], canOpen: false, isLoaded: false });
        onWillStart(async () => {
            // At once: a component that goes away while it waits must not ask anything more.
            const [groups] = await Promise.all([
                Promise.all(ACCOUNTING_GROUPS.map((name) => user.hasGroup(name))),
                this.load(this.props),
            ]);
            this.state.canOpen = groups.some(Boolean);
        });
        onWillUpdateProps((props) => this.load(props));
    }

    getScoreId({ record, scoreField }) {
        return scoreField ? record.data[scoreField]?.id : record.resId;
    }

    /** The score behind what is shown: another record, or the same one computed anew. */
    getKey({ record, scoreField }) {
        const { date, score, debitor_score: ofPartner } = record.data;
        return [this.getScoreId({ record, scoreField }), date, score, ofPartner].join();
    }

    async load(props) {
        const key = this.getKey(props);
        if (key === this.key) {
            return;
        }
        this.key = key;
        const scoreId = this.getScoreId(props);
        const parts = scoreId
            ? await this.orm.call("debitor.score", "get_explanation", [[scoreId]])
            : [];
        if (key === this.key) {
            this.state.parts = parts.filter((part) => part.points >= LEAST_POINTS);
            this.state.kept = 100 - parts.reduce((sum, part) => sum + part.points, 0);
            this.state.isLoaded = true;
        }
    }

    formatPoints(points) {
        return formatFloat(points, { digits: [0, 1] });
    }

    isOpenable(part) {
        return this.state.canOpen && part.line_ids.length > 0;
    }

    getTitle(part) {
        const values = { points: this.formatPoints(part.points), label: part.label };
        return _t("%(points)s points lost: %(label)s", values);
    }

    getColor(part) {
        return `o_debitor_part_${part.bucket === null ? "prior" : part.bucket}`;
    }

    async open(part) {
        if (this.isOpenable(part)) {
            this.action.doAction(
                await this.orm.call("debitor.score", "action_open_invoices", [
                    [this.getScoreId(this.props)],
                    part.line_ids,
                ])
            );
        }
    }
}

export const scoreExplanation = {
    component: ScoreExplanation,
    extractProps: ({ attrs }) => ({ scoreField: attrs.score_field }),
};

registry.category("view_widgets").add("debitor_score_explanation", scoreExplanation);
