"""From payment histories to a score that says why, in plain Python.

Read ``history`` first, then ``score``, ``explanation`` and ``rating``. Nothing here knows Odoo,
a database or the clock.
"""
