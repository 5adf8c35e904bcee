import { Component, onMounted, onPatched, onWillStart, useRef, useState } from "@odoo/owl";
import { AlertDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { AcceptAboveDialog } from "./accept_above";
import { ReviewDetail } from "./review_detail";
import { useReviewKeys } from "./review_keys";
import { ReviewLine } from "./review_line";
import { Waiting } from "./waiting";

const NOTICE_MS = 6000;
// A list shorter than this is filled up while one works through it.
const REFILL_BELOW = 15;

/** The bank transactions that wait, and for each what it may settle. */
export class BankReview extends Component {
    static template = "debitor_camt.BankReview";
    static components = { Layout, ReviewDetail, ReviewLine };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.list = useRef("list");
        this.searchInput = useRef("search");
        this.state = useState({ journals: [], fileName: "", candidate: 0, panel: "" });
        this.waiting = useState(new Waiting(this.orm, this.startState));
        this.search = useDebounced(() => this.reload(), 300);
        useReviewKeys(this);
        useSetupAction({ getLocalState: () => ({ waiting: this.waiting.asState() }) });
        onWillStart(() => Promise.all([this.waiting.load(), this.loadFilters()]));
        onMounted(() => this.list.el?.focus());
        onPatched(() => this.showSelected());
    }

    /** What was set before, or the bank file from which the page was opened. */
    get startState() {
        const { context = {}, params = {} } = this.props.action;
        const isFile = context.active_model === "debitor.bank.file";
        const fileId = params.file_id || context.debitor_file_id;
        return (
            this.props.state?.waiting || {
                filters: {
                    file_id: fileId || (isFile && context.active_id) || false,
                    journal_id: params.journal_id || context.debitor_journal_id || false,
                    left: false,
                    search: "",
                },
            }
        );
    }

    async loadFilters() {
        const { file_id } = this.waiting.filters;
        const [journals, files] = await Promise.all([
            this.orm.searchRead(
                "account.journal",
                [["type", "in", ["bank", "credit"]]],
                ["display_name"]
            ),
            file_id ? this.orm.read("debitor.bank.file", [file_id], ["name"]) : [],
        ]);
        Object.assign(this.state, { journals, fileName: files[0]?.name || "" });
    }

    // ---------------------------------------------------------------------
    // What the template asks
    // ---------------------------------------------------------------------

    get line() {
        return this.waiting.selected;
    }

    get filters() {
        return this.waiting.filters;
    }

    get chips() {
        const { automatic, waiting, left, quarantine } = this.waiting.counts;
        const { left: isLeft } = this.filters;
        return [
            {
                id: "automatic",
                label: _t("Booked by itself today"),
                icon: "fa-magic text-success",
                count: automatic,
                open: () => this.openAutomatic(),
            },
            {
                id: "waiting",
                label: _t("Waiting"),
                icon: "fa-hourglass-half",
                count: waiting,
                pressed: isLeft ? "false" : "true",
                open: () => this.setFilter({ left: false }),
            },
            {
                id: "left",
                label: _t("Left open"),
                icon: "fa-pause-circle-o",
                count: left,
                pressed: isLeft ? "true" : "false",
                open: () => this.setFilter({ left: true }),
            },
            {
                id: "quarantine",
                label: _t("In quarantine"),
                icon: `fa-exclamation-triangle ${quarantine ? "text-danger" : ""}`,
                count: quarantine,
                open: () => this.openQuarantine(),
            },
        ];
    }

    get moreText() {
        const { lines, total } = this.waiting;
        return _t("Show more (%(shown)s of %(total)s)", { shown: lines.length, total });
    }

    get undoText() {
        const last = this.waiting.last;
        return last ? _t("Undo: %s", last.text) : _t("Nothing to undo yet");
    }

    // ---------------------------------------------------------------------
    // Walking
    // ---------------------------------------------------------------------

    select(id) {
        this.waiting.selectedId = id;
        this.state.candidate = 0;
        this.state.panel = "";
    }

    clickLine(id) {
        this.select(id);
        this.list.el?.focus({ preventScroll: true });
    }

    async move(step) {
        const { lines, index } = this.waiting;
        const next = Math.max(index + step, 0);
        if (next >= lines.length) {
            await this.waiting.loadMore();
        }
        const line = this.waiting.lines[Math.min(next, this.waiting.lines.length - 1)];
        if (line) {
            this.select(line.id);
        }
    }

    moveCandidate(step) {
        const last = (this.line?.proposals.length || 1) - 1;
        this.state.candidate = Math.min(Math.max(this.state.candidate + step, 0), last);
    }

    showSelected() {
        if (this.shownId !== this.waiting.selectedId) {
            this.shownId = this.waiting.selectedId;
            const row = this.list.el?.querySelector("[aria-selected=true]");
            row?.scrollIntoView({ block: "nearest" });
        }
    }

    onScroll(ev) {
        const { scrollTop, clientHeight, scrollHeight } = ev.target;
        if (scrollHeight - scrollTop - clientHeight < clientHeight / 2) {
            this.waiting.loadMore();
        }
    }

    async reload() {
        await this.waiting.load();
        this.select(this.waiting.selectedId);
    }

    setFilter(filters) {
        Object.assign(this.waiting.filters, filters);
        return this.reload();
    }

    leaveFile() {
        this.state.fileName = "";
        return this.setFilter({ file_id: false });
    }

    onJournal(ev) {
        return this.setFilter({ journal_id: Number(ev.target.value) || false });
    }

    onSearch(ev) {
        this.waiting.filters.search = ev.target.value.trim();
        this.search();
    }

    onSearchKeydown(ev) {
        if (["Escape", "ArrowDown", "Enter"].includes(ev.key)) {
            ev.preventDefault();
            this.list.el?.focus();
        }
    }

    togglePanel(panel) {
        this.state.panel = this.state.panel === panel ? "" : panel;
        if (!this.state.panel) {
            this.list.el?.focus();
        }
    }

    // ---------------------------------------------------------------------
    // Deciding
    // ---------------------------------------------------------------------

    /** Take one of the suggestions as it is, or with another way for its difference. */
    async take(index, rest) {
        const line = this.line;
        const proposal = line?.proposals[index];
        if (!proposal) {
            return;
        }
        const used = proposal.items.map((item) => item.id);
        if (rest) {
            const parts = proposal.items.map((item) => [item.id, item.residual]);
            await this.decide("accept_items", [line.id, parts, rest], this.matchedText, used);
        } else {
            await this.decide("accept", [line.id, proposal.number], this.matchedText, used);
        }
    }

    async takeItems(parts, rest) {
        const used = parts.map(([id]) => id);
        await this.decide("accept_items", [this.line.id, parts, rest], this.matchedText, used);
    }

    async book({ accountId = false, taxIds = [], ruleId = false }) {
        const args = [this.line.id, accountId, taxIds, ruleId];
        await this.decide("book_to_account", args, this.lineText(_t("booked to an account")));
        // What was learned from it is suggested for others.
        await this.waiting.refresh(this.waiting.lines.map((line) => line.id));
    }

    async leaveOpen() {
        if (this.line && this.line.is_left) {
            this.closeNotice?.();
            await this.waiting.takeBack([this.line.id]);
            this.select(this.waiting.selectedId);
        } else if (this.line) {
            await this.decide("leave", [[this.line.id]], this.lineText(_t("left open")));
        }
    }

    async lookAgain() {
        await this.waiting.lookAgain(this.line.id);
        this.state.candidate = 0;
    }

    get matchedText() {
        return this.lineText(_t("matched"));
    }

    lineText(what) {
        const { party, text, amount_text, unknown_text } = this.line;
        const subject = `${party || text || unknown_text}, ${amount_text}`;
        return { subject, text: `${subject}: ${what}` };
    }

    async decide(method, args, what, usedItems = []) {
        const entry = await this.waiting.decide(method, args, what, usedItems);
        if (entry) {
            this.select(this.waiting.selectedId);
            this.list.el?.focus({ preventScroll: true });
            this.tell(entry);
            if (this.waiting.lines.length < REFILL_BELOW) {
                await this.waiting.loadMore();
            }
        }
    }

    tell(entry) {
        this.closeNotice?.();
        this.closeNotice = this.notification.add(entry.text, {
            type: "success",
            autocloseDelay: NOTICE_MS,
            className: "o_debitor_done",
            buttons: [{ name: _t("Undo"), onClick: () => this.undo(entry) }],
        });
    }

    async undo(entry = this.waiting.last) {
        this.closeNotice?.();
        if (await this.waiting.undo(entry)) {
            this.select(this.waiting.selectedId);
            this.list.el?.focus({ preventScroll: true });
            const text = _t("Undone: %s", entry.subject);
            this.closeNotice = this.notification.add(text, { type: "info" });
        }
    }

    askAbove() {
        this.dialog.add(AcceptAboveDialog, {
            filters: this.filters,
            accept: (score) => this.acceptAbove(score),
        });
    }

    async acceptAbove(score) {
        const { entry, problems } = await this.waiting.acceptAbove(score);
        this.select(this.waiting.selectedId);
        if (entry) {
            this.tell(entry);
        }
        if (problems.length) {
            this.dialog.add(AlertDialog, {
                title: _t("%s Could Not Be Booked", problems.length),
                body: problems.join("\n"),
            });
        }
    }

    // ---------------------------------------------------------------------
    // The records behind it
    // ---------------------------------------------------------------------

    openMove(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "account.move",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    openItem() {
        const proposal = this.line?.proposals[this.state.candidate];
        const moveId = proposal?.items.find((item) => item.move_id)?.move_id;
        return moveId ? this.openMove(moveId) : this.openLine();
    }

    openLine() {
        return (
            this.line &&
            this.action.doAction("debitor_camt.account_bank_statement_line_action", {
                viewType: "form",
                props: { resId: this.line.id },
            })
        );
    }

    openAutomatic() {
        return this.openFiltered(
            "debitor_camt.debitor_bank_match_action",
            [],
            { journal_id: "line_id.journal_id", file_id: "line_id.debitor_file_id" },
            { search_default_automatic: 1, search_default_today: 1 }
        );
    }

    openQuarantine() {
        return this.openFiltered(
            "debitor_camt.debitor_bank_sheet_quarantine_action",
            [["state", "=", "quarantine"]],
            { journal_id: "journal_id", file_id: "file_id" }
        );
    }

    /** Open a list of the journal and the file that are shown here. */
    async openFiltered(name, domain, fields, context = {}) {
        const action = await this.action.loadAction(name);
        const only = Object.entries(fields)
            .filter(([filter]) => this.filters[filter])
            .map(([filter, field]) => [field, "=", this.filters[filter]]);
        return this.action.doAction(
            { ...action, domain: [...domain, ...only] },
            { additionalContext: context }
        );
    }

    openFiles() {
        return this.action.doAction("debitor_camt.debitor_bank_file_action");
    }
}

registry.category("actions").add("debitor_camt.bank_review", BankReview);
