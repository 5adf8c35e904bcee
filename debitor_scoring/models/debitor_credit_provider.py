from odoo import api, fields, models
from odoo.exceptions import UserError

SCALES = [
    ("creditreform", "Creditreform index (100 to 600, 100 is best)"),
    ("schufa_b2b", "SCHUFA B2B index"),
    ("crif", "CRIF score"),
    ("dnb_failure", "D&B Failure Score (1 to 100, 100 is best)"),
    ("paydex", "D&B Paydex (1 to 100, 80 is on terms)"),
]


class DebitorCreditProvider(models.Model):
    """An agency that reports on customers, and the way its reports come in.

    **To write an addon for an agency**, add a value to ``code`` and three methods that are
    named after it. For the code ``acme``:

    ``_get_acme_problem() -> str``
        Why the agency can't be asked now (no credentials, contract ended …) as a sentence
        for the user, empty when it can.

    ``_find_by_acme(partner) -> list[dict]``
        The companies that the agency knows and that may be ``partner`` (res.partner), the
        best first: ``reference`` (str, the agency's number), ``name`` (str) and ``address``
        (str, one line). An empty list when it knows none.

    ``_fetch_by_acme(partner, reference, interest) -> dict``
        The agency's report on the company ``reference``. ``interest`` is a key of
        ``debitor.credit.report.interest``: why we may ask. Keys of the result: ``value``
        (number on the provider's scale, required), ``date`` (date, today if left out),
        ``valid_until`` (date), ``agency_class`` (str), ``amount_limit`` (number) with
        ``currency`` (ISO code), ``note`` (str), ``filename`` and ``file`` (bytes, PDF).

    All three may raise ``UserError``; what else they raise is shown to the user as a
    failure of the agency and written to the log. They must not write to the database: one
    place does so, after it has checked what came.
    """

    _name = "debitor.credit.provider"
    _description = "Credit Agency"
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True, help="Empty: used by all companies.")
    code = fields.Selection(
        [("manual", "Entered by hand or from a file")],
        string="Connection",
        default="manual",
        required=True,
        help="Addons for agencies add their own.",
    )
    scale = fields.Selection(
        SCALES,
        required=True,
        help="How the agency counts. It decides how a value may cap the class; a value is never"
        " turned into points of the own score.",
    )
    validity_days = fields.Integer(
        default=365, required=True, help="Days that a report counts unless it says otherwise."
    )

    _validity_positive = models.Constraint(
        "CHECK (validity_days > 0)", "A report counts for at least one day."
    )

    def _get_problem(self):
        """Return why this agency can't be asked now, empty when it can."""
        self.ensure_one()
        return getattr(self, f"_get_{self.code}_problem")()

    def _find(self, partner):
        """Return the agency's companies that may be ``partner``, the best first."""
        self.ensure_one()
        self._check_usable()
        return getattr(self, f"_find_by_{self.code}")(partner)

    def _fetch(self, partner, reference, interest):
        """Return the agency's report on the company ``reference`` as a dict."""
        self.ensure_one()
        self._check_usable()
        return getattr(self, f"_fetch_by_{self.code}")(partner, reference, interest)

    def _check_usable(self):
        if problem := self._get_problem():
            raise UserError(problem)

    # ------------------------------------------------------------------
    # Reports that a person brings
    # ------------------------------------------------------------------

    @api.model
    def _get_manual_problem(self):
        return self.env._(
            "This agency is not connected: enter its report by hand, or import a file."
        )

    def _find_by_manual(self, partner):
        raise UserError(self._get_manual_problem())

    def _fetch_by_manual(self, partner, reference, interest):
        raise UserError(self._get_manual_problem())
