# `make` sets up and does the main job; `make test` sets up and passes every test. Both need python3 (3.11 or later) and make only.
# `make site` writes the web site into site/.
# `make monthly` asks the web what a maintainer looks at each month, and writes exports/monthly.md.
# `make docs` asks the questions of docs/ten-questions.md and docs/what-emerges.md anew; it is for a release, since every record changes the answers.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   := data

.DEFAULT_GOAL := all
.PHONY: all docs site monthly test lint system clean

all: $(VENV)/installed
	$(BIN)/synthkg check --data $(DATA)
	$(BIN)/synthkg build --data $(DATA) --out dist
	$(BIN)/synthkg view --from dist/synthkg.nq --out views
ifeq ($(DATA),data)
	$(BIN)/synthkg export queries --from dist/synthkg.nq --format markdown --out docs
endif
	@echo "dumps are in dist/, views in views/; ask with: $(BIN)/synthkg query"

docs: all
	$(BIN)/synthkg fill --from dist/synthkg.nq docs/ten-questions.md
	$(BIN)/synthkg fill --from dist/synthkg.nq docs/what-emerges.md

site: all
	$(BIN)/synthkg site --from dist/synthkg.nq --out site

monthly: $(VENV)/installed
	$(BIN)/python tools/monthly.py --online --data $(DATA) || test $$? -eq 1 # to be looked at is no failure

test: $(VENV)/tested system lint
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder # long files first, as tests/conftest.py says

lint: $(VENV)/tested
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/installed: pyproject.toml
	@PYTHON=$(PYTHON) sh tools/system.sh venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/python -m compileall -q src # which pip does for all but what can be edited
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --group test
	$(BIN)/python -m pip install --quiet --no-deps 'cffconvert>=2.0' # it asks for an old jsonschema, and works with a new one
	@touch $@

system:
	@VENV=$(VENV) sh tools/system.sh tests

clean:
	rm -rf $(VENV) dist site
