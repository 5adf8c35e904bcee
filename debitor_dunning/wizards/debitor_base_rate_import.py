import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core.claims.rate_file import read_rate_file
from ..core.errors import RateFileError


class DebitorBaseRateImport(models.TransientModel):
    """Takes base rates from a CSV file of the central bank, all of them or none."""

    _name = "debitor.base.rate.import"
    _description = "Import Base Rates"

    series = fields.Selection(
        selection=lambda self: (
            self.env["debitor.base.rate"]._fields["series"]._description_selection(self.env)
        ),
        required=True,
        default="de",
    )
    file = fields.Binary(string="CSV File", required=True, attachment=False)
    filename = fields.Char()
    source = fields.Char(
        required=True, help="Goes with each value, e.g. the name of the official series."
    )

    @api.onchange("filename")
    def _onchange_filename(self):
        if self.filename and not self.source:
            self.source = self.filename

    def action_import(self):
        """Add what is new and change what differs; what was known stays as it was."""
        self.ensure_one()
        Rate = self.env["debitor.base.rate"]
        rates = self._read()
        known = {rate.half_year: rate for rate in Rate.search([("series", "=", self.series)])}
        common = {"source": self.source, "checked_on": fields.Date.today(), "is_verified": True}
        new_vals, changed = [], Rate
        for rate in rates:
            percent = float(rate.percent)
            record = known.get(rate.half_year)
            if record is None:
                new_vals.append(
                    common
                    | {"series": self.series, "half_year": rate.half_year, "percent": percent}
                )
            elif record.percent != percent or not record.is_verified:
                record.write(common | {"percent": percent})
                changed |= record
        new = Rate.create(new_vals)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_message(len(rates), len(new), len(changed)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_message(self, read, new, changed):
        if read == 1:
            return self.env._(
                "1 half-year read: %(new)s new, %(changed)s changed.", new=new, changed=changed
            )
        return self.env._(
            "%(read)s half-years read: %(new)s new, %(changed)s changed.",
            read=read,
            new=new,
            changed=changed,
        )

    def _read(self):
        content = base64.b64decode(self.file)
        try:
            return read_rate_file(_decode(content))
        except RateFileError as error:
            raise UserError(self._get_error_text(error)) from error

    def _get_error_text(self, error):
        values = error.values
        if error.code == "twice":
            return self.env._(
                "Line %(line)s gives a second rate from %(day)s. Nothing was imported.",
                line=values["line"],
                day=format_date(self.env, values["day"]),
            )
        if error.code == "number":
            return self.env._(
                "«%(text)s» in line %(line)s is no percentage. Nothing was imported.",
                line=values["line"],
                text=values["text"],
            )
        if error.code == "comma":
            return self.env._(
                "Line %(line)s, «%(text)s», separates columns and perhaps decimals with a comma:"
                " save the file with semicolons or with decimal points. Nothing was imported.",
                line=values["line"],
                text=values["text"],
            )
        if error.code == "long":
            return self.env._("The file is too long: %s lines at most.", values["limit"])
        return self.env._(
            "There is no rate of a half-year in the file. Each line needs a date (2026-01,"
            " 2026-01-01 or 01.01.2026) and next to it the rate."
        )


def _decode(content):
    """Return the text of a file whose encoding nobody tells."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
