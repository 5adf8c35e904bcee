import { registry } from "@web/core/registry";

// In German, as most users see it: a word left in English fails the tour.
registry.category("web_tour.tours").add("debitor_portfolio", {
    steps: () => [
        {
            content: "The matrix tells where the money lies",
            trigger: ".o_debitor_portfolio [data-part=matrix] h3:contains(Wo das offene Geld liegt)",
        },
        {
            content: "Classes have words beside their letter",
            trigger: "[data-part=matrix] tr[data-class=e] th:contains(hohes Risiko)",
        },
        {
            content: "Charts are drawn",
            trigger: "[data-part=history] canvas[role=img]",
        },
        {
            content: "It says how many customers got worse",
            trigger: "[data-part=migration] p:contains(schlechter)",
        },
        {
            content: "And what the score is worth",
            trigger: "[data-part=quality] td:contains(unterscheidet)",
        },
        {
            content: "Compare with an earlier month",
            trigger: ".o_debitor_portfolio .btn-group button:contains(6 Monate)",
            run: "click",
        },
        {
            content: "It is chosen",
            trigger: ".o_debitor_portfolio .btn-group button.active:contains(6 Monate)",
        },
        {
            content: "Open the customers behind a figure",
            trigger: "[data-part=matrix] tr[data-class=e] td[data-column=days_60] button",
            run: "click",
        },
        {
            content: "They are listed under the figure's name",
            trigger: ".o_list_view .o_data_row:contains(Zweirad Schulz OHG)",
        },
        {
            content: "Back to the portfolio",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Portfolio)",
            run: "click",
        },
        {
            content: "The page is there again",
            trigger: ".o_debitor_portfolio [data-part=quality] canvas",
        },
    ],
});

registry.category("web_tour.tours").add("debitor_portfolio_empty", {
    steps: () => [
        {
            content: "An empty page says what to do",
            trigger: ".o_debitor_empty h3:contains(Noch kein Kunde hat einen Score)",
        },
        {
            content: "And offers it",
            trigger: ".o_debitor_empty button:contains(Scores jetzt berechnen)",
            run: "click",
        },
        {
            content: "What happens next is said",
            trigger: ".o_notification:contains(im Hintergrund)",
        },
    ],
});
