# `make help` lists what there is. Nothing is needed beforehand but Python 3.11 or later with venv.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint screenshots messages audit bench bench-quick

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed ## the site with its database and the demo studio, on http://127.0.0.1:8000/
	@exec $(BIN)/python -m studio.serve

test: .venv/installed ## every test; the browser tests need Chromium
	$(BIN)/python -m pytest

lint: .venv/installed ## style, types, templates, and that no migration is missing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=True $(BIN)/mypy .
	$(BIN)/djlint --lint --quiet templates
	DEBUG=True $(BIN)/python manage.py makemigrations --check --dry-run

screenshots: .venv/installed ## every page and state, at three widths, light and dark, into screenshots/
	BROWSER_TESTS=required $(BIN)/python -m pytest tests/browser/screenshots/every_page.py

messages: .venv/installed ## the texts to translate, gathered and compiled (apt-get install gettext)
	DEBUG=True $(BIN)/python manage.py makemessages --all --no-obsolete --add-location=file -i '.venv*' -i var
	DEBUG=True $(BIN)/python manage.py compilemessages -i '.venv*' -i var

audit: .venv/installed ## Lighthouse and the Nu HTML checker; they need npm, Java and Chromium
	$(BIN)/python .ci/audit.py

bench: .venv/installed .venv-peers/installed ## how fast it is, and against what; 10 minutes, 15 the first time
	$(BIN)/python -m benchmarks

bench-quick: .venv/installed .venv-peers/installed ## the same with fewer rows, 2 minutes
	$(BIN)/python -m benchmarks --quick

.venv-peers/installed: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

.venv/installed: requirements.txt requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Studio needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
