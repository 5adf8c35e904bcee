from . import debitor_dunning_exclude, debitor_dunning_hold, debitor_dunning_send
