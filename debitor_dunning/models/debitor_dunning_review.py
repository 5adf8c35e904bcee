from collections import Counter, defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

PAGE_SIZE = 80
_STEPS = ("proposed", "reviewed", "approved", "sent")
_OUT_OF_RUN = ("excluded", "cancelled")
_PROBLEMS = ("failed", "in_doubt", "bounced")
_ORDERS = {
    "level": "rank desc, amount_company desc, id",
    "customer": "partner_id, id",
    "items": "line_count desc, id",
    "due": "oldest_due, id",
    "sum": "amount_company desc, id",
    "credit": "amount_credit, id",
}
_WARNED_PARTS = ("problem", "to_print", "no_channel", "unsent", "credit")
# What narrows a run down; only runs with the same filters can be compared.
_FILTERS = ("procedure_ids", "partner_ids", "category_ids")
_RUNS_SEARCHED = 50
# Parts of a run that the review can be narrowed to, each with its domain.
_PARTS = {
    "all": Domain.TRUE,
    "in": Domain("state", "not in", _OUT_OF_RUN),
    "out": Domain("state", "=", "excluded"),
    "credit": Domain("amount_credit", "!=", 0) & Domain("state", "not in", _OUT_OF_RUN),
    "unsent": Domain("has_unsent_invoice", "=", True) & Domain("state", "not in", _OUT_OF_RUN),
    "no_channel": Domain("channel", "=", False) & Domain("state", "not in", _OUT_OF_RUN),
    "problem": Domain("state", "in", _PROBLEMS),
    "to_print": Domain("state", "=", "to_print"),
}


class DebitorDunningRun(models.Model):
    """What the review screen asks for: the head, pages of notices, what was left out."""

    _inherit = "debitor.dunning.run"

    def action_open_review(self):
        """Open the review; a run without a proposal opens as a form."""
        self.ensure_one()
        if self.state == "draft":
            return {
                "type": "ir.actions.act_window",
                "res_model": self._name,
                "res_id": self.id,
                "views": [(False, "form")],
            }
        action = self.env["ir.actions.client"]._for_xml_id(
            "debitor_dunning.debitor_dunning_review_action"
        )
        return action | {
            "name": self.name,
            "display_name": self.name,
            "context": {"active_id": self.id, "active_ids": self.ids, "active_model": self._name},
        }

    def action_propose_and_review(self):
        self.action_propose()
        return self.action_open_review()

    def action_send_invoices(self):
        """Open Odoo's sending of all invoices on this run that the customers never got."""
        self.ensure_one()
        return self.notice_ids.filtered_domain(_PARTS["unsent"]).action_send_invoices()

    # ------------------------------------------------------------------
    # Head
    # ------------------------------------------------------------------

    def get_review(self):
        """Return what the head of the review shows; amounts are in company currency."""
        self.ensure_one()
        groups = self._read_review_groups()
        labels = dict(self._fields["state"]._description_selection(self.env))
        is_user = self.env.user.has_group("debitor_dunning.group_dunning_user")
        return {
            "id": self.id,
            "name": self.name,
            "date": self.date,
            "company_id": self.company_id.id,
            "company": self.company_id.display_name,
            "currency_id": self.currency_id.id,
            "state": self.state,
            "state_label": labels[self.state],
            "steps": [{"state": step, "label": labels[step]} for step in _STEPS],
            "is_paused": self.is_paused,
            "progress": round(self.progress),
            "done": self.debtor_done if self.state == "proposing" else self._count_done(groups),
            "todo": self.debtor_count if self.state == "proposing" else self.notice_count,
            "bank_date": self.bank_date,
            "levels": self._sum_levels(groups),
            "channels": self._sum_channels(groups),
            "counts": self._count_states(groups),
            "notice_count": self.notice_count,
            "amount": sum(amount for state, *_rest, amount in groups if state not in _OUT_OF_RUN),
            "skip_count": self.skip_count,
            "to_print_count": self.to_print_count,
            "warnings": self._get_review_warnings(groups),
            "can_edit": is_user,
            "can_approve": self.env.user.has_group("debitor_dunning.group_dunning_approver"),
        }

    def _read_review_groups(self):
        """Return ``[(state, level, channel, count, amount), …]``."""
        return self.env["debitor.dunning.notice"]._read_group(
            [("run_id", "=", self.id)],
            ["state", "level_id", "channel"],
            ["__count", "amount_company:sum"],
        )

    def _sum_levels(self, groups):
        sums = defaultdict(lambda: [0, 0.0])
        for state, level, _channel, count, amount in groups:
            if state not in _OUT_OF_RUN:
                sums[level][0] += count
                sums[level][1] += amount
        labels = self._get_level_labels([level.id for level in sums if level])
        return [
            {"id": level.id, "name": labels[level.id], "count": count, "amount": amount}
            for level, (count, amount) in sorted(
                sums.items(), key=lambda item: (item[0].days_after_due, item[0].id)
            )
            if level
        ]

    @api.model
    def _get_level_labels(self, level_ids):
        """Return ``{level id: name}``; levels that share their name tell their procedure."""
        levels = self.env["debitor.dunning.level"].sudo().browse(level_ids)
        same = Counter(levels.mapped("name"))
        return {
            level.id: f"{level.name} ({level.procedure_id.name})"
            if same[level.name] > 1
            else level.name
            for level in levels
        }

    def _sum_channels(self, groups):
        labels = dict(self.env["debitor.dunning.notice"]._selection_channel())
        counts = defaultdict(int)
        for state, _level, channel, count, _amount in groups:
            if state not in _OUT_OF_RUN and channel:
                counts[channel] += count
        return [
            {"channel": channel, "label": label, "count": counts[channel]}
            for channel, label in labels.items()
            if counts[channel]
        ]

    def _count_states(self, groups):
        counts = defaultdict(int)
        for state, _level, _channel, count, _amount in groups:
            counts[state] += count
        return dict(counts)

    def _count_done(self, groups):
        waiting = ("proposed", "approved", "queued", "sending", *_OUT_OF_RUN)
        return sum(count for state, *_rest, count, _amount in groups if state not in waiting)

    def _get_review_warnings(self, groups):
        """Return warnings, each with what helps: a part of the run, or an action and its label."""
        Notice_ = self.env["debitor.dunning.notice"]
        is_decided = self.state in ("sending", "sent", "cancelled")
        parts = ["problem", "to_print"]
        if not is_decided:
            parts += ["no_channel", "unsent", "credit"]
        counts = dict.fromkeys(_WARNED_PARTS, 0) | {
            part: Notice_.search_count(self._get_review_domain(part)) for part in parts
        }
        texts = {
            "problem": self.env._("Need a decision: %s", counts["problem"]),
            "to_print": self.env._("To be printed: %s", counts["to_print"]),
            "no_channel": self.env._("Without an address: %s", counts["no_channel"]),
            "unsent": self.env._("About invoices never sent: %s", counts["unsent"]),
            "credit": self.env._("With unallocated credits: %s", counts["credit"]),
        }
        warnings = [
            {"code": part, "text": texts[part], "part": part}
            for part, count in counts.items()
            if count
        ]
        freshness = not is_decided and self._get_freshness_problem()
        if freshness:
            warnings.insert(
                0,
                {
                    "code": "freshness",
                    "text": freshness,
                    "action": "account.open_account_journal_dashboard_kanban",
                    "label": self.env._("Bank Journals"),
                },
            )
        return warnings

    # ------------------------------------------------------------------
    # Pages of notices
    # ------------------------------------------------------------------

    def get_review_page(self, offset=0, limit=PAGE_SIZE, part="all", text="", order="level"):
        """Return ``{"total": …, "rows": […]}`` for one page of the run's notices.

        :param part: a key of ``_PARTS``, or ``level-<id>``
        """
        self.ensure_one()
        Notice_ = self.env["debitor.dunning.notice"]
        domain = self._get_review_domain(part, text)
        notices = Notice_.search(domain, offset=offset, limit=limit, order=_ORDERS[order])
        return {"total": Notice_.search_count(domain), "rows": notices.get_review_rows()}

    def _get_review_domain(self, part="all", text=""):
        self.ensure_one()
        domain = Domain("run_id", "=", self.id)
        if part.startswith("level-"):
            level_id = int(part.removeprefix("level-"))
            domain &= Domain("level_id", "=", level_id) & _PARTS["in"]
        elif part in _PARTS:
            domain &= _PARTS[part]
        else:
            raise UserError(self.env._("A dunning run has no part «%s».", part))
        if text:
            domain &= Domain("partner_id", "ilike", text) | Domain(
                "line_ids.move_id", "ilike", text
            )
        return domain

    # ------------------------------------------------------------------
    # Not dunned
    # ------------------------------------------------------------------

    def get_review_skip_groups(self):
        """Return the reasons why items are on no notice, with count and sums, most first."""
        self.ensure_one()
        titles = dict(
            self.env["debitor.dunning.skip"]._fields["reason_code"]._description_selection(self.env)
        )
        groups = defaultdict(lambda: {"count": 0, "sums": []})
        for code, currency, count, amount in self.env["debitor.dunning.skip"]._read_group(
            [("run_id", "=", self.id)],
            ["reason_code", "currency_id"],
            ["__count", "amount_residual:sum"],
        ):
            groups[code]["count"] += count
            groups[code]["sums"].append({"amount": amount, "currency_id": currency.id})
        return [
            {"code": code, "title": titles.get(code, code), **group}
            for code, group in sorted(groups.items(), key=lambda item: -item[1]["count"])
        ]

    def get_review_skips(self, code, offset=0, limit=PAGE_SIZE):
        """Return one page of the items that were left out for the reason ``code``."""
        self.ensure_one()
        skips = self.env["debitor.dunning.skip"].search(
            [("run_id", "=", self.id), ("reason_code", "=", code)],
            offset=offset,
            limit=limit,
            order="days_overdue desc, id",
        )
        return [
            {
                "id": skip.id,
                "partner_id": skip.partner_id.id,
                "partner": skip.partner_id.display_name,
                "move_id": skip.move_id.id,
                "move": skip.move_id.name,
                "due": skip.date_maturity,
                "days": skip.days_overdue,
                "amount": skip.amount_residual,
                "currency_id": skip.currency_id.id,
                "reason": skip.reason,
            }
            for skip in skips.sudo()  # names of customers and invoices of a run one may read
        ]

    # ------------------------------------------------------------------
    # Difference to the run before
    # ------------------------------------------------------------------

    def _get_previous_run(self):
        """Return the last run before this one that looked at the same kind of customers."""
        self.ensure_one()
        earlier = self._get_runs_to_compare_domain(self.company_id) & Domain("id", "<", self.id)
        for run in self.search(earlier, order="id desc", limit=_RUNS_SEARCHED):
            if all(run[name] == self[name] for name in _FILTERS):
                return run
        return self.browse()

    @api.model
    def _get_runs_to_compare_domain(self, company):
        """Return the domain of runs that looked through customers by themselves.

        A run that somebody started on single items says nothing about the others.
        """
        return (
            Domain("company_id", "=", company.id)
            & Domain("debtor_count", ">", 0)
            & Domain("state", "not in", ("draft", "proposing"))
        )

    def get_review_difference(self):
        """Return the run before and, for new, raised and gone items, counts and sums."""
        self.ensure_one()
        previous = self._get_previous_run()
        if not previous:
            return {"previous": False, "groups": []}
        titles = {
            "new": self.env._("New since then"),
            "raised": self.env._("At a higher level"),
            "lowered": self.env._("At a lower level"),
            "same": self.env._("Unchanged"),
            "gone": self.env._("No longer on it"),
        }
        found = {
            kind: (items, customers, amount)
            for kind, items, customers, amount in self.env.execute_query(
                SQL(
                    "SELECT kind, count(*), count(DISTINCT partner_id), sum(amount)"
                    " FROM (%s) difference GROUP BY kind",
                    self._get_difference_query(previous),
                )
            )
        }
        return {
            "previous": {"id": previous.id, "name": previous.name, "date": previous.date},
            "groups": [
                {
                    "kind": kind,
                    "title": title,
                    "items": found[kind][0],
                    "customers": found[kind][1],
                    "amount": float(found[kind][2] or 0),
                }
                for kind, title in titles.items()
                if kind in found
            ],
        }

    def get_review_difference_page(self, kind, offset=0, limit=PAGE_SIZE):
        """Return one page of the customers whose items are new, raised or gone."""
        self.ensure_one()
        previous = self._get_previous_run()
        if not previous:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, note, count(*), sum(amount), max(level_before),
                          max(level_now)
                     FROM (%s) difference WHERE kind = %s
                 GROUP BY partner_id, note ORDER BY sum(amount) DESC, partner_id
                    LIMIT %s OFFSET %s""",
                self._get_difference_query(previous),
                kind,
                limit,
                offset,
            )
        )
        names = self._get_partner_names({row[0] for row in rows})
        levels = self.env["debitor.dunning.level"].browse({i for row in rows for i in row[4:] if i})
        level_names = {level.id: level.name for level in levels.sudo()}
        return [
            {
                "key": f"{partner_id}-{note or ''}",
                "partner_id": partner_id,
                "partner": names.get(partner_id, ""),
                "note": self._get_difference_note(note),
                "items": items,
                "amount": float(amount or 0),
                "before": level_names.get(before, ""),
                "now": level_names.get(now, ""),
            }
            for partner_id, note, items, amount, before, now in rows
        ]

    def _get_difference_query(self, previous):
        """Return rows of (kind, partner, note, amount, levels), one for each item.

        «note» says why an item is gone: ``paid``, or the reason code of this run.
        """
        self.env.flush_all()
        return SQL(
            """WITH before AS (%s), now AS (%s)
             SELECT CASE WHEN before.move_line_id IS NULL THEN 'new'
                         WHEN now.move_line_id IS NULL THEN 'gone'
                         WHEN now.rank > before.rank THEN 'raised'
                         WHEN now.rank < before.rank THEN 'lowered'
                         ELSE 'same' END AS kind,
                    COALESCE(now.partner_id, before.partner_id) AS partner_id,
                    CASE WHEN now.move_line_id IS NOT NULL THEN NULL
                         WHEN item.reconciled THEN 'paid'
                         ELSE skip.reason_code END AS note,
                    COALESCE(now.amount, before.amount) AS amount,
                    before.level_id AS level_before, now.level_id AS level_now
               FROM now FULL JOIN before ON before.move_line_id = now.move_line_id
          LEFT JOIN account_move_line item ON item.id = before.move_line_id
          LEFT JOIN debitor_dunning_skip skip
                 ON skip.move_line_id = before.move_line_id AND skip.run_id = %s""",
            previous._get_dunned_items_query(),
            self._get_dunned_items_query(),
            self.id,
        )

    def _get_dunned_items_query(self):
        """Return the items on this run's notices; those that a person left out don't count."""
        return SQL(
            """SELECT line.move_line_id, line.rank, line.level_id, notice.partner_id,
                      line.amount_residual_company AS amount
                 FROM debitor_dunning_notice_line line
                 JOIN debitor_dunning_notice notice ON notice.id = line.notice_id
                WHERE line.run_id = %s AND line.is_included AND NOT line.is_credit
                  AND notice.state <> 'excluded'""",
            self.id,
        )

    def _get_difference_note(self, note):
        if note == "paid":
            return self.env._("Paid")
        titles = dict(
            self.env["debitor.dunning.skip"]._fields["reason_code"]._description_selection(self.env)
        )
        return titles.get(note, "")

    @api.model
    def _get_partner_names(self, partner_ids):
        # Names on a run one may read; rules on customers don't hide them.
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        return {partner.id: partner.display_name for partner in partners}


class DebitorDunningNotice(models.Model):
    """Rows of the review, and the ways from a notice to its run and its customer."""

    _inherit = "debitor.dunning.notice"

    def action_open_review(self):
        return self.run_id.action_open_review()

    def action_view_partner_open_items(self):
        return self.partner_id.action_view_debitor_open_items()

    def get_review_rows(self):
        """Return the notices as rows of the review."""
        before = self._read_levels_before()
        channels = dict(self._selection_channel())
        states = dict(self._fields["state"]._description_selection(self.env))
        # Names on a notice one may read; rules on customers don't hide them.
        return [
            {
                "id": notice.id,
                "name": notice.name,
                "partner_id": notice.partner_id.id,
                "partner": notice.partner_id.display_name,
                "level": notice.level_id.name or "",
                "before": before.get(notice.id, ""),
                "line_count": notice.line_count,
                "oldest_due": notice.oldest_due,
                "days": (notice.date - notice.oldest_due).days if notice.oldest_due else 0,
                "amount": notice.amount_total,
                "credit": notice.amount_credit,
                "currency_id": notice.currency_id.id,
                "recipient": notice.recipient_id.display_name,
                "email": notice.recipient_id.email or "",
                "channel": notice.channel or "",
                "channel_label": channels.get(notice.channel, ""),
                "problem": notice.problem or "",
                "unsent": notice.has_unsent_invoice,
                "state": notice.state,
                "state_label": states[notice.state],
                "exclusion_reason": notice.exclusion_reason or "",
            }
            for notice in self.sudo()
        ]

    def _read_levels_before(self):
        """Return ``{notice id: name of the highest level that its items had before}``."""
        ranks = self.env["debitor.dunning.notice.line"]._read_group(
            [("notice_id", "in", self.ids), ("is_included", "=", True), ("is_credit", "=", False)],
            ["notice_id"],
            ["previous_rank:max"],
        )
        names = {
            procedure.id: procedure.level_ids.sorted("days_after_due").mapped("name")
            for procedure in self.procedure_id.sudo()
        }
        return {
            notice.id: names[notice.procedure_id.id][rank - 1]
            for notice, rank in ranks
            if rank and rank <= len(names[notice.procedure_id.id])
        }

    def get_review_items(self):
        """Return the items of one notice as rows of the review."""
        self.ensure_one()
        names = self.procedure_id.sudo().level_ids.sorted("days_after_due").mapped("name")
        return [
            {
                "id": line.id,
                "move_id": line.move_id.id,
                "move": line.move_id.name,
                "due": line.date_maturity,
                "days": line.days_overdue,
                "level": line.level_id.name or "",
                "before": names[line.previous_rank - 1]
                if 0 < line.previous_rank <= len(names)
                else "",
                "amount": line.amount_residual,
                "currency_id": line.currency_id.id,
                "is_credit": line.is_credit,
                "is_included": line.is_included,
                "is_repeated": line.is_repeated,
                "unsent": line.move_id.move_type == "out_invoice" and not line.move_id.is_move_sent,
                "exclusion_reason": line.exclusion_reason or "",
                "can_raise": not line.is_credit and line.rank < len(names),
                "can_lower": not line.is_credit and line.rank > 1,
            }
            for line in self.line_ids.sudo()  # invoices on a notice one may read
        ]
