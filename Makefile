# The two commands of a new user: `make demo` and `make test`. Each installs what is missing, builds and runs.

BUILD ?= build
# Sources are compiled some at a time, in a third of the time. While you work on them: make test UNITY=OFF
UNITY ?= ON
PROGRAM := $(BUILD)/melvit

PACKAGES := g++ cmake ninja-build pkg-config libdnnl-dev libavformat-dev libavcodec-dev libavutil-dev \
	libswresample-dev libpng-dev libjpeg62-turbo-dev zlib1g-dev libcurl4-openssl-dev libssl-dev \
	libfmt-dev libcli11-dev nlohmann-json3-dev libyaml-cpp-dev libutf8proc-dev gnuplot-nox libgtest-dev python3 ca-certificates
CHECK_PACKAGES := clang clang-format clang-tidy libclang-rt-14-dev libbenchmark-dev

.PHONY: help install install-checks build demo test check format format-check layering tidy sanitize \
	benchmarks fuzz clean

help:
	@echo "make demo    install, build, and classify songs from nothing (about 3 minutes)"
	@echo "make test    install, build, run every test"
	@echo "make build   leaves the program at $(PROGRAM)"
	@echo "make check   what CI runs after the tests: format, layering, warnings, sanitizers"
	@echo "make format | tidy | benchmarks | fuzz | clean"

install:
	@tools/install_packages.sh $(PACKAGES)

install-checks: install
	@tools/install_packages.sh $(CHECK_PACKAGES)

build: install
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_UNITY_BUILD=$(UNITY) -DMELVIT_TESTS=OFF -DMELVIT_BENCHMARKS=OFF >/dev/null
	@cmake --build $(BUILD)

demo: build
	@tools/demo.sh $(PROGRAM)

test: install
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_UNITY_BUILD=$(UNITY) -DMELVIT_TESTS=ON -DMELVIT_WERROR=ON >/dev/null
	@cmake --build $(BUILD)
	@cd $(BUILD) && ctest --output-on-failure -j $$(nproc)

check: format-check layering sanitize

layering:
	@python3 tests/layering_test.py

SOURCES = $(shell git ls-files '*.cpp' '*.h')

format: install-checks
	@clang-format -i $(SOURCES)

format-check: install-checks
	@clang-format --dry-run --Werror $(SOURCES) && echo "format: all files as .clang-format wants them"

tidy: install-checks
	@cmake --preset tidy >/dev/null
	@git ls-files '*.cpp' | grep -v '^fuzz/' | xargs -P $$(nproc) -n 4 clang-tidy --quiet -p build-tidy

sanitize: install-checks
	@cmake --preset sanitize >/dev/null
	@cmake --build --preset sanitize
	@ctest --preset sanitize

benchmarks: install-checks
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_UNITY_BUILD=$(UNITY) -DMELVIT_BENCHMARKS=ON >/dev/null
	@cmake --build $(BUILD)
	@for program in $(BUILD)/benchmarks/*_benchmark; do $$program || exit 1; done

fuzz: install-checks
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz
	@for target in build-fuzz/fuzz/*_fuzz; do $$target -max_total_time=60 || exit 1; done

clean:
	@rm -rf build build-sanitize build-tidy build-fuzz demo
