"""Install hints in what the program prints and in the docs: each is possible where it is printed."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
MAKE_TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
LIBRARIES = {
    Requirement(need).name
    for need in [*PROJECT["dependencies"], *(need for needs in EXTRAS.values() for need in needs)]
} - {"callbox"}

BOOKWORM, TRIXIE = "bookworm", "trixie"
BOTH = {BOOKWORM, TRIXIE}
DEBIAN = {
    "alsa-utils": BOTH,
    "callbox": set(),  # in a fleet's own repository
    "espeak-ng": BOTH,
    "git": BOTH,
    "haproxy": BOTH,
    "libasound2": {BOOKWORM},
    "libasound2t64": {TRIXIE},
    "libopus0": BOTH,
    "make": BOTH,
    "mosquitto": BOTH,
    "mosquitto-clients": BOTH,
    "nodejs": BOTH,
    "npm": BOTH,
    "prometheus": BOTH,
    "python3": BOTH,
    "rabbitmq-server": BOTH,
    "python3-gpiozero": BOTH,
    "python3-lgpio": set(),  # in Raspberry Pi OS, both releases
    "python3-pip": BOTH,
    "python3-prometheus-client": BOTH,
    "python3-rich": BOTH,
    "python3-venv": BOTH,
    "unattended-upgrades": BOTH,
}
"""Releases that have a package; `test_debian_has_the_packages` asks apt."""

PIP = re.compile(r"(\S*pip) install ((?:'[^']+'|[^\s`;|&()])+(?: (?:'[^']+'|[^\s`;|&()]+))*)")
APT = re.compile(r"apt(?:-get)? install ([^`;|&()\n,\"]+)")
MAKE = re.compile(r"\bmake ([a-z][a-z0-9-]+)\b")


@cache
def literals() -> list[tuple[str, str]]:
    """Texts in the program, with their places. Docstrings are not printed."""
    texts = []
    for file in sorted([*(ROOT / "firmware").rglob("*.py"), *(ROOT / "device").rglob("*.py")]):
        tree = ast.parse(file.read_text())
        docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | inner:
                text = node.value
            else:
                continue
            texts.append((f"{file.relative_to(ROOT)}:{node.lineno}", text))
    return texts


@cache
def pages() -> list[tuple[str, str]]:
    """Pages for people, with their places."""
    folders = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md"), *ROOT.glob("*.md")]
    files = sorted(file for file in folders if "decisions" not in file.parts and file.name != "CHANGELOG.md")
    return [(str(file.relative_to(ROOT)), file.read_text()) for file in [*files, ROOT / "config/callbox.example.yaml"]]


def apt_packages(text: str) -> Iterator[str]:
    for words in APT.findall(text):
        for word in words.partition(" # ")[0].split():
            if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]+|\./callbox_\*\.deb|\{\}|--[a-z-]+|-y", word):
                break
            if word[0].isalnum():
                yield word.rstrip(".")


def test_there_are_hints():
    assert len([text for _, text in literals() if APT.search(text)]) > 4
    assert len([text for _, text in pages() if PIP.search(text)]) > 2
    assert len(set(MAKE.findall(" ".join(text for _, text in pages()))) & MAKE_TARGETS) > 10


def test_no_text_asks_an_index_for_callbox():
    wrong = [place for place, text in literals() + pages() if re.search(r"callbox\[|pip install '?callbox\b", text)]
    assert not wrong


def test_extras_that_a_text_names_exist():
    for place, text in literals() + pages():
        named = re.findall(r"needs the extra `?([a-z-]+)", text)
        named += [name for names in re.findall(r"'\.\[([a-z,-]+)\]'", text) for name in names.split(",")]
        assert set(named) <= set(EXTRAS), place


def test_pip_installs_into_an_environment_what_there_is():
    for place, text in literals() + pages():
        for pip, words in PIP.findall(text):
            for word in re.findall(r"'[^']+'|\S+", words):
                what = word.strip("'")
                if what.startswith("-") or what in ("{}", "{python}"):
                    continue
                is_here = re.match(r"\.(\[[a-z,-]+\])?$|dist/callbox-[\d.]+-py3-none-any\.whl$", what)
                assert is_here or re.split(r"[^A-Za-z0-9-]", what)[0] in LIBRARIES, (place, what)
                assert not is_here or "/" in pip or "clone" in text, (
                    place,
                    "not Debian's pip, which takes none (PEP 668)",
                )


def test_texts_of_the_program_do_not_rest_on_a_clone():
    targets = MAKE_TARGETS - {"docs"}  # heads of generated pages name it
    wrong = [place for place, text in literals() if set(MAKE.findall(text)) & targets and "clone" not in text]
    assert not wrong


def test_make_targets_exist():
    for place, text in pages():
        commands = re.findall(r"`make ([a-z][a-z0-9-]+)", text) + re.findall(
            r"^make ([a-z][a-z0-9-]+)", text, re.MULTILINE
        )
        assert set(commands) <= MAKE_TARGETS, place


def test_packages_are_debians():
    unknown = {
        (place, name) for place, text in literals() + pages() for name in apt_packages(text) if name not in DEBIAN
    }
    assert not unknown


def test_a_package_of_one_release_is_named_with_that_of_the_other():
    for place, text in literals() + pages():
        if "libasound2" in set(apt_packages(text)):
            assert "libasound2t64" in text, place


def test_debian_has_the_packages():
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    if release is None or release[1] not in BOTH or shutil.which("apt-cache") is None:
        pytest.skip("no Debian 12 or 13 here")
    names = [name for name, releases in DEBIAN.items() if release[1] in releases]
    done = subprocess.run(["apt-cache", "madison", *names], capture_output=True, text=True, check=False)
    found = {line.split("|")[0].strip() for line in done.stdout.splitlines()}
    if "git" not in found:
        pytest.skip("apt has no lists here (apt-get update)")
    assert set(names) <= found
