import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/** Return the file that the test has made, as if a person had chosen it on the disk. */
async function getBankFile() {
    const [attachment] = await rpc("/web/dataset/call_kw/ir.attachment/search_read", {
        model: "ir.attachment",
        method: "search_read",
        args: [[["name", "=", "debitor_bank_review_tour.xml"]], ["name", "datas"]],
        kwargs: { limit: 1 },
    });
    const bytes = Uint8Array.from(atob(attachment.datas), (one) => one.charCodeAt(0));
    return new File([bytes], "Tagesauszug.xml", { type: "text/xml" });
}

// In German, as most users see it: a word left in English fails the tour.
registry.category("web_tour.tours").add("debitor_bank_review", {
    steps: () => [
        {
            content: "Bring a file of the bank",
            trigger: ".o_control_panel input[type=file].o_input_file:not(:visible)",
            async run({ anchor }) {
                const transfer = new DataTransfer();
                transfer.items.add(await getBankFile());
                anchor.files = transfer.files;
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "The report says how many transactions wait",
            trigger: ".o_form_view [name=waiting_count]:contains(2)",
        },
        {
            content: "Look at them",
            trigger: ".o_form_view button:contains(Zahlungsabgleich)",
            run: "click",
        },
        {
            content: "What was clear is booked already",
            trigger: ".o_debitor_chip[data-chip=automatic]:contains(Heute selbsttätig gebucht 1)",
        },
        {
            content: "Only this file is shown",
            trigger: ".o_debitor_head .badge:contains(Nur Bankdatei Tagesauszug.xml)",
        },
        {
            content: "The newest is selected and has no suggestion",
            trigger: ".o_debitor_detail:contains(Kein Vorschlag) h2:contains(Unbekannte Zahlstelle)",
        },
        {
            content: "Walk to the next one",
            trigger: ".o_debitor_lines",
            run: "press ArrowDown",
        },
        {
            content: "Its suggestion says what is missing, in words",
            trigger:
                ".o_debitor_candidate:contains(Zweirad Schulz OHG):contains(50,50 € weniger: bleibt offen)",
        },
        {
            content: "And why it fits",
            trigger: ".o_debitor_candidate .o_debitor_tag:contains(Rechnungsnummer im Text)",
        },
        {
            content: "Take it by keyboard",
            trigger: ".o_debitor_lines",
            run: "press Enter",
        },
        {
            content: "One less waits",
            trigger: ".o_debitor_chip[data-chip=waiting]:contains(Wartet 1)",
        },
        {
            content: "It was only to try: undo",
            trigger: ".o_debitor_lines",
            run: "press z",
        },
        {
            content: "Both wait again, and what was undone is selected",
            trigger:
                "body:has(.o_debitor_chip[data-chip=waiting]:contains(Wartet 2)) .o_debitor_line.o_debitor_selected:contains(Zweirad Schulz OHG)",
        },
        {
            content: "Go to the one without a suggestion",
            trigger: ".o_debitor_lines",
            run: "press j",
        },
        {
            content: "Find other items",
            trigger: "body:has(.o_debitor_detail h2:contains(Unbekannte Zahlstelle)) .o_debitor_lines",
            run: "press f",
        },
        {
            content: "Search the customer",
            trigger: ".o_debitor_panel input[type=search]",
            run: "edit Bäckerei",
        },
        {
            content: "Choose the first",
            trigger: ".o_debitor_panel tr:contains(Bäckerei Öztürk):contains(100,00) input[type=checkbox]",
            run: "check",
        },
        {
            content: "The rest is shown",
            trigger: ".o_debitor_sum:contains(200,00 € mehr als ausgewählt)",
        },
        {
            content: "Choose the second",
            trigger: ".o_debitor_panel tr:contains(Bäckerei Öztürk):contains(203,00) input[type=checkbox]",
            run: "check",
        },
        {
            content: "Too little was paid",
            trigger: ".o_debitor_sum:contains(3,00 € weniger als ausgewählt)",
        },
        {
            content: "Pay less of the second",
            trigger: ".o_debitor_panel tr:contains(203,00) .o_debitor_amount",
            run: "edit 200,00 && press Tab",
        },
        {
            content: "Nothing is left over",
            trigger: ".o_debitor_sum:contains(Es bleibt nichts übrig)",
        },
        {
            content: "Match",
            trigger: ".o_debitor_panel button:contains(Abgleichen):enabled",
            run: "click",
        },
        {
            content: "The other one is selected",
            trigger: ".o_debitor_line.o_debitor_selected:contains(Zweirad Schulz OHG)",
        },
        {
            content: "Take its suggestion",
            trigger: ".o_debitor_lines",
            run: "press 1",
        },
        {
            content: "Everything is done",
            trigger: ".o_debitor_lines:contains(Alles ist abgeglichen)",
        },
        {
            content: "And the page says what to do next",
            trigger: ".o_debitor_detail button:contains(Bankdateien importieren)",
        },
    ],
});
