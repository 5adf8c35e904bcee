def post_init_hook(env):
    """Give each existing company a procedure, so that the first proposal needs no set-up."""
    env["res.company"].search([])._create_default_dunning_procedure()
