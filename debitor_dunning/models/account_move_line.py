from odoo import api, fields, models
from odoo.tools import SQL

from .account_move import ACCOUNTING_GROUPS


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    debitor_rank = fields.Integer(
        string="Dunning Level No.",
        readonly=True,
        copy=False,
        help="Position of the highest dunning level that a notice gave this item.",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_level_id = fields.Many2one(
        "debitor.dunning.level",
        string="Dunning Level",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_notice_id = fields.Many2one(
        "debitor.dunning.notice",
        string="Last Notice",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_notice_date = fields.Date(
        string="Last Notice On",
        readonly=True,
        copy=False,
        groups=ACCOUNTING_GROUPS,
    )
    debitor_deadline = fields.Date(
        string="Dunning Deadline",
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
        groups=ACCOUNTING_GROUPS,
    )
    debitor_why_not = fields.Char(
        string="Why (Not) Dunned",
        compute="_compute_debitor_next",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_block_id = fields.Many2one(
        related="move_id.debitor_block_id",
        string="Dunning Block on Invoice",
        groups=ACCOUNTING_GROUPS,
    )
    debitor_days_overdue = fields.Integer(
        string="Days Overdue",
        compute="_compute_debitor_days_overdue",
        groups=ACCOUNTING_GROUPS,
    )

    @api.depends("date_maturity")
    def _compute_debitor_days_overdue(self):
        today = self.env.company._get_today()
        for line in self:
            line.debitor_days_overdue = (
                max((today - line.date_maturity).days, 0) if line.date_maturity else 0
            )

    @api.depends_context("lang")
    @api.depends("amount_residual", "date_maturity", "debitor_rank", "no_followup", "parent_state")
    def _compute_debitor_next(self):
        verdicts = self.env["debitor.dunning.insight"]._get_verdicts(self)
        Level = self.env["debitor.dunning.level"]
        for line in self:
            verdict = verdicts.get(line.id)
            line.debitor_next_level_id = (
                Level.browse(verdict.next_level.id) if verdict and verdict.next_level else Level
            )
            line.debitor_next_date = verdict and verdict.next_date
            line.debitor_why_not = verdict and self.env["debitor.dunning.insight"]._get_reason_text(
                verdict.reason, line.company_id
            )

    def unlink(self):
        # EXTENDS account: a proposal that came to nothing must not keep a draft from changing.
        self.env["debitor.dunning.notice.line"].sudo()._forget_items(self)
        return super().unlink()

    def action_debitor_remind_now(self):
        """Propose the next level of these open items today, whatever their days say."""
        return self.env["debitor.dunning.run"]._remind_now(self)

    @api.model
    def _apply_notices(self, notices):
        """Write level, date and deadline of sent notices to their items, one statement each.

        SQL, because these columns belong to no entry's content: an item of a locked
        period or of a hashed entry gets its level like any other.
        """
        if not notices:
            return
        self.env["debitor.dunning.notice"].flush_model()
        self.env["debitor.dunning.notice.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line item
                      SET debitor_rank = line.rank, debitor_level_id = line.level_id,
                          debitor_notice_id = notice.id, debitor_notice_date = notice.date,
                          debitor_deadline = notice.deadline
                     FROM debitor_dunning_notice_line line
                     JOIN debitor_dunning_notice notice ON notice.id = line.notice_id
                    WHERE item.id = line.move_line_id AND line.is_included
                      AND NOT line.is_credit AND notice.id IN %s""",
                tuple(notices.ids),
            )
        )
        self._sync_moves(notices)

    @api.model
    def _revert_notices(self, notices):
        """Set items back to the last notice that went out and was not cancelled."""
        if not notices:
            return
        self.env["debitor.dunning.notice"].flush_model()
        self.env["debitor.dunning.notice.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE account_move_line item
                      SET debitor_rank = COALESCE(last.rank, 0), debitor_level_id = last.level_id,
                          debitor_notice_id = last.notice_id, debitor_notice_date = last.date,
                          debitor_deadline = last.deadline
                     FROM account_move_line same
                LEFT JOIN LATERAL (
                          SELECT line.rank, line.level_id, line.notice_id, notice.date,
                                 notice.deadline
                            FROM debitor_dunning_notice_line line
                            JOIN debitor_dunning_notice notice ON notice.id = line.notice_id
                           WHERE line.move_line_id = same.id AND line.is_included
                             AND NOT line.is_credit AND notice.state IN ('sent', 'bounced')
                        ORDER BY notice.sent_on DESC, notice.id DESC LIMIT 1) last ON TRUE
                    WHERE item.id = same.id AND item.debitor_notice_id IN %s""",
                tuple(notices.ids),
            )
        )
        self._sync_moves(notices)

    @api.model
    def _sync_moves(self, notices):
        """Show the highest level of its items on each invoice, for filters and groups."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_move move
                      SET debitor_level_id = top.debitor_level_id,
                          debitor_notice_id = top.debitor_notice_id,
                          debitor_notice_date = top.debitor_notice_date
                     FROM (SELECT DISTINCT ON (item.move_id) item.move_id, item.debitor_level_id,
                                  item.debitor_notice_id, item.debitor_notice_date
                             FROM account_move_line item
                             JOIN account_account account ON account.id = item.account_id
                            WHERE account.account_type = 'asset_receivable' AND item.move_id IN (
                                  SELECT move_id FROM debitor_dunning_notice_line
                                   WHERE notice_id IN %s AND NOT is_credit)
                         ORDER BY item.move_id, item.debitor_rank DESC NULLS LAST) top
                    WHERE move.id = top.move_id""",
                tuple(notices.ids),
            )
        )
        names = ["debitor_level_id", "debitor_notice_id", "debitor_notice_date"]
        self.env["account.move"].invalidate_model(names)
        self.invalidate_model([*names, "debitor_rank", "debitor_deadline"])
