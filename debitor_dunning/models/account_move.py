from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

# Customers read their own invoices in the portal, but not what is thought about them.
ACCOUNTING_GROUPS = "account.group_account_invoice,account.group_account_readonly"


class AccountMove(models.Model):
    _inherit = "account.move"

    debitor_level_id = fields.Many2one(
        "debitor.dunning.level",
        string="Dunning Level",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_notice_id = fields.Many2one(
        "debitor.dunning.notice",
        string="Last Notice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_notice_date = fields.Date(
        string="Last Notice On",
        readonly=True,
        copy=False,
        groups=ACCOUNTING_GROUPS,
    )
    debitor_next_level_id = fields.Many2one(
        "debitor.dunning.level",
        string="Next Level",
        compute="_compute_debitor_next",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_next_date = fields.Date(
        string="Next Action On",
        compute="_compute_debitor_next",
        search="_search_debitor_next_date",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_why_not = fields.Char(
        string="Why (Not) Dunned",
        compute="_compute_debitor_next",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_summary = fields.Char(
        string="Dunned",
        compute="_compute_debitor_summary",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_block_id = fields.Many2one(
        "debitor.dunning.block",
        string="Dunning Block",
        compute="_compute_debitor_block_id",
        search="_search_debitor_block_id",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_notice_count = fields.Integer(
        string="Notices",
        compute="_compute_debitor_notice_count",
        groups=ACCOUNTING_GROUPS,
    )

    def _get_receivable_lines(self):
        """Return the open receivable lines of these entries."""
        return self.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )

    @api.depends_context("lang")
    @api.depends("line_ids.amount_residual", "line_ids.debitor_rank", "state", "payment_state")
    def _compute_debitor_next(self):
        # All lines together: a list of invoices is judged once, not line by line.
        open_lines = self._get_receivable_lines().filtered(lambda line: line.amount_residual > 0)
        open_lines.mapped("debitor_next_date")
        by_move = open_lines.grouped("move_id")
        for move in self:
            lines = by_move.get(move, open_lines.browse())
            first = lines.sorted(
                lambda line: (line.debitor_next_date or fields.Date.to_date("9999-12-31"), line.id)
            )[:1]
            move.debitor_next_level_id = first.debitor_next_level_id
            move.debitor_next_date = first.debitor_next_date
            move.debitor_why_not = first.debitor_why_not

    @api.depends_context("lang")
    @api.depends("debitor_level_id", "debitor_notice_date")
    def _compute_debitor_summary(self):
        """Say the level and its day, e.g. «First Dunning Notice on 11/12/2026»."""
        for move in self:
            move.debitor_summary = bool(move.debitor_level_id) and self.env._(
                "%(level)s on %(date)s",
                level=move.debitor_level_id.name,
                date=format_date(self.env, move.debitor_notice_date),
            )

    @api.model
    def _search_debitor_next_date(self, operator, value):
        return self.env["debitor.dunning.insight"]._search_next_date("move_id", operator, value)

    def _compute_debitor_block_id(self):
        Block = self.env["debitor.dunning.block"]
        partners = self.commercial_partner_id
        blocks = Block.search(
            Block._get_active_domain(self.env.company._get_today())
            & (
                Domain("move_id", "in", self.ids)
                | (Domain("move_id", "=", False) & Domain("partner_id", "in", partners.ids))
            )
        )
        for move in self:
            own = blocks.filtered(lambda one: (one.move_id or one.move_line_id.move_id) == move)
            wide = blocks.filtered(
                lambda one: (
                    not one.move_id
                    and not one.move_line_id
                    and one.partner_id == move.commercial_partner_id
                    and one.company_id == move.company_id
                )
            )
            move.debitor_block_id = (own or wide)[:1]

    @api.model
    def _search_debitor_block_id(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        Block = self.env["debitor.dunning.block"]
        if list(value) == [False]:
            blocks = Block.search(Block._get_active_domain(self.env.company._get_today()))
            operator = "not in" if operator == "in" else "in"
        else:
            blocks = Block.browse(value)
        wide = blocks.filtered(lambda one: not one.move_id and not one.move_line_id)
        domain = Domain("id", "in", (blocks.move_id | blocks.move_line_id.move_id).ids) | Domain.OR(
            Domain("commercial_partner_id", "=", one.partner_id.id)
            & Domain("company_id", "=", one.company_id.id)
            for one in wide
        )
        return domain if operator == "in" else ~domain

    def _compute_debitor_notice_count(self):
        counts = dict(
            self.env["debitor.dunning.notice.line"]._read_group(
                [("move_id", "in", self.ids), ("is_included", "=", True)],
                ["move_id"],
                ["notice_id:count_distinct"],
            )
        )
        for move in self:
            move.debitor_notice_count = counts.get(move, 0)

    # ------------------------------------------------------------------
    # For people and for automation: see readme/AUTOMATION.md
    # ------------------------------------------------------------------

    def action_debitor_remind_now(self):
        """Propose the next level of these invoices today, whatever their days say.

        :return: action that opens the proposal
        :raise UserError: naming each invoice that can't be dunned, and why
        """
        return self.env["debitor.dunning.run"]._remind_now(self._get_receivable_lines())

    def action_debitor_hold(self, days=14, reason=None):
        """Block dunning of these invoices for ``days`` days.

        :param reason: name of a block reason; made where it doesn't exist
        :return: the blocks
        """
        return self.env["debitor.dunning.block"]._hold(
            [{"move_id": move.id, "company_id": move.company_id.id} for move in self], days, reason
        )

    def action_debitor_lift_block(self):
        """Lift the dunning blocks that hold for these invoices today."""
        self.debitor_block_id.action_lift()

    def action_debitor_why_not(self):
        """Show for each open item in one sentence why it is, or is not, dunned."""
        return self.env["debitor.dunning.insight"]._action_why_not(self._get_receivable_lines())

    def action_view_debitor_notices(self):
        lines = self.env["debitor.dunning.notice.line"].search(
            [("move_id", "in", self.ids), ("is_included", "=", True)]
        )
        return self.env["debitor.dunning.insight"]._action_notices(
            [("id", "in", lines.notice_id.ids)]
        )
