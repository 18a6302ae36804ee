# The two commands of a new user: `make demo` and `make test`. Each installs what is missing, builds and runs.

BUILD ?= build
# Sources are compiled some at a time, in a third of the time. While you work on them: make test UNITY=OFF
UNITY ?= ON
PREFIX ?= /usr/local
# of each door; make fuzz FUZZ_SECONDS=3600 looks longer
FUZZ_SECONDS ?= 15
PROGRAM := $(BUILD)/melvit

PACKAGES := g++ cmake ninja-build pkg-config libavformat-dev libavcodec-dev libavutil-dev \
	libswresample-dev libpng-dev libjpeg62-turbo-dev zlib1g-dev libcurl4-openssl-dev libssl-dev \
	libfmt-dev libcli11-dev nlohmann-json3-dev libyaml-cpp-dev libutf8proc-dev gnuplot-nox libgtest-dev python3 ca-certificates
CHECK_PACKAGES := clang clang-format clang-tidy libclang-rt-14-dev libbenchmark-dev

CONFIGURE = cmake -S . -B $(BUILD) -G Ninja -DCMAKE_UNITY_BUILD=$(UNITY)

.PHONY: help packages check-packages build demo test-build test levels install uninstall portable deb check format format-check layering tidy \
	tidy-changed sanitize threads fuzz package-check benchmarks clean

help:
	@echo "make demo    install, build, and classify songs from nothing (about 3 minutes)"
	@echo "make test    install, build, run every test"
	@echo "make build   leaves the program at $(PROGRAM)"
	@echo "make install | uninstall   program, man pages, completions, library; PREFIX=$(PREFIX), DESTDIR="
	@echo "make deb     Debian packages, in build-portable"
	@echo "make packages   the system packages that all of these install first"
	@echo "make check   what CI runs after the tests: format, layering, sanitizers, a short fuzz, tidy, a package"
	@echo "make format | tidy | benchmarks | fuzz | clean"

packages:
	@tools/install_packages.sh $(PACKAGES)

check-packages: packages
	@tools/install_packages.sh $(CHECK_PACKAGES)

build: packages
	@$(CONFIGURE) -DMELVIT_TESTS=OFF -DMELVIT_BENCHMARKS=OFF >/dev/null
	@cmake --build $(BUILD)

demo: build
	@tools/demo.sh $(PROGRAM)

test-build: packages
	@$(CONFIGURE) -DMELVIT_TESTS=ON -DMELVIT_WERROR=ON >/dev/null
	@cmake --build $(BUILD)

test: test-build
	@cd $(BUILD) && ctest --output-on-failure -j $$(nproc)

install: build
	@DESTDIR="$(DESTDIR)" cmake --install $(BUILD) --prefix "$(PREFIX)"

uninstall:
	@test -f $(BUILD)/install_manifest.txt || { echo "error: $(BUILD)/install_manifest.txt: needs to exist, make install writes it" >&2; exit 1; }
	@while IFS= read -r file || [ -n "$$file" ]; do rm -fv "$(DESTDIR)$$file"; done <$(BUILD)/install_manifest.txt

# For any processor of this kind, as a package must be.
portable: BUILD = build-portable
portable: packages
	@$(CONFIGURE) -DCMAKE_INSTALL_PREFIX=/usr -DMELVIT_WERROR=ON -DMELVIT_TESTS=OFF >/dev/null
	@cmake --build $(BUILD)

deb: portable
	@cd build-portable && cpack

check: format-check layering levels sanitize fuzz threads tidy-changed package-check

# The tests of the layers whose numbers depend on the kernels, with those of lesser processors.
levels: test-build
	@for level in x86-64-v2 avx2; do echo "with the kernels of $$level"; (cd $(BUILD) && MELVIT_MAX_ISA=$$level \
		ctest --output-on-failure -j $$(nproc) -R '^(spectrum|nn|vit|head|classifier|dataset|training)\.|^cli\.CliTest') || exit 1; done

layering:
	@python3 tests/layering_test.py

SOURCES = $(shell git ls-files '*.cpp' '*.h')

format: check-packages
	@clang-format -i $(SOURCES)

format-check: check-packages
	@clang-format --dry-run --Werror $(SOURCES) && echo "format: all files as .clang-format wants them"

tidy: check-packages
	@cmake --preset tidy >/dev/null
	@git ls-files '*.cpp' | grep -Ev '^fuzz/|^melvit/kernels/level/' | xargs -P $$(nproc) -n 4 clang-tidy --quiet -p build-tidy

sanitize: check-packages
	@cmake --preset sanitize >/dev/null
	@cmake --build --preset sanitize
	@ctest --preset sanitize

benchmarks: check-packages
	@$(CONFIGURE) -DMELVIT_BENCHMARKS=ON >/dev/null
	@cmake --build $(BUILD)
	@for program in $(BUILD)/benchmarks/*_benchmark; do $$program || exit 1; done

fuzz: check-packages
	@cmake --preset sanitize >/dev/null
	@cmake --build --preset sanitize
	@tools/fuzz.sh build-sanitize $(FUZZ_SECONDS)

threads: check-packages
	@cmake --preset threads >/dev/null
	@cmake --build --preset threads
	@ctest --preset threads

tidy-changed: check-packages
	@cmake --preset tidy >/dev/null
	@tools/tidy_changed.sh build-tidy

package-check: portable
	@tests/package/run.sh build-portable

clean:
	@rm -rf build build-* demo
