# Two commands do all the set-up: `make demo` and `make test`; `make quick` is for in between.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What the environment for development is installed with; `.ci/run` asks for `dev,docs` at once.
EXTRAS ?= dev
# What the first process compiles, the others find, whatever the shell was told about bytecode.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test quick check lint types no-compiler sanitize docs figures rocq verified extracted bench clean
.DELETE_ON_ERROR:

# Editable, so that nothing is copied, and without bytecode of what is never imported: seconds count.
$(VENV)/demo.stamp: pyproject.toml setup.py $(wildcard hrgeom/_native/*.[ch] hrgeom/_native/descent/*.[ch])
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --editable .
	touch $@

# The default search keeps one core busy, the descent all that are free: they run side by side.
demo: $(VENV)/demo.stamp
	$(BIN)/hrgeom datasets wordnet --out wordnet.json
	$(BIN)/hrgeom construct --tree wordnet.json --method descent --dim 64 --effort 0.35 \
		--out wordnet64.emb --force --quiet >wordnet64.txt & descent=$$!; \
	$(BIN)/hrgeom construct --tree wordnet.json --effort 0.1 --force && \
	$(BIN)/hrgeom query wordnet.emb dog.n.01; shown=$$?; \
	wait $$descent; descended=$$?; cat wordnet64.txt; exit $$((shown + descended))

# Tests run on an editable install, so that the extension lies where the source is.
$(VENV)-dev/dev.stamp: pyproject.toml setup.py $(wildcard hrgeom/_native/*)
	$(PYTHON) -m venv $(VENV)-dev
	$(VENV)-dev/bin/python -m pip install --quiet --editable '.[$(EXTRAS)]'
	touch $@ $(if $(findstring docs,$(EXTRAS)),$(VENV)-dev/docs.stamp)

# A process per core already: threads of BLAS would only wait for each other.
test quick: export OPENBLAS_NUM_THREADS = 1

test: $(VENV)-dev/dev.stamp
	$(VENV)-dev/bin/python -m pytest -n auto --dist worksteal --durations=10 --cov --cov-report=term --cov-fail-under=90

# While working: no doctests, few examples, nothing that takes seconds.
quick: $(VENV)-dev/dev.stamp
	HYPOTHESIS_PROFILE=quick $(VENV)-dev/bin/python -m pytest -n auto -q -o addopts='--strict-markers' -m 'not slow' tests

lint: $(VENV)-dev/dev.stamp
	$(VENV)-dev/bin/ruff check .
	$(VENV)-dev/bin/ruff format --check .

types: $(VENV)-dev/dev.stamp
	$(VENV)-dev/bin/mypy

# An install where no compiler can be found must succeed, say so, and work.
no-compiler:
	sh tests/install_without_compiler.sh $(PYTHON)

# The C tests once more under AddressSanitizer and UBSan, on a copy of the package built for them.
sanitize: $(VENV)-dev/dev.stamp
	sh tests/run_sanitized.sh $(VENV)-dev/bin/python

# Pages are executed when built; a warning is an error.
$(VENV)-dev/docs.stamp: $(VENV)-dev/dev.stamp
	$(VENV)-dev/bin/python -m pip install --quiet --editable '.[dev,docs]'
	touch $@

docs: $(VENV)-dev/docs.stamp
	$(VENV)-dev/bin/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

# Every picture again from the results that are committed; tests/docs/test_figures.py checks that it can be done.
figures: $(VENV)-dev/dev.stamp
	for script in $$(grep -l '\[FOLDER\]' docs/examples/*.py); do $(VENV)-dev/bin/python $$script || exit 1; done

# The theorems in Rocq: every file compiles, and assumes nothing (Debian: apt install coq). Where the
# prover is missing that is said; with ROCQ_REQUIRED=1 it is an error.
rocq:
	$(PYTHON) proofs/rocq/check.py

# The checkers that are proved in Rocq, as a program (needs OCaml; Debian: apt install ocaml-nox).
verified:
	$(MAKE) -C proofs/rocq/verified hrgeom-verified

# What was proved is what is extracted, and it runs; ROCQ_REQUIRED=1 where Rocq and OCaml must be there.
extracted: $(VENV)-dev/dev.stamp
	+bash proofs/rocq/verified/check.sh $(VENV)-dev/bin/python

check: test lint types no-compiler sanitize docs

bench: $(VENV)-dev/dev.stamp
	$(VENV)-dev/bin/python -m pip install --quiet --editable '.[benchmarks]'
	$(VENV)-dev/bin/python benchmarks/bench_certify.py

clean:
	$(MAKE) -C proofs/rocq/verified clean
	rm -rf $(VENV) $(VENV)-dev build dist docs/_build docs/api proofs/rocq/*.vo* proofs/rocq/*.glob proofs/rocq/.*.aux *.egg-info hrgeom/_native/*.so
