import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { formatMonetary } from "@web/views/fields/formatters";

/** Return an amount with its currency's sign, as the user's language writes it. */
export function formatMoney(amount, currencyId) {
    return formatMonetary(amount || 0, { currencyId });
}

/** Return a day that the server gave (YYYY-MM-DD), as the user's language writes it. */
export function formatDay(day) {
    return day ? formatDate(deserializeDate(day)) : "";
}

export const CHANNEL_ICONS = {
    email: "fa-envelope-o",
    letter: "fa-file-text-o",
    phone: "fa-phone",
};
