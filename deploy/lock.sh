#!/usr/bin/env bash
# `make lock`: takes the newest versions that pyproject.toml allows, one of each library for all Pythons and architectures.
#
#   deploy/constraints.txt    all extras: what deploy/bootstrap.sh installs into .venv
#   deploy/debian/wheels.txt  of these what the Debian package carries, with hashes
#
# Then looks whether PyPI has a wheel of each for Python 3.11 and 3.13, x86-64 and aarch64; .venv is brought up to date by
# the next command of the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."
compile=(.venv/bin/uv pip compile pyproject.toml --quiet --no-config --universal --python-version 3.11
    --fork-strategy fewest --no-header --no-annotate)
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

{
    echo "# The versions of the development environment, made by deploy/lock.sh (\`make lock\`)."
    "${compile[@]}" --all-extras
} >"$parts/constraints.txt"
{
    echo "# The libraries of the Debian package in the versions of deploy/constraints.txt, made by deploy/lock.sh (\`make lock\`)."
    echo "# lgpio is in sources.txt; numpy is Debian's; setuptools is asked for by colorzero, which doesn't use it."
    "${compile[@]}" --extra pi --extra wake --extra websocket --constraint "$parts/constraints.txt" --generate-hashes \
        --no-emit-package lgpio --no-emit-package numpy --no-emit-package setuptools
} >"$parts/wheels.txt"

for python in 3.11 3.13; do
    for machine in x86_64 aarch64; do
        # Bookworm's glibc. What is excepted is compiled: lgpio has wheels for 3.11 alone.
        .venv/bin/uv pip install --quiet --no-config --no-deps --dry-run --target "$parts/target" \
            --python-version $python --python-platform $machine-manylinux_2_36 --only-binary :all: \
            --no-binary pesq --no-binary pyalsaaudio --requirements "$parts/constraints.txt"
    done
done
mv "$parts/constraints.txt" deploy/
mv "$parts/wheels.txt" deploy/debian/
git --no-pager diff --stat -- deploy/constraints.txt deploy/debian/wheels.txt
