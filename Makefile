# `make run` and `make test` do everything on a fresh machine with python3 >= 3.11, git and make.

PYTHON ?= python3
BIN := .venv/bin
# Threads that wait without spinning: on a shared machine a spinning booster is ten times slower.
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: run test test-ci test-weak check bench docs notebooks package ui pictures install

# What goes through kernels that libraries choose by the processor.
NUMERIC := tests/test_every_scorer.py tests/test_every_compressor.py tests/compression tests/scorers/test_neural.py \
  tests/scorers/test_mlp.py tests/scorers/test_unpacked.py tests/trees/shap tests/networks

run: install
	$(BIN)/riskmodel train pipelines/taiwan.toml

test: install
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist worksteal
	$(MAKE) test-weak

# What takes minutes: random models against their own libraries, signals and kills at many instants, and every command of
# the guides and notebooks.
test-ci: install
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m ci

# The same as on a processor without AVX2 and fused multiplication.
test-weak: install
	$(BIN)/python tests/processors/settings.py weakest $(BIN)/python -m pytest --numprocesses 2 -m "not slow" $(NUMERIC)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m tests.benchmarks

# Offline: the pages ask nothing of any other machine.
docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# The pages of docs/notebooks, made by running their sources.
notebooks: install
	$(BIN)/python -m tests.notebooks

# The same environment, every file held to its hash (Linux x86_64).
install-hashed:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement constraints-hashed.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch .venv/installed

# What a release consists of, CycloneDX: riskmodel.cdx.json.
sbom: install
	$(BIN)/python release/sbom.py

# The documentation's example, out of the run that `make run` left in reports/taiwan.
example: install
	$(BIN)/python release/example.py

# Wheel and sdist, used in an empty environment outside the repository.
package: install
	bash tests/package.sh $(CURDIR)/$(BIN)/python

ui: install
	$(BIN)/riskmodel ui

# What the page shows first, after make run: reports/example/mlflow_*.png, by Chromium.
pictures: install
	$(BIN)/python -m tests.pictures

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "riskmodel needs Python 3.11 or later")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[neural,onnx,docs,dev]'
	touch $@
