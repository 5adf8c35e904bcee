from . import debitor_credit_provider
