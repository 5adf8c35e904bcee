from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .debitor_scoring_class import RATED_CLASSES

# Deleted at once; what is left comes with the next round of the clean-up.
_BATCH = 1000
_DECISION = {"risk_class", "reason", "kind", "date_from", "date_until"}


class DebitorRiskMark(models.Model):
    """What a person decided about a customer's class: why, who, from when and until when."""

    _name = "debitor.risk.mark"
    _description = "Class by Hand"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict",
        tracking=True,
    )  # fmt: skip
    kind = fields.Selection(
        [("override", "Class by hand"), ("blacklist", "Blacklist"), ("insolvent", "Insolvency")],
        default="override",
        required=True,
        tracking=True,
    )
    risk_class = fields.Selection(RATED_CLASSES, string="Class", tracking=True)
    reason = fields.Char(required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users", string="Decided By", default=lambda self: self.env.user, readonly=True,
        required=True,
    )  # fmt: skip
    date_from = fields.Date(
        required=True, default=lambda self: self.env.company._get_today(), tracking=True
    )
    date_until = fields.Date(
        string="Until", tracking=True, help="Last day. A class by hand always ends."
    )
    active = fields.Boolean(default=True, tracking=True)
    state = fields.Selection(
        [("planned", "Planned"), ("valid", "Valid"), ("expired", "Expired"), ("lifted", "Lifted")],
        compute="_compute_state",
    )

    note_ids = fields.Many2many(
        "mail.message", "debitor_risk_mark_note_rel", "mark_id", "message_id",
        string="Notes on the Customer", readonly=True, copy=False,
    )  # fmt: skip

    _override_is_complete = models.Constraint(
        "CHECK (kind <> 'override' OR (risk_class IS NOT NULL AND date_until IS NOT NULL))",
        "A class by hand needs the class and the day until which it holds.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "A mark can't end before it begins.",
    )

    @api.depends("active", "date_from", "date_until")
    def _compute_state(self):
        for mark in self:
            today = mark.company_id._get_today() if mark.company_id else fields.Date.today()
            if not mark.active:
                mark.state = "lifted"
            elif mark.date_from and mark.date_from > today:
                mark.state = "planned"
            else:
                mark.state = "expired" if mark.date_until and mark.date_until < today else "valid"

    @api.depends("partner_id", "kind", "risk_class")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for mark in self:
            words = kinds.get(mark.kind, "")
            letter = f" {mark.risk_class.upper()}" if mark.risk_class else ""
            mark.display_name = (
                f"{mark.partner_id.display_name}: {words}{letter}" if mark.partner_id else ""
            )

    @api.constrains("reason")
    def _check_reason(self):
        for mark in self:
            if not (mark.reason or "").strip():
                raise ValidationError(
                    self.env._("%s: say why, others will read it.", mark.partner_id.display_name)
                )

    @api.model
    def _get_valid_domain(self, day):
        return (
            Domain("active", "=", True)
            & Domain("date_from", "<=", day)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", day))
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("partner_id"):
                partner = self.env["res.partner"].browse(vals["partner_id"])
                vals["partner_id"] = partner.commercial_partner_id.id
            if not self.env.su:
                vals["user_id"] = self.env.uid  # nobody decides in another's name
        marks = super().create(vals_list)
        for mark in marks:
            mark._log_on_partner(self.env._("%s set", mark._get_text()))
        marks._after_change()
        return marks

    def write(self, vals):
        if "partner_id" in vals or "company_id" in vals:
            raise UserError(
                self.env._("A mark stays with its customer: lift it and set another one.")
            )
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "user_id"}
            if vals.keys() & _DECISION:
                vals["user_id"] = self.env.uid  # whoever changes a decision has made it
        before = {mark: mark.active for mark in self}
        result = super().write(vals)
        for mark in self:
            if before[mark] and not mark.active:
                mark._log_on_partner(self.env._("%s lifted", mark._get_text()))
            elif vals.keys() & {"risk_class", "date_until", "reason", "kind", "active"}:
                mark._log_on_partner(self.env._("%s changed", mark._get_text()))
        self._after_change()
        return result

    def unlink(self):
        pairs = self._get_pairs()
        result = super().unlink()
        self._recompute(pairs)
        return result

    def action_lift(self):
        """End the marks; they stay in the history."""
        self.active = False

    def _get_text(self):
        """Return «Class by hand D until 2026-12-31: reason»."""
        self.ensure_one()
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        letter = f" {self.risk_class.upper()}" if self.kind == "override" else ""
        until = (
            self.env._(" until %s", fields.Date.to_string(self.date_until))
            if self.date_until
            else ""
        )
        return f"{kind}{letter}{until} ({self.reason})"

    def _log_on_partner(self, body):
        """Note on the customer what was decided: the trace outlives a mark that is deleted by hand."""
        # Who may set marks need not be allowed to write partners, or messages.
        su = self.sudo()
        su.note_ids += su.partner_id._message_log(body=body, author_id=self.env.user.partner_id.id)

    @api.autovacuum
    def _gc_marks(self):
        """Delete marks that ended longer ago than each company keeps decisions, notes as well.

        :return: how many were deleted, and whether there are more (art. 5 (1) e GDPR)
        """
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & (
                Domain("date_until", "<", day)
                | (Domain("active", "=", False) & Domain("write_date", "<", day))
            )
            for company, day in self.env["res.company"]._get_decision_limits().items()
        )
        # Whoever started the clean-up need not be allowed to delete marks, or messages.
        marks = self.sudo().with_context(active_test=False).search(domain, limit=_BATCH)
        marks.note_ids.unlink()
        marks.unlink()
        return len(marks), len(marks) == _BATCH

    def _get_pairs(self):
        return [(mark.company_id, mark.partner_id.commercial_partner_id) for mark in self]

    def _after_change(self):
        self._recompute(self._get_pairs())

    @api.model
    def _recompute(self, pairs):
        """A decision holds at once: whoever set it looks at the class next."""
        by_company = {}
        for company, partner in pairs:
            by_company.setdefault(company, self.env["res.partner"])
            by_company[company] |= partner
        for company, partners in by_company.items():
            self.env["debitor.score"].sudo()._recompute(company, partners.ids)
