# make help tells what there is. PORT, DATA, DATABASE_URL, CELERY_BROKER_URL… reach every target.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
TESTS ?=
# One more than there are cores: a test that waits leaves its core to another one.
TEST_PROCESSES ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
.DEFAULT_GOAL := help
.PHONY: help run test check format lint types contracts css screenshots clean

ifdef PORT
export PORT
endif
ifdef DATA
export DATA
endif
ifdef DATABASE_URL
export DATABASE_URL
endif
ifdef CELERY_BROKER_URL
export CELERY_BROKER_URL
endif

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A stamp a file of requirements: a second call costs nothing, a changed file is installed.
.venv/installed: requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: set PYTHON to it." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: set PYTHON to it.")'
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing what requirements.txt names; this takes a minute, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action ignore -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what the tests need, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --root-user-action ignore -r requirements-dev.txt
	@touch $@

run: .venv/installed ## start everything, with a demo store: PORT=8000 DATA=.data ARGS=--no-demo
	@$(BIN)/python manage.py run --stop-with-parent $(ARGS)

test: .venv/installed-dev ## all tests: TESTS=tests/tickets chooses some
	@$(BIN)/pytest -n $(TEST_PROCESSES) --maxprocesses 8 --dist loadscope $(TESTS)

check: lint types contracts $(if $(SKIP_TESTS),,test) ## format, lint, types, contracts, migrations, tests
	@$(if $(SKIP_TESTS),$(BIN)/pytest -q tests/helpdesk/test_migrations_complete.py,true)

lint: .venv/installed-dev
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .

types: .venv/installed-dev
	@$(BIN)/mypy helpdesk subscribers tickets success

contracts: .venv/installed-dev
	@$(BIN)/lint-imports

format: .venv/installed-dev ## format, and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

css: .venv/installed-dev ## build the style sheet
	@$(BIN)/python manage.py build_css

screenshots: .venv/installed-dev ## photograph the pages for the README
	@$(BIN)/python manage.py screenshots

clean: ## remove what tools left; the state in .data stays
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
