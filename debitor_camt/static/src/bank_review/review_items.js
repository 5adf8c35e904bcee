import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { formatCurrency, getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { roundDecimals } from "@web/core/utils/numbers";
import { useDebounced } from "@web/core/utils/timing";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";

// As many as the server returns at once.
const PAGE_SIZE = 30;

/** Search open items, choose several, split the payment over them. */
export class ReviewItems extends Component {
    static template = "debitor_camt.ReviewItems";
    static props = {
        line: Object,
        text: String,
        isBusy: Boolean,
        onTakeItems: Function,
        onMove: Function,
        onClose: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.input = useRef("input");
        this.state = useState({
            text: this.props.text,
            found: [],
            // [{item, amount, typed}] in the order of choice
            chosen: [],
            rest: "open",
            hasMore: false,
        });
        this.search = useDebounced(() => this.load(), 250);
        onWillStart(() => this.load());
        onMounted(() => {
            this.input.el.select();
            this.root.el.scrollIntoView({ block: "nearest" });
        });
    }

    // ---------------------------------------------------------------------
    // Searching
    // ---------------------------------------------------------------------

    readPage(offset) {
        const args = [this.props.line.id, this.state.text];
        return this.orm.call("debitor.bank.review", "search_items", args, { offset });
    }

    async load() {
        const items = await this.readPage(0);
        this.state.found = items;
        this.state.hasMore = items.length === PAGE_SIZE;
    }

    async loadMore() {
        const items = await this.readPage(this.state.found.length);
        this.state.found.push(...items);
        this.state.hasMore = items.length === PAGE_SIZE;
    }

    get others() {
        const ids = this.state.chosen.map(({ item }) => item.id);
        return this.state.found.filter((item) => !ids.includes(item.id));
    }

    canChoose(item) {
        return item.currency_id === this.props.line.currency_id;
    }

    // ---------------------------------------------------------------------
    // Choosing
    // ---------------------------------------------------------------------

    get digits() {
        return getCurrency(this.props.line.currency_id)?.digits || [16, 2];
    }

    format(amount) {
        return formatCurrency(amount, this.props.line.currency_id);
    }

    toggle(item) {
        const { chosen } = this.state;
        const index = chosen.findIndex((one) => one.item.id === item.id);
        if (index >= 0) {
            chosen.splice(index, 1);
        } else if (this.canChoose(item)) {
            const typed = formatFloat(item.residual, { digits: this.digits });
            chosen.push({ item, amount: item.residual, typed, isWrong: false });
        }
        this.state.rest = "open";
    }

    onAmount(one, ev) {
        one.typed = ev.target.value;
        try {
            one.amount = parseFloat(one.typed);
            one.isWrong = !this.isPartOf(one.amount, one.item.residual);
        } catch {
            one.isWrong = true;
        }
        this.state.rest = "open";
    }

    /** A part has the sign of what is open and is no more than that. */
    isPartOf(amount, residual) {
        return amount * residual > 0 && Math.abs(amount) <= Math.abs(residual);
    }

    get isWrong() {
        return this.state.chosen.some((one) => one.isWrong);
    }

    /** What is left of the payment; the sign of the payment: too much, the other: too little. */
    get remainder() {
        const sum = this.state.chosen.reduce((total, one) => total + one.amount, 0);
        return roundDecimals(this.props.line.paid - sum, this.digits[1]);
    }

    get remainderText() {
        const { remainder } = this;
        const amount = this.format(Math.abs(remainder));
        if (!this.state.chosen.length) {
            return _t("%s to be split", this.format(this.props.line.paid));
        }
        if (!remainder) {
            return _t("Nothing is left over.");
        }
        return remainder * this.props.line.paid > 0
            ? _t("%s more than chosen:", amount)
            : _t("%s less than chosen:", amount);
    }

    get rests() {
        const { remainder } = this;
        if (!remainder || !this.state.chosen.length) {
            return [];
        }
        const isMore = remainder * this.props.line.paid > 0;
        const rests = [
            { id: "open", label: isMore ? _t("stays as a credit") : _t("stays open") },
            { id: "difference", label: _t("small difference, write off") },
        ];
        if (remainder < 0) {
            // The bank takes charges, it gives none.
            rests.push({ id: "charges", label: _t("bank charges") });
        }
        return rests;
    }

    get canBook() {
        return this.state.chosen.length && !this.isWrong && !this.props.isBusy;
    }

    book() {
        if (this.canBook) {
            const parts = this.state.chosen.map(({ item, amount }) => [item.id, amount]);
            this.props.onTakeItems(parts, this.state.rest);
        }
    }

    onSearch(ev) {
        this.state.text = ev.target.value;
        this.search();
    }

    onSearchKeydown(ev) {
        if (ev.key === "Enter" && !ev.ctrlKey && this.others.length) {
            this.toggle(this.others[0]);
        }
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            this.props.onClose();
        } else if (ev.key === "Enter" && ev.ctrlKey) {
            this.book();
        }
    }
}
