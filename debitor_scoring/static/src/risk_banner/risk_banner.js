import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * One line above a quotation: class, strongest reason, sums and the advice as a button.
 *
 * All words and sums come ready from the server: sales sees the company's sums, whatever
 * documents it may read.
 */
export class RiskBanner extends Component {
    static template = "debitor_scoring.RiskBanner";
    static props = { ...standardFieldProps };

    get banner() {
        return this.props.record.data[this.props.name];
    }

    get isSaved() {
        return Boolean(this.props.record.resId);
    }

    /** Save what was typed, call a method of the order as a button would, and reload. */
    async onClick(name) {
        const record = this.props.record;
        if (!(await record.save())) {
            return;
        }
        await this.env.onClickViewButton({
            clickParams: { type: "object", name },
            getResParams: () => ({
                context: record.context,
                evalContext: record.evalContext,
                resModel: record.resModel,
                resId: record.resId,
                resIds: record.resIds,
            }),
            beforeExecute: () => true,
        });
    }
}

registry.category("fields").add("debitor_risk_banner", {
    component: RiskBanner,
    supportedTypes: ["json", "jsonb"],
});
