import { Component, onWillStart, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { PreviewFrame } from "./preview_frame";

/**
 * The letter or the mail of a record, in a frame.
 *
 * The address is a pattern with {id} of the record. ``texts`` names fields whose unsaved
 * values go along, so that a text can be tried before it is saved.
 */
export class PreviewWidget extends Component {
    static template = "debitor_dunning.PreviewWidget";
    static components = { PreviewFrame };
    static props = {
        ...standardWidgetProps,
        url: String,
        texts: Array,
        hasLanguages: Boolean,
        hasParties: Boolean,
    };

    setup() {
        this.orm = useService("orm");
        // A new version makes the browser load the frame anew.
        this.state = useState({ version: 0, kind: "letter", languages: [], lang: "", party: "business" });
        onWillStart(async () => {
            if (this.props.hasLanguages) {
                this.state.languages = await this.orm.call("res.lang", "get_installed", []);
                const codes = this.state.languages.map(([code]) => code);
                const own = user.context.lang;
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

    get isDirty() {
        return this.props.record.dirty;
    }

    /** Unsaved texts are in the user's language, so only that preview can show them. */
    get showsTexts() {
        return this.isDirty && this.state.lang === user.context.lang;
    }

    get src() {
        const { resId, data } = this.props.record;
        if (!resId) {
            return "";
        }
        const params = new URLSearchParams({
            kind: this.state.kind,
            version: this.state.version,
        });
        if (this.state.lang) {
            params.set("lang", this.state.lang);
        }
        if (this.props.hasParties) {
            params.set("party", this.state.party);
        }
        if (this.showsTexts) {
            for (const name of this.props.texts) {
                params.set(name, data[name] || "");
            }
        }
        return `${this.props.url.replace("{id}", resId)}?${params}`;
    }

    setKind(kind) {
        this.state.kind = kind;
    }

    save() {
        return this.props.record.save();
    }
}

export const previewWidget = {
    component: PreviewWidget,
    extractProps: ({ attrs }) => ({
        url: attrs.url,
        texts: attrs.texts ? attrs.texts.split(",") : [],
        hasLanguages: Boolean(attrs.languages),
        hasParties: Boolean(attrs.parties),
    }),
};

registry.category("view_widgets").add("debitor_preview", previewWidget);
