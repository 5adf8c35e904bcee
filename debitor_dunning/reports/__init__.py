from . import (
    debitor_dunning_letter,
    debitor_dunning_letterhead,
    debitor_dunning_mail,
    debitor_dunning_print,
    debitor_dunning_sample,
)

# isort: split
from . import claims
