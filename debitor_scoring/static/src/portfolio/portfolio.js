import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { PortfolioConcentration } from "./portfolio_concentration";
import { PortfolioMatrix } from "./portfolio_matrix";
import { PortfolioMigration } from "./portfolio_migration";
import { PortfolioMovers } from "./portfolio_movers";
import { PortfolioQuality } from "./portfolio_quality";
import { formatDay } from "./portfolio_format";

const PORTFOLIO = "debitor.scoring.portfolio";

/** All customers together: where the risk lies, where it goes, and what the score is worth. */
export class Portfolio extends Component {
    static template = "debitor_scoring.Portfolio";
    static components = {
        Layout,
        PortfolioConcentration,
        PortfolioMatrix,
        PortfolioMigration,
        PortfolioMovers,
        PortfolioQuality,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ data: null });
        this.open = this.open.bind(this);
        this.openCustomer = this.openCustomer.bind(this);
        onWillStart(() => this.load(3));
    }

    async load(months) {
        this.state.data = await this.orm.call(PORTFOLIO, "get_portfolio", [months]);
    }

    get data() {
        return this.state.data;
    }

    get dayText() {
        return formatDay(this.data.date);
    }

    get spans() {
        return this.data.spans.map((months) => ({
            months,
            label: months === 1 ? _t("1 month") : _t("%s months", months),
        }));
    }

    /** With what the comparison is really made: there may be no older scores. */
    get monthText() {
        const { month } = this.data;
        return month ? deserializeDate(month).toFormat("LLLL yyyy") : "";
    }

    /** Open the customers behind a figure, under a title that says which. */
    async open(kind, key) {
        const action = await this.orm.call(PORTFOLIO, "open_customers", [kind, key]);
        return this.action.doAction(action);
    }

    openCustomer(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async compute() {
        await this.orm.call(PORTFOLIO, "compute_scores", []);
        this.notification.add(
            _t("The scores are being computed in the background. Open this page again in a moment."),
            { type: "info" }
        );
    }
}

registry.category("actions").add("debitor_scoring.portfolio", Portfolio);
