from . import debitor_dunning_letter, debitor_dunning_sample, debitor_interest_table
