"""The version that a commit makes: of a checkout, a shallow clone, an archive."""

import itertools
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version
from tests.rig.repository import NOON, VERSION_MODULE, Repository, version_of

import callbox
from callbox.version import RELEASE, of_commits

ROOT = Path(__file__).parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
TIME = "20270114120000"


def assert_rising(versions):
    """Each greater than the one before it, for Python and for Debian."""
    for older, newer in itertools.pairwise(versions):
        assert Version(older) < Version(newer)
        subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=True)


def short(repository):
    return repository.git("rev-parse", "HEAD")[:10]


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    (root / VERSION_MODULE).parent.mkdir(parents=True)
    shutil.copy(ROOT / VERSION_MODULE, root / VERSION_MODULE)
    shutil.copy(ROOT / ".gitattributes", root)
    return Repository(root)


@pytest.mark.parametrize(
    ("lines", "dirty", "version"),
    [
        ([f"{NOON} {COMMIT} "], False, f"{RELEASE}+{TIME}.1.g0123456789"),
        ([f"{NOON} {COMMIT}"], True, f"{RELEASE}+{TIME}.1.g0123456789.dirty"),
        ([f"{NOON} {COMMIT} tag: v{RELEASE}"], False, RELEASE),
        ([f"{NOON} {COMMIT} HEAD -> main, tag: v{RELEASE}, tag: seen"], False, RELEASE),
        ([f"{NOON} {COMMIT} tag: v{RELEASE}"], True, f"{RELEASE}+{TIME}.1.g0123456789.dirty"),
        ([f"{NOON} {COMMIT} tag: v{RELEASE}.1, v{RELEASE}"], False, f"{RELEASE}+{TIME}.1.g0123456789"),
        ([f"{NOON} {COMMIT} ", f"{NOON} a ", f"{NOON - 1} b "], False, f"{RELEASE}+{TIME}.2.g0123456789"),
        ([f"{NOON} {COMMIT} ", f"{NOON - 1} b tag: v{RELEASE}"], False, f"{RELEASE}+{TIME}.1.g0123456789"),
    ],
)
def test_of_commits(lines, dirty, version):
    assert of_commits(lines, dirty=dirty) == version
    assert str(Version(version)) == version, "not as PEP 440 spells it: a wheel would have another version"


def test_a_checkout_has_the_version_of_its_commit(repository):
    assert repository.commit() == f"{RELEASE}+{TIME}.1.g{short(repository)}"


def test_edited_files_are_marked_new_ones_are_not(repository):
    clean = repository.commit()
    (repository.root / "new").touch()
    assert version_of(repository.root) == clean
    repository.git("add", "new")
    assert version_of(repository.root) == f"{clean}.dirty"


def test_later_commits_are_greater_also_around_a_release_and_within_one_second(repository):
    versions = [RELEASE]  # what every package was before versions were made from commits
    versions += [repository.commit(NOON), repository.commit(NOON), repository.commit(NOON + 1)]
    text = (repository.root / VERSION_MODULE).read_text()
    (repository.root / VERSION_MODULE).write_text(text.replace(f'RELEASE = "{RELEASE}"', 'RELEASE = "99.1.0"'))
    repository.git("commit", "-aqm", "Release 99.1.0", seconds=NOON + 2)
    repository.git("tag", "v99.1.0")
    versions += [version_of(repository.root), repository.commit(NOON + 3), repository.commit(NOON + 4)]
    assert versions[4] == "99.1.0"
    assert_rising(versions)


def test_branches_that_are_merged_are_lower_than_the_merge(repository):
    repository.commit()
    repository.git("checkout", "-qb", "other")
    other = repository.commit(NOON + 5)
    repository.git("checkout", "-q", "main")
    main = repository.commit(NOON + 6)
    repository.git("merge", "-q", "--no-ff", "-m", "x", "other", seconds=NOON + 7)
    assert_rising([other, main, version_of(repository.root)])


def test_a_shallow_clone_and_one_without_tags_have_the_same_version(repository, tmp_path):
    repository.commit(NOON - 10)
    repository.git("tag", "v0.0.1")
    version = repository.commit()
    for name, how in {"shallow": ["--depth=1"], "untagged": ["--no-tags"]}.items():
        repository.git("clone", "-q", *how, f"file://{repository.root}", tmp_path / name)
        assert version_of(tmp_path / name) == version


def test_the_commit_of_a_release_without_its_tag_is_greater_than_the_release(repository, tmp_path):
    repository.commit()
    repository.git("tag", f"v{RELEASE}")
    assert version_of(repository.root) == RELEASE
    repository.git("clone", "-q", "--no-tags", f"file://{repository.root}", tmp_path / "clone")
    assert version_of(tmp_path / "clone") == f"{RELEASE}+{TIME}.1.g{short(repository)}"


def test_a_worktree_has_the_version_of_its_own_commit(repository, tmp_path):
    first = repository.commit()
    repository.git("worktree", "add", "-q", "--detach", tmp_path / "tree")
    repository.commit(NOON + 1)
    assert version_of(tmp_path / "tree") == first


def test_what_a_hook_sets_for_git_names_no_other_repository(repository):
    version = repository.commit()
    assert version_of(repository.root, GIT_DIR=str(ROOT / ".git"), GIT_WORK_TREE=str(ROOT)) == version


def test_an_archive_of_git_has_the_version_of_its_commit(repository, tmp_path):
    version = repository.commit()
    repository.git("tag", "v0.0.1")
    repository.git("archive", "--prefix=archive/", "-o", tmp_path / "archive.tar", "HEAD")
    with tarfile.open(tmp_path / "archive.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    assert version_of(tmp_path / "archive") == version


def test_without_git_and_without_a_build_it_is_unknown(repository):
    shutil.rmtree(repository.root / ".git")
    assert version_of(repository.root) == f"{RELEASE}+unknown"


def test_in_a_repository_without_a_commit_or_without_git_it_is_unknown(repository):
    assert version_of(repository.root) == f"{RELEASE}+unknown"
    repository.commit()
    assert version_of(repository.root, PATH="/nowhere") == f"{RELEASE}+unknown"


def test_a_copy_that_was_built_does_not_ask_the_repository_that_it_lies_in(repository):
    repository.commit()
    copy = repository.root / "lib" / "callbox"
    copy.mkdir(parents=True)
    shutil.copy(ROOT / VERSION_MODULE, copy)
    (copy / "VERSION").write_text("7.0.0\n")
    done = subprocess.run([sys.executable, copy / "version.py"], capture_output=True, text=True, check=True)
    assert done.stdout == "7.0.0\n"


def test_the_release_is_written_in_one_place():
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert callbox.__version__.split("+")[0] == RELEASE
