# Everything that EduConnect's developers and operators run. `make` alone says what there is.
#
#   make run PORT=9080 LSU_PORT=9081 FC_PORT=9082 OUTBOX_PORT=9083 SECOND_PORT=9084 DATA=/tmp/demo
#   make test PARTS="units browser"

PORT ?= 8080
LSU_PORT ?= 8081
FC_PORT ?= 8082
OUTBOX_PORT ?= 8083
SECOND_PORT ?= 8084
DATA ?= var
PARTS ?=
FUZZ_SECONDS ?= 60

export PORT LSU_PORT FC_PORT OUTBOX_PORT SECOND_PORT DATA

.PHONY: help run test bench lint fuzz clean-demo build

help:
	@echo "make run         build, then EduConnect, two teleservices and a simulated FranceConnect"
	@echo "make test        every test: units, both databases, crashes, real clients, a real browser"
	@echo "make bench       speed, beside the limits of this machine"
	@echo "make lint        the style of the files (Scripts/lint --fix mends it)"
	@echo "make fuzz        the parsers under libFuzzer, FUZZ_SECONDS=60 each"
	@echo "make build       the release programs, in .build/release"
	@echo "make clean-demo  forget the demonstration's data"

run:
	@Scripts/run-demo

test:
	@Scripts/install-packages build test
	@"$$(Scripts/python-environment)" Scripts/run_tests.py $(PARTS)

build:
	@Scripts/install-packages build
	swift build --no-color-diagnostics --configuration release --product educonnect
	swift build --no-color-diagnostics --configuration release --product lsu
	swift build --no-color-diagnostics --configuration release --product franceconnect-simulator

bench: build
	@Scripts/install-packages bench
	@Benchmarks/run

lint:
	@Scripts/lint

fuzz:
	@Scripts/install-packages build
	@Fuzz/run $(FUZZ_SECONDS)

clean-demo:
	@Scripts/run-demo --clean
