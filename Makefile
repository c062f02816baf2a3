# The commands of this project. Each works from a bare checkout; docs are in README.md.
.PHONY: setup run test lint bench bench-office lock clean

PYTHON := .venv/bin/python
# A file of tests stays in one piece: what it prepares for all of them is prepared once.
SUITE := config.embedded exec -- $(PYTHON) -m coverage run -m pytest -n 2 --dist loadfile
# These decide about places, money and paper: every line and branch of them is tested.
CORE := bookings/services/**,bookings/flows/**,payments/services/**,payments/flows/**,invoicing/services/**,invoicing/flows/**

setup:
	@sh config/setup.sh

# The whole site on http://127.0.0.1:8000 (PORT=... for another port), until Ctrl-C. It also stops when make is killed.
run: setup
	@exec setpriv --pdeathsig TERM $(PYTHON) -m config.runner

# The report is printed also when a test has failed; the result is good only when everything is.
test: lint
	@sh config/setup.sh browser
	@$(PYTHON) -m coverage erase
	@result=0; \
	$(PYTHON) -m $(SUITE) || result=1; \
	$(PYTHON) -m coverage combine --quiet || result=1; \
	$(PYTHON) -m coverage report || result=1; \
	echo; echo 'Places, money and paper (100 % of lines and branches is the rule):'; \
	$(PYTHON) -m coverage report --include='$(CORE)' --fail-under=100 || result=1; \
	exit $$result

lint: setup
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	.venv/bin/lint-imports
	$(PYTHON) -m djlint templates --lint --quiet
	@sh config/check_scripts.sh
	$(PYTHON) -m config.embedded exec -- sh -ec '\
		$(PYTHON) manage.py check --settings tests.settings; \
		$(PYTHON) manage.py makemigrations --check --dry-run --settings tests.settings; \
		$(PYTHON) -m mypy'

# Prints figures, each with the size of its work (docs/benchmarks.md); some minutes on a machine with nothing else to do.
bench: setup
	@for script in catalogue booking rush invoice_pdf without_redis; do \
		echo "== $$script"; $(PYTHON) -m benchmarks.$$script || exit 1; echo; \
	done

# The office with a million customers (CUSTOMERS=... for another number): some minutes to fill, and 12 GB of disk meanwhile.
bench-office: setup
	@$(PYTHON) -m benchmarks.office $(CUSTOMERS)

# Compiles the pins anew after a change of pyproject.toml; UPGRADE=1 takes the newest versions allowed.
lock:
	@sh config/setup.sh lock

clean:
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m config.embedded forget; fi
	rm -rf .venv var node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache htmlcov .coverage .coverage.*
