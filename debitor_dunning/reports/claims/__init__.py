from . import debitor_dunning_letter, debitor_interest_table
