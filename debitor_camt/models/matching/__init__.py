from . import (
    account_bank_statement_line,
    account_bank_statement_line_return,
    account_bank_statement_line_rule,
    account_journal,
    account_reconcile_model,
    debitor_account_memory,
    debitor_bank_match,
    debitor_match_reader,
    debitor_payer_memory,
    res_partner,
)
