"""Bank files and the matching of payments, in plain Python.

Read ``statement`` first, then ``reading`` (bytes to statements), ``checks`` and ``matching``
(payments to open items, with reasons). Nothing here knows Odoo, a database or the clock.
"""
