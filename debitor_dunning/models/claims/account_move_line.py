from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...core.claims.allocation import BY_LAW, PRINCIPAL_FIRST, Part, allocate
from ...tools.money import to_decimal

ORDERS = {"law": BY_LAW, "principal": PRINCIPAL_FIRST}
# They decide what is dunned and what counts as written off: only bookings of claims set them.
_OWN_FIELDS = {"debitor_claim_id", "debitor_write_off_line_id"}


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Its open amount is asked for by notices as a claim, and not dunned as an item.
    debitor_claim_id = fields.Many2one(
        "debitor.claim", string="Claim", readonly=True, index="btree_not_null",
        ondelete="set null", copy=False,
    )  # fmt: skip

    debitor_write_off_line_id = fields.Many2one(
        "account.move.line", string="Written-Off Item", readonly=True, index="btree_not_null",
        ondelete="set null", copy=False,
    )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account
        lines = super().create(vals_list)
        # Looked at afterwards: defaults set them too.
        if not self.env.su and any(line[name] for line in lines for name in _OWN_FIELDS):
            self._refuse_own_fields()
        return lines

    def write(self, vals):
        # EXTENDS account
        if not self.env.su and _OWN_FIELDS & vals.keys():
            self._refuse_own_fields()
        return super().write(vals)

    def _refuse_own_fields(self):
        raise AccessError(
            self.env._(
                "Which entry books a claim or a write-off follows from the claim or write-off."
            )
        )

    def _pay_with_claims(self, items, claims, order):
        """Let these payment lines cover items and claims, one part after the other.

        Claims that get a share are booked where they are not booked yet; what a claim gets
        less than its amount stays open on it.

        :param items: receivable lines of invoices
        :param order: a key of ``ORDERS``
        :return: the core's ``Allocation``
        """
        split = self._split_payment(items, claims, order)
        share = {Part.COSTS: split.costs, Part.INTEREST: split.interest}
        queue = {Part.PRINCIPAL: [items], Part.COSTS: [], Part.INTEREST: []}
        for claim in claims:
            part = claim._get_part()
            if share[part] > 0:
                share[part] -= claim._get_open()
                queue[part].append(claim.sudo()._book())
        for part in ORDERS[order]:
            for lines in queue[part]:  # each by itself: a joint one would go by due dates
                self._match(lines)
        return split

    def _match(self, lines):
        for account in self.account_id:
            (self + lines).filtered(
                lambda line, account=account: line.account_id == account and not line.reconciled
            ).reconcile()

    def _split_payment(self, items, claims, order, amount=None):
        """Return the core's ``Allocation`` of a payment to items and claims; writes nothing.

        :param amount: of the payment; None takes what is open of these payment lines
        :raise UserError: payment, items and claims aren't in one currency
        """
        if len(self.currency_id | items.currency_id | claims.currency_id) > 1:
            raise UserError(
                self.env._(
                    "Payment, invoices and claims of %s are in several currencies: pay each"
                    " currency by itself.",
                    items.partner_id[:1].display_name,
                )
            )
        if amount is None:
            amount = -sum(line._get_open() for line in self)
        owed = dict.fromkeys(Part, 0)
        owed[Part.PRINCIPAL] = max(sum(line._get_open() for line in items), 0)
        for claim in claims:
            owed[claim._get_part()] += claim._get_open()
        return allocate(amount, owed, ORDERS[order])

    def _get_open(self):
        """Return what is open of the line as an exact number."""
        self.ensure_one()
        return to_decimal(self.amount_residual_currency, self.currency_id)
