# Two commands matter: `make demo` shows the program, `make test` proves it. `make` alone lists the rest.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
PEERS := .venv-peers
PY := $(VENV)/bin/python
# Byte code makes every start faster: it is written even where the environment says that Python should not.
WITH_BYTECODE := env -u PYTHONDONTWRITEBYTECODE
PIP := $(WITH_BYTECODE) $(PY) -m pip install --quiet --disable-pip-version-check

APPS := tests/test_apps.py tests/test_apps_browser.py

PO := $(wildcard revisit/locale/*/LC_MESSAGES/*.po)
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade

SUITABLE := sys; sys.exit(sys.version_info < (3, 11))

# What is pinned is complete, so nothing is resolved (--no-deps): some versions of pip take, for a package asked for with
# an extra, a newer release than the pinned one, and then refuse it for want of a hash.

# A virtual environment does not survive a move of its folder or the loss of its Python: then it is made again.
PLACE := $(shell $(PY) -c pass 2>/dev/null && cat $(VENV)/.place 2>/dev/null)

.PHONY: help setup demo test test-apps lint types contracts i18n-check i18n guide pictures pin check-real measure-import clean again

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/.installed ## make .venv with everything that is pinned in requirements/ and this program
	@$(WITH_BYTECODE) $(PY) -m compileall -q revisit

demo: setup ## a throw-away company: import, due, script, log, report (options: ARGS="--keep DIR")
	@$(VENV)/bin/revisit demo $(ARGS)

test: setup lint types contracts i18n-check ## every check and every test, on SQLite and on PostgreSQL (options: ARGS="-k due")
	$(WITH_BYTECODE) $(PY) -m pytest -n 2 --dist worksteal $(ARGS)

test-apps: setup ## our sheets through LibreOffice (soffice), our pages in Chromium; both have to be there (or: APPS=file)
	$(PY) -m pytest -m apps $(APPS) $(ARGS)

lint: setup ## style and layout
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

types: setup ## mypy, strict
	$(VENV)/bin/mypy

contracts: setup ## imports point one way; every import is a declared dependency
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry revisit --known-first-party revisit

i18n-check: setup ## every text has its Chinese
	$(PY) tools/check_translations.py

i18n: setup ## bring the texts of the code into the Chinese catalogue, to be translated there
	$(PY) tools/check_translations.py --update

guide: setup ## play the guide pages and write what the program says into them (docs/guide/)
	$(PY) tools/guide.py
	$(PY) tools/states.py

pictures: setup ## the pictures of the demo company's report in docs/pictures/ (Chromium, LibreOffice and pdftoppm have to be there)
	$(PY) tools/pictures.py $(ARGS)

pin: ## take the newest versions that pyproject.toml allows into requirements/ (needs uv)
	$(PIN) --extra postgres --group dev pyproject.toml --output-file requirements/dev.txt
	$(PIN) --extra postgres --constraint requirements/dev.txt pyproject.toml --output-file requirements/run.txt
	$(PIN) --constraint requirements/dev.txt requirements/peers.in --output-file requirements/peers.txt

check-real: setup ## try the program on real spreadsheets: DATA=folder
	@test -n "$(DATA)" || { echo 'Say where the spreadsheets are: make check-real DATA=folder' >&2; exit 2; }
	$(PY) tools/check_real.py "$(DATA)"

measure-import: setup $(PEERS)/.installed ## the import beside pandas: time and memory (options: ARGS="--runs 3 --orders")
	$(PY) tools/measure_import.py --peers $(PEERS) $(ARGS)

clean: ## remove what can be made again
	rm -rf $(VENV) $(PEERS) build dist .hypothesis .mypy_cache .ruff_cache .import_linter_cache .coverage
	rm -f revisit/locale/*/LC_MESSAGES/*.mo
	find revisit tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

ifneq ($(PLACE),$(CURDIR))
$(VENV)/.place: again
endif
$(VENV)/.place:
	@if [ ! -e $@ ] && $(PY) -c 'import pip, $(SUITABLE)' 2>/dev/null; then printf '%s' "$(CURDIR)" >$@; exit; fi; \
	for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3; do \
	    if "$$python" -c 'import ensurepip, venv, $(SUITABLE)' 2>/dev/null; then \
	        rm -rf $(VENV); \
	        "$$python" -m venv $(VENV) && printf '%s' "$(CURDIR)" >$@; exit; \
	    fi; \
	done; \
	echo 'revisit needs Python 3.11 or newer with its venv module, and none was found.' >&2; \
	echo 'Install one, or say where it is: make setup PYTHON=/path/to/python3' >&2; \
	exit 1

$(VENV)/.required: $(VENV)/.place requirements/dev.txt
	$(PIP) --no-deps --require-hashes -r requirements/dev.txt
	@# a package may carry files that are no valid Python (templates of tests): they do not matter here
	@$(WITH_BYTECODE) $(PY) -m compileall -qq $(VENV)/lib || true
	@touch $@

$(VENV)/.installed: $(VENV)/.required pyproject.toml tools/hatch_build.py $(PO)
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# What the import is measured against lives apart: it must not become a dependency of anything.
$(PEERS)/.installed: $(VENV)/.place requirements/peers.txt
	rm -rf $(PEERS)
	$(PY) -m venv $(PEERS)
	$(WITH_BYTECODE) $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/peers.txt
	@$(WITH_BYTECODE) $(PEERS)/bin/python -m compileall -qq $(PEERS)/lib || true
	@touch $@
