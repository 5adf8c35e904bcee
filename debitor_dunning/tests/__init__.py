from . import (
    test_companies,
    test_notice,
    test_procedure,
    test_run,
    test_sending,
)
