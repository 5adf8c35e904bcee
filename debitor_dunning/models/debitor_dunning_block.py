from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class DebitorDunningBlock(models.Model):
    """Who must not be dunned, why, from when and until when."""

    _name = "debitor.dunning.block"
    _description = "Dunning Block"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: the block holds for all items of the customer.",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Instalment",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Only this instalment of the invoice.",
    )
    reason_id = fields.Many2one("debitor.dunning.block.reason", required=True, tracking=True)
    note = fields.Char(tracking=True)
    source = fields.Selection(
        [("person", "Person")],
        default="person",
        required=True,
        readonly=True,
        help="What set the block. A block that a dispute or a promise sets is lifted by it.",
    )
    user_id = fields.Many2one(
        "res.users", string="Set By", default=lambda self: self.env.user, readonly=True
    )
    date_from = fields.Date(
        required=True, default=lambda self: self.env.company._get_today(), tracking=True
    )
    date_to = fields.Date(
        string="Until", tracking=True, help="Last day of the block. Empty: until it is lifted."
    )
    lifted_on = fields.Date(readonly=True, copy=False, tracking=True)
    state = fields.Selection(
        [("future", "Planned"), ("active", "Active"), ("expired", "Expired"), ("lifted", "Lifted")],
        compute="_compute_state",
        search="_search_state",
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A dunning block can't end before it begins.",
    )

    @api.depends("move_id.commercial_partner_id", "move_line_id.move_id.commercial_partner_id")
    def _compute_partner_id(self):
        for block in self:
            move = block.move_id or block.move_line_id.move_id
            if move:
                block.partner_id = move.commercial_partner_id

    @api.depends("date_from", "date_to", "lifted_on")
    def _compute_state(self):
        today = self.env.company._get_today()
        for block in self:
            if block.lifted_on:
                block.state = "lifted"
            elif block.date_from and block.date_from > today:
                block.state = "future"
            else:
                block.state = "expired" if block.date_to and block.date_to < today else "active"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._get_today()
        domains = {
            "lifted": Domain("lifted_on", "!=", False),
            "future": Domain("lifted_on", "=", False) & Domain("date_from", ">", today),
            "expired": Domain("lifted_on", "=", False) & Domain("date_to", "<", today),
            "active": self._get_active_domain(today),
        }
        return Domain.OR(domains[one] for one in value if one in domains)

    @api.model
    def _get_active_domain(self, date):
        return (
            Domain("lifted_on", "=", False)
            & Domain("date_from", "<=", date)
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", date))
        )

    @api.constrains("move_id", "move_line_id")
    def _check_line_of_move(self):
        for block in self:
            if block.move_line_id and block.move_id not in (
                block.move_line_id.move_id,
                self.env["account.move"],
            ):
                raise ValidationError(
                    self.env._(
                        "The instalment doesn't belong to invoice %s.", block.move_id.display_name
                    )
                )

    @api.depends("partner_id", "move_id", "reason_id", "date_to")
    def _compute_display_name(self):
        for block in self:
            parts = (block.move_id.name or block.partner_id.display_name, block.reason_id.name)
            block.display_name = ": ".join(filter(None, parts))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # A block without a customer of the commercial level would never match an item.
            if vals.get("partner_id"):
                partner = self.env["res.partner"].browse(vals["partner_id"])
                vals["partner_id"] = partner.commercial_partner_id.id
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A dunning block is not deleted but lifted, so that its trace remains.")
        )

    def action_lift(self):
        """End the blocks today, whatever their last day was."""
        self.filtered(lambda block: not block.lifted_on).lifted_on = self.env.company._get_today()

    @api.model
    def _hold(self, subjects, days, reason=None):
        """Create a block for each of ``subjects`` (values of what is blocked) and return them.

        :param reason: name of a block reason; made where it doesn't exist
        """
        if days <= 0:
            raise UserError(self.env._("A dunning block needs at least one day."))
        reason = self.env["debitor.dunning.block.reason"]._get_by_name(reason)
        today = self.env.company._get_today()
        return self.create(
            [
                {
                    **subject,
                    "reason_id": reason.id,
                    "date_from": today,
                    "date_to": fields.Date.add(today, days=days),
                }
                for subject in subjects
            ]
        )

    def _get_text(self):
        """Return the reason as a notice's or an item's sentence needs it."""
        self.ensure_one()
        return f"{self.reason_id.name} ({self.note})" if self.note else self.reason_id.name
