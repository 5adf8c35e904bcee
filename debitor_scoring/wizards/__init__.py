from . import (
    base_partner_merge,
    debitor_credit_report_import,
    debitor_credit_report_request,
    debitor_hold_release,
    debitor_score_disclosure_show,
    debitor_scoring_preview,
)
