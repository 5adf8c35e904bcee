from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...core.claims.base_rate import BaseRate, RateSeries, half_year_of


class DebitorBaseRate(models.Model):
    """What a central bank announced for a half-year; the rates are the same for all companies."""

    _name = "debitor.base.rate"
    _description = "Base Rate"
    _order = "series, half_year desc"
    _rec_name = "half_year"

    series = fields.Selection(
        [
            ("de", "Germany: base rate (§ 247 BGB)"),
            ("at", "Austria: base rate (§ 456 UGB)"),
            ("ecb", "ECB: main refinancing rate"),
        ],
        required=True,
        index=True,
    )
    half_year = fields.Date(
        string="From", required=True, help="First day of the half-year: 1 January or 1 July."
    )
    percent = fields.Float(
        digits=(8, 4), required=True, aggregator=None, help="Percent a year; may be negative."
    )
    source = fields.Char(required=True, help="Where the value was read.")
    checked_on = fields.Date(help="When somebody last compared the value with the source.")
    is_verified = fields.Boolean(
        string="Verified", help="Compared with the announcement of the central bank itself."
    )

    _half_year_unique = models.UniqueIndex(
        "(series, half_year)", "Each half-year has one value in a series."
    )

    @api.constrains("half_year")
    def _check_half_year(self):
        for rate in self:
            if rate.half_year != half_year_of(rate.half_year):
                raise ValidationError(
                    self.env._(
                        "A base rate holds from 1 January or 1 July, not from %s.",
                        format_date(self.env, rate.half_year),
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if not self.env.context.get("install_mode"):
            # What a person checked outlives the next update of this addon.
            known = [("model", "=", self._name), ("res_id", "in", self.ids)]
            self.env["ir.model.data"].sudo().search(known).noupdate = True  # closed to users
        return result

    @api.depends("series", "half_year", "percent")
    def _compute_display_name(self):
        labels = dict(self._fields["series"]._description_selection(self.env))
        for rate in self:
            half_year = format_date(self.env, rate.half_year)
            rate.display_name = f"{labels.get(rate.series, '')}, {half_year}"

    @api.model
    def _get_series(self, name):
        """Return all values of a series as the core's ``RateSeries``."""
        return RateSeries.of(
            BaseRate(rate.half_year, Decimal(str(rate.percent)), rate.is_verified)
            for rate in self.sudo().search([("series", "=", name)])  # the same for everybody
        )

    @api.model
    def _get_on(self, name, date):
        """Return the record of the half-year that holds ``date``, or an empty one."""
        domain = [("series", "=", name), ("half_year", "=", half_year_of(date))]
        return self.sudo().search(domain)  # the same for everybody

    @api.model
    def _get_series_label(self, name):
        return dict(self._fields["series"]._description_selection(self.env))[name]
