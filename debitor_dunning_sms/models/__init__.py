from . import debitor_dunning_level_channel, debitor_dunning_notice
