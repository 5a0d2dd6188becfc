# Two commands do everything: `make conformance` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ALLURE := $(VENV)/allure/node_modules/.bin/allure
COMPILE := $(BIN)/uv pip compile --quiet pyproject.toml --all-extras --universal --generate-hashes \
	--python-version 3.11 --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help conformance test test-fast browser docs kill-matrix costs bench screenshots lint serve \
	wheel sbom lock requirements-runtime.lock clean

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\n  make conformance BASE_URL=https://staging.example.com ARGS="--target target.toml --strict"\n'

conformance: $(READY)  ## Judge a server: the embedded reference server, or BASE_URL=http(s)://...
	@$(BIN)/pytest tests $(if $(BASE_URL),--base-url "$(BASE_URL)") $(ARGS)

test: $(READY) browser $(ALLURE)  ## Test the suite itself: engine, contract, reference server, and faults it must find
	@$(BIN)/pytest selftest -q $(ARGS)

test-fast: $(READY) browser $(ALLURE)  ## Test the suite on a sample of the faults, and on those that your change touches
	@$(BIN)/pytest selftest -q -p selftest.detection.sampling $(ARGS)

browser:  ## Install the browser that the tests of report.html need, if there is none
	@for name in chromium chromium-browser google-chrome; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium" >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else \
		echo "the tests of report.html need Chromium: install chromium or google-chrome" \
			"(on Debian: sudo apt-get install chromium)" >&2; \
		exit 4; \
	fi

# With hashes from a lock of its own, as everything else.
$(ALLURE): selftest/reports/allure/package-lock.json
	@command -v npm >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing npm" >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends npm >/dev/null; \
	else \
		echo "the tests of the Allure results need npm: install Node.js >= 20" >&2; \
		exit 4; \
	fi
	@echo "setting up Allure's generator from its package-lock.json" >&2
	@mkdir -p $(VENV)/allure
	@cp selftest/reports/allure/package*.json $(VENV)/allure
	@npm ci --prefix $(VENV)/allure --no-audit --no-fund --loglevel=error >&2
	@touch $@

docs: $(READY)  ## Write the pages of docs/ that are made from the catalogue, the tests and the faults
	@$(BIN)/python -m tools.requirements_page
	@$(BIN)/python -m tools.options_page
	@$(BIN)/python -m tools.trace_page
	@$(BIN)/python -m tools.dependencies_page

kill-matrix: $(READY)  ## Judge every known fault again, and write down what was found (minutes)
	@$(BIN)/python -m tools.kill_matrix.measure

costs: $(READY)  ## Count again what each test costs, for `order-conformance plan`
	@$(BIN)/python -m tools.record_costs

bench: $(READY)  ## Measure what a run costs, and write docs/benchmark.md (half an hour)
	@$(BIN)/python -m tools.bench.measure

screenshots: $(READY) browser  ## Take the screenshots of docs/ again
	@$(BIN)/python -m tools.screenshots

lint: $(READY)  ## Style, formatting, types, and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

serve: $(READY)  ## Run the reference server by hand (PORT=8080, ARGS="--orders 100")
	@$(BIN)/python -m reference --port $(or $(PORT),8080) $(ARGS)

wheel: $(READY)  ## Build dist/*.whl, which carries the whole suite
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-index --no-deps \
		--no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

sbom: $(READY)  ## Write dist/sbom.cdx.json, which lists what a run depends on (CycloneDX)
	@$(BIN)/python -m tools.sbom

lock: $(READY)  ## Resolve the dependencies again into requirements.lock and its run-time part
	@$(COMPILE) --upgrade --group dev -o requirements.lock
	@$(MAKE) --no-print-directory requirements-runtime.lock

requirements-runtime.lock: $(READY)
	@$(COMPILE) --constraint requirements.lock -o $@

clean:  ## Remove the virtual environment, the caches and the reports
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	@find reports -mindepth 1 ! -name .gitkeep -delete

# The marker is touched last, so an interrupted set-up is done again. Every package is
# checked against the hash in the lock; pip comes with Python, nothing else is needed.
# The last step puts `order-conformance` into $(BIN), pointing at this checkout, and registers
# the entry points of pyproject.toml, which is why a change of that file repeats it.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python >= 3.11 is needed; name one with PYTHON=/path/to/python3.11" >&2; exit 4; }
	@echo "setting up $(VENV) from requirements.lock" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
		--no-build-isolation --editable .
	@touch $@
