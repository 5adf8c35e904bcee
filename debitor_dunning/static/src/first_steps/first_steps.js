import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { SimulationDialog } from "../simulation/simulation";
import { withViews } from "../utils/action";
import { formatMoney } from "../utils/format";

const FIRST_STEPS = "debitor.dunning.first.steps";

/** Four cards from the installation to the first proposal; each is done or open. */
export class FirstSteps extends Component {
    static template = "debitor_dunning.FirstSteps";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.formatMoney = formatMoney;
        this.state = useState({ steps: null, simulation: null, isWorking: false });
        onWillStart(() => this.load());
        // The trial may take a moment; the other cards don't wait for it.
        this.simulate();
    }

    async load() {
        this.state.steps = await this.orm.call(FIRST_STEPS, "get_steps", []);
    }

    async simulate() {
        this.state.simulation = await this.orm.call("debitor.dunning.simulation", "simulate", []);
    }

    get steps() {
        return this.state.steps;
    }

    get doneText() {
        const { letterhead, procedure, people, trial } = this.steps;
        const done = [letterhead, procedure, people, trial].filter((step) => step.is_done).length;
        return _t("%s of 4 done", done);
    }

    get missingText() {
        return _t("Missing: %s", this.steps.letterhead.missing.join(", "));
    }

    get procedureText() {
        return _t(
            "«%s» is ready to use. Change days and wording with the letter beside it:",
            this.steps.procedure.name
        );
    }

    get goOnText() {
        return _t("Go on with %s", this.steps.trial.run);
    }

    levelText(level) {
        return level.days < 0
            ? _t("%(level)s, %(days)s days before the due date", {
                  level: level.name,
                  days: -level.days,
              })
            : _t("%(level)s, %(days)s days after the due date", {
                  level: level.name,
                  days: level.days,
              });
    }

    get responsibleText() {
        const { responsible, responsible_email } = this.steps.people;
        if (!responsible) {
            return _t("Nobody is named on the letters yet: replies go to whoever starts the run.");
        }
        return _t("%(name)s answers (%(email)s).", {
            name: responsible,
            email: responsible_email || _t("no e-mail address"),
        });
    }

    get approversText() {
        const { approvers } = this.steps.people;
        if (!approvers.length) {
            return _t("Nobody may approve and send yet.");
        }
        return _t("Approve and send: %s.", approvers.join(", "));
    }

    get amountText() {
        const { amount, currency_id } = this.state.simulation;
        return _t("Together %s.", formatMoney(amount, currency_id));
    }

    open(resModel, resId) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                res_model: resModel,
                res_id: resId,
                views: [[false, "form"]],
            },
            { onClose: () => this.load() }
        );
    }

    openAction(xmlId) {
        return this.action.doAction(xmlId);
    }

    openBank() {
        return this.open("res.partner", this.steps.letterhead.partner_id);
    }

    showSimulation() {
        this.dialog.add(SimulationDialog, {});
    }

    async propose() {
        this.state.isWorking = true;
        try {
            const action = await this.orm.call(FIRST_STEPS, "action_first_run", []);
            await this.action.doAction(withViews(action));
        } finally {
            this.state.isWorking = false;
        }
    }

    async openRun() {
        const { run_id } = this.steps.trial;
        const action = await this.orm.call("debitor.dunning.run", "action_open_review", [run_id]);
        await this.action.doAction(withViews(action));
    }
}

registry.category("actions").add("debitor_dunning.first_steps", FirstSteps);
