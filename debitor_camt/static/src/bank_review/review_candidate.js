import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** What a bank transaction may settle: the items, why, and what is over or missing. */
export class ReviewCandidate extends Component {
    static template = "debitor_camt.ReviewCandidate";
    static props = {
        proposal: Object,
        number: Number,
        isSelected: Boolean,
        isBusy: Boolean,
        onTake: Function,
        onChoose: Function,
        onMove: Function,
    };

    get proposal() {
        return this.props.proposal;
    }

    get title() {
        const { partner, items } = this.proposal;
        const isOfSeveral = new Set(items.map((item) => item.partner)).size > 1;
        return partner || (isOfSeveral ? _t("Several customers") : _t("Without a customer"));
    }

    get label() {
        const { number } = this.props;
        return _t("Suggestion %(number)s: %(partner)s", { number, partner: this.title });
    }

    get remainderText() {
        return this.proposal.remainder_text || _t("fits to the cent");
    }

    isPart(item) {
        return item.part_text !== item.residual_text;
    }

    partText(item) {
        return _t("%s of it", item.part_text);
    }
}
