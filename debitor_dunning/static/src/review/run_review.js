import {
    Component,
    onMounted,
    onPatched,
    onWillStart,
    onWillUnmount,
    reactive,
    useRef,
    useState,
} from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { SimulationDialog } from "../simulation/simulation";
import { withViews } from "../utils/action";
import { CHANNEL_ICONS, formatDay, formatMoney } from "../utils/format";
import { ReviewDifference } from "./review_difference";
import { ReviewNotice } from "./review_notice";
import { ReviewPreview } from "./review_preview";
import { ReviewSkips } from "./review_skips";

const RUN = "debitor.dunning.run";
const NOTICE = "debitor.dunning.notice";
const LINE = "debitor.dunning.notice.line";
const PAGE_SIZE = 80;
const POLL_MS = 2000;
// A letter is fetched only when the selection rests on a customer for a moment.
const PREVIEW_DELAY_MS = 200;
// While notices go out, at most so many rows are read again each time.
const ROWS_POLLED = 160;
const BUSY_STATES = ["proposing", "sending"];

/** The review of a dunning run: what will go out, to whom, and why others get nothing. */
export class RunReview extends Component {
    static template = "debitor_dunning.RunReview";
    static components = {
        Layout,
        ReviewDifference,
        ReviewNotice,
        ReviewPreview,
        ReviewSkips,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.list = useRef("list");
        this.mutex = new Mutex();
        this.runId = this.props.action.context.active_id || this.props.action.params?.active_id;
        this.formatMoney = formatMoney;
        this.formatDay = formatDay;
        this.channelIcons = CHANNEL_ICONS;
        this.state = useState({
            head: null,
            tab: "notices",
            rows: [],
            total: 0,
            part: "all",
            text: "",
            order: "level",
            // id of a notice -> its items, for the ones that are open
            items: {},
            isLoading: false,
        });
        // Walking must not render a thousand rows anew: the selection is a class on one of
        // them, and only the preview listens to what it shows.
        this.selectedId = false;
        this.preview = reactive({ id: false, version: 0, hasLetter: false });
        this.showPreview = useDebounced(() => this.updatePreview(), PREVIEW_DELAY_MS);
        this.search = useDebounced(() => this.loadRows(), 300);
        onWillStart(async () => {
            // A bookmark names no run.
            this.runId ||= await this.findLatestRun();
            if (!this.runId) {
                this.action.doAction("debitor_dunning.debitor_dunning_run_action", {
                    clearBreadcrumbs: true,
                });
                return;
            }
            await Promise.all([this.loadHead(), this.loadRows()]);
            this.updatePreview();
        });
        onMounted(() => {
            this.list.el?.focus();
            this.markSelected();
            this.poll = setInterval(() => this.refreshWhileBusy(), POLL_MS);
        });
        onWillUnmount(() => clearInterval(this.poll));
        onPatched(() => this.markSelected());
    }

    // ---------------------------------------------------------------------
    // Reading
    // ---------------------------------------------------------------------

    async findLatestRun() {
        const [latest] = await this.orm.search(RUN, [], { order: "id desc", limit: 1 });
        return latest;
    }

    async loadHead() {
        this.state.head = await this.orm.call(RUN, "get_review", [this.runId]);
        this.env.config.setDisplayName(this.state.head.name);
    }

    async readPage(offset) {
        const { part, text, order } = this.state;
        return this.orm.call(RUN, "get_review_page", [this.runId], {
            offset,
            limit: PAGE_SIZE,
            part,
            text,
            order,
        });
    }

    async loadRows() {
        const { rows, total } = await this.readPage(0);
        this.state.items = {};
        this.state.rows = rows;
        this.state.total = total;
        if (!rows.some((row) => row.id === this.selectedId)) {
            this.select(rows[0]?.id || false);
        }
    }

    async loadMore() {
        if (this.state.isLoading || this.state.rows.length >= this.state.total) {
            return;
        }
        this.state.isLoading = true;
        try {
            const { rows, total } = await this.readPage(this.state.rows.length);
            const known = new Set(this.state.rows.map((row) => row.id));
            this.state.rows.push(...rows.filter((row) => !known.has(row.id)));
            this.state.total = total;
        } finally {
            this.state.isLoading = false;
        }
    }

    /** Read rows again and put them in the place of the ones that are shown. */
    async refreshRows(ids) {
        const rows = await this.orm.call(NOTICE, "get_review_rows", [ids]);
        const byId = Object.fromEntries(rows.map((row) => [row.id, row]));
        this.state.rows = this.state.rows.map((row) => byId[row.id] || row);
    }

    async refreshNotice(id) {
        const work = [this.loadHead(), this.refreshRows([id])];
        if (this.state.items[id]) {
            work.push(this.loadItems(id));
        }
        await Promise.all(work);
        this.updatePreview(true);
    }

    async refreshAll() {
        await Promise.all([this.loadHead(), this.loadRows()]);
        this.updatePreview(true);
    }

    async refreshWhileBusy() {
        const wasBusy = this.isBusy;
        if (!wasBusy || this.state.head.is_paused || this.isPolling) {
            return;
        }
        this.isPolling = true;
        try {
            await this.loadHead();
            if (!this.isBusy) {
                await this.loadRows();
            } else if (this.state.head.state === "sending" && this.state.rows.length) {
                await this.refreshRows(this.state.rows.slice(0, ROWS_POLLED).map((row) => row.id));
            }
        } finally {
            this.isPolling = false;
        }
    }

    async loadItems(id) {
        this.state.items[id] = await this.orm.call(NOTICE, "get_review_items", [id]);
    }

    // ---------------------------------------------------------------------
    // What the template asks
    // ---------------------------------------------------------------------

    get head() {
        return this.state.head;
    }

    get isBusy() {
        return BUSY_STATES.includes(this.head?.state);
    }

    get canChange() {
        return this.head.can_edit && ["proposed", "reviewed"].includes(this.head.state);
    }

    get canWithdraw() {
        const { can_approve, counts } = this.head;
        return can_approve && Boolean(counts.approved || counts.queued);
    }

    get stepIndex() {
        const state = { proposing: "proposed", sending: "approved" }[this.head.state];
        return this.head.steps.findIndex((step) => step.state === (state || this.head.state));
    }

    get selectedRow() {
        return this.state.rows.find((row) => row.id === this.selectedId);
    }

    get bankText() {
        const { bank_date } = this.head;
        return bank_date ? _t("Bank data as of %s", formatDay(bank_date)) : _t("No bank data");
    }

    get totalText() {
        const { notice_count, amount, currency_id } = this.head;
        const sum = formatMoney(amount, currency_id);
        return notice_count === 1
            ? _t("1 notice, %s", sum)
            : _t("%(count)s notices, %(sum)s", { count: notice_count, sum });
    }

    get progressText() {
        const { state, done, todo } = this.head;
        return state === "proposing"
            ? _t("%(done)s of %(todo)s customers looked at", { done, todo })
            : _t("%(done)s of %(todo)s notices done", { done, todo });
    }

    get printText() {
        return _t("Print (%s)", this.head.to_print_count);
    }

    get moreText() {
        return _t("Show more (%(shown)s of %(total)s)", {
            shown: this.state.rows.length,
            total: this.state.total,
        });
    }

    get tabs() {
        return [
            { id: "notices", label: _t("Proposal (%s)", this.head.notice_count) },
            { id: "skips", label: _t("Not dunned (%s)", this.head.skip_count) },
            { id: "difference", label: _t("Difference to the last run") },
        ];
    }

    get orders() {
        return {
            customer: _t("Customer"),
            level: _t("Level"),
            items: _t("Items"),
            due: _t("Oldest due"),
            sum: _t("Sum"),
            credit: _t("Credits"),
        };
    }

    get outCount() {
        return this.head.counts.excluded || 0;
    }

    // ---------------------------------------------------------------------
    // Walking
    // ---------------------------------------------------------------------

    select(id) {
        this.selectedId = id;
        this.markSelected();
        this.list.el?.querySelector(".o_debitor_selected")?.scrollIntoView({ block: "nearest" });
        this.showPreview();
    }

    markSelected() {
        const before = this.list.el?.querySelector(".o_debitor_selected");
        const now = this.list.el?.querySelector(`[data-notice-id="${this.selectedId}"]`);
        if (before !== now) {
            before?.classList.remove("o_debitor_selected");
            before?.removeAttribute("aria-current");
            now?.classList.add("o_debitor_selected");
            now?.setAttribute("aria-current", "true");
        }
    }

    updatePreview(isChanged = false) {
        this.preview.id = this.selectedId;
        this.preview.hasLetter = Boolean(this.selectedRow?.level);
        if (isChanged) {
            this.preview.version++;
        }
    }

    clickRow(id) {
        this.select(id);
        this.list.el?.focus({ preventScroll: true });
    }

    async move(step) {
        const index = this.state.rows.findIndex((row) => row.id === this.selectedId);
        const next = Math.max(index + step, 0);
        if (next >= this.state.rows.length) {
            await this.loadMore();
        }
        const row = this.state.rows[Math.min(next, this.state.rows.length - 1)];
        if (row) {
            this.select(row.id);
        }
    }

    onKeydown(ev) {
        const isField = ["INPUT", "SELECT", "TEXTAREA"].includes(ev.target.tagName);
        const isButton = ["BUTTON", "A"].includes(ev.target.tagName);
        const row = this.selectedRow;
        if (isField || ev.ctrlKey || ev.altKey || ev.metaKey || this.state.tab !== "notices") {
            return;
        }
        const handlers = {
            ArrowDown: () => this.move(1),
            ArrowUp: () => this.move(-1),
            PageDown: () => this.move(10),
            PageUp: () => this.move(-10),
            "+": () => row && this.canChange && this.shift(row, "action_raise"),
            "-": () => row && this.canChange && this.shift(row, "action_lower"),
        };
        if (!isButton) {
            handlers[" "] = () => row && this.toggle(row);
            handlers.Enter = () => row && this.open(row);
        }
        if (handlers[ev.key]) {
            ev.preventDefault();
            handlers[ev.key]();
        }
    }

    onScroll(ev) {
        const { scrollTop, clientHeight, scrollHeight } = ev.target;
        if (scrollHeight - scrollTop - clientHeight < clientHeight / 2) {
            this.loadMore();
        }
    }

    setTab(tab) {
        this.state.tab = tab;
    }

    setPart(part) {
        this.state.tab = "notices";
        this.state.part = this.state.part === part ? "all" : part;
        this.loadRows();
    }

    setOrder(order) {
        this.state.order = order;
        this.loadRows();
    }

    onSearch(ev) {
        this.state.text = ev.target.value.trim();
        this.search();
    }

    onSearchKeydown(ev) {
        if (ev.key === "Escape" || ev.key === "ArrowDown") {
            ev.preventDefault();
            this.list.el?.focus();
        }
    }

    // ---------------------------------------------------------------------
    // Changing the proposal
    // ---------------------------------------------------------------------

    async open(row) {
        if (this.state.items[row.id]) {
            delete this.state.items[row.id];
        } else {
            await this.loadItems(row.id);
        }
    }

    async toggle(row) {
        if (!this.canChange || !["proposed", "excluded"].includes(row.state)) {
            return;
        }
        const method = row.state === "proposed" ? "action_exclude" : "action_include";
        await this.change(NOTICE, method, row.id, row.id);
    }

    async shift(row, method) {
        if (row.state === "proposed") {
            await this.change(NOTICE, method, row.id, row.id);
        }
    }

    async changeLine(row, line, method) {
        await this.change(LINE, method, line.id, row.id);
    }

    change(model, method, id, noticeId) {
        return this.mutex.exec(async () => {
            await this.orm.call(model, method, [id]);
            await this.refreshNotice(noticeId);
        });
    }

    excludeWithReason(row) {
        this.action.doAction("debitor_dunning.debitor_dunning_exclude_action", {
            additionalContext: { active_model: NOTICE, active_id: row.id, active_ids: [row.id] },
            onClose: () => this.refreshNotice(row.id),
        });
    }

    // ---------------------------------------------------------------------
    // The run's buttons
    // ---------------------------------------------------------------------

    async approve() {
        await this.orm.call(RUN, "action_approve", [this.runId]);
        await this.refreshAll();
        const count = this.head.counts.approved || 0;
        this.notification.add(
            count === 1
                ? _t("1 notice is approved. Nothing has gone out yet: «Send» does that.")
                : _t("%s notices are approved. Nothing has gone out yet: «Send» does that.", count),
            { type: "success" }
        );
    }

    async withdrawApproval() {
        await this.orm.call(RUN, "action_withdraw_approval", [this.runId]);
        await this.refreshAll();
    }

    async markReviewed() {
        await this.orm.call(RUN, "action_review", [this.runId]);
        await this.refreshAll();
    }

    async callRun(method) {
        const action = await this.orm.call(RUN, method, [this.runId]);
        if (action) {
            await this.action.doAction(withViews(action), { onClose: () => this.refreshAll() });
        }
        await this.loadHead();
    }

    async print() {
        await this.callRun("action_print");
        await this.refreshAll();
    }

    proposeAgain() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Propose Again"),
            body: _t(
                "The proposal is made anew from today's open items. What you have changed in it by hand is lost."
            ),
            confirmLabel: _t("Propose Again"),
            confirm: async () => {
                await this.orm.call(RUN, "action_propose", [this.runId]);
                await this.refreshAll();
            },
            cancel: () => {},
        });
    }

    simulate() {
        this.dialog.add(SimulationDialog, {
            runId: this.runId,
            companyId: this.head.company_id,
            date: this.head.date,
        });
    }

    openRun() {
        this.openRecord(RUN, this.runId);
    }

    openRecord(resModel, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    async help(warning) {
        if (warning.action) {
            await this.action.doAction(warning.action);
        } else {
            this.setPart(warning.part);
        }
    }

    async sendInvoice(row, line) {
        const action = await this.orm.call("account.move", "action_send_and_print", [line.move_id]);
        await this.action.doAction(withViews(action), {
            onClose: () => this.refreshNotice(row.id),
        });
    }
}

registry.category("actions").add("debitor_dunning.run_review", RunReview);
