"""What the documentation says is so."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from docs.generate.__main__ import pages

import callbox.rtvi
from callbox.mqtt.model import commands, homeassistant, topics

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("*/README.md"),
        *ROOT.glob("deploy/*/README.md"),
        *ROOT.glob("firmware/**/*.md"),
        *(page for page in ROOT.glob("tests/**/*.md") if "node_modules" not in page.parts),
    ]
)


def test_what_is_made_from_the_program_is_what_the_program_says():
    old = [page.name for page, text in pages().items() if page.read_text() != text]
    assert not old, "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_and_path_that_is_named_is_there(page):
    text = page.read_text()
    targets = re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z][a-z0-9-]*)", text)) <= set(targets)
    for path in re.findall(r"`((?:firmware|device|config|deploy|tests|docs|benchmarks)/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def listed(page):
    """The modules and folders that the first list of `page` has, a line each; indented ones are of the folder above."""
    lines = page.read_text().split("```\n")[1].splitlines()
    folder = ""
    for line in lines:
        if found := re.match(r"( {2})?(\w+\.py|\w+/) ", f"{line} "):
            if not found[1]:
                folder = found[2] if found[2].endswith("/") else ""
            yield (folder if found[1] else "") + found[2]


def test_every_module_of_the_device_is_listed():
    source = ROOT / "device/callbox_device"
    modules = {str(path.relative_to(source)) for path in source.rglob("*.py") if path.name != "__init__.py"}
    folders = {f"{Path(module).parent}/" for module in modules if "/" in module}
    assert sorted(listed(ROOT / "device/README.md")) == sorted(modules | folders)


def test_every_package_of_the_firmware_is_listed():
    source = ROOT / "firmware/callbox"
    modules = {path.name for path in source.glob("[!_]*.py")}
    folders = {f"{path.name}/" for path in source.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert sorted(listed(ROOT / "firmware/README.md")) == sorted(modules | folders)


def test_the_api_reference_has_every_name_of_the_client():
    pages = "".join(page.read_text() for page in (ROOT / "docs/api").glob("*.md"))
    listed = set(re.findall(r"^::: (\S+)$", pages, re.MULTILINE))
    whole_modules = ("callbox.rtvi.errors", "callbox.rtvi.protocol.values")
    assert set(whole_modules) <= listed
    missing = [
        name
        for name in callbox.rtvi.__all__
        if f"callbox.rtvi.{name}" not in listed and getattr(callbox.rtvi, name).__module__ not in whole_modules
    ]
    assert not missing


@pytest.mark.parametrize(
    ("heading", "topic"), [("state", topics.STATE), ("health", topics.HEALTH), ("sound", topics.SOUND)]
)
def test_every_key_of_a_topic_is_explained(heading, topic):
    section = (ROOT / "docs/mqtt.md").read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    explained = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|([^|]+)\|", section, re.MULTILINE)))
    assert set(topic.example) - {"session", "boot"} <= set(explained)


@pytest.mark.parametrize(
    ("target", "option"), [("soak", "--jobs 1"), ("soak-hurried", "--jobs 4"), ("bench-cluster", "--boxes 2000")]
)
def test_each_target_has_its_own_number_of_boxes(target, option):
    def command(*given):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        make = ["make", "--dry-run", target, *given]
        return subprocess.run(make, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    assert f" {option} " in command()
    assert f" {option.split()[0]} 7 " in command("BOXES=7")


def test_bootstrap_lists_each_of_its_commands():
    script = ROOT / "deploy/bootstrap.sh"
    done = subprocess.run([script, "nothing"], capture_output=True, text=True, check=False)
    labels = re.findall(r"^([a-z0-9-]+)\)$", script.read_text(), re.MULTILINE)
    assert done.returncode == 64
    assert sorted(re.findall(r"^  deploy/bootstrap.sh ([a-z0-9-]+) ", done.stderr, re.MULTILINE)) == sorted(labels)


def test_every_entity_of_home_assistant_is_listed():
    assert not isinstance(topics.INFO.example, str)
    info = {**topics.INFO.example, "commands": commands.NAMES}
    components = homeassistant.device(topics.Topics("callbox", "kitchen"), info, "1a2b3c")["components"].values()
    section = (ROOT / "docs/mqtt.md").read_text().partition("\n## Home Assistant\n")[2].partition("\n## ")[0]
    listed = {name for cell in re.findall(r"^\|([^|]+)\|", section, re.MULTILINE) for name in cell.strip().split(", ")}
    assert {
        component["name"].replace("Button red", "Button NAME") for component in components if "name" in component
    } <= listed


def test_every_guide_is_in_the_site():
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages == set(re.findall(r"^ +- .*: (\w+\.md)$", (ROOT / "docs/mkdocs.yml").read_text(), re.MULTILINE))
