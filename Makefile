# Each target is something a person could type by hand.
# make demo needs Python 3.11, 3.12 or 3.13 and make; everything else comes from requirements.lock.

PYTHON ?= python3
CORES ?= 2
KILLS ?= 30
VENV := .venv
BIN := $(VENV)/bin
DOCS := .venv-docs
REPORT := results/report.html
SESSION := examples/session

# Plain `make` makes the demo. `make help` lists what follows a ## here.
.PHONY: help bids-example demo session new-study test test-all test-fast test-examples test-versions test-lowest lint bench pilot chaos audit pages example gallery docs lock clean

# The whole way on simulated recordings: raw Mobita files to the report. First a study at rest; then therapy sessions
# with skin conductance, heart, movement and coded events beside the EEG.
demo: $(VENV)/.installed ## the demo, from simulated recordings to the reports (4 to 10 minutes); what plain `make` does
	$(BIN)/snakemake --cores $(CORES)
	$(BIN)/snakemake --cores $(CORES) --directory $(SESSION)
	@echo
	@echo "The reports are ready. Open them in a browser:"
	@echo "$(CURDIR)/$(REPORT)"
	@echo "$(CURDIR)/$(SESSION)/$(REPORT)"

# The second of the two alone.
session: $(VENV)/.installed ## the second half of the demo alone: therapy sessions
	$(BIN)/snakemake --cores $(CORES) --directory $(SESSION)
	@echo
	@echo "The report is ready. Open it in a browser:"
	@echo "$(CURDIR)/$(SESSION)/$(REPORT)"

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r target what; do printf '%-16s %s\n' "$$target" "$$what"; done

# A folder with commented settings and tables to begin a study with: make new-study DIR=../my-study
# With RAW=path/to/recordings their rows are proposed, with BIDS=path/to/dataset they are those of a dataset. THERAPIST,
# CLIENT, FACTOR, COVARIATE, QUESTIONNAIRES and FORMAT: docs/new-study.md.
new-study: $(VENV)/.installed ## a folder to begin your own study with: DIR=../my-study, and RAW=recordings or BIDS=dataset
	@$(BIN)/python workflow/scripts/new_study.py "$(DIR)" --by-make --raw "$(RAW)" --bids "$(BIDS)" \
		--therapist "$(THERAPIST)" --client "$(CLIENT)" --factor "$(FACTOR)" --covariate "$(COVARIATE)" \
		--questionnaires "$(QUESTIONNAIRES)" --format "$(FORMAT)"

# A file's tests share what they have made, so a file stays in one process; files go in the order of
# tests/conftest.py, and not by their number of tests. glibc keeps the memory of an array for the next one: on virtual
# machines, where new pages are slow, the tests of signals take a tenth less.
PYTEST := MALLOC_MMAP_THRESHOLD_=268435456 MALLOC_TRIM_THRESHOLD_=536870912 $(BIN)/pytest --dist loadfile --no-loadscope-reorder

# One process per core: tests of whole runs wait for an eighth of the time, but another process would load all that these
# need once more, and takes longer.
test: $(VENV)/.installed ## the tests (8 to 12 minutes); what CI runs
	$(PYTEST) -n $(CORES) -m "not long"

# With those marked long: more sizes, seeds and surroundings of what a shorter test shows (CONTRIBUTING.md).
# One process more than cores: those on a cluster and of interrupted runs wait for half of their time.
test-all: $(VENV)/.installed ## all tests, the long ones too (20 minutes); before a release
	$(PYTEST) -n $$(($(CORES) + 1))

# While you work on the library: without what takes nine tenths of the time (tests/conftest.py). A minute.
test-fast: $(VENV)/.installed ## most tests (1 minute)
	$(PYTEST) -n $(CORES) -m "not slow and not long"

# What CI runs of them: that it installs under the oldest and the newest Python of the machine, and that each example
# of the API runs there. Those between hardly ever differ from both.
test-examples: $(VENV)/.installed ## the examples of the API under the oldest and the newest other Python (30 seconds each)
	$(BIN)/python benchmarks/versions.py --examples

# Each environment is kept below build/. CONTRIBUTING.md says when: before a release, and when a dependency changes.
test-versions: $(VENV)/.installed ## quick tests under each Python that is supported and here (5 minutes each)
	$(BIN)/python benchmarks/versions.py

test-lowest: $(VENV)/.installed ## quick tests with the lowest versions of the packages (5 minutes)
	$(BIN)/python benchmarks/versions.py --lowest

lint: $(VENV)/.installed ## style, types and rules are checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

# What could be offered to https://github.com/bids-standard/bids-examples: the demo's dataset without its signals.
bids-example: $(VENV)/.installed ## the demo's BIDS dataset without signals, in build/eeg_hyperscanning
	$(BIN)/python workflow/scripts/bids_example.py bids build/eeg_hyperscanning

# Speed of the kernels, in one run on this machine. With PEERS=path/to/python, an interpreter that has
# HyPyP, mne-connectivity and numba, beside theirs.
bench: $(VENV)/.installed ## speed of the kernels on this machine
	$(BIN)/python benchmarks/kernels.py $(if $(PEERS),--peers "$(PEERS)")

# A study of the pilot's size in the folder pilot/: its raw files once (2.5 GB), then from these to the report, timed.
pilot: $(VENV)/.installed ## a study of the pilot's size in pilot/, timed (2.5 GB)
	$(BIN)/python benchmarks/pilot.py pilot --cores $(CORES)

# Faults on purpose: kills at random moments, a full disk, folders that cannot be written, and so on. About 20 minutes.
chaos: $(VENV)/.installed ## kills, a full disk and other faults on purpose (20 minutes)
	$(BIN)/python benchmarks/chaos.py --kills $(KILLS) --cores $(CORES)

# Known vulnerabilities of what requirements.lock pins, as PyPI knows them (a package that PyPI does not answer for is an
# error, and not one without vulnerabilities); then, of a finished run in this folder,
# Snakemake's own report: every rule with its code, versions and times, and the main results with captions.
audit: $(VENV)/.installed ## known vulnerabilities of the packages, and Snakemake's own report of a finished run
	$(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes -r requirements.lock
	@if [ -f $(REPORT) ]; then $(BIN)/snakemake --report results/audit.html; \
	else echo "Snakemake's own report is of a finished run, and this folder has none: make demo makes one."; fi

# docs/settings.md, docs/columns.md and docs/messages.md: all settings, tables and messages, from the code.
pages: $(VENV)/.installed ## docs/settings.md, docs/columns.md and docs/messages.md, written again
	$(BIN)/python workflow/scripts/settings_page.py > docs/settings.part && mv docs/settings.part docs/settings.md
	$(BIN)/python workflow/scripts/tables_page.py > docs/columns.part && mv docs/columns.part docs/columns.md
	$(BIN)/python workflow/scripts/messages_page.py > docs/messages.part && mv docs/messages.part docs/messages.md

# docs/example/report.html, the demo's report without what makes it large, and, where Chromium is installed,
# README's picture of its first page. For the pilot: make pilot, then open pilot/results/report.html.
example: $(VENV)/.installed ## docs/example/report.html, written again
	$(BIN)/snakemake --cores $(CORES)
	$(BIN)/python workflow/scripts/example_page.py $(REPORT) docs/example/report.html docs/report.png

# docs/gallery.md: each fault that the simulator plants, what it looks like and what cleaning says of it. Five minutes.
gallery: $(VENV)/.installed ## docs/gallery.md, written again (5 minutes)
	$(BIN)/python workflow/scripts/gallery_page.py

# The site of the documentation, to be read without a connection: build/site/index.html. Its packages are in an environment
# of their own, which no run needs.
docs: $(DOCS)/.installed ## the site of the documentation, in build/site
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --strict
	@echo "The documentation is ready. Open it in a browser:"
	@echo "$(CURDIR)/build/site/index.html"

$(DOCS)/.installed: envs/docs.lock | $(VENV)/.installed
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(DOCS)
	$(BIN)/uv pip sync --quiet --python $(DOCS)/bin/python --require-hashes envs/docs.lock
	touch $@

# The environment: uv installs exactly what requirements.lock pins and checks every hash. The bytecode is compiled once,
# so that no job pays for it; but for the packages' own tests and the tools of developers, which no job loads and which are
# half of it. The library is installed in place: what is edited is what runs.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14) and 'Interbrain needs Python 3.11, 3.12 or 3.13; this is ' + sys.version.split()[0] + '. Name one of these: make PYTHON=python3.12 demo')"
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/python -m compileall -q -j 0 -x '/(tests?|pip|setuptools|selenium|mypyc?|fontTools|pygments|docutils|black)/' $(VENV)/lib >/dev/null 2>&1 || true
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

# Only when a dependency changes: envs/requirements.in -> requirements.lock, envs/docs.in -> envs/docs.lock.
COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate --no-emit-index-url
lock: $(VENV)/.installed ## requirements.lock and envs/docs.lock, written again from envs/*.in
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(COMPILE) envs/requirements.in --output-file requirements.lock
	$(COMPILE) envs/docs.in --output-file envs/docs.lock

clean: ## removes the environments, what pip built, and Snakemake's notes
	rm -rf $(VENV) $(DOCS) build workflow/interbrain.egg-info .snakemake
