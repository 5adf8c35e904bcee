import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatMonetary, formatPercentage } from "@web/views/fields/formatters";

/** From good to bad; told apart in print and by the colour-blind by their lightness too. */
export const CLASS_COLORS = {
    a: "#1b7f5c",
    b: "#6cbf84",
    c: "#e9c46a",
    d: "#e07a3f",
    e: "#a4243b",
    new: "#9aa0ab",
};
/** Black or white, whichever is read better on the colour of the class. */
export const CLASS_TEXTS = {
    a: "#ffffff",
    b: "#111111",
    c: "#111111",
    d: "#111111",
    e: "#ffffff",
    new: "#111111",
};

/** Return an amount in whole units with its currency's sign. */
export function formatMoney(amount, currencyId) {
    return formatMonetary(amount || 0, { currencyId, digits: [16, 0] });
}

/** Return a share of 1 as whole percent. */
export function formatShare(share) {
    return formatPercentage(share, { digits: [16, 0] });
}

export function formatDay(day) {
    return day ? formatDate(deserializeDate(day)) : "";
}

/** Return «Dez. 2025» for a day that the server gave. */
export function formatMonth(day) {
    return deserializeDate(day).toFormat("LLL yyyy");
}

export function sumOf(rows, name) {
    return rows.reduce((sum, row) => sum + row[name], 0);
}
