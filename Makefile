# Everything is done by dev/workbench; this file gives it short names.
PYTHON ?= python3
WORKBENCH = PYTHONPATH=dev $(PYTHON) -m workbench

PART ?=
NAME ?= dunning
SIZE ?=
OPEN ?=

.DEFAULT_GOAL := help
.PHONY: help setup versions run reset test lint format terms bench

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		while IFS="$$(printf '\t')" read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: ## install everything that run, test and lint need
	@$(WORKBENCH) setup

versions: ## what is installed
	@$(WORKBENCH) versions

run: ## Odoo with the demo company on http://localhost:8069 (DEBITOR_PORT=…)
	@$(WORKBENCH) run

reset: ## drop database, files and caught mails; the next run starts over
	@$(WORKBENCH) reset

test: ## all tests; PART=unit, odoo, server or odoo-account for some
	@$(WORKBENCH) test --part "$(PART)"

lint: ## all checks of the source; PART=fast leaves out the one that needs a database
	@$(WORKBENCH) lint --part "$(PART)"

format: ## let ruff format and fix what it can
	@$(WORKBENCH) lint --part format

terms: ## bring the i18n folders in line with the source
	@$(WORKBENCH) terms

bench: ## NAME=dunning SIZE=100000 (OPEN=…): run bench/NAME.py
	@$(WORKBENCH) bench "$(NAME)" --size "$(SIZE)" --open "$(OPEN)"
