# The two commands a new checkout needs, on Debian 12 with root or sudo:
#
#   make demo    install what is missing, build, optimize an example graph
#   make test    the same set-up and build, then every test
#
# Both are safe to repeat and fast the second time.

PRESET ?= release
BUILD := build/$(PRESET)
DEMO := build/demo
JOBS ?= $(shell nproc)

.PHONY: demo test build dependencies clean

demo: build
	@mkdir -p $(DEMO)
	$(BUILD)/tools/xla-eqsat optimize examples/attention_f32.hlo --target=amdgpu -o $(DEMO)/attention.hlo
	@echo "The optimized graph is in $(DEMO)/attention.hlo"

test: build
	ctest --preset $(PRESET) --parallel $(JOBS)

build: dependencies
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) --parallel $(JOBS)

dependencies:
	@tools/install_dependencies.sh

clean:
	rm -rf build
