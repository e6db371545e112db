# Everything a person types. `make run` and `make test` set up what they need.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
WEB := agent_desktop/web
PACKAGES := kernel cti crm_core routing recordings dialer agent_desktop server config migrations lab bench
CODE := $(PACKAGES) tests
# Three processes for two cores, since many tests wait for something; files in their order, for the long ones come first.
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder
# A Node that .ci/setup had to bring comes before the machine's own.
export PATH := $(CURDIR)/.ci/node/bin:$(PATH)
# Without compiled files beside the code, each platform that a test starts compiles all of it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-test run test test-quick soak check fmt docs screens clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: .ci/.stamp-machine $(VENV)/.stamp $(WEB)/dist/.stamp ## install all that `make run` needs

setup-test: setup .ci/.stamp-test

.ci/.stamp-machine: .ci/packages .ci/setup
	@.ci/setup run
	@touch $@

.ci/.stamp-test: .ci/packages .ci/setup
	@.ci/setup test
	@touch $@

$(VENV)/.stamp: setup.cfg pyproject.toml | .ci/.stamp-machine
	@echo "• installing Python packages (about a minute)"
	@python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(WEB)/node_modules/.stamp: $(WEB)/package-lock.json | .ci/.stamp-machine
	@echo "• installing the browser client's packages"
	@cd $(WEB) && npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(WEB)/dist/.stamp: $(WEB)/node_modules/.stamp $(shell find $(WEB)/src $(WEB)/static 2>/dev/null) $(wildcard $(WEB)/*.mjs $(WEB)/*.json)
	@echo "• building the browser client"
	@cd $(WEB) && npm run --silent build
	@touch $@

run: setup ## the platform with demo data on http://localhost:8080 (PBX=auto|asterisk|lab|sim)
	@TRUNKLINE_DEMO=$${TRUNKLINE_DEMO-true} TRUNKLINE_PBX=$${PBX-$${TRUNKLINE_PBX-auto}} $(VENV)/bin/trunkline run

check: setup ## what CI checks before the tests: format, lint, types, import contracts, generated docs
	@$(VENV)/bin/ruff format --check $(CODE)
	@$(VENV)/bin/ruff check $(CODE)
	@$(VENV)/bin/mypy
	@PYTHONPATH=. $(VENV)/bin/lint-imports
	@$(PY) -m server.docs --check
	@cd $(WEB) && npm run --silent check

test: setup-test ## every test: pure, integration (both databases), system (real Asterisk, SIP callers, Chromium)
	@$(VENV)/bin/pytest -q $(SPREAD) -m '(unit or integration) and not soak' tests/unit tests/integration
	@$(PY) -c 'from lab.root import ensure_asterisk; ensure_asterisk()'
	@$(VENV)/bin/pytest -q $(SPREAD) -m 'system and not soak' --timeout 300 tests/system
	@cd $(WEB) && node_modules/.bin/vitest run --dir tests/browser

test-quick: setup ## pure tests only
	@$(VENV)/bin/pytest -q -m unit

soak: setup-test ## the full counts that take long; the last result is in docs/soak.md
	@$(VENV)/bin/pytest -q -m soak --timeout 7200

fmt: setup ## format and mend what can be mended
	@$(VENV)/bin/ruff check --fix --quiet $(CODE) || true
	@$(VENV)/bin/ruff format --quiet $(CODE)

docs: setup ## write the generated documents again
	@$(PY) -m server.docs --write

screens: setup-test ## make the pictures of docs/screens again, on the real parts
	@mkdir -p docs/screens
	@TRUNKLINE_SCREENS=docs/screens $(VENV)/bin/pytest -q tests/system/desk/test_screens.py tests/system/desk/test_screens_office.py

clean: ## forget everything built
	@rm -rf $(VENV) $(WEB)/node_modules $(WEB)/dist .ci/node .ci/.stamp-* .mypy_cache .ruff_cache .pytest_cache
