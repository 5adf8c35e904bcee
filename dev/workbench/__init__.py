"""Set-up, run, test and lint of this repository, behind the Makefile.

`preparation`, `system_packages`, `environment` and `odoo_source` run on the
system's Python before anything is installed: standard library only. The other
modules run inside the virtual environment.
"""
