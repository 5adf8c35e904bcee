from . import debitor_score_disclosure
