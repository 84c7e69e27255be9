"""`make apt-repo`: a signed repository, and the real apt that installs, upgrades, goes back, and refuses what was changed."""

import shutil

import pytest
from tests.system.package.apt_repository import USER, Repository

pytestmark = pytest.mark.slow

CONFIG = """\
Dir "{root}";
Dir::State::status "{root}/var/lib/dpkg/status";
Dir::Bin::Methods "/usr/lib/apt/methods";
Dpkg::Options {{ "--root={root}"; "--force-not-root"; "--log={root}/dpkg.log"; }};
APT::Architecture "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
Debug::NoLocking "true";
"""


class Fleet(Repository):
    """A repository, packages of the name callbox, and the bare root of a box."""

    def __init__(self, folder):
        super().__init__(folder)
        self.root, self._folder = folder / "root", folder
        self.environment["APT_CONFIG"] = str(folder / "apt.conf")
        for place in (
            "etc/apt/preferences.d",
            "etc/apt/sources.list.d",
            "var/lib/apt/lists/partial",
            "var/lib/dpkg/updates",
        ):
            (self.root / place).mkdir(parents=True)
        for place in ("var/lib/dpkg/info", "var/cache/apt/archives/partial", "var/log/apt", "etc/apt/apt.conf.d"):
            (self.root / place).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        (folder / "apt.conf").write_text(CONFIG.format(root=self.root))

    def build(self, version, content="", arch="amd64"):
        """A small package with this version; what the product's package holds is tested elsewhere."""
        tree = self._folder / f"tree-{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "usr/lib/callbox").mkdir(parents=True)
        (tree / "usr/lib/callbox/VERSION").write_text(version + content)
        (tree / "DEBIAN/control").write_text(
            f"Package: callbox\nVersion: {version}\nArchitecture: {arch}\nMaintainer: Fleet <{USER}>\nDescription: A box\n"
        )
        self.run(
            "dpkg-deb", "--build", "--root-owner-group", str(tree), str(self.packages / f"callbox_{version}_{arch}.deb")
        )
        shutil.rmtree(tree)

    def trust(self):
        """What docs/fleet.md tells to do on a box."""
        shutil.copy(self.repo / "callbox.asc", self.root)
        (self.root / "etc/apt/sources.list.d/callbox.sources").write_text(self.source(f"{self.root}/callbox.asc"))

    def apt(self, *arguments):
        return self.run("apt-get", "-q", "-y", "-o", "APT::Update::Error-Mode=any", *arguments)

    def update_and_install(self):
        self.apt("update")
        self.apt("install", "callbox")

    @property
    def installed(self):
        return (self.root / "usr/lib/callbox/VERSION").read_text()

    @property
    def pool(self):
        return sorted(file.name.split("_")[1] for file in (self.repo / "pool").iterdir())


@pytest.fixture
def fleet(tmp_path):
    return Fleet(tmp_path)


def test_a_box_installs_upgrades_and_goes_back(fleet):
    fleet.build("0.1.0")
    assert "1 packages, signed by " in fleet.publish()
    fleet.trust()
    fleet.apt("update")
    fleet.apt("install", "callbox")
    assert fleet.installed == "0.1.0"
    fleet.build("0.1.0+20261129.1.gabc")
    fleet.publish()
    fleet.apt("update")
    fleet.apt("install", "--only-upgrade", "callbox")
    assert fleet.installed == "0.1.0+20261129.1.gabc"
    fleet.apt("install", "--allow-downgrades", "callbox=0.1.0")
    assert fleet.installed == "0.1.0"


@pytest.mark.parametrize("changed", ["Packages", "package", "InRelease"])
def test_what_was_changed_on_the_way_is_refused(fleet, changed):
    fleet.build("0.1.0")
    fleet.publish()
    fleet.trust()
    match changed:
        case "Packages":
            lists = fleet.repo / "dists/stable/main/binary-amd64"
            (lists / "Packages.gz").unlink()
            (lists / "Packages").write_text((lists / "Packages").read_text().replace("A box", "A bug"))
        case "package":
            [file] = (fleet.repo / "pool").iterdir()
            file.write_bytes(file.read_bytes()[:-1] + b"x")
        case "InRelease":
            release = fleet.repo / "dists/stable/InRelease"
            release.write_text(release.read_text().replace("Origin: Callbox", "Origin: Fallbox"))
    with pytest.raises(AssertionError, match=r"Hash Sum mismatch|unexpected size|BADSIG|invalid signature|not signed"):
        fleet.update_and_install()
    assert not (fleet.root / "usr/lib/callbox").exists()


def test_another_key_is_refused(fleet, tmp_path):
    fleet.build("0.1.0")
    fleet.publish()
    (tmp_path / "stranger").mkdir()
    stranger = Fleet(tmp_path / "stranger")
    stranger.build("0.1.0")
    stranger.publish()
    fleet.trust()
    shutil.copy(stranger.repo / "dists/stable/InRelease", fleet.repo / "dists/stable/InRelease")
    with pytest.raises(AssertionError, match=r"NO_PUBKEY|not signed"):
        fleet.apt("update")


def test_old_versions_go_and_a_version_stays_what_it_is(fleet):
    for version in ("0.9", "0.10", "0.11"):
        fleet.build(version)
    fleet.build("0.1", arch="arm64")
    fleet.publish(APT_KEEP="2")
    assert fleet.pool == ["0.1", "0.10", "0.11"]
    (fleet.packages / "callbox_0.9_amd64.deb").unlink()
    fleet.build("0.11", content="other")
    with pytest.raises(AssertionError, match="with another content"):
        fleet.publish()
