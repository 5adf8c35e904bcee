from . import (
    test_access,
    test_import,
    test_inbox,
    test_known,
    test_mail,
    test_matching,
    test_quarantine,
    test_queries,
)
