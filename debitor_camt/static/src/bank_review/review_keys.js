import { useExternalListener } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";

const FIELDS = "select, [contenteditable=true]";
const BUTTONS = "button, a, [role=button], [role=option] button";

/** Whether a key belongs to what has the focus: text to a field, Enter to a button. */
function isForTarget(target, hotkey) {
    if (!(target instanceof HTMLElement)) {
        return false;
    }
    return Boolean(target.closest(FIELDS) || (hotkey === "enter" && target.closest(BUTTONS)));
}

/**
 * Let the bank review be worked through by keyboard.
 *
 * Letters and digits reach it only when no field has the focus and no dialog is open.
 */
export function useReviewKeys(review) {
    const add = (hotkey, callback, allowRepeat = false) =>
        useHotkey(hotkey, callback, {
            allowRepeat,
            isAvailable: (target) => !isForTarget(target, hotkey),
        });
    for (const [hotkey, step] of [
        ["arrowdown", 1],
        ["j", 1],
        ["arrowup", -1],
        ["k", -1],
        ["pagedown", 10],
        ["pageup", -10],
    ]) {
        add(hotkey, () => review.move(step), true);
    }
    add("arrowright", () => review.moveCandidate(1), true);
    add("arrowleft", () => review.moveCandidate(-1), true);
    add("enter", () => review.take(review.state.candidate));
    for (let number = 1; number <= 9; number++) {
        add(String(number), () => review.take(number - 1));
    }
    add("f", () => review.line && review.togglePanel("items"));
    add("a", () => review.line && review.togglePanel("account"));
    add("l", () => review.leaveOpen());
    add("o", () => review.openItem());
    add("z", () => review.undo());
    // The hotkey service knows letters and digits, not the slash.
    useExternalListener(window, "keydown", (ev) => {
        const isField = ev.target instanceof HTMLElement && ev.target.closest("input, textarea");
        if (ev.key === "/" && !isField && !document.querySelector(".modal")) {
            ev.preventDefault();
            review.searchInput.el?.select();
        }
    });
}
