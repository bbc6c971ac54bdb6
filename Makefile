# Unfold: `make` lists what can be made.

# The first Python that is new enough; `make run PYTHON=python3.12` names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8501

BIN := .venv/bin
ENVIRONMENT = $(or $(PYTHON),$(error Unfold needs Python 3.11 or newer: install it, or name it by PYTHON=...)) -m tools.environment

.DEFAULT_GOAL := help
.PHONY: help run test lint bench screenshots clean app dev browser

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run: app ## set everything up and open Unfold in a browser (PORT=8501)
	@$(BIN)/streamlit run app.py --server.port $(PORT) --server.showEmailPrompt false

test: dev browser ## run all tests, the browser's last
	@# Both parts run, and a failure in either is a failure.
	@status=0; \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser || status=1; \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/browser || status=1; \
	exit $$status

lint: dev ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: dev browser ## measure speed and memory in a real browser (bench/README.md)
	@$(BIN)/python -m bench

screenshots: dev browser ## picture every page into screenshots/; renew the README's picture and output
	@$(BIN)/python -m tools.screenshots
	@$(BIN)/python -m tools.readme

clean: ## delete what was made: environment, caches, pictures
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis screenshots
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

app:
	@$(ENVIRONMENT) requirements.txt

dev:
	@$(ENVIRONMENT) requirements-dev.txt

browser: dev
	@$(BIN)/python -m tools.chromium
