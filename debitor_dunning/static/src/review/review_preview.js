import { Component, useState } from "@odoo/owl";
import { PreviewFrame } from "../preview/preview_frame";

/** The letter or mail of the notice that is selected. */
export class ReviewPreview extends Component {
    static template = "debitor_dunning.ReviewPreview";
    static components = { PreviewFrame };
    static props = { preview: Object, onRecord: Function };

    setup() {
        this.preview = useState(this.props.preview);
        this.state = useState({ kind: "letter" });
    }

    get src() {
        const { id, version } = this.preview;
        return `/debitor/notice/${id}/preview?kind=${this.state.kind}&version=${version}`;
    }

    setKind(kind) {
        this.state.kind = kind;
    }
}
