# Every developer command. A fresh Debian machine needs python3 (with venv), make and git, no more.
# TORCH_BACKEND=cpu takes PyTorch's CPU build (much smaller) from its project's own index.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo line-sim test test-slow test-real lint format types contracts docs docs-serve notebook \
        reference lock check-cloud wheel-test image-test check clean

TORCH_BACKEND ?=
DEMO ?= runs/demo
LINE ?= runs/line-sim
PYTHON ?= python3

UV := .uv/bin/uv
BIN := .venv/bin
STAMP := .venv/.installed-$(if $(TORCH_BACKEND),$(TORCH_BACKEND),default)
export UV_PYTHON_DOWNLOADS := never
export VIRTUAL_ENV :=

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

install: $(STAMP) ## Make the environment in .venv (all other targets do it when needed)

demo: $(STAMP) ## Train on 2,624 real solar-cell photos, report, and judge a few (5 minutes)
	$(BIN)/python demo/solar_cells.py runs/demo-photos
	rm -rf $(DEMO)
	$(BIN)/okng train runs/demo-photos --max-overkill 10% --out $(DEMO)
	$(BIN)/python demo/show.py $(DEMO) runs/demo-photos

line-sim: $(STAMP) ## Run a whole line on this machine: simulated camera, page, OPC UA, MQTT if mosquitto is there
	$(BIN)/python -m okng.testing.line.simulation $(LINE)

test: $(STAMP) ## Run the tests (under 5 minutes)
	scripts/services
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

test-slow: $(STAMP) ## Run the tests that take minutes
	$(BIN)/python -m pytest -m slow

test-real: $(STAMP) ## Run the tests on the photos in ../shared/data
	$(BIN)/python -m pytest -m real

lint: $(STAMP) ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP) ## Repair style where a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP) ## Check types
	$(BIN)/mypy

contracts: $(STAMP) ## Check which package imports which
	$(BIN)/lint-imports

notebook: $(STAMP) ## Run notebooks/castings.ipynb on generated photos (OKNG_NOTEBOOK_PHOTOS=FOLDER: on yours)
	$(BIN)/jupyter-execute notebooks/castings.ipynb --output=castings-run

docs: $(STAMP) ## Build the documentation into site/
	$(BIN)/python docs/generate.py --check
	$(BIN)/mkdocs build --strict --quiet

docs-serve: $(STAMP) ## Show the documentation on localhost
	$(BIN)/mkdocs serve

reference: $(STAMP) ## Write the reference pages anew from the code
	$(BIN)/python docs/generate.py

lock: $(UV) ## Write requirements/*.txt anew (UPGRADE=1: with newer versions)
	scripts/lock $(UV) $(if $(UPGRADE),--upgrade)

check-cloud: $(UV) ## Check the CloudFormation templates with checkov, in an environment of its own
	scripts/check-cloud $(UV)

wheel-test: $(STAMP) ## Build the wheel, install it without torch, and judge photos with it
	scripts/wheel-test $(UV)

image-test: $(STAMP) $(UV) ## Carry out the Dockerfiles in fresh roots, and run the images; check the manifests (as root)
	scripts/kubernetes-test $(UV)
	scripts/image-test

check: lint types contracts test docs wheel-test ## Everything that .ci/run checks

clean: ## Remove environments and everything that was built
	rm -rf .venv .venv-base .uv site dist build .mypy_cache .pytest_cache .ruff_cache

$(UV): requirements/uv.txt
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMP): $(UV) requirements/dev.txt pyproject.toml
	scripts/install $(UV) $(PYTHON) "$(TORCH_BACKEND)"
	@touch $@
