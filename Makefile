# Needs Python >= 3.11 with venv, and make. Set-up is part of every target and leaves the environment in .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo ui docs fmt lint unit test bench fuzz desk bundle clients lineage lock clean

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
# Tests start hundreds of processes: compiled modules are kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE
# dg records its use by default and reads neither DAGSTER_DISABLE_TELEMETRY nor pyproject.toml for that.
export DG_CLI_CONFIG := $(CURDIR)/$(VENV)/dg.toml

help:
	@echo "make demo    a sample district of three months, from files to published marts, in data/"
	@echo "make ui      the web interface on this machine; prints the address that logs in"
	@echo "make docs    the data dictionary (web page and Excel) and dbt's documentation, in dist/docs; the lineage too"
	@echo "make fmt     format the code and fix what can be fixed"
	@echo "make lint    style, types, import rules, contracts, SQL, Dagster definitions"
	@echo "make unit    the fast unit tests"
	@echo "make test    everything that CI runs: lint and all tests"
	@echo "make bench   what months cost, beside the script of an office and a lower bound; half an hour"
	@echo "make fuzz    damaged files for a minute, or SECONDS=n: each is read or refused"
	@echo "make desk    one folder with the check for computers without Python, in dist/ (minutes)"
	@echo "make bundle  everything that a server without network needs, in dist/ (docs/deploy.md)"
	@echo "make clients  other clients of DuckDB on the demo; installs their packages for it"
	@echo "make lineage  what each column is made from, for the catalogue of the web interface"
	@echo "make lock    requirements.lock again from pyproject.toml (needs uv)"
	@echo "make clean   remove the environment and what builds leave"

setup: $(VENV)/.ready

$(VENV)/.packages: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON): one to two minutes, once"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.ready: $(VENV)/.packages pyproject.toml
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m orchestration.dbt.manifest
	@printf '[cli.telemetry]\nenabled = false\n' > $(VENV)/dg.toml
	@touch $@

demo: setup
	@$(BIN)/shouwang demo

ui: setup
	@$(BIN)/shouwang ui

docs: lineage
	@$(BIN)/shouwang docs --out dist/docs

# TODAY=folder compares with an earlier build, a checkout after its own make setup; LONG=1 adds the rows of many months.
bench: setup
	@$(BIN)/python -m tests.bench.table $(if $(TODAY),--today $(TODAY)) $(if $(LONG),--long)

SECONDS ?= 60
SEED ?= 1
# Breaking files are kept with KEEP=folder, outside the repository.
fuzz: setup
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED) $(if $(KEEP),--keep $(KEEP))

clients: setup
	@$(BIN)/python -m tests.clients $(or $(SHOUWANG_HOME),data)/published

lineage: setup
	@$(BIN)/python -m orchestration.dbt.lineage

fmt: setup
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

# Each part prints its cost.
part = echo "== $(1)" && start=$$(date +%s) && { $(2) ; } && echo "-- $(1): $$(( $$(date +%s) - start )) s"
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Two parts run at a time, the long ones first. What a part says is printed when it ends, which make 3 of macOS cannot.
LINT := lint-mypy lint-sqlfluff lint-dg lint-imports lint-contracts lint-ruff
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
.PHONY: $(LINT)
lint: setup
	@$(MAKE) --no-print-directory --jobs 2 $(SYNC) $(LINT)

lint-ruff:
	@$(call part,ruff,$(BIN)/ruff check . && $(BIN)/ruff format --check .)
lint-mypy:
	@$(call part,mypy,$(BIN)/mypy)
lint-imports:
	@$(call part,imports,$(BIN)/lint-imports --no-cache)
lint-contracts:
	@$(call part,contracts,$(BIN)/python -m sources.contracts.validate)
lint-sqlfluff:
	@$(call part,sqlfluff,PYTHONWARNINGS=ignore:resource_tracker:UserWarning $(BIN)/sqlfluff lint --processes 0 dbt_project dbt_city)
lint-dg:
	@$(call part,dg,$(BIN)/dg check defs)

# The tests of tests/unit/dbt_project start dbt: minutes.
unit: setup
	@$(call part,unit,$(PYTEST) tests/unit --ignore tests/unit/dbt_project)

test: lint
	@$(call part,pytest,$(PYTEST) --durations=12)

# PyInstaller is put beside the environment, not into it. The result is tried at once (docs/desk-check.md).
desk: setup
	@$(BIN)/python -m pip install --quiet --require-hashes --upgrade --target build/desk/tools -r desk/requirements.lock
	@PYTHONPATH=build/desk/tools $(BIN)/python -m PyInstaller --noconfirm --log-level ERROR \
		--distpath dist --workpath build/desk/work desk/desk.spec
	@$(BIN)/python -m tests.packaging.desk dist/shouwang-desk

# The result is tried at once: installed without network, with a demo (docs/deploy.md).
bundle: setup
	@bundle=$$($(BIN)/python deploy/bundle.py dist) && echo "$$bundle" && $(BIN)/python -m tests.packaging.bundle "$$bundle"

COMPILE := uv pip compile --universal --no-strip-extras --python-version 3.11 \
	--no-emit-index-url --generate-hashes --no-header --quiet
lock:
	$(COMPILE) pyproject.toml --all-extras --output-file requirements.lock
	$(COMPILE) desk/requirements.in -c requirements.lock --output-file desk/requirements.lock
	$(COMPILE) deploy/spark/requirements.in -c requirements.lock --output-file deploy/spark/requirements.lock

clean:
	rm -rf $(VENV) dbt_project/target dbt_city/target build dist *.egg-info
