"""What is installed: the wheel, the systemd unit, what each package imports."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import typing
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.rig.repository import Repository, version_of

from callbox.control.faults import Fault
from callbox.rtvi import RTVICallbacks
from callbox.rtvi.protocol.events import event_of

ROOT = Path(__file__).parents[2]


class Built:
    """What is built of a commit with these sources in it: a source archive, unpacked, and a wheel made from that."""

    def __init__(self, folder: Path) -> None:
        sources = folder / "repository"
        for name in ("firmware", "device", "config", "deploy"):
            shutil.copytree(ROOT / name, sources / name)
        for name in ("LICENSE", "README.md", "pyproject.toml", ".gitignore"):
            shutil.copy(ROOT / name, sources)
        self.version = Repository(sources).commit()
        self._build("sdist", sources, folder)
        # Python 3.11.2, which Bookworm has, knows no tarfile.data_filter, and 3.13 warns where none is said.
        subprocess.run(["tar", "-xzf", f"callbox-{self.version}.tar.gz"], cwd=folder, check=True)
        self.sources = folder / f"callbox-{self.version}"
        self._build("wheel", self.sources, folder)
        self.wheel_folder = folder
        self.wheel = zipfile.ZipFile(folder / f"callbox-{self.version}-py3-none-any.whl")

    def _build(self, target: str, sources: Path, folder: Path) -> None:
        command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
        subprocess.run(command, cwd=sources, check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return Built(tmp_path_factory.mktemp("built"))


def test_the_wheel_holds_both_packages_and_what_an_installer_needs(built):
    names = set(built.wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {name for name in tops if not name.startswith("callbox-")} == {"callbox", "callbox_device"}
    assert {"callbox/py.typed", "callbox_device/py.typed", "callbox/assets/speech.wav"} <= names
    assert len([name for name in names if name.startswith("callbox/assets/spoken_causes/")]) == 2 * len(Fault) + 1
    assert "callbox/config/presets/boards/codec-zero.yaml" in names
    for file in ("config/callbox.example.yaml", "config/callbox.schema.json", "deploy/systemd/callbox.service"):
        assert any(name.endswith(f"data/share/callbox/{file}") for name in names), file


def test_a_source_archive_has_the_version_of_its_commit(built):
    assert "+20270114120000.1.g" in built.version
    assert version_of(built.sources) == built.version


def test_a_wheel_from_a_source_archive_says_its_version(built, tmp_path):
    built.wheel.extractall(tmp_path)
    metadata = tmp_path / f"callbox-{built.version}.dist-info" / "METADATA"
    assert f"\nVersion: {built.version}\n" in metadata.read_text()
    command = [sys.executable, "-c", "import callbox; print(callbox.__version__)"]
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == f"{built.version}\n"


def test_every_dependency_says_why_it_is_there():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    project = tomllib.loads("\n".join(lines))["project"]
    extras = [need for needs in project["optional-dependencies"].values() for need in needs]
    for need in [*project["dependencies"], *extras]:
        place = next(number for number, text in enumerate(lines) if f'"{need}"' in text)
        assert "#" in lines[place] or lines[place - 1].strip().startswith("#"), need


@pytest.mark.parametrize("unit", ["callbox.service", "callbox-import.service"])
def test_the_unit_is_one_that_systemd_understands(unit, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    # The package's programs are not installed here; whether they are in it, tests/system/package says.
    text = (ROOT / "deploy/systemd" / unit).read_text()
    (tmp_path / unit).write_text(re.sub(r"/usr/(bin/callbox|libexec/callbox/[a-z-]+)", "/bin/true", text))
    done = subprocess.run([analyze, "verify", "--man=no", tmp_path / unit], capture_output=True, text=True, check=False)
    output = [line for line in done.stderr.splitlines() if unit in line]
    assert not output


def test_the_units_exposure_is_what_its_page_says(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    unit = shutil.copy(ROOT / "deploy/systemd/callbox.service", tmp_path)
    stated = re.search(r"`systemd-analyze security callbox` says ([\d.]+)", (ROOT / "deploy/README.md").read_text())
    assert stated is not None
    done = subprocess.run([analyze, "security", "--offline=yes", unit], capture_output=True, text=True, check=False)
    assert f"Overall exposure level for callbox.service: {stated[1]} OK" in done.stdout


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("callbox.rtvi", ["aiortc", "av", "gpiozero", "alsaaudio", "paho", "yaml", "httpx"]),
        ("callbox.cli", ["aiortc", "av", "gpiozero", "alsaaudio", "paho", "yaml", "httpx"]),
        ("callbox.config", ["aiortc", "av", "gpiozero", "alsaaudio", "paho", "httpx"]),
        ("callbox.transports.small_webrtc", ["gpiozero", "alsaaudio", "paho", "yaml", "callbox_device"]),
        ("callbox.app.compose", ["gpiozero", "alsaaudio", "paho", "httpx", "rich", "aiohttp", "numpy"]),
        ("callbox_device.gpio", ["gpiozero", "callbox"]),
    ],
)
def test_heavy_libraries_are_imported_late(module, absent):
    code = f"import sys, {module}; print(*[name for name in {absent!r} if name in sys.modules])"
    paths = [str(ROOT / "firmware"), str(ROOT / "device")]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


def pinned(file: Path) -> dict[str, str]:
    """The versions in a file of requirements, by name. Fails for one that isn't exact."""
    lines = file.read_text().replace("\\\n", " ").splitlines()
    needs = [Requirement(line.split(" --hash")[0]) for line in lines if line and not line.startswith("#")]
    assert all([each.operator for each in need.specifier] == ["=="] for need in needs)
    assert len({need.name for need in needs}) == len(needs), "two versions of one library"
    return {canonicalize_name(need.name): next(iter(need.specifier)).version for need in needs}


def test_the_lock_has_a_version_that_is_allowed_of_every_dependency():
    locked = pinned(ROOT / "deploy/constraints.txt")
    file = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = [need for needs in file["project"]["optional-dependencies"].values() for need in needs]
    needs = [*map(Requirement, [*file["build-system"]["requires"], *file["project"]["dependencies"], *extras])]
    others = [need for need in needs if need.name != "callbox"]
    refused = [str(need) for need in others if locked.get(canonicalize_name(need.name), "0") not in need.specifier]
    assert not refused, "run `make lock`"


def test_the_debian_package_carries_the_versions_of_the_lock():
    locked = pinned(ROOT / "deploy/constraints.txt")
    carried = pinned(ROOT / "deploy/debian/wheels.txt") | pinned(ROOT / "deploy/debian/sources.txt")
    assert {name: version for name, version in carried.items() if locked[name] != version} == {}


def _types_given(handler: object) -> list[object]:
    """Types of what a callback of `RTVICallbacks` is given."""
    given = typing.get_args(handler)[0]
    return [] if given is Ellipsis else list(given)


@pytest.fixture(scope="module")
def checked(built, tmp_path_factory):
    """What mypy and pyright, both strict, say of a user's programs beside the installed wheel: {checker: {file: lines}}."""
    folder = tmp_path_factory.mktemp("user")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv/bin/python"
    [wheel] = built.wheel_folder.glob("*.whl")
    install = [
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-c",
        ROOT / "deploy/constraints.txt",
    ]
    subprocess.run([*install, wheel, "mypy", "pyright[nodejs]"], check=True)
    where = subprocess.run(
        [python, "-c", "import callbox; print(callbox.__file__)"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(folder / "venv/lib"))  # not the sources

    shutil.copy(ROOT / "docs/examples/typed.py", folder / "example.py")
    callbacks = {event_of(name): _types_given(kind) for name, kind in typing.get_type_hints(RTVICallbacks).items()}
    head = "from callbox.rtvi import RTVIClient, RTVIEvent\n\n\ndef show(client: RTVIClient) -> None:\n"
    revealing, misspelt = [], []
    for event, types in callbacks.items():
        names = [f"{event.name}_{number}" for number in range(len(types))]
        values = ", ".join(f"reveal_type({name})" for name in names)
        revealing.append(f"    client.on(RTVIEvent.{event.name}, lambda {', '.join(names)}: print({values}))\n")
        if types and types[-1] is not typing.Any:
            values = f"{names[-1]}.misspelt"
            misspelt.append(f"    client.on(RTVIEvent.{event.name}, lambda {', '.join(names)}: print({values}))\n")
    (folder / "revealing.py").write_text(head + "".join(revealing))
    (folder / "misspelt.py").write_text(head + "".join(misspelt))

    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict", "venvPath": ".", "venv": "venv"}')
    found: dict[str, dict[str, str]] = {}
    for checker in (["mypy", "--strict", "--no-incremental"], ["pyright"]):
        found[checker[0]] = {}
        for file in ("example.py", "revealing.py", "misspelt.py"):
            done = subprocess.run([python, "-m", *checker, file], cwd=folder, capture_output=True, text=True)
            found[checker[0]][file] = done.stdout
    return found, callbacks


@pytest.mark.slow
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_users_program_is_typed_by_the_installed_wheel(checked, checker):
    output, callbacks = checked
    assert re.search(r"no issues found|^0 errors, 0 warnings", output[checker]["example.py"], re.MULTILINE)
    refused = set(re.findall(r"misspelt\.py:(\d+)\S* (?:- )?error: ", output[checker]["misspelt.py"]))
    assert len(refused) == len([types for types in callbacks.values() if types and types[-1] is not typing.Any])


@pytest.mark.slow
def test_a_lambda_is_given_what_its_event_gives(checked):
    output, callbacks = checked  # mypy, which refuses the same as pyright, reveals what it tries first, which is Any
    wanted = [kind for types in callbacks.values() for kind in types]
    revealed = re.findall(r'Type of "\w+" is "([^"]+)"', output["pyright"]["revealing.py"])
    for kind, text in zip(wanted, revealed, strict=True):
        name = getattr(typing.get_origin(kind) or kind, "__name__", "Any")
        assert text.partition("[")[0] == name, text
    assert " 0 errors" in f" {output['pyright']['revealing.py'].splitlines()[-1]}"
