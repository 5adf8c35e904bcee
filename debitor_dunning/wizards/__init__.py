from . import (
    account_payment_register,
    debitor_base_rate_import,
    debitor_claim_waive,
    debitor_dunning_exclude,
    debitor_dunning_hold,
    debitor_dunning_send,
    debitor_write_off,
    debitor_write_off_line,
)
