import { Component, onWillStart, useState } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatDay, formatMoney } from "../utils/format";

/** What a run would do: one sentence, then levels, customers and what is left out. */
export class SimulationResult extends Component {
    static template = "debitor_dunning.SimulationResult";
    static props = { result: Object };

    setup() {
        this.formatMoney = formatMoney;
    }

    get result() {
        return this.props.result;
    }

    get differenceTitle() {
        const { name, date } = this.result.difference;
        return _t("Compared with %(run)s of %(date)s", { run: name, date: formatDay(date) });
    }

    get differences() {
        const titles = { new: _t("New"), raised: _t("At a higher level"), gone: _t("Gone") };
        return Object.entries(titles).map(([kind, title]) => ({
            kind,
            title,
            ...this.result.difference[kind],
        }));
    }

    get rowsNote() {
        const { rows, notices } = this.result;
        return rows.length < notices
            ? _t("The %(shown)s highest of %(total)s notices.", {
                  shown: rows.length,
                  total: notices,
              })
            : "";
    }
}

export class SimulationDialog extends Component {
    static template = "debitor_dunning.SimulationDialog";
    static components = { DateTimeInput, Dialog, SimulationResult };
    static props = {
        close: Function,
        date: { type: String, optional: true },
        runId: { type: Number, optional: true },
        companyId: { type: Number, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ result: null, isWorking: false, date: this.props.date || false });
        onWillStart(() => this.run());
    }

    get luxonDate() {
        return this.state.date ? deserializeDate(this.state.date) : false;
    }

    async onDate(date) {
        if (date) {
            this.state.date = serializeDate(date);
            await this.run();
        }
    }

    async shift(days) {
        this.state.date = serializeDate(this.luxonDate.plus({ days }));
        await this.run();
    }

    async run() {
        this.state.isWorking = true;
        try {
            this.state.result = await this.orm.call("debitor.dunning.simulation", "simulate", [], {
                date: this.state.date,
                run_id: this.props.runId || false,
                company_id: this.props.companyId || false,
            });
            this.state.date = this.state.result.date;
        } finally {
            this.state.isWorking = false;
        }
    }
}
