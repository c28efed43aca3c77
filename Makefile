# Everything a person needs; `make help` lists it. Only Python 3.11 or newer and make are assumed.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# A server that speaks S3, apart since it wants older libraries than the portal.
S3_VENV := .venv-s3
# A scanner of web sites, apart since it has nothing to do with the portal's own packages.
WAPITI_VENV := .venv-wapiti
UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
      --no-emit-index-url --no-header --no-annotate
# The newest interpreter on the path that is whole; 3.13 serves pages 1.4 times as fast as 3.11.
PYTHON := $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 /usr/bin/python3; do \
	$$name -c 'import sys, venv, ensurepip, ssl; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
	2>/dev/null && { echo $$name; break; }; done)
# Messages are marked by these names.
KEYWORDS := -k _ -k gettext_lazy -k ngettext:1,2 -k pgettext:1c,2 -k pgettext_lazy:1c,2
TESTS ?= -n 2
FAST := not (browser or processes or postgresql or replicas or slow)
# Tests start the command again and again; compiling it anew is a fifth of what that takes.
unexport PYTHONDONTWRITEBYTECODE
REPLICAS ?= tests/replicas
FONTTOOLS ?= python3
NOTO ?= /usr/share/fonts/truetype/noto
LETTERS := 20-7E,A0-17F,218-21B,300-304,400-52F,2010-2015,2018-201E,2022,2026,2039-203A,2060,20AC,20B8,2116
JOINED_LETTERS := 20-21,28-2A,2E,30-3A,AB,BB,60C,61B,61F,621-65F,660-66D,670,671,674-679,67E,686,698,6A9,6AD-6AF,6BA,6BE,6C0-6D5,6F0-6F9

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast replicas faults check check-style check-types check-layers check-texts bench bench-scale lighthouse bench-search messages fonts lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

demo: $(VENV)/.demo ## set everything up and serve the portal with a living demo
	$(BIN)/portal demo $(DEMO)

test: $(VENV)/.dev $(S3_VENV)/.ready ## set everything up and run all tests (ENGINES=all: each on PostgreSQL too)
	ENGINES=$(ENGINES) $(BIN)/python -m pytest $(TESTS)

test-fast: $(VENV)/.dev ## what needs no browser, no processes and no PostgreSQL, in less than three minutes
	$(BIN)/python -m pytest $(TESTS) -m "$(FAST)"

replicas: $(VENV)/.dev ## several replicas behind real proxies, upgraded under load (needs nginx, squid)
	$(BIN)/python -m pytest -m replicas $(REPLICAS)

faults: $(VENV)/.dev ## kill, lock, fill and cut off a portal under load (FAULT_ROUNDS=20 FAULT_SECONDS=10: shorter)
	$(BIN)/python -m pytest -q tests/faults/fault_*.py

check: $(VENV)/.dev ## all that can be said without running the portal: lint, types, layers, texts
	$(MAKE) -j2 check-texts check-types check-style check-layers

check-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates

check-types:
	$(BIN)/mypy

check-layers:
	$(BIN)/lint-imports

check-texts:
	$(BIN)/python -m pytest -q tests/architecture --ignore=tests/architecture/test_routes.py

bench: $(VENV)/.dev ## measure speed as ratios to a bare "hello"
	$(BIN)/python -m tests.load.bench

bench-scale: $(VENV)/.dev ## measure pages and files among a million sign-ups (takes half an hour to seed)
	$(BIN)/python -m tests.load.scale

lighthouse: $(VENV)/.dev ## ask Chromium's Lighthouse about the demo's pages (needs Chromium and npx)
	$(BIN)/python -m tests.load.lighthouse

bench-search: $(VENV)/.dev ## measure how well and how fast is searched
	$(BIN)/python -m tests.load.bench_search

.PHONY: fuzz scan audit sbom
fuzz: $(VENV)/.dev ## send 20,000 hostile requests to each database (FUZZ_EXAMPLES=N for others)
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-20000} $(BIN)/python -m pytest $(TESTS) -s tests/fuzz -k nothing

scan: $(VENV)/.dev $(WAPITI_VENV)/.ready ## let Wapiti loose on a demo of its own
	$(BIN)/python -m tests.fuzz.scan $(WAPITI_VENV)/bin/wapiti

audit: $(VENV)/.dev ## look for known faults of pinned packages (OSV=all.zip: in all of osv.dev's)
	$(BIN)/python -m tests.supply.audit $(if $(OSV),--osv $(OSV))

sbom: $(VENV)/.dev ## write the bill of materials, sbom.json (CycloneDX)
	$(BIN)/python -m tests.supply.sbom > sbom.json

messages: $(VENV)/.dev ## collect texts from the code into the catalogues
	$(BIN)/pybabel -q extract -F babel.cfg $(KEYWORDS) --no-location --sort-output \
		--project=Shanyraq --copyright-holder='the Shanyraq team' --version=1 \
		--msgid-bugs-address='' -o locales/portal.pot .
	$(BIN)/python -m tests.architecture.catalogues

.PHONY: docs
docs: $(VENV)/.dev ## write the tables of docs/ that come from the code: settings, retention
	$(BIN)/python -m portal.ops.reference

fonts: ## make the fonts of social cards anew (needs fonttools and Debian's fonts-noto-core)
	for weight in Regular Bold; do \
		$(FONTTOOLS) -m fontTools.subset $(NOTO)/NotoSans-$$weight.ttf --no-hinting \
			--layout-features=kern,liga,mark,mkmk,ccmp,locl --unicodes=$(LETTERS) \
			--output-file=portal/media/fonts/NotoSans-$$weight.ttf && \
		$(FONTTOOLS) -m fontTools.subset $(NOTO)/NotoSansArabic-$$weight.ttf --no-hinting \
			--layout-features='*' --unicodes=$(JOINED_LETTERS) \
			--output-file=portal/media/fonts/NotoSansArabic-$$weight.ttf || exit 1; \
	done

lock: ## write the lock files anew (needs uv)
	$(UV) --extra build pyproject.toml -o requirements.lock
	$(UV) --extra build --extra demo pyproject.toml -o requirements-demo.lock
	$(UV) --extra build --extra dev pyproject.toml -o requirements-dev.lock
	$(UV) tests/s3/requirements.in -o requirements-s3.lock

clean: ## forget what was set up and the demo's data
	rm -rf $(VENV) $(S3_VENV) $(WAPITI_VENV) sbom.json demo-data node_modules

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements-demo.lock pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.dev || $(BIN)/pip install --quiet --require-hashes -r requirements-demo.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(S3_VENV)/.ready: requirements-s3.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(S3_VENV)
	$(S3_VENV)/bin/pip install --quiet --require-hashes -r requirements-s3.lock
	@touch $@

$(WAPITI_VENV)/.ready: Makefile
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed" >&2; exit 1; }
	$(PYTHON) -m venv $(WAPITI_VENV)
	$(WAPITI_VENV)/bin/pip install --quiet wapiti3==3.3.2
	@touch $@
