import { markRaw } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const REVIEW = "debitor.bank.review";

/**
 * The bank transactions that wait: what is read of them, which one is selected, and the
 * decisions made on this page, newest last, each of which can be undone.
 */
export class Waiting {
    constructor(orm, { filters, selectedId = false, done = [] }) {
        this.orm = markRaw(orm);
        this.filters = { ...filters };
        this.selectedId = selectedId;
        this.lines = [];
        this.total = 0;
        this.counts = {};
        // [{lineIds, subject, text}]: of what, and what was done with it
        this.done = [...done];
        this.isLoading = false;
        this.isBusy = false;
    }

    /** What a page that is opened again goes on with. */
    asState() {
        const { filters, selectedId, done } = this;
        return { filters: { ...filters }, selectedId, done: [...done] };
    }

    get index() {
        return this.lines.findIndex((line) => line.id === this.selectedId);
    }

    get selected() {
        return this.lines[this.index];
    }

    get last() {
        return this.done.at(-1);
    }

    // ---------------------------------------------------------------------
    // Reading
    // ---------------------------------------------------------------------

    call(method, args = [], kwargs = {}) {
        return this.orm.call(REVIEW, method, args, kwargs);
    }

    readPage(offset) {
        return this.call("get_page", [], { filters: this.filters, offset });
    }

    async load() {
        const { lines, total, counts } = await this.readPage(0);
        Object.assign(this, { lines, total, counts });
        if (this.index < 0) {
            this.selectedId = lines[0]?.id || false;
        }
    }

    async loadMore() {
        if (this.isLoading || this.lines.length >= this.total) {
            return;
        }
        this.isLoading = true;
        try {
            const { lines, total } = await this.readPage(this.lines.length);
            const known = new Set(this.lines.map((line) => line.id));
            this.lines.push(...lines.filter((line) => !known.has(line.id)));
            this.total = total;
        } finally {
            this.isLoading = false;
        }
    }

    /** Read lines again; those that don't wait any more go. */
    async refresh(ids) {
        const lines = await this.call("get_lines", [ids]);
        const found = new Map(lines.map((line) => [line.id, line]));
        const isGone = (line) => ids.includes(line.id) && !found.has(line.id);
        this.remove(this.lines.filter(isGone).map((line) => line.id));
        this.lines = this.lines.map((line) => found.get(line.id) || line);
    }

    async lookAgain(id) {
        await this.work(async () => {
            const line = await this.call("look_again", [id]);
            this.lines = this.lines.map((one) => (one.id === id ? line : one));
        });
    }

    // ---------------------------------------------------------------------
    // Deciding
    // ---------------------------------------------------------------------

    /**
     * Do one thing at a time: a key that is pressed meanwhile was meant for what is still
     * on the screen.
     */
    async work(callback) {
        if (this.isBusy) {
            return undefined;
        }
        this.isBusy = true;
        try {
            return await callback();
        } finally {
            this.isBusy = false;
        }
    }

    /**
     * Book, or leave, the line that the arguments begin with.
     *
     * @param {number[]} usedItems open items that other lines may be waiting for, too
     * @returns {Promise<Object|undefined>} what can be undone; undefined while busy
     */
    decide(method, args, what, usedItems) {
        return this.work(async () => {
            const [lineId] = [args[0]].flat();
            let result;
            try {
                result = await this.call(method, args, { filters: this.filters });
            } catch (error) {
                await this.refresh([lineId]);
                throw error;
            }
            await this.refreshUsersOf(usedItems, lineId);
            return this.note(result, what);
        });
    }

    async refreshUsersOf(itemIds, lineId) {
        const isUsed = (proposal) => proposal.items.some((item) => itemIds.includes(item.id));
        const ids = this.lines
            .filter((line) => line.id !== lineId && line.proposals.some(isUsed))
            .map((line) => line.id);
        if (ids.length) {
            await this.refresh(ids);
        }
    }

    async acceptAbove(score) {
        const result = await this.work(() =>
            this.call("accept_above", [score], { filters: this.filters })
        );
        const count = result?.done.length || 0;
        const isOne = count === 1;
        const entry = count
            ? this.note(result, {
                  subject: isOne ? _t("1 bank transaction") : _t("%s bank transactions", count),
                  text: isOne
                      ? _t("1 bank transaction matched")
                      : _t("%s bank transactions matched", count),
              })
            : undefined;
        await this.load();
        return { entry, problems: result?.problems || [] };
    }

    note({ done, counts }, { subject, text }) {
        const entry = { lineIds: done, subject, text };
        this.done.push(entry);
        this.counts = counts;
        this.remove(done);
        // What the list holds is the same object in another skin.
        return this.last;
    }

    /** Take lines off the list; the next one is selected. */
    remove(ids) {
        const index = this.index;
        const count = this.lines.length;
        const left = this.lines.filter((line) => !ids.includes(line.id));
        if (ids.includes(this.selectedId)) {
            const next =
                this.lines.slice(index).find((line) => !ids.includes(line.id)) || left.at(-1);
            this.selectedId = next?.id || false;
        }
        this.lines = left;
        this.total -= count - left.length;
    }

    // ---------------------------------------------------------------------
    // Undoing
    // ---------------------------------------------------------------------

    /** Undo one decision; tell whether there was one. */
    undo(entry) {
        return this.work(async () => {
            if (!entry || !this.done.includes(entry)) {
                return false;
            }
            const { lines, counts } = await this.call("undo", [entry.lineIds], {
                filters: this.filters,
            });
            this.done.splice(this.done.indexOf(entry), 1);
            if (this.filters.left) {
                this.filters.left = false;
                await this.load();
            }
            this.counts = counts;
            this.putOnTop(lines);
            return true;
        });
    }

    putOnTop(lines) {
        const ids = lines.map((line) => line.id);
        const others = this.lines.filter((line) => !ids.includes(line.id));
        this.total += lines.length - (this.lines.length - others.length);
        this.lines = [...lines, ...others];
        this.selectedId = ids[0] || this.selectedId;
    }

    /** Let lines that were left open wait again. */
    async takeBack(ids) {
        await this.work(async () => {
            const { counts } = await this.call("undo", [ids], { filters: this.filters });
            this.counts = counts;
            this.done = this.done.filter(({ lineIds }) => !ids.includes(lineIds[0]));
            this.remove(ids);
        });
    }
}
