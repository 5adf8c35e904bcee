from odoo import api, fields, models

from ...core.claims.party import PartyKind, classify


class ResPartner(models.Model):
    _inherit = "res.partner"

    debitor_party = fields.Selection(
        [(PartyKind.BUSINESS.value, "Business"), (PartyKind.CONSUMER.value, "Consumer")],
        string="Dunned as",
        help="Decides interest, fee and lump sum. Empty: a business where there is a VAT number"
        " or the customer is a company, else a consumer.",
    )
    debitor_interest_rule_id = fields.Many2one(
        "debitor.interest.rule",
        string="Agreed Interest",
        company_dependent=True,
        help="What the contract says instead of the law.",
    )
    debitor_is_due_agreed = fields.Boolean(
        string="Due Dates Are Agreed",
        company_dependent=True,
        help="The contract names the days of payment, so that default begins without a"
        " reminder (§ 286 (2) BGB). A date merely printed on the invoice is not agreed.",
    )

    debitor_amount_claims = fields.Monetary(
        compute="_compute_debitor_amount_claims",
        string="Open Fees and Interest",
        groups="account.group_account_invoice,account.group_account_readonly",
        help="In company currency; claims in other currencies are not in this sum.",
    )

    @api.depends_context("company")
    def _compute_debitor_amount_claims(self):
        company = self.env.company
        sums = dict(
            self.env["debitor.claim"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", company.id),
                    ("currency_id", "=", company.currency_id.id),
                    ("state", "in", ("claimed", "booked")),
                ],
                ["partner_id"],
                ["amount_open:sum"],
            )
        )
        for partner in self:
            partner.debitor_amount_claims = sums.get(partner.commercial_partner_id, 0.0)

    def action_view_debitor_claims(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debitor_dunning.debitor_claim_action"
        )
        return action | {
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {"search_default_open": 1},
        }

    def _get_debitor_party(self):
        """Return the core's ``Party`` of a commercial partner."""
        self.ensure_one()
        stated = PartyKind(self.debitor_party) if self.debitor_party else None
        vat = (self.vat or "").strip()
        return classify(stated, len(vat) > 1, self.is_company)  # «/» stands for «none»

    @api.model
    def _commercial_fields(self):
        # EXTENDS base
        return [
            *super()._commercial_fields(),
            "debitor_party",
            "debitor_interest_rule_id",
            "debitor_is_due_agreed",
        ]
