from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = "res.partner"

    type = fields.Selection(
        selection_add=[("dunning", "Dunning Contact")], ondelete={"dunning": "set default"}
    )
    dunning_procedure_id = fields.Many2one(
        "debitor.dunning.procedure",
        company_dependent=True,
        domain="[('company_id', 'parent_of', current_company_id)]",
        help="Empty: by the customer's tags, else the company's default procedure.",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_level_id = fields.Many2one(
        "debitor.dunning.level",
        string="Dunning Level",
        compute="_compute_debitor_level",
        search="_search_debitor_level_id",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_notice_id = fields.Many2one(
        "debitor.dunning.notice",
        string="Last Dunned With",
        compute="_compute_debitor_level",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_notice_date = fields.Date(
        string="Last Dunned On",
        compute="_compute_debitor_level",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_next_date = fields.Date(
        string="Next Dunning On",
        compute="_compute_debitor_next",
        search="_search_debitor_next_date",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_why_not = fields.Char(
        string="Why (Not) Dunned",
        compute="_compute_debitor_next",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_block_ids = fields.One2many(
        "debitor.dunning.block",
        "partner_id",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_block_id = fields.Many2one(
        "debitor.dunning.block",
        string="Dunning Block",
        compute="_compute_debitor_block_id",
        search="_search_debitor_block_id",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_notice_count = fields.Integer(
        string="Notices",
        compute="_compute_debitor_notice_count",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_amount_overdue = fields.Monetary(
        string="Overdue",
        compute="_compute_debitor_amounts",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_amount_open = fields.Monetary(
        string="Open",
        compute="_compute_debitor_amounts",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_days_late = fields.Integer(
        string="Usual Delay in Days",
        compute="_compute_debitor_days_late",
        help="Median of the days between due date and payment in the last 12 months.",
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    debitor_habit = fields.Char(
        string="Payment Habit",
        compute="_compute_debitor_days_late",
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    def _read_open_item_facts(self, columns, group=SQL("GROUP BY 1")):
        """Return rows about open items per commercial partner of the current company."""
        reader = self.env["debitor.open.item.reader"]
        self.env["account.move.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT partner.commercial_partner_id, %s
                     FROM account_move_line line
                     JOIN res_partner partner ON partner.id = line.partner_id
                    WHERE %s AND partner.commercial_partner_id IN %s %s""",
                columns,
                reader._get_open_item_where(self.env.company),
                tuple(self.commercial_partner_id.ids) or (0,),
                group,
            )
        )

    @api.depends_context("company")
    def _compute_debitor_level(self):
        rows = self._read_open_item_facts(
            SQL(
                "line.debitor_level_id, line.debitor_rank, line.debitor_notice_id,"
                " line.debitor_notice_date"
            ),
            SQL("AND line.debitor_rank > 0 ORDER BY line.debitor_notice_date, line.debitor_rank"),
        )
        # The level is the highest of all items, whichever notice was the last.
        top, last = {}, {}
        for partner_id, level_id, rank, notice_id, day in rows:
            if rank >= top.get(partner_id, (0, None))[0]:
                top[partner_id] = (rank, level_id)
            last[partner_id] = (notice_id, day)
        for partner in self:
            id_ = partner.commercial_partner_id.id
            partner.debitor_level_id = top.get(id_, (0, False))[1]
            partner.debitor_notice_id, partner.debitor_notice_date = last.get(id_, (False, False))

    @api.model
    def _search_debitor_level_id(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        levels = [id_ for id_ in value if id_]
        reader = self.env["debitor.open.item.reader"]
        query = SQL(
            """SELECT partner.commercial_partner_id FROM account_move_line line
                 JOIN res_partner partner ON partner.id = line.partner_id
                WHERE %s AND %s""",
            reader._get_open_item_where(self.env.company),
            SQL("line.debitor_level_id IN %s", tuple(levels))
            if levels
            else SQL("line.debitor_rank > 0"),
        )
        has_level = bool(levels) == (operator == "in")
        if False in value and levels:
            return NotImplemented
        return [("commercial_partner_id", "in" if has_level else "not in", query)]

    @api.depends_context("company", "lang")
    def _compute_debitor_next(self):
        insight = self.env["debitor.dunning.insight"]
        verdicts = insight._get_partner_verdicts(self.commercial_partner_id, self.env.company)
        for partner in self:
            verdict = verdicts.get(partner.commercial_partner_id.id)
            partner.debitor_next_date = verdict and verdict.next_date
            partner.debitor_why_not = verdict and insight._get_reason_text(
                verdict.reason, self.env.company
            )

    @api.model
    def _search_debitor_next_date(self, operator, value):
        return self.env["debitor.dunning.insight"]._search_next_date("partner_id", operator, value)

    @api.depends_context("company")
    @api.depends("debitor_block_ids.state")
    def _compute_debitor_block_id(self):
        Block = self.env["debitor.dunning.block"]
        blocks = Block.search(
            Block._get_active_domain(self.env.company._get_today())
            & fields.Domain(
                [
                    ("company_id", "=", self.env.company.id),
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("move_id", "=", False),
                    ("move_line_id", "=", False),
                ]
            )
        )
        by_partner = {block.partner_id.id: block for block in blocks}
        for partner in self:
            partner.debitor_block_id = by_partner.get(partner.commercial_partner_id.id, False)

    @api.model
    def _search_debitor_block_id(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        Block = self.env["debitor.dunning.block"]
        wanted = [id_ for id_ in value if id_]
        domain = Block._get_active_domain(self.env.company._get_today()) & fields.Domain(
            [
                ("company_id", "=", self.env.company.id),
                ("move_id", "=", False),
                ("move_line_id", "=", False),
            ]
        )
        blocks = Block.browse(wanted) if wanted else Block.search(domain)
        positive = bool(wanted) == (operator == "in")
        return [("commercial_partner_id", "in" if positive else "not in", blocks.partner_id.ids)]

    @api.depends_context("company")
    def _compute_debitor_notice_count(self):
        counts = dict(
            self.env["debitor.dunning.notice"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.debitor_notice_count = counts.get(partner.commercial_partner_id, 0)

    @api.depends_context("company")
    def _compute_debitor_amounts(self):
        today = self.env.company._get_today()
        sums = {
            partner_id: (total, overdue)
            for partner_id, total, overdue in self._read_open_item_facts(
                SQL(
                    "sum(line.amount_residual),"
                    " sum(line.amount_residual) FILTER (WHERE line.date_maturity < %s)",
                    today,
                )
            )
        }
        for partner in self:
            total, overdue = sums.get(partner.commercial_partner_id.id, (0.0, 0.0))
            partner.debitor_amount_open = total
            partner.debitor_amount_overdue = overdue or 0.0

    @api.depends_context("company", "lang")
    def _compute_debitor_days_late(self):
        medians = self._read_median_days_late()
        for partner in self:
            days = medians.get(partner.commercial_partner_id.id)
            partner.debitor_days_late = days or 0
            partner.debitor_habit = self._get_habit_text(days)

    def _read_median_days_late(self):
        """Return ``{commercial partner id: days}`` over invoices paid in the last 12 months."""
        for name in ("account.move", "account.move.line", "account.partial.reconcile"):
            self.env[name].flush_model()
        since = fields.Date.subtract(self.env.company._get_today(), months=12)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT partner_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY days)
                         FROM (SELECT move.commercial_partner_id AS partner_id,
                                      max(rec.max_date) - line.date_maturity AS days
                                 FROM account_move_line line
                                 JOIN account_move move ON move.id = line.move_id
                                 JOIN account_partial_reconcile rec ON rec.debit_move_id = line.id
                                WHERE move.commercial_partner_id IN %s AND move.company_id = %s
                                  AND move.move_type = 'out_invoice' AND line.reconciled
                                  AND line.date_maturity IS NOT NULL AND rec.max_date >= %s
                             GROUP BY move.commercial_partner_id, line.id) delays
                     GROUP BY partner_id HAVING count(*) >= 3""",
                    tuple(self.commercial_partner_id.ids) or (0,),
                    self.env.company.id,
                    since,
                )
            )
        )

    def _get_habit_text(self, days):
        """Return «usually pays 9 days after the due date»; nothing below three payments."""
        if days is None:
            return False
        if days > 0:
            return self.env._("usually pays %s days after the due date", days)
        if days < 0:
            return self.env._("usually pays %s days before the due date", -days)
        return self.env._("usually pays on the due date")

    def action_debitor_remind_now(self):
        """Propose the next level of all these customers' overdue items today.

        :return: action that opens the proposal
        """
        return self.env["debitor.dunning.run"]._remind_now(self._get_debitor_lines(overdue=True))

    def action_debitor_hold(self, days=14, reason=None):
        """Block dunning of these customers in the current company for ``days`` days."""
        return self.env["debitor.dunning.block"]._hold(
            [
                {"partner_id": partner.id, "company_id": self.env.company.id}
                for partner in self.commercial_partner_id
            ],
            days,
            reason,
        )

    def action_debitor_lift_block(self):
        """Lift the dunning blocks on these customers as a whole."""
        self.debitor_block_id.action_lift()

    def action_debitor_why_not(self):
        """Show for each open item in one sentence why it is, or is not, dunned."""
        return self.env["debitor.dunning.insight"]._action_why_not(self._get_debitor_lines())

    def _get_debitor_lines(self, overdue=False):
        domain = [
            ("company_id", "=", self.env.company.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("partner_id", "child_of", self.commercial_partner_id.ids),
        ]
        if overdue:
            domain.append(("date_maturity", "<", self.env.company._get_today()))
        return self.env["account.move.line"].search(domain)

    def action_view_debitor_notices(self):
        return self.env["debitor.dunning.insight"]._action_notices(
            [("partner_id", "in", self.commercial_partner_id.ids)]
        )

    def action_view_debitor_open_items(self):
        return self.env["debitor.dunning.insight"]._action_open_items(self._get_debitor_lines())
