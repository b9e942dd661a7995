# Every target makes what it needs; only python3 (3.11 or newer, with venv) must be there.
PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
# uv, where it is installed and can reach the registry, does the same as pip in a fraction of the time.
# Pip before 23.1 would complain of two dependencies that bring no pyproject.toml: --use-pep517.
INSTALL  = $(if $(shell command -v uv),uv pip install --quiet --compile-bytecode --python $(1)/bin/python $(2) 2>/dev/null ||) $(1)/bin/python -m pip install --quiet --disable-pip-version-check --use-pep517 $(2)

# Every test starts programs; without compiled files each start costs a second more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test bench siege fuzz check clean

demo: $(VENV)/.ready
	@$(BIN)/gatepost demo

test: $(VENV)/.ready-dev .mailman/.ready
	@$(BIN)/pytest

# The long forms: 50 kills, ten-minute sweeps, floods. Never in CI.
siege: $(VENV)/.ready-dev .mailman/.ready
	@$(BIN)/pytest -m siege --timeout 1200

bench: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.bench

# Each target of tests/fuzz for FUZZ_SECONDS, led by coverage where atheris can be installed; then longer
# hypothesis runs of the laws. What is found stays in tests/fuzz/found, where make test tries it ever after.
FUZZ_SECONDS ?= 300
fuzz: $(VENV)/.ready-dev
	@$(call INSTALL,$(VENV),--editable '.[fuzz]') || echo "atheris cannot be installed for this Python; fuzzing without it" >&2
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/pytest --timeout 1200 tests/rules tests/gateway tests/model

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "Gatepost needs Python 3.11 or newer, and '$(PYTHON)' is not. On Debian or Ubuntu: apt install python3 python3-venv. Another Python: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Making an environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml $(VENV)/bin/python
	@echo "Installing Gatepost into $(VENV) (up to a minute) ..."
	@$(call INSTALL,$(VENV),--editable .)
	@touch $@

$(VENV)/.ready-dev: pyproject.toml $(VENV)/bin/python
	@echo "Installing Gatepost and what its tests need into $(VENV) (up to a minute) ..."
	@$(call INSTALL,$(VENV),--editable '.[dev]')
	@touch $@ $(VENV)/.ready

# The list server of the end-to-end tests, in an environment of its own: it is GPL, and never imported.
.mailman/.ready:
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo "Python's venv module is missing. On Debian or Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Installing GNU Mailman for the end-to-end tests into .mailman (up to a minute) ..."
	@$(PYTHON) -m venv .mailman
	@$(call INSTALL,.mailman,'mailman==3.3.10' 'sqlalchemy<2.1')
	@touch $@

clean:
	rm -rf $(VENV) .mailman dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
