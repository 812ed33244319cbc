# The front door. Everything is done by CMake and by scripts/; see CONTRIBUTING.md.
.DEFAULT_GOAL := help
.PHONY: help run test quick check bench install format clean
export FULL NO_INSTALL V PREFIX DESTDIR

help: ## say what can be done here
	@echo "squall: resilience testing and chaos simulation for LLM clients"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  NO_INSTALL=1 installs no packages: what is missing is listed (exit code 4)."

run: ## install what is missing, build, run the quickstart scenario, write a report
	@scripts/run.sh

test: ## every test, sanitized and optimised (FULL=1: slow ones and outside judges too)
	@scripts/test.sh

quick: ## the unit tests of the sanitized build
	@scripts/build.sh dev
	@ctest --preset quick --parallel "$$(nproc)"

check: ## every gate (format, tidy, includes, purity, sizes, headers), then quick; before a push
	@scripts/build.sh release
	@ctest --preset gates --parallel "$$(nproc)"
	@$(MAKE) --no-print-directory quick

bench: ## how fast it is here, beside a frozen loop without an engine (never fails on speed)
	@scripts/build.sh release squall_bench
	@build/release/squall_bench bench/everything-on.json

install: ## the program and the engine as a library, into PREFIX (/usr/local), below DESTDIR
	@scripts/install.sh

format: ## rewrite every C file as .clang-format says
	@scripts/format.sh

clean: ## remove what was built and the report of make run
	rm -rf build squall-report
