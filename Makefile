# What people do with the tree. Everything a target needs and a fresh machine
# lacks, the target installs: Go modules and tools by themselves, Debian and
# npm packages by ./.ci/tools, which leaves alone what is there.

.PHONY: test sim attack testssl lint bench bench-view generate build package

# A process under the race detector sleeps for a second as it ends, so that other
# goroutines may still be caught: the tests end several hundred.
export GORACE ?= atexit_sleep_ms=20

# Key derivation and the SQLite that was translated from C take half of the time
# under the race detector, which learns nothing there: one computes on bytes of its
# own, the other keeps its memory and its locks where the detector does not look.
UNWATCHED := golang.org/x/crypto/scrypt modernc.org/sqlite/lib modernc.org/libc
UNRACED := $(foreach p,$(UNWATCHED),-gcflags=$(p)=-race=false)

# All checks: what .ci/run runs, and nothing else. The time-out is for machines that
# are busy with other things; at rest no package takes five minutes.
test: lint
	./.ci/tools
	go build -o bin/wardflow ./cmd/wardflow
	WARDFLOW_PROGRAM=$(CURDIR)/bin/wardflow go test -race $(UNRACED) -timeout 40m ./...
	go test -tags pkcs11 ./runtime/pki/token
	go test ./contracts -run TestBuild -long
	$(MAKE) sim

# What virtual time can show and the race detector is too slow for: 10,000 seeds
# of a hostile world, a day of churn, every guard taken out in turn, which must be noticed, and
# gossip among 200 nodes. SEEDS=100000 runs longer.
SEEDS ?= 10000
sim:
	go test -count=1 -timeout 30m ./runtime/sim -seeds $(SEEDS) -mutants -day 24h
	go test -count=1 -run TestManyConverge ./runtime/member

# What a hostile client, device and node try, and how each was refused. The tests
# above run a short form.
attack:
	go test ./apps/attack -count=1 -timeout 30m -v -long

# What testssl.sh has to say about each listener: two minutes each.
testssl:
	go test ./apps/trial/listeners -count=1 -timeout 60m -v -run TestSSL -testssl

# Vet, staticcheck, formatting, and known vulnerabilities where a database is at hand.
lint:
	./.ci/lint

# Timings live here and nowhere else.
bench:
	go test -run '^$$' -bench . -benchmem ./...

# What the live view costs: main-thread time of Chromium at 243 actors, the first
# load, and what one viewer costs the node. Fails when it is more than we promise.
bench-view:
	go test -run '^$$' -bench '^BenchmarkView$$' -benchtime 1x -count=1 ./apps/view

# Remake what is generated: protobuf, contracts and their bindings, the page.
generate:
	go generate ./...

build:
	CGO_ENABLED=0 go build -trimpath -o bin/wardflow ./cmd/wardflow

# What is given to hospitals: static binaries and Debian packages for amd64 and
# arm64, in bin/. The Dockerfile makes an image of the binary.
package:
	./.ci/package/build
