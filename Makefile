# Everything starts here. `make demo` and `make test` need Python >= 3.11, git and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DAYS ?= 28
SERVE ?= 1
PORT ?= 8391
SEED ?= 1
DEMO := demo

.PHONY: help demo demo-clean test test-slow check bench bench-ingest lock screenshots

help:
	@echo "make demo        simulate a plant, run it through every stage, serve the pages (SERVE=0: do not serve)"
	@echo "make demo-clean  remove the demo"
	@echo "make test        all tests"
	@echo "make test-slow   kill tests, fuzzing, scale (SEED=n)"
	@echo "make check       lint, types, layers, fast tests"
	@echo "make bench       benchmarks with peers side by side"
	@echo "make bench-ingest  landing to copper beside msgspec, orjson, DuckDB and Spark (BENCH='--rounds 5')"
	@echo "make lock        resolve the locked dependencies anew"

$(VENV)/core: requirements/core.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "smelt needs Python 3.11 or later; found $$($(PYTHON) --version). Try make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/test: requirements/test.txt $(VENV)/core
	@echo "installing the locked test dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

$(DEMO)/plant.toml: | $(VENV)/core
	$(BIN)/smelt simulate $(DEMO) --days $(DAYS) --seed $(SEED)

demo: $(VENV)/core $(DEMO)/plant.toml
	$(BIN)/smelt run --plant $(DEMO)
	@echo
	@echo "Your own data:    $(BIN)/smelt run --plant DIR --landing FOLDER --probe PROBE.xml"
	@echo "Remove the demo:  make demo-clean"
ifneq ($(SERVE),0)
	$(BIN)/smelt serve --plant $(DEMO) --port $(PORT)
endif

demo-clean:
	rm -rf $(DEMO)

test: $(VENV)/test
	$(BIN)/python -m pytest

test-slow: $(VENV)/test
	SEED=$(SEED) HYPOTHESIS_PROFILE=slow $(BIN)/python -m pytest -m slow -s

check: $(VENV)/test
	$(BIN)/ruff format --check src tests benchmarks docs
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -m 'not slow and not system' -n 2

bench: $(VENV)/test
	$(BIN)/python -m benchmarks

bench-ingest: $(VENV)/test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python benchmarks/ingest/bench_ingest.py $(BENCH)

lock: $(VENV)/test
	$(BIN)/python -m pip install --quiet uv
	cd requirements && for set in core test; do \
		extra=$$([ $$set = test ] && echo "--extra test -c core.txt"); \
		../$(BIN)/uv pip compile --quiet ../pyproject.toml --extra build $$extra --universal --generate-hashes \
			--no-header --no-emit-index-url --python-version 3.11 --upgrade -o $$set.txt; done

screenshots: $(VENV)/test
	$(BIN)/python docs/take_screenshots.py http://127.0.0.1:$(PORT) docs/screenshots
