# Everything a user runs. `make run` and `make test` need Python 3.11, git and make, nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SAMPLE_MONTHS := --period 2023-01 --period 2023-02 --period 2023-03 --period 2023-04
export DAGSTER_HOME ?= $(CURDIR)/data_lake/dagster
export DAGSTER_EVENT_BATCH_SIZE ?= 2000

.PHONY: help setup run ui test lint unit bench docs lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(READY) ## make .venv from the lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))" || \
		{ echo "Python 3.11 is needed: install it, or give PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked packages into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: setup ## fill landing with the samples, run 2023-01 to 2023-04, print the result of the last
	@$(BIN)/risk-assets samples $(SAMPLE_MONTHS)
	@$(BIN)/risk-assets run $(SAMPLE_MONTHS) --show 433123

ui: setup ## Dagster UI on http://127.0.0.1:3000, loopback only
	@$(BIN)/python -c "from risk_assets.automation.running import prepare_instance; prepare_instance()"
	@$(BIN)/dagster dev --workspace workspace.yaml --host 127.0.0.1 --port $${PORT:-3000}

test: lint unit ## linter, formatter, types, layers, tests

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

unit: setup
	@$(BIN)/python -m pytest --numprocesses auto

bench: setup ## measure a month, reading, loading of the definitions
	@$(BIN)/python -m risk_assets_tests.bench

docs: setup ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --extra dev --python-version 3.11 --universal --no-header --quiet --output-file requirements.lock

clean: ## forget everything that was made: .venv and the lake's content
	@rm -rf $(VENV) data_lake/landing data_lake/staged data_lake/published data_lake/dagster data_lake/warehouse.sqlite data_lake/samples.txt
