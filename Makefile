# Luthier: `make demo` shows it, `make test` proves it; both set up what they need, once.

PYTHON := $(shell for p in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check bench docs clean setup
.DELETE_ON_ERROR:

## demo: from 6,046 raw e-mails to a spam filter that is shown to be better than what was there
demo: $(VENV)/.ready
	$(BIN)/luthier train recipes/spam-quick.yaml --overwrite

## test: everything that is promised, checked
test: $(VENV)/.ready-dev
	sh scripts/get-browser.sh $(BIN)/python
	sh scripts/get-sandbox.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup -ra

## check: the quick part of it, before every commit
check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/house tests/unit tests/contracts -n 2

## bench: the figures of docs/benchmarks.md, measured again
bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks

## docs: the handbook as web pages, in docs/_build
docs: $(VENV)/.ready-docs
	$(BIN)/sphinx-build --quiet --fail-on-warning docs docs/_build

## setup: what demo and test need, without running either
setup: $(VENV)/.ready-dev

## clean: take away what was built; runs and the download cache stay
clean:
	rm -rf $(VENV) docs/_build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.made:
	$(if $(PYTHON),,$(error Luthier needs Python 3.11 or newer, and there is none on the PATH. Install one, then run make again.))
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.ready: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing Luthier and what it needs into $(VENV), once ..."
	$(PIP) --editable .
	touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	$(PIP) --editable '.[dev]'
	touch $@

$(VENV)/.ready-docs: $(VENV)/.ready
	$(PIP) --editable '.[docs]'
	touch $@
