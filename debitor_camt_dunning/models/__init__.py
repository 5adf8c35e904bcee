from . import account_bank_statement_line, debitor_bank_review, debitor_match_reader
