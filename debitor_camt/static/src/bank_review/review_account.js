import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { useService } from "@web/core/utils/hooks";

const CLOSED_TYPES = ["asset_receivable", "liability_payable", "asset_cash", "off_balance"];

/** Book a bank transaction to an account: fees, interest, rent. */
export class ReviewAccount extends Component {
    static template = "debitor_camt.ReviewAccount";
    static components = { RecordSelector };
    static props = { line: Object, isBusy: Boolean, onBook: Function, onClose: Function };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({ accountId: false, taxId: false });
        this.accountString = _t("Account");
        this.taxString = _t("Tax");
        this.taxPlaceholder = _t("no tax");
        onMounted(() => {
            this.root.el.querySelector("input")?.focus();
            this.root.el.scrollIntoView({ block: "nearest" });
        });
    }

    /** Rules without a condition, which fit anything. */
    get rules() {
        return this.props.line.accounts.filter((one) => one.is_general);
    }

    get accountDomain() {
        return [
            ["company_ids", "in", this.props.line.company_ids],
            ["account_type", "not in", CLOSED_TYPES],
        ];
    }

    get taxDomain() {
        return [
            ["company_id", "in", this.props.line.company_ids],
            ["type_tax_use", "=", this.props.line.amount > 0 ? "sale" : "purchase"],
        ];
    }

    async setAccount(accountId) {
        Object.assign(this.state, { accountId, taxId: false });
        if (accountId) {
            const [account] = await this.orm.read("account.account", [accountId], ["tax_ids"]);
            this.state.taxId = account.tax_ids[0] || false;
        }
    }

    book() {
        const { accountId, taxId } = this.state;
        this.props.onBook({ accountId, taxIds: taxId ? [taxId] : [] });
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            this.props.onClose();
        }
    }
}
