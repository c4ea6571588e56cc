# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The documents whose blocks are made by running azcost.
COG = PYTHONPATH=tools $(BIN)/cog -P --verbosity=1
COGGED = README.md data/pricing/README.md $(wildcard docs/*.md)

.PHONY: demo test check format tables demo-snapshot docs bench clean

demo: $(VENV)/demo.stamp
	$(BIN)/azcost estimate examples/ml-serving.yaml --html azcost-demo.html

test: $(VENV)/dev.stamp
	$(BIN)/pytest

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(COG) --check --check-fail-msg='make docs renews it' $(COGGED)

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(VENV)/dev.stamp
	$(COG) -r $(COGGED)

# On a conflict in the demo snapshot take either side, then make it anew.
demo-snapshot: $(VENV)/dev.stamp
	cd tools && ../$(BIN)/python -m demo_snapshot ../examples

# The source of the prices lies beside the repository where azcost is developed.
tables: $(VENV)/dev.stamp
	cd tools && ../$(BIN)/python -m build_tables ../../shared/prices ../data/pricing

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable .
	$(BIN)/python -m compileall -q src
	touch $@

$(VENV)/dev.stamp: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable '.[dev]'
	$(BIN)/python -m compileall -q src
	touch $@

bench: $(VENV)/dev.stamp
	$(BIN)/python bench/cli.py
	$(BIN)/python bench/pages.py

clean:
	rm -rf $(VENV)
