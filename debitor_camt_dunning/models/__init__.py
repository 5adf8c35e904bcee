from . import (
    account_bank_statement_line,
    debitor_bank_review,
    debitor_dunning_run,
    debitor_match_reader,
)
