from decimal import Decimal

from odoo import api, models
from odoo.tools import is_html_empty

from ..core.errors import PaymentCodeError
from ..core.payment_code import (
    PaymentCode,
    group_iban,
    is_iban,
    payment_code_payload,
)
from .letter_logo import logo_uri
from .payment_code_image import payment_code_uri

# Invoice numbers that somebody is ready to type into a transfer form.
_TYPED_NUMBERS = 3


def _without_scheme(url):
    return url.split("://")[-1].rstrip("/")


class DebitorDunningLetterhead(models.AbstractModel):
    """Who writes, and where the money goes."""

    _inherit = "debitor.dunning.letter"

    @api.model
    def _prepare_letterhead_values(self, company):
        return {
            "logo_uri": "" if company.uses_default_logo else logo_uri(company.logo),
            "sender_line": " · ".join(
                filter(None, [company.name, company.street, self._get_town(company)])
            ),
            "footer_html": "" if is_html_empty(company.report_footer) else company.report_footer,
            "footer_columns": self._get_footer_columns(company),
        }

    @api.model
    def _get_town(self, company):
        return " ".join(filter(None, [company.zip, company.city]))

    @api.model
    def _get_footer_columns(self, company):
        """Return the legal particulars where the company has written no footer itself."""
        account = self._get_bank_account(company, company.currency_id)
        columns = [
            [company.name, company.street, company.street2, self._get_town(company)],
            [company.phone, company.email, _without_scheme(company.website or "")],
            [
                company.vat and self.env._("VAT no. %s", company.vat),
                company.company_registry
                and self.env._("Register no. %s", company.company_registry),
            ],
            [
                account.bank_name,
                account.acc_number and self.env._("IBAN %s", self._show_account(account)),
                account.bank_bic and self.env._("BIC %s", account.bank_bic),
            ],
        ]
        return [[line for line in column if line] for column in columns if any(column)]

    # ------------------------------------------------------------------
    # Payment
    # ------------------------------------------------------------------

    @api.model
    def _get_bank_account(self, company, currency):
        """Return the account that the customer pays to, best one in ``currency``."""
        journals = self.env["account.journal"].search(
            [
                ("company_id", "=", company.id),
                ("type", "=", "bank"),
                ("bank_account_id", "!=", False),
            ]
        )
        fitting = journals.filtered(
            lambda journal: (journal.currency_id or company.currency_id) == currency
        )
        return (fitting or journals).bank_account_id[:1] or company.partner_id.bank_ids[:1]

    @api.model
    def _show_account(self, account):
        number = account.acc_number or ""
        return group_iban(number) if is_iban(number) else number

    @api.model
    def _get_reference(self, notice, lines):
        """Return what the customer is asked to write into the transfer."""
        moves = lines.filtered(lambda line: not line.is_credit).move_id
        if len(moves) == 1:
            return moves.payment_reference or moves.name or notice.name
        if len(moves) <= _TYPED_NUMBERS:
            return ", ".join(filter(None, moves.mapped("name"))) or notice.name
        return notice.name

    @api.model
    def _prepare_payment_values(self, notice, lines, form):
        account = self._get_bank_account(notice.company_id, notice.currency_id)
        return {
            "holder": account.acc_holder_name or notice.company_id.name or "",
            "account": self._show_account(account),
            "is_iban": is_iban(account.acc_number or ""),
            "bic": account.bank_bic or "",
            "bank": account.bank_name or "",
            "reference": self._get_reference(notice, lines),
            "deadline": form.date(notice.deadline),
        }

    @api.model
    def _get_payment_code_uri(self, notice, values):
        """Return the QR code of the payment, empty where a transfer in euros isn't asked for."""
        payment = values["payment"]
        if notice.currency_id.name != "EUR" or not payment["is_iban"]:
            return ""
        code = PaymentCode(
            name=payment["holder"],
            iban=payment["account"],
            amount=Decimal(str(values["total"])),
            text=payment["reference"],
            bic=payment["bic"],
        )
        try:
            return payment_code_uri(payment_code_payload(code))
        except PaymentCodeError:
            return ""  # the letter names account and reference in words
