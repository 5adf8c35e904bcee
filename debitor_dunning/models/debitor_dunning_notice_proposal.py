from odoo import api, models
from odoo.tools import email_normalize

from ..core.proposal import deadline_of


class DebitorDunningNotice(models.Model):
    """What a notice says: its items, sums, deadline and way to the customer."""

    _inherit = "debitor.dunning.notice"

    def _prepare_line_vals(self, item, level, today, is_repeated=False):
        """Return a line's values for a core ``OpenItem``; ``level`` is None for a credit."""
        return {
            "notice_id": self.id,
            "run_id": self.run_id.id,
            "company_id": self.company_id.id,
            "currency_id": item.currency_id,
            "move_line_id": item.id,
            "move_id": item.move_id,
            "level_id": level.id if level else None,
            "rank": level.rank if level else 0,
            "previous_rank": item.rank,
            "is_credit": item.is_credit,
            "is_repeated": is_repeated,
            "is_included": True,
            "is_live": True,
            "date_maturity": item.due,
            "days_overdue": (today - item.due).days if item.due else 0,
            "amount_total": item.total,
            "amount_residual": item.residual,
            "amount_residual_company": item.residual_company,
        }

    def _after_line_change(self):
        """Bring sums, level and deadline in line with what is on the notice now."""
        self.run_id._touch()
        for notice in self:
            level = notice.level_id
            notice.sudo().write(notice._prepare_totals())  # sums are closed to users
            if notice.level_id != level:
                notice._choose_channel()

    def _get_dunned_lines(self):
        return self.line_ids.filtered(lambda line: line.is_included and not line.is_credit)

    def _get_top_line(self):
        """Return the line whose level the notice has."""
        self.ensure_one()
        return self._get_dunned_lines().sorted("rank")[-1:]

    def _prepare_totals(self):
        self.ensure_one()
        lines = self.line_ids.filtered("is_included")
        dunned = self._get_dunned_lines()
        top = self._get_top_line()
        overdue = self.currency_id.round(sum(dunned.mapped("amount_residual")))
        credit = self.currency_id.round(sum((lines - dunned).mapped("amount_residual")))
        return {
            "line_count": len(dunned),
            "amount_overdue": overdue,
            "amount_credit": credit,
            "amount_total": self.currency_id.round(overdue + credit),
            "amount_company": sum(lines.mapped("amount_residual_company")),
            "oldest_due": min((d for d in dunned.mapped("date_maturity") if d), default=False),
            "level_id": top.level_id.id,
            "rank": top.rank,
            "deadline": self._get_deadline(top.level_id, self.date),
        }

    def _get_deadline(self, level, date):
        if not level:
            return False
        calendar = self.procedure_id.sudo()._as_calendar()
        return deadline_of(level._as_level(level.rank), date, calendar) or False

    def _choose_channel(self):
        """Set the first channel of the level that is possible, else say what is missing."""
        self.ensure_one()
        channel, problem = self._find_channel(self.level_id, self.recipient_id)
        self.write({"channel": channel, "problem": problem})

    @api.model
    def _find_channel(self, level, recipient):
        """Return the first possible channel of ``level``, and why those before it were not."""
        problems = []
        for channel in level.channel_ids.mapped("channel"):
            problem = getattr(self, f"_get_{channel}_problem")(recipient)
            if not problem:
                return channel, "; ".join(problems) or False
            problems.append(problem)
        return False, "; ".join(problems) or self.env._("Level «%s» has no channel.", level.name)

    @api.model
    def _get_email_problem(self, recipient):
        """Return why ``recipient`` can't get a mail, or False."""
        if not recipient.email:
            return self.env._("No e-mail address")
        if not email_normalize(recipient.email):
            return self.env._("«%s» is not an e-mail address", recipient.email)
        if recipient.is_blacklisted:
            return self.env._("The e-mail address is on the blacklist")
        return False

    @api.model
    def _get_letter_problem(self, recipient):
        if not (recipient.street and recipient.city):
            return self.env._("No postal address")
        return False

    @api.model
    def _get_phone_problem(self, recipient):
        return False if recipient.phone else self.env._("No phone number")
