# Each door is one line; what it does is in scripts/.
.PHONY: help run test fire simulate bench format lint package clean

help: ## Say what the doors are
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: ## Build what changed and serve http://localhost:8080 with two demo accounts (DATA=folder, LISTEN=host:port)
	@scripts/run.sh

test: ## Run every test, in Swift, JavaScript and Python, and in real browsers
	@scripts/test.sh

fire: ## Let verifiers and the authority die, hang and lose each other for ten minutes
	@scripts/fire.sh

simulate: ## Run the settlement protocol in simulated bad weather, from 100,000 seeds
	@scripts/simulate.sh

bench: ## Measure, and write the figures and their table
	@scripts/bench.sh

format: ## Format the code in place
	@scripts/format.sh

lint: ## Check the code's form, without changing it
	@scripts/lint.sh

package: ## Make dist/: a tar.gz and a .deb with one self-contained program
	@scripts/package.sh

clean: ## Remove what was built; data stays
	@scripts/clean.sh
