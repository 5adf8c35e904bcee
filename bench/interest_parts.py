"""The parts of the interest benchmark that run inside Odoo."""


def set_charges(env, _probe, has_interest):
    """Let all levels claim interest and nothing else, from the due date on, or claim nothing."""
    env["debitor.dunning.level"].search([]).write(
        {
            "has_interest": has_interest,
            "has_lump_sum": False,
            "fee_business": 0.0,
            "fee_consumer": 0.0,
        }
    )
    env["res.company"].search([]).dunning_is_due_agreed = True
    env.cr.commit()
    return {}


def count_claims(env, _probe):
    """Return how many claims there are, and their sum."""
    env.cr.execute("SELECT count(*), COALESCE(sum(amount), 0)::float FROM debitor_claim")
    count, amount = env.cr.fetchone()
    return {"claims": count, "amount": amount}
