from . import debitor_dunning_send
