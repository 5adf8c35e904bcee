import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { CHANNEL_ICONS, formatDay, formatMoney } from "../utils/format";

/** One customer's notice: a line, and its items when it is open. */
export class ReviewNotice extends Component {
    static template = "debitor_dunning.ReviewNotice";
    static props = {
        row: Object,
        items: { type: Array, optional: true },
        canChange: Boolean,
        showState: Boolean,
        onSelect: Function,
        onOpen: Function,
        onToggle: Function,
        onShift: Function,
        onLine: Function,
        onExclude: Function,
        onRecord: Function,
        onSendInvoice: Function,
    };

    setup() {
        this.formatMoney = formatMoney;
        this.formatDay = formatDay;
    }

    get row() {
        return this.props.row;
    }

    get isOut() {
        return ["excluded", "cancelled"].includes(this.row.state);
    }

    get canToggle() {
        return this.props.canChange && ["proposed", "excluded"].includes(this.row.state);
    }

    get canShift() {
        return this.props.canChange && this.row.state === "proposed";
    }

    get channelIcon() {
        return CHANNEL_ICONS[this.row.channel] || "fa-ban";
    }

    get channelText() {
        const { channel, channel_label, recipient, email } = this.row;
        if (!channel) {
            return _t("No channel");
        }
        const to = channel === "email" && email ? email : recipient;
        return _t("%(channel)s to %(recipient)s", { channel: channel_label, recipient: to });
    }

    get levelClass() {
        return this.row.before ? "text-bg-warning" : "text-bg-info";
    }

    beforeText({ before }) {
        return before ? _t("before: %s", before) : _t("first notice");
    }

    claimsText({ claims, currency_id }) {
        return _t("of it fees, interest %s", formatMoney(claims, currency_id));
    }

    get stateClass() {
        return (
            {
                sent: "text-bg-success",
                to_print: "text-bg-warning",
                in_doubt: "text-bg-warning",
                blocked: "text-bg-warning",
                failed: "text-bg-danger",
                bounced: "text-bg-danger",
                excluded: "text-bg-secondary",
                cancelled: "text-bg-secondary",
                settled: "text-bg-secondary",
            }[this.row.state] || "text-bg-info"
        );
    }

    daysText(days) {
        if (days === 1) {
            return _t("1 day");
        }
        return days > 0 ? _t("%s days", days) : _t("not due yet");
    }
}
