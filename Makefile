.DEFAULT_GOAL := help
.PHONY: help check lint format types contracts test coverage examples bench pins up docker clean

# Recordings of Sleeper, where they lie beside the repository: more is tested and measured with them.
ifneq ($(wildcard ../shared/sleeper),)
export GAMEFILM_RECORDINGS ?= $(abspath ../shared/sleeper)
endif
BENCHMARKS = $(filter-out harness,$(basename $(notdir $(wildcard benchmarks/[a-z]*.py))))

help: ## What there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: ## Everything that CI runs: lint, format, types, contracts, tests with coverage, the packaged wheel
	.ci/run

lint: ## Ruff's rules, and the format, without changing a file
	uv run ruff check .
	uv run ruff format --check .

format: ## Bring all files into form, and mend what ruff can mend
	uv run ruff check --fix .
	uv run ruff format .

types: ## mypy, strict
	uv run mypy

contracts: ## Imports point inward: interfaces, infrastructure -> application -> domain
	uv run lint-imports

test: ## All tests, on embedded engines or on those of DATABASE_URL and VALKEY_URL
	uv run pytest -n logical

coverage: ## All tests, and how much of domain and application they reach (at least 95 %)
	uv run pytest -n logical --cov

examples: ## Record the answers that the API's description shows anew, from a simulated league
	uv run python -m tests.examples

bench: ## The benchmarks; benchmarks/RESULTS.md keeps what they said
	$(foreach name,$(BENCHMARKS),uv run python -m benchmarks.$(name) &&) true

pins: ## Pin new dependencies in pyproject.toml; UPGRADE=1 takes the newest of all
	uv run --no-sync python .ci/pins.py $(if $(UPGRADE),--upgrade)

up: ## Serve on http://127.0.0.1:8420
	uv run gamefilm up

docker: ## Build the image
	docker build --tag gamefilm .

clean: ## Remove what can be made again; the data folder stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
