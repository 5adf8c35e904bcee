import { registry } from "@web/core/registry";

// In German, as most users see it: a word left in English fails the tours.
registry.category("web_tour.tours").add("debitor_credit_hold_sales", {
    steps: () => [
        {
            content: "The class stands above the quotation, with letter and words",
            trigger: ".o_debitor_risk_banner .o_debitor_letter:contains(E)",
        },
        {
            content: "And in words",
            trigger: ".o_debitor_risk_line strong:contains(hohes Risiko)",
        },
        {
            content: "The whole sums are shown",
            trigger: ".o_debitor_sums [data-sum=open]:contains(Offen):contains(1.840,00)",
        },
        {
            content: "What is overdue too",
            trigger: ".o_debitor_sums [data-sum=overdue]:contains(Überfällig):contains(1.840,00)",
        },
        {
            content: "It says before confirming that the order will wait",
            trigger: ".o_debitor_warnings:contains(wartet):contains(Klasse E)",
        },
        {
            content: "Nobody in sales can release",
            trigger: ".o_debitor_risk_banner:not(:has(.o_debitor_release))",
        },
        {
            content: "Take the advice",
            trigger: ".o_debitor_apply:contains(100 % Vorkasse vorschlagen)",
            run: "click",
        },
        {
            content: "It is on the order now",
            trigger: "body:not(:has(.o_debitor_apply)) .o_debitor_risk_banner",
        },
        {
            content: "Confirm",
            trigger: ".o_statusbar_buttons button[name=action_confirm]:not(:disabled):visible",
            run: "click",
        },
        {
            content: "The confirmation is not swallowed",
            trigger: ".o_notification:contains(Angehalten):contains(Klasse E)",
        },
        {
            content: "The order shows that it waits",
            trigger: ".o_debitor_hold[data-hold=waiting]:contains(Angehalten)",
        },
        {
            content: "It is a quotation still",
            trigger: ".o_arrow_button_current:contains(Angebot)",
        },
    ],
});

registry.category("web_tour.tours").add("debitor_credit_hold_finance", {
    steps: () => [
        {
            content: "The order waits in the list of finance",
            trigger: ".o_list_view .o_data_row:contains(Zweirad Schulz OHG) .o_data_cell[name=order_id]",
            run: "click",
        },
        {
            content: "With the reason",
            trigger: ".o_form_view [name=reason_text]:contains(Klasse E)",
        },
        {
            content: "Release it",
            trigger: ".o_statusbar_buttons button[name=action_ask_release]:contains(Freigeben)",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=note] input",
            run: "edit Zahlung für Freitag zugesagt",
        },
        {
            content: "Release and confirm",
            trigger: ".modal button[name=action_decide]:contains(Freigeben und bestätigen):visible",
            run: "click",
        },
        {
            content: "Decided",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Freigegeben)",
        },
        {
            content: "Look at the order",
            trigger: "button[name=action_open_order]",
            run: "click",
        },
        {
            content: "It is confirmed, and says who released it",
            trigger: ".o_debitor_hold[data-hold=released]:contains(Zahlung für Freitag zugesagt)",
        },
        {
            content: "A sales order now",
            trigger: ".o_arrow_button_current:contains(Verkaufsauftrag)",
        },
    ],
});
