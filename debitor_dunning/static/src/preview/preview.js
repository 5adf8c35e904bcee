import { Component, onWillStart, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A letter or mail in a frame; the address is a pattern with {id} of the record. */
export class PreviewWidget extends Component {
    static template = "debitor_dunning.PreviewWidget";
    static props = {
        ...standardWidgetProps,
        url: String,
        languages: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        // The number makes the browser load the frame anew.
        this.state = useState({ version: 0, languages: [], lang: "" });
        onWillStart(async () => {
            if (this.props.languages) {
                this.state.languages = await this.orm.call("res.lang", "get_installed", []);
                const own = user.context.lang;
                const codes = this.state.languages.map(([code]) => code);
                this.state.lang = codes.includes(own) ? own : codes[0];
            }
        });
        let wasDirty = false;
        useEffect(
            (isDirty) => {
                if (wasDirty && !isDirty) {
                    this.state.version++;
                }
                wasDirty = isDirty;
            },
            () => [this.isDirty]
        );
    }

    get src() {
        const { resId } = this.props.record;
        if (!resId) {
            return "";
        }
        const params = { version: this.state.version };
        if (this.state.lang) {
            params.lang = this.state.lang;
        }
        const url = this.props.url.replace("{id}", resId);
        return `${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams(params)}`;
    }

    get isDirty() {
        return this.props.record.dirty;
    }

    save() {
        return this.props.record.save();
    }
}

export const previewWidget = {
    component: PreviewWidget,
    extractProps: ({ attrs }) => ({
        url: attrs.url,
        languages: Boolean(attrs.languages),
    }),
};

registry.category("view_widgets").add("debitor_preview", previewWidget);
