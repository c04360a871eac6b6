# `make help` lists the targets. They need Python 3.11 or later with venv; `make lint` and `make fix`
# also need Node 16 or later with npm.
PYTHON ?= python3
BIN := .venv/bin
# The pip of $(PYTHON) installs into .venv, if there is one: a second pip takes 6 seconds to install.
SHARED_PIP = $(shell $(PYTHON) -c 'import pip; print(pip.__version__)' 2>/dev/null)
PIP = $(if $(SHARED_PIP),$(PYTHON) -m pip --python $(BIN)/python,$(BIN)/pip)
# Python compiles a module when it is first imported; compiling all of them here takes longer.
PIP_INSTALL = $(PIP) install --quiet --disable-pip-version-check --no-compile --require-hashes
# The same lock file for every platform and for Python 3.11 and later.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
NODE := .ci/node_modules
PRETTIER := $(NODE)/.bin/prettier --config .ci/prettier.json --log-level warn \
	"studio/static/studio/*.{js,css}" ".ci/*.{json,ts}"
# The tests to run: `make test T=tests/test_search.py`.
T ?=

.DEFAULT_GOAL := help
.PHONY: help run start test test-fast lint fix hooks lock sbom audit screenshots messages lighthouse bench bench-quick

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/site ## start the site, its database and the demo studio on http://127.0.0.1:8000/
	@exec $(BIN)/python -m studio.serve

start: .venv/site ## start an empty site for a studio of your own, and print the link to begin
	@exec $(BIN)/python -m studio.serve start

test: .venv/dev ## run every test in two processes, or those of T=tests/test_search.py; browser tests need Chromium and Firefox
	$(BIN)/python -m pytest $(if $(T),$(T),-n 2)

test-fast: .venv/dev ## run the tests that need no browser and no long wait, in two processes
	$(BIN)/python -m pytest -n 2 -m "not slow and not browser" $(T)

lint: .venv/dev $(NODE)/installed ## check style, spelling, SQL, types, templates and missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/typos
	$(BIN)/sqlfluff lint --quiet purchases studio tests
	DEBUG=True $(BIN)/mypy .
	$(BIN)/djlint --lint --quiet templates
	$(PRETTIER) --check
	$(NODE)/.bin/tsc --project .ci/tsconfig.json
	DEBUG=True $(BIN)/python manage.py makemigrations --check --dry-run

fix: .venv/dev $(NODE)/installed ## format Python, JavaScript and CSS, and sort imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(PRETTIER) --write

hooks: .venv/dev $(NODE)/installed ## check every commit with the hooks of .pre-commit-config.yaml
	$(BIN)/pre-commit install

lock: .venv/dev ## write requirements*.txt, with every version and hash, from requirements*.in
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) requirements-dev.in --output-file requirements-dev.txt
	$(LOCK) requirements-audit.in --output-file requirements-audit.txt

sbom: .venv-audit/installed ## list every package of the site, with its hashes, in sbom.json (CycloneDX)
	.venv-audit/bin/cyclonedx-py requirements requirements.txt --output-reproducible --output-file sbom.json

audit: .venv-audit/installed ## look up the known vulnerabilities of every locked package; needs the network
	@$(PYTHON) .ci/audit.py .venv-audit/bin/pip-audit requirements-dev.txt requirements-audit.txt

screenshots: .venv/dev ## save every page and state, at four widths, light and dark, in screenshots/
	BROWSER_TESTS=required $(BIN)/python -m pytest tests/browser/screenshots/every_page.py

messages: .venv/dev ## collect and compile the texts to translate (apt-get install gettext)
	DEBUG=True $(BIN)/python manage.py makemessages --all --no-obsolete --add-location=file -i '.venv*' -i var
	DEBUG=True $(BIN)/python manage.py compilemessages -i '.venv*' -i var

lighthouse: .venv/dev ## run Lighthouse and the Nu HTML checker; they need npm, Java and Chromium
	$(BIN)/python .ci/lighthouse.py

bench: .venv/dev .venv-peers/installed ## measure the site and its peers; 10 minutes, 15 the first time
	$(BIN)/python -m benchmarks

bench-quick: .venv/dev .venv-peers/installed ## measure the same with fewer rows, in 2 minutes
	$(BIN)/python -m benchmarks --quick

.venv-peers/installed: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@

.venv-audit/installed: requirements-audit.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
		-r requirements-audit.txt
	touch $@

# One virtual environment, installed in two steps: .venv/site has what the site needs, .venv/dev adds
# what tests and linters need.
.venv/site: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Studio needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(if $(SHARED_PIP),--without-pip) .venv
	$(PIP_INSTALL) -r requirements.txt
	touch $@

.venv/dev: .venv/site requirements-dev.txt
	$(PIP_INSTALL) -r requirements-dev.txt
	touch $@

$(NODE)/installed: .ci/package.json .ci/package-lock.json
	@command -v npm >/dev/null || { echo "This needs Node: apt-get install nodejs npm"; exit 1; }
	npm ci --prefix .ci --silent --no-audit --no-fund --ignore-scripts
	touch $@
