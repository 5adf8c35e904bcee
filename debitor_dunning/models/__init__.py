from . import (
    account_move,
    account_move_line,
    debitor_dunning_block,
    debitor_dunning_block_reason,
    debitor_dunning_first_steps,
    debitor_dunning_insight,
    debitor_dunning_level,
    debitor_dunning_level_channel,
    debitor_dunning_notice,
    debitor_dunning_notice_line,
    debitor_dunning_procedure,
    debitor_dunning_proposer,
    debitor_dunning_run,
    debitor_dunning_simulation,
    debitor_dunning_skip,
    debitor_open_item_reader,
    ir_attachment,
    res_company,
    res_config_settings,
    res_lang,
    res_partner,
)

# isort: split
# Extend a model from above, and so come after it.
from . import (
    debitor_dunning_notice_mail,
    debitor_dunning_notice_proposal,
    debitor_dunning_notice_sending,
    debitor_dunning_notice_work,
    debitor_dunning_review,
    debitor_dunning_run_automation,
    debitor_dunning_run_proposing,
    debitor_dunning_run_schedule,
)

# isort: split
# One folder for each subject that builds on the models above.
from . import claims
