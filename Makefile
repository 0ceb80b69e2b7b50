# make demo   build, then the whole main job on an example pull request
# make test   everything that must hold
# make bench  figures: ratios and percentiles; BENCH_MB sets how much code is generated
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

# Test material that is not ours to commit. It is fetched once, by exact version, into .cache.
CACHE   := $(CURDIR)/.cache
TESTING := ASSAY_OCTOKIT=$(CACHE)/octokit

.PHONY: build demo test lint bench fuzz rules docs tools octokit postgres emulate clean

build: bin/assay

.PHONY: bin/assay
bin/assay:
	@go build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/assay

demo: build
	./bin/assay demo

# SQLite, translated from C, does arithmetic with pointers all the time; having each step checked takes half the time again.
RACE := -gcflags='modernc.org/...=-d=checkptr=0'

# Every test runs once; those of app/, where goroutines meet, with the race detector.
test: lint tools
	$(TESTING) go test $$(go list ./... | grep -v /app/)
	$(TESTING) go test -race $(RACE) -timeout 40m ./app/...
	@echo 'All tests passed.'

bench: build
	go test -timeout 30m -run '^$$' -bench . ./bench
	$(TESTING) go test -run '^$$' -bench . -benchmem -benchtime 2s ./app/... ./checks/...

# Every fuzz target for FUZZTIME each.
FUZZTIME ?= 30s
fuzz:
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
	  done; \
	done

# The form in which the program reads its rules, from their YAML. A test fails when they differ; until then the YAML counts.
rules:
	go test ./checks/internal/ruleset -run TestTheCompiledRules -update

# The public page of every rule, from the rules themselves. A test fails when they differ.
docs: rules build
	./bin/assay rules docs docs/rules

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo 'not formatted:'; gofmt -l $$(git ls-files '*.go'); exit 1; }
	@go vet ./...
	@go tool staticcheck ./...

tools: octokit emulate postgres

# GitHub's own description of its API, and its example webhooks.
octokit:
	@$(TESTING) go run ./app/localhub/openapi/fetch

# A GitHub that others wrote, for authentication and check runs.
emulate:
	@app/githubapi/emulate/fetch.sh

# The tests run on SQLite and on Postgres. A machine without Postgres gets one from npm, for the tests alone.
postgres:
	@scripts/postgres

clean:
	rm -rf bin
