# Callbox. `make` alone lists what there is. Everything that is needed is installed on the way, see deploy/bootstrap.sh.
SHELL := /bin/bash
PYTHON := .venv/bin/python
BOT ?= small

.DEFAULT_GOAL := help
# Bytecode is kept, also where the environment says otherwise: else each process of a test run compiles, and pytest rewrites, all anew.
export PYTHONDONTWRITEBYTECODE :=
.PHONY: help demo test test-all test-room test-busy test-loop vpi test-vpi lint check fmt docs conformance
.PHONY: test-homeassistant bench bench-sound bench-fleet bench-shards screenshot deb test-arm64 bench-outages screenshot-panel bench-latency
.PHONY: soak clean test-bare

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 25

demo: ## talk to a bot on this machine, no hardware needed; BOT=pipecat: to a real Pipecat server; DEMO=--terminal: without a browser
	@deploy/bootstrap.sh demo
ifeq ($(BOT),pipecat)
	@deploy/bootstrap.sh pipecat
	@$(PYTHON) tests/bots/demo_pipecat.py
else ifeq ($(BOT),small)
	@.venv/bin/callbox demo $(DEMO)
else
	@echo "callbox: BOT=$(BOT) is unknown; there are: small (ours, the default), pipecat" >&2; exit 64
endif

# The order of the tests and what Hypothesis draws. A failure prints the command that repeats it with its seed.
ifndef SEED
SEED := $(shell date +%s)
endif
CORES := $(shell nproc)
# Many tests wait for a clock or a process, so that five to a core are faster than one: 2.3 GB of memory with two cores.
WORKERS = $(shell expr $(CORES) \* 5)
PYTEST = $(PYTHON) $(MEASURED) -m pytest -q --durations=10 --durations-min=1 \
	-p no:cacheprovider --randomly-seed=$(SEED) --hypothesis-seed=$(SEED)
# Who has nothing left takes tests from another worker, so that no long file that is begun late is waited for.
# Not so in test-all: a file's tests stay together there, since each worker would start a Pipecat server and a browser of its own.
SHARED = -n $(WORKERS) --dist worksteal
# The first run of a clone writes the tests' bytecode, with pytest's assertions. Two processes do it here, once; each
# worker would do it again.
COLLECT = $(PYTHON) -m pytest -q -p no:cacheprovider --collect-only
BYTECODE = ls tests/unit/__pycache__/*.pyc >/dev/null 2>&1 || { echo "writing the bytecode of the tests"; \
	{ $(COLLECT) tests/unit & $(COLLECT) tests/integration tests/system & wait; } >/dev/null 2>&1; }
SYSTEM = chromium or netns or pipecat or pipewire or prometheus or pulseaudio or slow or soak or valgrind
ELSEWHERE = homeassistant or pi or vpi or vpi_host
TESTS_OF_TEST = $(SHARED) -m "not ($(SYSTEM) or $(ELSEWHERE))" tests
TESTS_OF_ALL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not ($(ELSEWHERE))" tests

test: ## the tests that need only Python packages and Mosquitto; SEED=N: in the order of an earlier run
	@deploy/bootstrap.sh test
	@echo "seed $(SEED). Left to make test-all: $(SYSTEM)"
	@$(BYTECODE)
	@$(PYTEST) $(TESTS_OF_TEST)

test-all test-all-busy: WORKERS = $(shell expr $(CORES) \* 3)
test-all: ## all tests that need no virtual Pi: also a real Pipecat server, Chromium, PulseAudio, Prometheus, a soak
	@deploy/bootstrap.sh test-all
	@echo "seed $(SEED). Left to make test-vpi and make test-homeassistant: $(ELSEWHERE)"
	@$(BYTECODE)
	@$(PYTEST) $(TESTS_OF_ALL)

.PHONY: test-pipecat-versions
test-pipecat-versions: ## old and new Pipecat servers side by side, each called by callbox probe; VERSIONS="1.5.0 1.14.0"
	@deploy/bootstrap.sh demo
	@deploy/bootstrap.sh lock
	@$(PYTHON) -m tests.pipecat_versions $(VERSIONS)

.PHONY: test-webrtc-libraries
LIBRARIES ?= lowest
test-webrtc-libraries: ## calls with the lowest aiortc, aioice, av, cryptography that are allowed; LIBRARIES=pre: with pre-releases
	@deploy/bootstrap.sh lock
	@tests/webrtc_libraries.sh $(LIBRARIES)

.PHONY: test-lowest
test-lowest: PYTHON := .venv-lowest/bin/python
test-lowest: ## make test with the lowest versions that pyproject.toml allows
	@deploy/bootstrap.sh lowest
	@$(BYTECODE)
	@$(PYTEST) $(TESTS_OF_TEST)

ROOM ?= tests
test-room: ## the tests in ROOM=PATH alone, as tests/unit/device, a file, or one test; installs no more than they need
	@deploy/bootstrap.sh room '$(ROOM)'
	@$(PYTEST) -m "not ($(ELSEWHERE))" '$(ROOM)'

.PHONY: coverage mutate
coverage: MEASURED = -m coverage run
coverage: ## what make test runs of firmware and device, by lines and branches; fails if a pure module isn't run whole
	@deploy/bootstrap.sh test
	@deploy/bootstrap.sh dev
	@rm -rf build/coverage
	@$(PYTEST) $(TESTS_OF_TEST); tests=$$?; \
	$(PYTHON) -m coverage combine -q && $(PYTHON) -m coverage json -q -o build/coverage/report.json && \
	$(PYTHON) -m tests.coverage build/coverage/report.json && exit $$tests

mutate: ## mutation testing of ROOM=lifecycle, gate, … (tests/mutation/rooms.py), or of all; writes build/mutation/
	@deploy/bootstrap.sh dev
	@$(PYTHON) -m tests.mutation $(filter-out tests,$(ROOM)) $(if $(JOBS),--jobs $(JOBS))

RUNS ?= 20
LOOPS ?= 4
FIRST ?= 1
test-busy: ## make test, RUNS times under nice 19 beside LOOPS busy loops, each in another order; a table; FIRST=11: from that seed on
	@deploy/bootstrap.sh test
	@tests/busy.sh $(RUNS) $(LOOPS) $(FIRST) $(TESTS_OF_TEST)

.PHONY: test-all-busy
test-all-busy: RUNS = 5
test-all-busy: LOOPS = 2
test-all-busy: ## the same of make test-all, RUNS=5 times beside LOOPS=2 busy loops
	@deploy/bootstrap.sh test-all
	@tests/busy.sh $(RUNS) $(LOOPS) $(FIRST) $(TESTS_OF_ALL)

SUITE ?= trixie
test-bare: ## both README commands in a bare Debian SUITE (bookworm, trixie), timed; ROOT=no: as a user with sudo
	@deploy/bootstrap.sh bare
	@tests/bare_root.sh $(SUITE) $(if $(filter no,$(ROOT)),--user) tests/timed.sh \
		'deploy/bootstrap.sh demo' 'make demo < /dev/null' 'deploy/bootstrap.sh test' 'make test'

.PHONY: test-first-word
test-first-word: ## from a bare Debian SUITE (bookworm, trixie, forky) to the bot's first word by callbox talk: 30 s at most
	@deploy/bootstrap.sh bare
	@deploy/bootstrap.sh demo
	@tests/first_word.sh $(SUITE)

.PHONY: test-pipewire
test-pipewire: ## the tests on PipeWire, in a bare Debian SUITE: PipeWire 0.3 in bookworm, 1.4 in trixie
	@deploy/bootstrap.sh bare
	@tests/bare_root.sh $(SUITE) bash -c 'deploy/bootstrap.sh pipewire && \
		.venv/bin/python -m pytest -q -p no:cacheprovider -m pipewire tests/system/device'

vpi: ## build the virtual Pi's kernel, once (some minutes): real GPIO and ALSA without a Pi
	@deploy/bootstrap.sh vpi
	@$(PYTHON) -m tests.system.hardware.vpi build

# In the order of the files: tests/system/package installs, upgrades, removes. Its own folder for temporary files: this machine's,
# below the layer, change under the guest's feet.
HARDWARE = $(PYTHON) -m pytest -q -p no:cacheprovider -p no:randomly
INSIDE = $(PYTHON) -m tests.system.hardware.vpi run --timeout 1500 -- $(HARDWARE) --basetemp=/run/callbox-tests -m "vpi or pi"
OUTSIDE = $(HARDWARE) -m vpi_host
INSTALLING = $(addprefix tests/system/package/test_,deploying.py installing.py upgrades.py)
VPI_PARTS = vpi-installing vpi-installed vpi-inside vpi-hardware # the longest first: 17, 15, 10, 3 min
.PHONY: $(VPI_PARTS)

test-vpi: vpi ## boot the virtual Pi, built first if it isn't there, and run the hardware tests in it
ifdef TESTS
	@$(INSIDE) $(TESTS) || [ $$? -eq 5 ]
	@$(OUTSIDE) $(TESTS) || [ $$? -eq 5 ]
else
	@deploy/bootstrap.sh deb
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync $(VPI_PARTS) # a virtual Pi takes one core
endif
vpi-inside:
	@$(INSIDE) tests/system/hardware
vpi-hardware:
	@$(OUTSIDE) --ignore=tests/system/hardware/test_rollout.py tests/system/hardware
vpi-installing:
	@$(OUTSIDE) $(INSTALLING)
vpi-installed:
	@$(OUTSIDE) $(addprefix --ignore=,tests/system/package/test_upgrade_power_cuts.py $(INSTALLING)) tests/system/package

.PHONY: test-rollout
test-rollout: vpi ## versions of a fleet's settings rolled out to three virtual Pis at the same time, and given up; five minutes
	@$(OUTSIDE) tests/system/hardware/test_rollout.py

.PHONY: test-upgrade-cuts
test-upgrade-cuts: vpi ## the power is cut 6 times, or CUTS, while a package is installed or on trial on the virtual Pi: quarter of an hour; SEED=N
	@$(OUTSIDE) -s tests/system/package/test_upgrade_power_cuts.py

.PHONY: test-dial
DIGITS ?= 10000
test-dial: ## 10,000 digits with bounces, or DIGITS, through the virtual Pi's kernel GPIO: how many are read right; half an hour
	@deploy/bootstrap.sh vpi
	@$(PYTHON) -m tests.system.hardware.vpi run --env DIALLED_DIGITS=$(DIGITS) --timeout 9000 -- \
		$(HARDWARE) --basetemp=/run/callbox-tests -m vpi -k digits tests/system/hardware/test_telephone.py

deb: ## build the Debian package, dist/callbox_*.deb; DEB_ARCH=arm64: for a Raspberry Pi
	@DEB_ARCH=$(DEB_ARCH) deploy/bootstrap.sh deb
	@DEB_ARCH=$(DEB_ARCH) deploy/debian/build.sh

.PHONY: apt-repo
apt-repo: ## an apt repository of dist/*.deb in dist/apt, signed by the key of gpg that KEY=fleet@example.net names
	@deploy/bootstrap.sh apt
	@deploy/apt/repository.sh '$(KEY)'

test-arm64: ## install the arm64 package in an emulated Bookworm and Trixie, and load all that is compiled
	@DEB_ARCH=arm64 deploy/bootstrap.sh deb
	@DEB_ARCH=arm64 deploy/debian/build.sh
	@deploy/bootstrap.sh arm64
	@tests/system/package/arm64.sh

lint: ## linter, formatter, mypy, layers between the packages, words
	@deploy/bootstrap.sh dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m tests.words

check: lint ## make lint, and a second type checker
	$(PYTHON) -m pyright
fmt: ## format, and repair what can be repaired
	@deploy/bootstrap.sh dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

docs: ## make what is made from the program: settings reference, JSON schema, lamp table
	@deploy/bootstrap.sh dev
	@$(PYTHON) -m docs.generate

.PHONY: site
site: ## all guides and the API reference as a site, build/site/; any warning fails it
	@deploy/bootstrap.sh site
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet --config-file docs/mkdocs.yml
	@echo build/site/index.html

.PHONY: speech
speech: ## have espeak-ng speak the causes of faults: firmware/callbox/assets/spoken_causes
	@command -v espeak-ng >/dev/null || { echo "espeak-ng is needed: sudo apt-get install espeak-ng" >&2; exit 69; }
	@deploy/bootstrap.sh dev
	@PYTHONPATH=. $(PYTHON) deploy/spoken_causes/generate.py

conformance: ## play the official JavaScript client beside ours, and write docs/conformance.md
	@deploy/bootstrap.sh test-all
	@deploy/bootstrap.sh conformance
	@$(PYTHON) -W ignore -m tests.system.interop.conformance

test-homeassistant: ## what a box tells Home Assistant, judged by Home Assistant's own code; needs Python 3.13
	@deploy/bootstrap.sh homeassistant
	@$(PYTHON) -m pytest -q -p no:cacheprovider -m homeassistant tests/system/interop/homeassistant

.PHONY: test-brokers test-cluster
WRITE ?=
test-brokers: ## Mosquitto, RabbitMQ, aedes, amqtt by MQTT 3.1.1 and 5, compared with the table in docs/mqtt.md; needs root; WRITE=--write: writes it
	@deploy/bootstrap.sh brokers
	@$(PYTHON) -W ignore -m tests.system.interop.brokers $(WRITE)

test-cluster: ## three nodes of RabbitMQ by deploy/rabbitmq, and of ejabberd, compared with the table in docs/fleet.md; needs root; WRITE=--write: writes it
	@deploy/bootstrap.sh brokers
	@$(PYTHON) -W ignore -m tests.system.cluster $(WRITE)

bench: ## measure beside aiortc, GStreamer, Chromium: latency, CPU, memory, start, rest; writes docs/benchmarks/
	@deploy/bootstrap.sh test-all
	@deploy/bootstrap.sh bench
	@$(PYTHON) -W ignore -m benchmarks.latency
	@$(PYTHON) -W ignore -m benchmarks.cost --write

SOAK_SEED ?= 1
ROUNDS ?= 2000
FAULTS ?=
MINUTES ?=
soak: BOXES = 1
soak: ## hours of presses, kills, outages and pulled cards, from SOAK_SEED; FAULTS=10000, MINUTES=60: until then; a failure says how to see it again
	@deploy/bootstrap.sh test-all
	@$(PYTHON) -m tests.system.soak --seed $(SOAK_SEED) --jobs $(BOXES) --write $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(FAULTS),--faults $(FAULTS)) --rounds $(if $(FAULTS)$(MINUTES),1000000,$(ROUNDS))

.PHONY: soak-hurried
soak-hurried: BOXES = 4
soak-hurried: ## the soak with shortened timers: ten thousand faults, or FAULTS, in half an hour; BOXES at the same time; writes docs/benchmarks/soak.md
	@deploy/bootstrap.sh test
	@$(PYTHON) -m tests.system.soak --hurried --jobs $(BOXES) --seed $(SOAK_SEED) --rounds 1000000 --faults $(or $(FAULTS),10000) --write

.PHONY: fuzz
SHARE ?= 1.0
fuzz: ## a million hostile inputs from SEED for all entry points, or SHARE=0.01 of them; a failure says how to see it again
	@deploy/bootstrap.sh test
	@$(PYTHON) -m tests.fuzz --seed $(SEED) --share $(SHARE)

bench-sound: ## measure the sound: bad networks, latency, instructions; writes docs/sound/
	@deploy/bootstrap.sh bench
	@$(PYTHON) -W ignore -m benchmarks.sound_instructions
	@$(PYTHON) -W ignore -m benchmarks.sound_voice
	@$(PYTHON) -W ignore -m benchmarks.sound_echo
	@$(PYTHON) -W ignore -m benchmarks.sound_remote_jitter_buffer
	@$(PYTHON) -W ignore -m benchmarks.sound_latency --plot
	@$(PYTHON) -W ignore -m benchmarks.sound_network --chromium --plot

bench-latency: ## measure press to ready and to the first sound, by phase; writes docs/benchmarks/latency.*; BOT=pipecat: against a real Pipecat server
	@deploy/bootstrap.sh bench
ifeq ($(BOT),pipecat)
	@deploy/bootstrap.sh pipecat
	@$(PYTHON) -W ignore -m benchmarks.latency --ways pipecat
else
	@$(PYTHON) -W ignore -m benchmarks.latency
endif

bench-fleet: ## measure a fleet of simulated boxes on Mosquitto, and a broker's restart; writes docs/fleet.md
	@deploy/bootstrap.sh test-all
	@deploy/bootstrap.sh bench
	@$(PYTHON) -W ignore -m benchmarks.fleet --write

bench-shards: ## measure exporters that divide the boxes of a broker, one of which is killed; writes docs/fleet.md; ten minutes
	@deploy/bootstrap.sh test-all
	@$(PYTHON) -W ignore -m benchmarks.fleet.shards --write

.PHONY: bench-cluster
bench-cluster: BOXES = 2000
bench-cluster: ## measure a cluster of RabbitMQ that loses nodes, with BOXES simulated boxes; writes docs/benchmarks/cluster.md; half an hour, needs root
	@deploy/bootstrap.sh brokers
	@deploy/bootstrap.sh bench
	@$(PYTHON) -W ignore -m benchmarks.cluster --boxes $(BOXES) --write

screenshot-panel: ## the panel in Chromium, in a call; writes docs/panel/
	@deploy/bootstrap.sh screenshot
	@$(PYTHON) -m tests.system.panel.screenshot

screenshot: ## the fleet's page in a real Prometheus, in Chromium; writes docs/fleet/prometheus.png; six minutes
	@deploy/bootstrap.sh screenshot
	@$(PYTHON) -m tests.system.interop.screenshot

bench-outages: ## measure a box while its broker is away, and its way back; writes docs/outages.md
	@deploy/bootstrap.sh test-all
	@$(PYTHON) -W ignore -m benchmarks.outages --write

.PHONY: dist
dist: ## build wheel and source archive, dist/callbox-*; check them by twine, check-wheel-contents and pyroma
	@deploy/bootstrap.sh lock
	@rm -f dist/callbox-*
	@.venv/bin/uv build --quiet --no-config --build-constraints deploy/constraints.txt
	@.venv/bin/uv tool run --quiet --no-config twine check --strict dist/callbox-*
	@.venv/bin/uv tool run --quiet --no-config check-wheel-contents dist/callbox-*.whl
	@.venv/bin/uv tool run --quiet --no-config pyroma --min 9 dist/callbox-*.tar.gz # 10: with an e-mail address

.PHONY: test-install
test-install: dist ## the wheel alone, without a compiler, in each Python from 3.11 to 3.14 that is here: a call by callbox talk
	@deploy/bootstrap.sh demo
	@tests/install.sh

.PHONY: lock
lock: ## take the newest versions that pyproject.toml allows, for the environment and for the Debian package
	@deploy/bootstrap.sh lock
	@deploy/lock.sh

clean: ## remove environments and caches
	rm -rf .venv .venv-lowest .venv-pipecat .venv-pipecat-versions .venv-homeassistant .pipewire .prometheus .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build
