# Verbs of the project; `make help` lists them. Needs Python 3.11 or 3.12 and nothing else.
SHELL := /bin/sh
BIN := .venv/bin
PY := $(BIN)/python
PORT ?= 8000
SERVE ?= 1

# The first Python on the path that runs and has a version that fits.
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1 \
	&& { echo "$$p"; break; }; done)

# Values that let the production settings be checked; none is used anywhere else.
CHECK_PRODUCTION := env \
	SECRET_KEY=check-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ \
	DATABASE_URL=postgres://check@localhost/check REDIS_URL=redis://localhost:6379/0 \
	ALLOWED_HOSTS=registry.invalid DEFAULT_FROM_EMAIL=registry@registry.invalid \
	EMAIL_HOST=localhost IDENTITY_INDEX_KEY=check-only-0123456789-abcdefghijklmnop \
	SIGNATURE_KEY=check-only-0123456789-abcdefghijklmnop \
	IDENTITY_KEYS=Y2hlY2stb25seS1jaGVjay1vbmx5LWNoZWNrLW9ubHk= UPLOAD_DIR=$(CURDIR)

.PHONY: help venv demo test bench crash words lint format clean
.DEFAULT_GOAL := help

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

venv: .venv/installed-dev ## make the virtual environment with everything

demo: .venv/installed-base ## load the demo registry and serve it (PORT=8000; SERVE=0 prints a summary)
	@exec $(PY) -m config.demo $(if $(filter 0,$(SERVE)),--no-serve,--port $(PORT))

test: .venv/installed-dev ## run all tests (ARGS= passes options to pytest)
	@exec $(PY) -m tests.run $(ARGS)

bench: .venv/installed-dev ## measure what is to be fast (ARGS="import" runs one of them)
	@exec $(PY) -m tests.bench $(ARGS)

crash: .venv/installed-dev ## kill what sends reminders, and count them (ARGS="steps sqlite" runs a part)
	@exec $(PY) -m tests.crash $(ARGS)

words: .venv/installed-dev ## ask the sources for the words of reports, and say which have no translation
	@exec $(PY) -m tests.words

lint: .venv/installed-dev ## style, types, import direction, templates, deployment, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 --check {} +
	$(CHECK_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING --settings config.settings.production
	$(PY) manage.py makemigrations --check --dry-run --settings config.settings.test

format: .venv/installed-dev ## put code and templates into the common form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} +

clean: ## remove the virtual environment, the caches and the demo's data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache var/demo staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/installed-base: requirements/base.txt requirements/constraints.txt | .venv/bin/python
	@echo "Installing what the registry needs to run (a minute or two the first time)"
	$(PY) -m pip install --disable-pip-version-check -r requirements/base.txt
	@touch $@

.venv/installed-dev: $(wildcard requirements/*.txt) | .venv/bin/python
	@echo "Installing what the registry, its tests and checks need (a minute or two the first time)"
	$(PY) -m pip install --disable-pip-version-check -r requirements/dev.txt -r requirements/production.txt
	@touch $@ .venv/installed-base

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "The registry needs Python 3.11 or 3.12; found: $$(command -v python3 >/dev/null && python3 --version || echo none)." >&2; \
		echo "Install one of them, or name it: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; fi
	@echo "Making the virtual environment with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || { \
		echo "The registry needs Python 3.11 or 3.12, and $(PYTHON) is another version." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
