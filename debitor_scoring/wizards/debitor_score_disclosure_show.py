from odoo import api, fields, models
from odoo.tools.misc import get_lang


class DebitorScoreDisclosureShow(models.TransientModel):
    """Shows what is kept on a customer, before it is handed over as a letter."""

    _name = "debitor.score.disclosure.show"
    _description = "Information Under Art. 15 GDPR"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        default=lambda self: self._get_default_partner(),
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    body = fields.Html(compute="_compute_body", sanitize=False)  # our own template

    @api.model
    def _get_default_partner(self):
        context = self.env.context
        return context.get("active_model") == "res.partner" and context.get("active_id")

    @api.depends("partner_id")
    def _compute_lang(self):
        for show in self:
            show.lang = get_lang(self.env, show.partner_id.lang or False).code

    @api.depends("partner_id", "lang", "company_id")
    def _compute_body(self):
        Disclosure = self.env["debitor.score.disclosure"]
        for show in self:
            show.body = show.partner_id and Disclosure._render_body(
                show.partner_id._origin, show.company_id, show.lang
            )

    @api.depends("partner_id")
    def _compute_display_name(self):
        for show in self:
            show.display_name = show.partner_id.display_name

    def action_print(self):
        """Return the letter as a download, and note on the customer that it was made."""
        self.ensure_one()
        content = self.env["debitor.score.disclosure"]._render_pdf(
            self.partner_id, self.company_id, self.lang
        )
        # The proof that the question was answered; who discloses need not edit contacts.
        self.partner_id.commercial_partner_id.sudo()._message_log(
            body=self.env._("Information under art. 15 GDPR was made for this customer."),
            author_id=self.env.user.partner_id.id,
        )
        name = self.env._("Information art. 15 GDPR %s.pdf", self.partner_id.name or "")
        return self.env["debitor.dunning.letter"]._offer_file(
            name.replace("/", "-"), content, "application/pdf"
        )
