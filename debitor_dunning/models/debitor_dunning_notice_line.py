from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class DebitorDunningNoticeLine(models.Model):
    """One receivable line on a notice, with its level and amounts as they were."""

    _name = "debitor.dunning.notice.line"
    _description = "Dunning Notice Line"
    _order = "notice_id, is_credit, date_maturity, id"
    _rec_name = "move_line_id"

    notice_id = fields.Many2one(
        "debitor.dunning.notice", required=True, ondelete="cascade", index=True
    )
    run_id = fields.Many2one("debitor.dunning.run", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Open Item", required=True, ondelete="restrict", index=True
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, ondelete="restrict", index=True
    )
    level_id = fields.Many2one("debitor.dunning.level", ondelete="restrict")
    rank = fields.Integer(help="Position of the level in its procedure, 0 for credits.")
    previous_rank = fields.Integer(help="Position of the level that the item had before.")
    is_credit = fields.Boolean()
    is_repeated = fields.Boolean(
        help="The item stays at the level that it has and goes along on this notice."
    )
    is_included = fields.Boolean(default=True, string="On the Notice")
    is_live = fields.Boolean(
        default=True, help="Keeps the item from being put on a second notice meanwhile."
    )
    is_blocked = fields.Boolean(help="A dunning block took the item off before sending.")
    exclusion_reason = fields.Char()
    date_maturity = fields.Date(string="Due Date")
    days_overdue = fields.Integer(aggregator="max")
    amount_total = fields.Monetary(string="Amount")
    amount_paid = fields.Monetary(string="Paid", compute="_compute_amount_paid")
    amount_residual = fields.Monetary(string="Open")
    amount_residual_company = fields.Float(digits=0, string="Open in Company Currency")

    _one_live_notice = models.UniqueIndex(
        "(move_line_id) WHERE is_live",
        "An open item can't be on two notices at once.",
    )

    @api.depends("amount_total", "amount_residual")
    def _compute_amount_paid(self):
        for line in self:
            line.amount_paid = line.amount_total - line.amount_residual

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Items come onto a notice by a dunning run."))
        return super().create(vals_list)

    def write(self, vals):
        # Whoever may change lines does so by the actions below, which bring the notice in line.
        if not self.env.su:
            self._check_proposed()
            raise AccessError(
                self.env._("The amounts and the notice of an item follow from the books.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_proposals(self):
        if not self.env.su:
            self._check_proposed()

    @api.model
    def _forget_items(self, items):
        """Delete lines about these items from notices that never went out and never will."""
        if items.ids:
            self.search(
                [
                    ("move_line_id", "in", items.ids),
                    ("notice_id.state", "in", ("cancelled", "excluded", "blocked", "settled")),
                    ("notice_id.sent_on", "=", False),
                ]
            ).unlink()

    def action_exclude(self, reason=None):
        """Take the lines off their notices; they may come back in a later run.

        A notice of which nothing would be left is left out as a whole.
        """
        self._check_may_change()
        emptied = self.notice_id.filtered(lambda notice: not (notice._get_dunned_lines() - self))
        emptied.action_exclude(reason)
        lines = self.filtered(lambda line: line.notice_id not in emptied)
        lines.sudo().write(  # the rights were checked
            {
                "is_included": False,
                "is_live": False,
                "exclusion_reason": reason or self.env._("Taken out by %s", self.env.user.name),
            }
        )
        lines.notice_id._after_line_change()

    def action_include(self):
        self._check_may_change()
        self._check_free()
        # The rights were checked.
        self.sudo().write({"is_included": True, "is_live": True, "exclusion_reason": False})
        self.notice_id._after_line_change()

    def _check_free(self):
        """Raise where an item is on another notice that is under way."""
        other = self.search(
            [
                ("move_line_id", "in", self.move_line_id.ids),
                ("is_live", "=", True),
                ("notice_id", "not in", self.notice_id.ids),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(item)s is on notice %(notice)s by now, so it can't come back to this one.",
                    item=other.move_id.name,
                    notice=other.notice_id.display_name,
                )
            )

    def action_raise(self):
        """Move the lines one level up; the procedure's rules don't hold for a person."""
        self._shift_level(1)

    def action_lower(self):
        """Move the lines one level down."""
        self._shift_level(-1)

    def _shift_level(self, step):
        self._check_may_change()
        for line in self.filtered(lambda one: not one.is_credit):
            levels = line.notice_id.procedure_id.level_ids.sorted("days_after_due")
            rank = line.rank + step
            if not 1 <= rank <= len(levels):
                raise UserError(
                    self.env._(
                        "«%(item)s» is at the %(end)s level of its procedure already.",
                        item=line.move_id.name,
                        end=self.env._("last") if step > 0 else self.env._("first"),
                    )
                )
            # The rights were checked.
            line.sudo().write({"rank": rank, "level_id": levels[rank - 1].id})
        self.notice_id._after_line_change()

    def _check_may_change(self):
        """Raise where the user may not change these lines, or nobody may any more."""
        self.check_access("write")
        self._check_proposed()

    def _check_proposed(self):
        for notice in self.notice_id:
            if notice.state != "proposed":
                raise UserError(
                    self.env._(
                        "Notice %s is not a proposal any more, so its lines stay as they are.",
                        notice.display_name,
                    )
                )

    def _refresh_before_sending(self):
        """Bring the lines of one notice up to date with the books.

        What was paid, cancelled, excluded or blocked meanwhile leaves the notice; what is
        left shows today's residual; credits that came in meanwhile are added.
        """
        notice = self.notice_id
        today = notice.company_id._get_today()
        reader = self.env["debitor.open.item.reader"]
        reader._flush_facts()
        items = {
            item.id: item
            for item in reader._read_items(
                notice.company_id, notice.partner_id.ids, today, ignored_notice_ids=notice.ids
            ).get(notice.partner_id.id, ())
            if item.currency_id == notice.currency_id.id
        }
        for line in self.filtered("is_included"):
            line._refresh_from_item(items.pop(line.move_line_id.id, None), today)
        notice._add_new_credits(
            item for item in items.values() if item.is_credit and not (item.notice or item.excluded)
        )

    def _refresh_from_item(self, item, today):
        self.ensure_one()
        obstacle = self._get_obstacle(item)
        if obstacle:
            vals = {"is_included": False, "is_live": False} | obstacle
        else:
            vals = {
                "amount_residual": float(item.residual),
                "amount_residual_company": float(item.residual_company),
                "days_overdue": (today - item.due).days if item.due else 0,
            }
        if any(self[name] != value for name, value in vals.items()):
            self.write(vals)

    def _get_obstacle(self, item):
        """Return the values that say why the item can't stay on its notice, or nothing."""
        if item is None:
            return {"exclusion_reason": self.env._("Paid or cancelled before sending")}
        if item.is_credit != self.is_credit:
            return {"exclusion_reason": self.env._("Turned into a credit before sending")}
        if item.rank > max(self.rank, self.previous_rank):
            return {"exclusion_reason": self.env._("A later notice gave it a higher level")}
        if self._was_postponed(item):
            return {"exclusion_reason": self.env._("The due date was moved before sending")}
        if item.in_payment:
            return {"exclusion_reason": self.env._("A payment was registered before sending")}
        if item.excluded:
            return {"exclusion_reason": self.env._("Excluded from follow-up before sending")}
        if item.block and not self.is_credit:
            return {
                "is_blocked": True,
                "exclusion_reason": self.env._("Dunning block: %s", item.block.reason),
            }
        return {}

    def _was_postponed(self, item):
        """Tell whether an overdue item got a new due date that has not passed."""
        if self.is_credit or not item.due or item.due == self.date_maturity:
            return False
        return self.level_id.days_after_due >= 0 and item.due >= self.company_id._get_today()
