# `make help` lists what there is. Nothing is needed beforehand but Python 3.11 or later with venv.
PYTHON ?= python3
BIN := .venv/bin
# Python compiles a module when it is first imported; compiling all of them here takes longer.
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes
# The same lock file for every platform and for Python 3.11 and later.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help run test lint lock screenshots messages audit bench bench-quick

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/site ## the site with its database and the demo studio, on http://127.0.0.1:8000/
	@exec $(BIN)/python -m studio.serve

test: .venv/dev ## every test; the browser tests need Chromium
	$(BIN)/python -m pytest

lint: .venv/dev ## style, types, templates, and that no migration is missing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=True $(BIN)/mypy .
	$(BIN)/djlint --lint --quiet templates
	DEBUG=True $(BIN)/python manage.py makemigrations --check --dry-run

lock: .venv/dev ## requirements*.txt, with every version and hash, from requirements*.in
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt

screenshots: .venv/dev ## every page and state, at three widths, light and dark, into screenshots/
	BROWSER_TESTS=required $(BIN)/python -m pytest tests/browser/screenshots/every_page.py

messages: .venv/dev ## the texts to translate, gathered and compiled (apt-get install gettext)
	DEBUG=True $(BIN)/python manage.py makemessages --all --no-obsolete --add-location=file -i '.venv*' -i var
	DEBUG=True $(BIN)/python manage.py compilemessages -i '.venv*' -i var

audit: .venv/dev ## Lighthouse and the Nu HTML checker; they need npm, Java and Chromium
	$(BIN)/python .ci/audit.py

bench: .venv/dev .venv-peers/installed ## how fast it is, and against what; 10 minutes, 15 the first time
	$(BIN)/python -m benchmarks

bench-quick: .venv/dev .venv-peers/installed ## the same with fewer rows, 2 minutes
	$(BIN)/python -m benchmarks --quick

.venv-peers/installed: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

# One virtual environment, installed in two steps: .venv/site has what the site needs, .venv/dev adds
# what tests and linters need.
.venv/site: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Studio needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(PIP_INSTALL) -r requirements.txt
	touch $@

.venv/dev: .venv/site requirements-dev.txt
	$(PIP_INSTALL) -r requirements-dev.txt
	touch $@
