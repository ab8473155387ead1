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
# Dials: the same stand in content/jungle.toml, where changes are meant to last. TORCH_INDEX is
# where torch alone is installed from, for machines whose plain wheel would bring CUDA.
DIALS  := COUNT MINUTES RECIPE SEED SITE_URL PORT PROMPT PICK A B MORE_OF MORE FROM TO PICTURES CARD NUMBER QUERY COMPARE SOURCE FAMILIES TRIALS WORKERS BY KEEP_GOING TORCH_INDEX UPGRADE README FORCE
# What replaces people's own work is asked for on the command line alone, never by the environment.
override FORCE := $(if $(filter command,$(origin FORCE)),$(value FORCE))
# Values are taken as they stand: make expands nothing in them, and the shell sees them as
# variables only, whatever they hold.
$(foreach name,$(DIALS) PYTHON VENV,$(eval override $(name) := $$(value $(name))))
export $(DIALS)
ifneq ($(filter-out 0 1,$(FORCE) $(KEEP_GOING) $(README)),)
$(error Say FORCE=1, KEEP_GOING=1 or README=1, or leave them out)
endif
ifneq ($(words $(VENV)),1)
$(error VENV must be a path without spaces)
endif

PY  := $(VENV)/bin/python
RUN  = $(call quote,$(PY)) -m generate
# One argument of a shell, whatever it holds.
quote = '$(subst ','\'',$(1))'
OPTIONS = $(if $(COUNT),--count="$$COUNT") $(if $(MINUTES),--minutes="$$MINUTES") \
          $(if $(RECIPE),--recipe="$$RECIPE") $(if $(SEED),--seed="$$SEED") $(if $(SITE_URL),--site-url="$$SITE_URL") \
          $(FORCED) $(if $(filter 1,$(KEEP_GOING)),--keep-going)
FORCED  = $(if $(filter 1,$(FORCE)),--force)
# Of publish, FORCE is for the branch: the build before it replaces nothing that a person made.
ifneq ($(filter publish,$(MAKECMDGOALS)),)
build: FORCED :=
endif

LISTS := generate/project/requirements
LIGHT := $(VENV)/.ready
MODEL := $(VENV)/.ready-model
DEV   := $(VENV)/.ready-dev
PIP    = $(call quote,$(PY)) -m pip install --quiet --disable-pip-version-check --no-deps
LOCK   = $(call quote,$(PY)) -m uv pip compile --quiet --universal --python-version 3.11 \
         --generate-hashes --no-annotate --no-header --group build pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

## -- Everyday ---------------------------------------------------------------

.PHONY: build
build: $(LIGHT) ## Make what is missing or stale and render site/ (COUNT= MINUTES= SEED= FORCE=1)
	@$(call with-model,build)
	@$(RUN) build $(OPTIONS)

.PHONY: serve
serve: build ## Preview on http://localhost:5500, reloading at every change (PORT=)
	@$(RUN) serve $(OPTIONS) --port="$$PORT"

.PHONY: studio
studio: $(MODEL) ## Draw, breed and arrange cards on a page of this machine (PORT=)
	@$(RUN) studio $(OPTIONS) --port="$$PORT"

.PHONY: publish
publish: build ## Put site/ on GitHub Pages (the gh-pages branch)
	@$(RUN) publish $(OPTIONS)

## -- One stage at a time ----------------------------------------------------

.PHONY: dataset
dataset: $(MODEL) ## Read the training pictures and say what was recognised in them
	@$(RUN) dataset $(OPTIONS)

.PHONY: train
train: $(MODEL) ## Draw or read the training pictures and train the image model (MORE=10)
	@$(RUN) train $(OPTIONS) $(if $(MORE),--more="$$MORE")

.PHONY: sample
sample: $(LIGHT) ## Make the cards' pictures and a contact sheet
	@$(call with-model,sample)
	@$(RUN) sample $(OPTIONS)

.PHONY: beast
beast: $(MODEL) ## Draw one beast from words: PROMPT="a striped snake at night"
	@$(RUN) beast $(OPTIONS) --prompt="$$PROMPT"

.PHONY: candidates
candidates: $(MODEL) ## Show the takes of a card, numbered: CARD=4
	@$(RUN) candidates $(OPTIONS) -- "$$CARD"

.PHONY: card
card: $(MODEL) ## Add a card from words, and build: PROMPT="a red owl" PICK=3
	@$(RUN) card $(OPTIONS) --prompt="$$PROMPT" $(if $(PICK),--pick="$$PICK")

.PHONY: cross
cross: $(MODEL) ## Add a child of two cards: A=beast-007 B=beast-019 MORE_OF=a
	@$(RUN) cross $(OPTIONS) --a="$$A" --b="$$B" $(if $(MORE_OF),--more-of="$$MORE_OF")

.PHONY: find
find: $(LIGHT) ## Find cards by words of your own: QUERY="someone shy by the water"
	@$(RUN) find $(OPTIONS) --query="$$QUERY"

.PHONY: keep
keep: $(LIGHT) ## Mark all cards, or one (CARD=4), as kept, whatever changes
	@$(RUN) keep $(OPTIONS) $(if $(CARD),-- "$$CARD")

.PHONY: undo
undo: $(LIGHT) ## Take back the newest step: keep, card, cross or train MORE=
	@$(RUN) undo $(OPTIONS)

.PHONY: walk
walk: $(MODEL) ## Walk from one beast to another: FROM="a red owl" TO=beast-003
	@$(RUN) walk $(OPTIONS) --from="$$FROM" --to="$$TO"

.PHONY: phrases
phrases: $(LIGHT) ## Make the language and the cards' phrases
	@$(call with-model,phrases)
	@$(RUN) phrases $(OPTIONS)

.PHONY: sounds
sounds: $(LIGHT) ## Make and master the cards' sounds; print their measures
	@$(call with-model,sounds)
	@$(RUN) sounds $(OPTIONS)

.PHONY: site
site: $(LIGHT) ## Render site/ from the cards as they are (never needs torch)
	@$(RUN) site $(OPTIONS)

.PHONY: colouring
colouring: $(LIGHT) ## Print the cards' outlines as a colouring book, work/colouring.pdf
	@$(RUN) colouring $(OPTIONS)

.PHONY: caption
caption: $(MODEL) ## Caption pictures of your own, into metadata.jsonl: PICTURES=folder
	@$(RUN) caption $(OPTIONS) -- "$$PICTURES"

.PHONY: captioner
captioner: $(MODEL) ## Train the captioner on captions of the training pictures (MINUTES=)
	@$(RUN) captioner $(OPTIONS)

.PHONY: why
why: $(LIGHT) ## Say what is fresh or stale, and because of what (CARD=beast-003)
	@$(RUN) why $(OPTIONS) $(if $(CARD),-- "$$CARD")

.PHONY: restore
restore: $(LIGHT) ## List what was replaced in content/, or put one back (NUMBER=12)
	@$(RUN) restore $(if $(NUMBER),-- "$$NUMBER")

## -- The workshop -----------------------------------------------------------

.PHONY: test
test: $(DEV) ## Run every test
	@OMP_NUM_THREADS=1 $(call quote,$(PY)) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: check
check: $(DEV) ## Check style and types (ruff, mypy)
	@$(call quote,$(PY)) -m ruff check .
	@$(call quote,$(PY)) -m ruff format --check .
	@$(call quote,$(PY)) -m mypy

.PHONY: evaluate
evaluate: $(MODEL) ## Judge pictures, sounds and words; the report is work/report/index.html
	@$(RUN) evaluate $(OPTIONS)

.PHONY: account
account: $(LIGHT) ## Tell how it was made, in content/pages/making.md (README=1: also README.md)
	@$(RUN) account $(OPTIONS) $(if $(filter 1,$(README)),--readme)

.PHONY: bench
bench: $(DEV) ## Measure ours against the baseline, into work/bench.json (MINUTES= COMPARE=)
	@$(RUN) bench $(OPTIONS) $(if $(COMPARE),--compare="$$COMPARE")

.PHONY: contest
contest: $(MODEL) ## Train every kind of model for the same minutes, side by side (MINUTES= SOURCE= FAMILIES=)
	@$(RUN) contest $(OPTIONS) $(if $(SOURCE),--source="$$SOURCE") $(if $(FAMILIES),--families="$$FAMILIES")

.PHONY: meanings
meanings: $(MODEL) ## Install a small model of word meanings, 84 MB, for find and unheard words
	@$(RUN) meanings

.PHONY: tune
tune: $(MODEL) ## Search better settings of the recipe, and print them (MINUTES= TRIALS= WORKERS= SOURCE= BY=)
	@$(RUN) tune $(OPTIONS) $(if $(SOURCE),--source="$$SOURCE") $(if $(TRIALS),--trials="$$TRIALS") \
	  $(if $(WORKERS),--workers="$$WORKERS") $(if $(BY),--by="$$BY")

.PHONY: lock
lock: $(DEV) ## Settle versions and hashes of new packages (UPGRADE=1: of all)
	@$(LOCK) $(if $(UPGRADE),--upgrade) --all-extras -c $(LISTS)/torch.txt -o constraints.txt
	@$(LOCK) --extra model -c constraints.txt -o $(LISTS)/model.txt
	@$(LOCK) -c constraints.txt -o $(LISTS)/light.txt
	@for list in constraints.txt $(LISTS)/model.txt $(LISTS)/light.txt; do \
	  { echo "# Exact versions and the hashes of all their files, for every machine: make lock."; \
	    awk '/^[^ ]/ {keep = !/^(#|torch=|triton=|cuda-|nvidia-)/} keep' $$list; } > $$list.new && \
	  mv $$list.new $$list || exit 1; done

.PHONY: clean
clean: ## Remove work/ and what is in site/; content/ is never touched
	@find site -mindepth 1 -maxdepth 1 ! -name .gitignore ! -name .git -exec rm -rf {} +
	@rm -rf work .pytest_cache .ruff_cache .mypy_cache .hypothesis

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} \
	  /^## -- / {gsub(/^## -- | -+$$/, ""); printf "\n%s\n", $$0} \
	  /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo

# -- The environment ----------------------------------------------------------

# Torch is only fetched when a stage that needs it has work to do.
define with-model
need=$$($(RUN) needs $(1) $(OPTIONS)) || exit $$?; \
[ "$$need" != model ] || $(MAKE) $(call quote,$(MODEL))
endef

# Checked by running it: an installation that was killed, or a Python that was replaced under it,
# leaves files but no pip. Where nothing was installed with it yet, pip itself must run.
TRY := { [ -e $(call quote,$(LIGHT)) ] && $(call quote,$(PY)) -c 'import pip' || \
       $(call quote,$(PY)) -m pip --version; } >/dev/null 2>&1 && echo sound
ifneq ($(shell $(TRY)),sound)
$(LIGHT): environment
endif

.PHONY: environment
environment:
	@$(call quote,$(PYTHON)) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	@$(call quote,$(PYTHON)) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python lacks venv: install it first (Debian: apt install python3-venv)" >&2; exit 1; }
	@[ -e $(call quote,$(VENV)/pyvenv.cfg) ] || ! find $(call quote,$(VENV)) -type f 2>/dev/null | grep -q . || \
	  { echo $(call quote,$(VENV))" holds files but is no environment of Python; name another: make VENV=…" >&2; exit 1; }
	@$(call quote,$(PYTHON)) -m venv --clear $(call quote,$(VENV))

$(LIGHT): pyproject.toml setup.py $(LISTS)/light.txt
	@echo "Installing the light packages …"
	@$(PIP) --require-hashes --requirement $(LISTS)/light.txt
	@$(PIP) --no-build-isolation --editable .
	@touch $(call quote,$@)

$(MODEL): pyproject.toml $(LISTS)/model.txt $(LISTS)/torch.txt $(LIGHT)
	@$(RUN) install model
	@touch $(call quote,$@)

$(DEV): pyproject.toml constraints.txt $(MODEL)
	@echo "Installing the test tools …"
	@$(PIP) --require-hashes --requirement constraints.txt
	@touch $(call quote,$@)
