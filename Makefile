# Two commands matter: `make demo` and `make test`. Both set up what is missing on a fresh machine.
# The rest: check, bench, quality, test-heavy, gallery, run.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BUILD := build
EVAL ?= ../shared/eval/manifest.json
PHOTOS ?= $(wildcard ../shared/eval/photos ../shared/train/ccp)

.PHONY: demo run test test-heavy check bench quality gallery setup clean

setup: $(VENV)/.ready

# System libraries that Qt needs and a virtual environment; `.ci/setup` says what it does.
$(VENV)/.ready: pyproject.toml .ci/setup
	PYTHON=$(PYTHON) bash .ci/setup $(VENV)

demo: setup
	$(BIN)/python run_booth.py demo --out $(BUILD)/demo

run: setup
	$(BIN)/python run_booth.py --config config/booth.yaml

# Two at a time, as half of the time is waiting for cameras and printers; a file's tests stay together.
test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-heavy: setup
	$(BIN)/python -m pytest -m heavy

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/ui/lint_qml.py

bench: setup
	$(BIN)/python -m booth.bench --json $(BUILD)/bench.json
	[ ! -e $(EVAL) ] || $(BIN)/python -m booth.evaluation.pymatting_bench $(EVAL) --every 5 --json $(BUILD)/pymatting.json

quality: setup
	$(BIN)/python -m booth.evaluation $(EVAL) --json $(BUILD)/quality.json --sheets $(BUILD)/quality
	$(BIN)/python -m booth.evaluation.drawn --json $(BUILD)/drawn.json --sheets $(BUILD)/drawn
	$(BIN)/python -m booth.evaluation.people $(EVAL) $(PHOTOS) --held-back --most 24 \
		--json $(BUILD)/people.json --sheet $(BUILD)/people.png

# The README's pictures, from the product itself.
gallery: setup
	$(BIN)/python tests/gallery/make.py $(BUILD)/screens
	$(BIN)/python tests/gallery/webpage.py $(BUILD)/page

clean:
	rm -rf $(BUILD) $(VENV)
