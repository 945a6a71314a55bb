# `make help` says what there is. Everything runs inside .venv; the first call builds it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
STAMP := .venv/.ready
PYTEST := $(PY) -m pytest
JOBS ?= 2
# Browsers wait more than they work: one worker more than there are cores.
SQLITE_JOBS ?= 3
# Tests start a hundred small processes: without kept bytecode each compiles everything it imports, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run agreement test test-sqlite test-services replay bench lint format requirements chaos faults

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)$$/  make \1\t\2/' | expand -t 26

setup: $(STAMP)  ## environment in .venv (uv when it can be had, else pip); instant the second time

$(STAMP): requirements-dev.txt
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m uv --version >/dev/null 2>&1 || $(PY) -m pip install -q uv==0.13.8 || echo "uv is not to be had here: using pip, about a minute"
	@if $(PY) -m uv --version >/dev/null 2>&1 && $(PY) -m uv pip install -q --python $(PY) --require-hashes -r requirements-dev.txt; \
	then :; else $(PY) -m pip install -q --require-hashes -r requirements-dev.txt; fi
	@touch $@

run: $(STAMP)  ## the portal with demo data on http://localhost:8000, everything in var/
	@exec $(PY) manage.py portal --demo $(if $(PORT),--port $(PORT))

test: test-sqlite test-services  ## whole suite on SQLite, then on PostgreSQL and Redis

test-sqlite: $(STAMP)  ## whole suite on SQLite (with browser tests)
	@$(PYTEST) -n $(SQLITE_JOBS) $(ARGS)

test-services: $(STAMP)  ## whole suite except the browser on throw-away PostgreSQL and Redis
	@TEST_SERVICES=1 $(PYTEST) -n $(JOBS) -m "not browser" $(ARGS)

replay: $(STAMP)  ## two years of reminders on a moving clock against an independent oracle (minutes); table in var/replay.tsv
	@$(PYTEST) -q tests/replay/two_years.py $(ARGS)

bench: $(STAMP)  ## performance beside its floors: prints a table, writes var/bench.json (half an hour)
	@$(PY) -m benchmarks $(ARGS)

agreement: $(STAMP)  ## the month's report in six forms against plain SQL, cell by cell: 3 seeds, 12 months (minutes)
	@$(PY) -m tests.campaigns.agreeing $(ARGS)

chaos: $(STAMP)  ## reminders under kill -9 on throw-away services, judged; SEEDS="1 2 3" KILLS=200 (ten minutes)
	@$(PY) -m tests.chaos

faults: $(STAMP)  ## each fault of docs/reliability.md with its result; its scenarios are those of the last `make chaos`
	@$(PY) -m tests.faults

lint: $(STAMP)  ## ruff and djlint
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m djlint --quiet --lint templates

format: $(STAMP)  ## let ruff format the Python
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

requirements: $(STAMP)  ## compile requirements*.in with hashes
	@for part in "" -dev; do UV_CUSTOM_COMPILE_COMMAND="make requirements" $(PY) -m uv pip compile -q --no-config --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links requirements$$part.in -o requirements$$part.txt || exit 1; done
