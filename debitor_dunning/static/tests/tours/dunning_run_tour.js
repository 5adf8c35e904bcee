import { registry } from "@web/core/registry";

// In German, as most users see it: a word left in English fails the tour.
registry.category("web_tour.tours").add("debitor_dunning_run", {
    steps: () => [
        {
            content: "The first card knows whether the letterhead is complete",
            trigger: ".o_debitor_card:contains(Briefkopf) .badge",
        },
        {
            content: "The last card says what would happen today",
            trigger: ".o_debitor_card .fs-5:contains(2 Kunden)",
        },
        {
            content: "Make the proposal",
            trigger: "button:contains(Vorschlag machen und Briefe lesen)",
            run: "click",
        },
        {
            content: "Both customers are proposed, with their level before",
            trigger: ".o_debitor_notice:contains(Holzbau Maier GmbH)",
        },
        {
            content: "Open the items of the customer with two of them",
            trigger: ".o_debitor_notice:contains(Holzbau Maier GmbH) button[aria-expanded]",
            run: "click",
        },
        {
            content: "Take one item out",
            trigger: ".o_debitor_items button:contains(Herausnehmen):first",
            run: "click",
        },
        {
            content: "The sum of the customer follows",
            trigger: ".o_debitor_notice:contains(Holzbau Maier GmbH) td.fw-bold:contains(200,00)",
        },
        {
            content: "The letter beside it is in the customer's language",
            trigger: ".o_debitor_side :iframe body:contains(Zahlungserinnerung)",
        },
        {
            content: "Not dunned is a tab of its own",
            trigger: ".nav-link:contains(Nicht gemahnt)",
            run: "click",
        },
        {
            content: "Back to the proposal",
            trigger: ".nav-link:contains(Vorschlag)",
            run: "click",
        },
        {
            content: "Approve",
            trigger: "button.btn-primary:contains(Freigeben)",
            run: "click",
        },
        {
            content: "Send",
            trigger: "button.btn-primary:contains(Senden)",
            run: "click",
        },
        {
            content: "One sentence says what will happen",
            trigger: ".modal :contains(2 Mahnungen an 2 Kunden)",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer button.btn-primary:contains(Senden)",
            run: "click",
        },
        {
            content: "The run is on its way",
            trigger: ".o_debitor_steps, .o_debitor_review [role=status]",
        },
        {
            content: "The dialog is closed",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
