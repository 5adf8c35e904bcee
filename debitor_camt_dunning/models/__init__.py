from . import account_bank_statement_line, debitor_match_reader
