from . import (
    test_access,
    test_automation,
    test_claim_booking,
    test_claims,
    test_companies,
    test_letter,
    test_notice,
    test_procedure,
    test_queries,
    test_run,
    test_sending,
    test_tour,
)
