# Livegen: what one types. `make help` lists it; scripts/setup.sh fetches what is missing, once.
.DEFAULT_GOAL := help
.PHONY: help run build dev test test-rust test-projects e2e lint fmt bench clean

SHELL := /bin/bash
CARGO ?= cargo
SITE := $(CARGO) run --release --package site --

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Set up, build for release and serve on http://127.0.0.1:3000
	@exec target/release/livegen serve

build: ## Set up and build for release: target/release/livegen and target/site
	@scripts/setup.sh rust
	@echo "building; the first time compiles every dependency and takes some minutes"
	@$(SITE) build --release

dev: ## Rebuild and reload the browser whenever a file is saved
	@scripts/setup.sh rust leptos
	cargo leptos watch

test: ## Set up and run every test, the browser's included
	@scripts/test.sh

test-rust: ## Run the unit and whole-app tests only
	@scripts/setup.sh rust python sandbox redis
	$(CARGO) test --workspace

test-projects: ## Build and test projects of every pair of options, and of BRIEFS=10 random briefs and models (0.5 min each); STACK=axum only of one stack
	@scripts/setup.sh rust python sandbox
	LIVEGEN_TEST_PROJECTS=$(or $(BRIEFS),10) LIVEGEN_TEST_STACK=$(STACK) $(CARGO) test --test it -- --nocapture gates::matrix

e2e: build ## Run the browser tests only; PW="--grep words" chooses among them
	@scripts/setup.sh browser
	cd end2end && npx playwright test $(PW)

lint: ## Check format, clippy for both targets, documentation and types of the browser tests
	@scripts/setup.sh rust browser
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings
	$(CARGO) clippy --lib --target wasm32-unknown-unknown --no-default-features --features split --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items --quiet
	cd end2end && npx tsc --noEmit

fmt: ## Format the Rust code
	$(CARGO) fmt --all

bench: build ## Measure; docs/BENCHMARKS.md says what the figures mean
	$(CARGO) bench --benches

clean: ## Remove everything built and installed in this folder; the data stays
	$(CARGO) clean
	rm -rf end2end/node_modules end2end/test-results end2end/playwright-report
