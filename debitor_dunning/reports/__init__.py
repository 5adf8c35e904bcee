from . import debitor_dunning_letter
