# Textlode's tools; `make help` lists them. Each one builds .venv first when it is missing or stale.

PORT ?= 8501
NAME ?= topics
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --no-input

.PHONY: help run test test-all check bench translations lock chromium clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready ## serve Textlode in the browser; PORT=8501 chooses the port
	@echo "Starting Textlode on http://localhost:$(PORT) (Ctrl-C stops it)"
	@$(BIN)/streamlit run app.py --server.port=$(PORT)

test: .venv/ready chromium ## run every test but the slow and GPU ones; ARGS goes to pytest
	@$(BIN)/python -m pytest $(ARGS)

test-all: .venv/ready chromium ## run the slow tests too, and the GPU ones where there is one
	@$(BIN)/python -m pytest -m '' $(ARGS)

check: .venv/ready ## lint, format, types, import rules, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest tests/architecture

bench: .venv/ready ## compare with peers: NAME names a file of benchmarks/; ARGS goes to it
	@$(PIP) install --no-build-isolation --editable '.[bench]'
	@$(BIN)/python benchmarks/$(NAME).py $(ARGS)

translations: .venv/ready ## bring the catalogues up to date; ARGS names files of new translations
	@$(BIN)/python tools/translations.py $(ARGS)

lock: .venv/ready ## write the lock files anew from pyproject.toml; ARGS=--upgrade takes new versions
	@$(BIN)/python tools/lock.py $(ARGS)

clean: ## remove .venv and every cache
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Every package is checked against its hash. Torch first: its CPU build where an index serves it, else
# PyPI's, which wants GPU libraries on Linux. --no-deps: the lock names every other package.
INSTALL := $(PIP) install --no-deps --require-hashes --requirement
.venv/ready: $(wildcard requirements/*.txt) pyproject.toml
	@test -n "$(PYTHON)" || { echo "Textlode needs Python 3.11 or newer: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Making .venv with $$($(PYTHON) --version)"; $(PYTHON) -m venv .venv; }
	@echo "Installing $$(cat requirements/lock.txt requirements/dev.txt | grep -c '==') packages into .venv (once, a few minutes, 3 GB)"
	@$(INSTALL) requirements/cpu.txt 2>/dev/null || true
	@$(INSTALL) requirements/lock.txt --requirement requirements/dev.txt
	@if [ "$$(uname -s)" = Linux ] && grep -q '^Requires-Dist: nvidia' .venv/lib/*/site-packages/torch-*.dist-info/METADATA; then \
		echo "Installing the GPU libraries of this build of torch (about 3 GB)"; $(INSTALL) requirements/cuda.txt; fi
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@echo "Compiling the numeric code of the map (once, a minute or two)"
	@$(BIN)/python -c 'from core.explore import warm_up; warm_up()'
	@touch $@

# The browser tests drive a real Chromium, found on the path or named by TEXTLODE_CHROMIUM.
chromium:
	@if [ -n "$$TEXTLODE_CHROMIUM" ] || command -v chromium >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing chromium for the browser tests"; \
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium >/dev/null; \
	else echo "No chromium here, so the browser tests are skipped: install it, or name one in TEXTLODE_CHROMIUM"; fi
