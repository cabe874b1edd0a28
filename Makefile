# `make help` lists the targets. Each does the set-up it needs; scripts/setup says what that is.

VENV := .venv
PYTHON := $(VENV)/bin/python
SETUP_INPUTS := pyproject.toml constraints.txt scripts/setup
BUNDLE ?= default

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check bench train

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.ready-test ## Install all that running, testing and training need

run: $(VENV)/.ready-run ## Open the app: on the camera, else on the demo; headless without a display
	@$(PYTHON) -m app

check: $(VENV)/.ready-test ## Lint, formatting, types, import rules
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports

# Threads of one test must not fight those of another for two cores.
test: check ## All checks and tests
	OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen $(PYTHON) -m pytest

bench: $(VENV)/.ready-test ## Measure speed; the figures are explained in benchmarks/README.md
	$(PYTHON) -m benchmarks.pipeline
	$(PYTHON) -m benchmarks.model

train: $(VENV)/.ready-test ## Train, measure and write the bundle BUNDLE=default from ../shared
	$(PYTHON) -m models.training --recipe models/recipes/$(BUNDLE).toml --out assets/bundles/$(BUNDLE)

$(VENV)/.ready-%: $(SETUP_INPUTS)
	@scripts/setup $*
