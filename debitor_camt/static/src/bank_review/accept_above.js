import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const DEFAULT_SCORE = 80;

/** Ask from which score on suggestions are taken, and say how many that are before. */
export class AcceptAboveDialog extends Component {
    static template = "debitor_camt.AcceptAboveDialog";
    static components = { Dialog };
    static props = { close: Function, filters: Object, accept: Function };

    setup() {
        this.orm = useService("orm");
        this.title = _t("Take All Suggestions From a Score On");
        this.explanation = _t(
            "The first suggestion of each is taken, those with a warning never. All of it can be undone."
        );
        this.state = useState({ score: DEFAULT_SCORE, count: 0, sum: "", isWorking: true });
        this.count = useDebounced(() => this.load(), 250);
        onWillStart(() => this.load());
    }

    async load() {
        const found = await this.orm.call("debitor.bank.review", "count_above", [
            this.state.score,
            this.props.filters,
        ]);
        Object.assign(this.state, found, { isWorking: false });
    }

    get text() {
        const { count, sum } = this.state;
        if (!count) {
            return _t("No suggestion has this score.");
        }
        return count === 1
            ? _t("1 bank transaction will be matched: %s.", sum)
            : _t("%(count)s bank transactions will be matched, together %(sum)s.", { count, sum });
    }

    onScore(ev) {
        this.state.isWorking = true;
        this.state.score = Math.min(Math.max(Number(ev.target.value) || 0, 1), 100);
        this.count();
    }

    async accept() {
        this.state.isWorking = true;
        try {
            await this.props.accept(this.state.score);
        } finally {
            this.props.close();
        }
    }
}
