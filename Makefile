# Two commands on a fresh machine do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KERNEL := src/seqloom/kernel/kernel.so

.PHONY: demo test test-fast lint format bench quality clean

demo: $(VENV)/.ready $(KERNEL)  ## train, evaluate and explain the main job on the embedded data
	$(BIN)/seqloom demo --out runs/demo

test: $(VENV)/.ready $(KERNEL)  ## every test: fast and slow
	$(BIN)/python -m pytest tests -n auto --dist loadscope

test-fast: $(VENV)/.ready $(KERNEL)  ## without the tests that train, kill or read real data
	$(BIN)/python -m pytest tests -n auto --dist loadscope -m "not slow"

lint: $(VENV)/.ready  ## format, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports

format: $(VENV)/.ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

quality: $(VENV)/.ready $(KERNEL)  ## rerun the quality table of the README on real data (hours)
	$(BIN)/python -m benchmarks.quality

bench: $(VENV)/.ready $(KERNEL)  ## rerun the speed tables: ours beside other programs, which are installed for it (hours)
	$(BIN)/python -m benchmarks.speed all

clean:
	rm -rf $(VENV) runs build dist

$(KERNEL): $(wildcard native/*) hatch_build.py | $(VENV)/.ready
	-@$(BIN)/python hatch_build.py

$(VENV)/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "seqloom needs Python 3.11 or newer, but $(PYTHON) is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@
