# Everything a fresh machine with Python 3.11+ and make needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OK := $(VENV)/.ok
# Two nights of a center of the sample: large, and always the same, so they are made where they are needed.
SAMPLE := sample_data/prairie211/2026-11-20/resources.csv

.PHONY: nightly test browser explore check types imports lint format docs sample golden bench lock setup clean

setup: $(OK)

$(OK): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "resdir needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 " + "nightly")'
	$(PYTHON) -m venv $(VENV)
# The lock is named twice, as what to install and as what versions may be: for "package[extra]", asked for by another package, pip
# would otherwise take the newest release instead of the pinned one, and refuse it for having no hash.
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock -c requirements.lock
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $@

nightly: $(OK) $(SAMPLE) ## set up, then run the whole night on sample_data
	$(BIN)/resdir nightly --config sample_data/curation.toml

test: $(OK) $(SAMPLE) browser lint types imports ## set up, then every check and test
# Files go to the two workers in the order of tests/conftest.py: the long ones first.
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q

browser: $(OK) ## find a browser for the tests of pages, or install one; says how when it cannot
	@$(BIN)/python tests/browser/find_browser.py

explore: $(OK) ## look for new counter-examples to the laws; takes long
	$(BIN)/python -m pytest -q tests/property --hypothesis-profile=explore

check: $(OK) lint types ## the quick half of test

lint: $(OK)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(OK)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(OK)
	$(BIN)/mypy

imports: $(OK)
	$(BIN)/lint-imports

docs: $(OK) ## write the generated pages again
	$(BIN)/python docs/generate.py

sample: $(OK) ## write sample_data again
	$(BIN)/python sample_data/generate.py

$(SAMPLE): sample_data/generate.py $(wildcard pipeline/synthesize/*.*) | $(OK)
	$(BIN)/python sample_data/generate.py

golden: $(OK) $(SAMPLE) ## write the golden results again; read the difference before committing
	$(BIN)/python -m pytest -q tests/golden --write-golden

bench: $(OK) $(SAMPLE)
	$(BIN)/python -m benchmarks

lock: ## maintainers: write requirements.lock again (needs network)
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet uv
	.lock-venv/bin/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --all-extras pyproject.toml -o requirements.lock
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
