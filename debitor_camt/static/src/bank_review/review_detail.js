import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ReviewAccount } from "./review_account";
import { ReviewCandidate } from "./review_candidate";
import { ReviewItems } from "./review_items";

const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;

/** The selected bank transaction: all that the bank said, and what can be done with it. */
export class ReviewDetail extends Component {
    static template = "debitor_camt.ReviewDetail";
    static components = { ReviewAccount, ReviewCandidate, ReviewItems };
    static props = {
        line: Object,
        candidate: Number,
        panel: String,
        isBusy: Boolean,
        onTake: Function,
        onChoose: Function,
        onTakeItems: Function,
        onBook: Function,
        onLeave: Function,
        onLookAgain: Function,
        onPanel: Function,
        onMove: Function,
        onLine: Function,
    };

    setup() {
        this.likeThis = _t("Book like this");
        this.moneyIn = _t("Money in");
        this.moneyOut = _t("Money out");
    }

    get line() {
        return this.props.line;
    }

    get account() {
        const account = this.line.account.replace(/\s/g, "");
        return IBAN.test(account) ? account.replace(/(.{4})(?=.)/g, "$1 ") : this.line.account;
    }

    get candidatesTitle() {
        const count = this.line.proposals.length;
        return count === 1 ? _t("1 Suggestion") : _t("%s Suggestions", count);
    }

    /** Whose items are shown first when others are searched. */
    get searchText() {
        return this.line.proposals[this.props.candidate]?.partner || this.line.partner || "";
    }

    /** Rules that say something about this transaction, and what was done the last time. */
    get suggestions() {
        return this.line.accounts.filter((one) => !one.is_general);
    }

    bookSuggestion({ rule_id, account_id, tax_ids }) {
        this.props.onBook({ ruleId: rule_id, accountId: account_id, taxIds: tax_ids });
    }
}
