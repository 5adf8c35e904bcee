"""Decisions of dunning in plain Python: no Odoo, no clock, no input or output.

Read in this order: ``item`` (what is judged), ``procedure`` (by which rules),
``judge`` (one item), ``proposal`` (all items of one debtor).
"""
