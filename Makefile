# `make run` and `make test` are all a newcomer needs; CONTRIBUTING.md explains the rest.

PYTHON ?= python3
# Another, finished virtual environment may be used: `make run VENV=/path/to/venv` installs nothing.
VENV ?= .venv
BIN := $(VENV)/bin

export PYTHONUNBUFFERED = 1

.PHONY: run test lint bench screenshots shell messages lock clean
.DELETE_ON_ERROR:

# `exec`: the supervisor takes the shell's place, so that it gets make's Ctrl-C itself.
run: $(VENV)/.installed
	@exec $(BIN)/python -m config.run

# The default allocator: the debug hooks of the development mode look for faults of C, and take time.
test: $(VENV)/.installed
	PYTHONDEVMODE=1 PYTHONMALLOC=default $(BIN)/$(if $(ARGS),pytest $(ARGS),python tests/side_by_side.py)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet contact home privacy site
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks $(ARGS)

# The walks of the accessibility tests, each state photographed: every page and screen, phone and laptop, light and dark.
screenshots: $(VENV)/.installed
	rm -rf screenshots
	SCREENSHOTS=screenshots REQUIRE_BROWSER=1 $(BIN)/pytest -q -k axe tests/browser

shell: $(VENV)/.installed
	$(BIN)/python manage.py shell

messages: $(VENV)/.installed
	@$(BIN)/python -m config.catalogue

lock: $(VENV)/.installed
	$(BIN)/python .ci/lock

clean:
	rm -rf .venv .data

# The lock holds uv itself too: its pin and hashes are read from there, pip installs it, and uv installs the rest.
# --compile-bytecode: where PYTHONDONTWRITEBYTECODE is set, every start would otherwise compile everything again.
.venv/.installed: requirements.lock requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This project needs Python 3.11 or newer; \
	$(PYTHON) is %d.%d. Name another one with: make PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock > .venv/uv.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	VIRTUAL_ENV=.venv .venv/bin/uv pip sync --quiet --compile-bytecode requirements-dev.lock
	VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
