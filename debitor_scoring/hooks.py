def post_init_hook(env):
    """Give each existing company the shipped model, and have the first scores made."""
    companies = env["res.company"].search([])
    companies._create_default_scoring_model()
    env.ref("debitor_scoring.ir_cron_keep_up")._trigger()
