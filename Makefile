# Postcards from a jungle that does not exist.
#
#   dataset -> model -> pictures -> captions --+
#   language -> phrases -----------------------+--> cards + templates -> site
#   voice -> sounds -> mastered ---------------+
#
# Make orders the stages; whether a stage has anything to do is decided by content (recipe.json),
# never by modification times, which git does not keep.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 5500

# Dials: the same stand in content/jungle.toml, where changes are meant to last.
COUNT   ?=
MINUTES ?=
SEED    ?=
SITE_URL ?=
PROMPT  ?=
# A prompt of several lines would end the recipe's own; the environment carries any text.
export PROMPT
COMPARE ?=
FORCE   ?=
KEEP_GOING ?=
# Where torch alone is installed from, for machines whose plain wheel would bring CUDA.
TORCH_INDEX ?=

PY  := $(VENV)/bin/python
RUN  = $(PY) -m generate
# One argument of a shell, whatever it holds.
quote = '$(subst ','\'',$(1))'
DIALS = $(if $(COUNT),--count=$(call quote,$(COUNT))) \
        $(if $(MINUTES),--minutes=$(call quote,$(MINUTES))) \
        $(if $(SEED),--seed=$(call quote,$(SEED))) \
        $(if $(SITE_URL),--site-url=$(call quote,$(SITE_URL))) \
        $(if $(filter-out 0,$(FORCE)),--force) $(if $(filter-out 0,$(KEEP_GOING)),--keep-going)

LIGHT := $(VENV)/.ready
MODEL := $(VENV)/.ready-model
DEV   := $(VENV)/.ready-dev
PIP   := $(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

## -- Everyday ---------------------------------------------------------------

.PHONY: build
build: $(LIGHT) ## Make what is missing or stale and render site/ (COUNT= MINUTES= SEED= FORCE=1)
	@$(call with-model,build)
	@$(RUN) build $(DIALS)

.PHONY: serve
serve: build ## Preview on http://localhost:5500, reloading at every change (PORT=)
	@$(RUN) serve $(DIALS) --port $(PORT)

.PHONY: publish
publish: build ## Put site/ on GitHub Pages (the gh-pages branch)
	@$(RUN) publish $(DIALS)

## -- One stage at a time ----------------------------------------------------

.PHONY: dataset
dataset: $(MODEL) ## Read the training pictures and say what was recognised in them
	@$(RUN) dataset $(DIALS)

.PHONY: train
train: $(MODEL) ## Draw or read the training pictures and train the image model
	@$(RUN) train $(DIALS)

.PHONY: sample
sample: $(LIGHT) ## Make the cards' pictures and a contact sheet
	@$(call with-model,sample)
	@$(RUN) sample $(DIALS)

.PHONY: beast
beast: $(MODEL) ## Draw one beast from words: PROMPT="a striped snake at night"
	@$(RUN) beast $(DIALS) --prompt="$$PROMPT"

.PHONY: phrases
phrases: $(LIGHT) ## Make the language and the cards' phrases
	@$(call with-model,phrases)
	@$(RUN) phrases $(DIALS)

.PHONY: sounds
sounds: $(LIGHT) ## Make and master the cards' sounds; print their measures
	@$(call with-model,sounds)
	@$(RUN) sounds $(DIALS)

.PHONY: site
site: $(LIGHT) ## Render site/ from the cards as they are (never needs torch)
	@$(RUN) site $(DIALS)

## -- The workshop -----------------------------------------------------------

.PHONY: test
test: $(DEV) ## Run every test
	@OMP_NUM_THREADS=1 $(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: check
check: $(DEV) ## Check style and types (ruff, mypy)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

.PHONY: evaluate
evaluate: $(MODEL) ## Judge pictures, sounds and words; the report is work/report/index.html
	@$(RUN) evaluate $(DIALS)

.PHONY: bench
bench: $(DEV) ## Measure ours against the baseline, into work/bench.json (MINUTES= COMPARE=)
	@$(RUN) bench $(DIALS) $(if $(COMPARE),--compare=$(call quote,$(COMPARE)))

.PHONY: lock
lock: $(DEV) ## Write the installed versions to constraints.txt
	@{ sed -n '/^#/p' constraints.txt; \
	  $(PY) -m pip freeze --exclude-editable | sed 's/+cpu//'; \
	  sed -n '/^audioop-lts/p' constraints.txt; } > constraints.txt.new
	@mv constraints.txt.new constraints.txt

.PHONY: clean
clean: ## Remove work/ and what is in site/; content/ is never touched
	@find site -mindepth 1 ! -name .gitignore -delete
	@rm -rf work .pytest_cache .ruff_cache .mypy_cache .hypothesis

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} \
	  /^## -- / {gsub(/^## -- | -+$$/, ""); printf "\n%s\n", $$0} \
	  /^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile
	@echo

# -- The environment ----------------------------------------------------------

# Torch is only fetched when a stage that needs it has work to do.
define with-model
need=$$($(RUN) needs $(1) $(DIALS)) || exit $$?; \
[ "$$need" != model ] || $(MAKE) $(MODEL)
endef

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python lacks venv: install it first (Debian: apt install python3-venv)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(LIGHT): pyproject.toml constraints.txt | $(PY)
	@echo "Installing the light packages into $(VENV) …"
	@$(PIP) --editable .
	@touch $@

$(MODEL): pyproject.toml constraints.txt | $(LIGHT)
	@echo "Installing torch and diffusers into $(VENV) …"
	@$(PIP) torch $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	@$(PIP) --editable '.[model]'
	@touch $@

$(DEV): pyproject.toml constraints.txt | $(MODEL)
	@echo "Installing the test tools into $(VENV) …"
	@$(PIP) --editable '.[model,dev]'
	@touch $@
