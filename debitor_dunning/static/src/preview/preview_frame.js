import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";

// Width in pixels of a sheet of A4 with a little air around it.
const SHEET_WIDTH = 840;

/** A frame that shows a whole sheet of paper, however narrow the frame is. */
export class PreviewFrame extends Component {
    static template = "debitor_dunning.PreviewFrame";
    static props = {
        src: String,
        isSheet: { type: Boolean, optional: true },
    };
    static defaultProps = { isSheet: true };

    setup() {
        this.box = useRef("box");
        this.state = useState({ width: SHEET_WIDTH, height: 0 });
        this.observer = new ResizeObserver(([entry]) => {
            this.state.width = entry.contentRect.width;
            this.state.height = entry.contentRect.height;
        });
        onMounted(() => this.observer.observe(this.box.el));
        onWillUnmount(() => this.observer.disconnect());
    }

    get style() {
        const scale = this.props.isSheet ? Math.min(this.state.width / SHEET_WIDTH, 1) : 1;
        if (scale === 1 || !scale) {
            return "width: 100%; height: 100%;";
        }
        const height = this.state.height / scale;
        return `width: ${SHEET_WIDTH}px; height: ${height}px; transform: scale(${scale});`;
    }
}
