import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A risk class as letter, words and colour: never by colour alone.
 *
 * Option ``text_field`` names a Char field with letter and words («C · often pays late»); where
 * the view has none, the letter stands by itself and its meaning in the tooltip.
 */
export class RiskBadgeField extends Component {
    static template = "debitor_scoring.RiskBadgeField";
    static props = { ...standardFieldProps, textField: { type: String, optional: true } };

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    get words() {
        return (this.props.textField && this.props.record.data[this.props.textField]) || "";
    }

    get letter() {
        const options = this.props.record.fields[this.props.name].selection;
        return options.find(([code]) => code === this.value)?.[1] || "";
    }

    get text() {
        return this.words || this.letter;
    }

    get title() {
        return _t("Risk class %s", this.text);
    }
}

export const riskBadgeField = {
    component: RiskBadgeField,
    displayName: _t("Risk class"),
    supportedTypes: ["selection"],
    isEmpty: (record, name) => !record.data[name],
    fieldDependencies: ({ options }) =>
        options.text_field ? [{ name: options.text_field, type: "char", readonly: true }] : [],
    extractProps: ({ options }) => ({ textField: options.text_field }),
};

registry.category("fields").add("debitor_risk_badge", riskBadgeField);
