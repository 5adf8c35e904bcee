def post_init_hook(env):
    """Give each existing company a procedure, so that the first proposal needs no set-up."""
    companies = env["res.company"].search([])
    companies._compute_dunning_interest()  # which could not find the rules before
    companies._create_default_dunning_procedure()
