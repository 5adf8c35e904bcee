"""The measured parts of the scoring benchmark; each runs in a process of its own.

Every function gets an Odoo environment and a probe, and returns counts, among them `units`:
the customers by which the cost is divided.
"""

FLOOR = """
    WITH settled AS (
        SELECT m.commercial_partner_id AS partner_id, l.date_maturity AS due,
               max(r.max_date) AS paid_on
          FROM account_move_line l
          JOIN account_move m ON m.id = l.move_id
          JOIN account_account a ON a.id = l.account_id
          JOIN account_partial_reconcile r ON r.debit_move_id = l.id
         WHERE a.account_type = 'asset_receivable' AND l.reconciled
           AND m.move_type = 'out_invoice' AND m.state = 'posted'
         GROUP BY m.commercial_partner_id, l.id
    ), weighted AS (
        SELECT partner_id, power(0.5, (%(today)s::date - due) / 180.0) AS weight,
               (ARRAY[100, 97, 92, 70, 50, 30, 15, 5, 0])[
                   1 + width_bucket(paid_on - due, ARRAY[-7, -2, 1, 4, 8, 16, 31, 61])] AS points
          FROM settled
    )
    SELECT partner_id, sum(weight * points) / sum(weight) FROM weighted GROUP BY partner_id
"""


def floor(env, probe, today):
    """The least that any score must do: settlement dates, weights and a mean, not kept."""
    with probe.measure():
        env.cr.execute(FLOOR, {"today": today})
        rows = env.cr.fetchall()
    return {"units": len(rows)}


# ---------------------------------------------------------------------------
# Ours
# ---------------------------------------------------------------------------


def ours_full(env, probe, today):
    """All customers, as the scheduled action does each night, snapshots included."""
    with probe.measure():
        env["debitor.score.maker"]._cron_all(env.company)
        env.cr.commit()
    env.cr.execute("SELECT risk_class, count(*) FROM debitor_score GROUP BY 1 ORDER BY 1")
    classes = dict(env.cr.fetchall())
    units = env["res.partner"].search_count([("ref", "=like", "K%")])
    assert sum(classes.values()) == units, (classes, units)
    assert len(classes) >= 4, classes
    return {"units": units, "classes": classes}


def ours_again(env, probe, today):
    """The same on the next day: all scores are there and are updated."""
    env.cr.execute("UPDATE debitor_score_portfolio SET date = date - 1")
    env.cr.commit()
    return ours_full(env, probe, today)


def ours_incremental(env, probe, today, share):
    """Customers of whom there is news, every so many-th of all."""
    partners = env["res.partner"].search([("ref", "=like", "K%")], order="id")
    chosen = partners.ids[::share]
    env["debitor.score.news"]._note((env.company.id, id_) for id_ in chosen)
    env.cr.commit()
    env.invalidate_all()
    with probe.measure():
        env["debitor.score.maker"]._cron_news()
        env.cr.commit()
    assert not env["debitor.score.news"]._count()
    return {"units": len(chosen)}


def ours_one(env, probe, today):
    """One customer after the other, as if each was asked for by a person."""
    partners = env["res.partner"].search([("ref", "=like", "K%")], limit=55)
    company = env.company
    env["debitor.score"]._recompute(company, partners[:5].ids)
    with probe.measure():
        for partner in partners[5:]:
            env["debitor.score"]._recompute(company, partner.ids)
            env.cr.commit()
    return {"units": 50}


def ours_list(env, probe, today):
    """Name, class and words of 80 customers, as a list shows them."""
    partners = env["res.partner"].search([("ref", "=like", "K%")], limit=80)
    return _read(env, probe, partners, ["name", "debitor_risk_class", "debitor_score_text"])


def ours_search(env, probe, today):
    """The risky customers."""
    with probe.measure():
        found = env["res.partner"].search([("debitor_risk_class", "in", ("d", "e"))])
    assert found
    return {"units": len(found)}


def ours_portfolio(env, probe, today):
    """The page of all customers with a year of months, from a cold cache."""
    env.cr.execute(
        """INSERT INTO debitor_score_snapshot (
                  company_id, partner_id, month, date, score, risk_class, probability_late,
                  probability_severe, expected_days, amount_open, amount_overdue)
           SELECT company_id, partner_id, month - ago * interval '1 month',
                  date - ago * interval '1 month', score, risk_class, probability_late,
                  probability_severe, expected_days, amount_open, amount_overdue
             FROM debitor_score_snapshot, generate_series(1, 12) ago
      ON CONFLICT DO NOTHING"""
    )
    env.cr.execute("ANALYZE debitor_score_snapshot")
    env.cr.commit()
    portfolio = env["debitor.scoring.portfolio"]
    portfolio.get_portfolio(1)  # what only the first page of a process costs
    env.invalidate_all()
    with probe.measure():
        page = portfolio.get_portfolio(3)
    assert page["matrix"], "nothing is open"
    assert page["migration"], "no earlier month"
    assert page["quality"]["items"], "nothing was foretold"
    return {"units": env["debitor.score"].search_count([])}


def ours_behind(env, probe, today):
    """The first 80 of all customers with open items, with class and sums, as the list shows them."""
    names = ("complete_name", "debitor_risk_class", "debitor_score_open", "debitor_score_overdue")
    specification = {name: {} for name in names}
    with probe.measure():
        action = env["debitor.scoring.portfolio"].open_customers("matrix", {})
        found = env["res.partner"].web_search_read(action["domain"], specification, limit=80)
    assert len(found["records"]) == 80
    return {"units": found["length"]}


# ---------------------------------------------------------------------------
# Peers
# ---------------------------------------------------------------------------


def time_to_pay_full(env, probe, today, sample):
    """The six averages of days to pay, which are stored."""
    partners = env["res.partner"].search([("ref", "=like", "K%")], order="id", limit=sample)
    names = ("d2r_life", "d2r_ytd", "d2r_ly", "d2p_life", "d2p_ytd", "d2p_ly")
    for name in names:
        env.add_to_compute(partners._fields[name], partners)
    with probe.measure():
        env.flush_all()
        env.cr.commit()
    assert any(partners.mapped("d2r_life")), "nothing was computed"
    return {"units": len(partners)}


def risk_full(env, probe, today, sample):
    """The sums and the flag of all, which are not stored."""
    partners = env["res.partner"].search([("ref", "=like", "K%")], order="id", limit=sample)
    return _read(env, probe, partners, ["risk_total", "risk_exception", "risk_invoice_unpaid"])


def risk_list(env, probe, today):
    partners = env["res.partner"].search([("ref", "=like", "K%")], limit=80)
    return _read(env, probe, partners, ["name", "risk_total", "risk_exception"])


def risk_search(env, probe, today, sample):
    """Who is over the limit, among a sample: the whole database would take hours."""
    partners = env["res.partner"].search([("ref", "=like", "K%")], order="id", limit=sample)
    with probe.measure():
        env["res.partner"].search([("id", "in", partners.ids), ("risk_exception", "=", True)])
    return {"units": len(partners)}


def _read(env, probe, partners, names):
    partners[:2].read(names)  # what only the first record of a process costs
    env.invalidate_all()
    with probe.measure():
        partners.read(names)
    return {"units": len(partners)}
