from . import (
    test_access,
    test_bank_review_tour,
    test_import,
    test_inbox,
    test_known,
    test_mail,
    test_matching,
    test_odd_files,
    test_quarantine,
    test_queries,
    test_torn_file,
)
