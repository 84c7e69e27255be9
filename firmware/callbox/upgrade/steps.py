"""Steps of an upgrade that are due by what was decided and by what dpkg says. Pure."""

from dataclasses import dataclass
from enum import Enum

from callbox.control.rollout import Rollout, RolloutState

GONE = ("not-installed", "config-files")
"""States of a package, in dpkg's words, that has been removed."""


@dataclass(frozen=True, slots=True)
class Package:
    """State of a package."""

    status: str
    """In dpkg's words: ``installed``, ``half-installed``, ``unpacked``, ``half-configured`` and so on."""
    version: str
    """While a version is unpacked: still the one before."""
    interrupted: bool = False
    """Whether dpkg's journal holds changes of a run that has not ended."""
    reinstall: bool = False
    """dpkg's flag ``reinstreq``, from before the prerm until all is unpacked: it configures this no more. Before and
    after ``half-installed`` all files are those of `version`, since dpkg sets that before the first file (unpack.c).
    """


class Step(Enum):
    """Steps of the gate, while no other program installs anything."""

    CONFIGURE = "dpkg --configure -a"
    CONFIGURE_FLAGGED = "dpkg --configure -a, although it wants the package installed again"
    REINSTALL = "dpkg installs the version before from what was kept of it"
    WATCH = "the new version is there: is the box healthy with it?"
    END = "nothing is left to do; what was kept is removed"


def is_still_there(rollout: Rollout[str], package: Package) -> bool:
    """Whether the version that was given up is the installed one: the way back is to come."""
    return rollout.state is RolloutState.ROLLED_BACK and package.version == rollout.highest


def due(rollout: Rollout[str], package: Package) -> Step:
    """The next step; the gate is asked again after it."""
    if package.status in GONE:
        return Step.END
    if package.status == "half-installed":  # files of both versions may be there
        return Step.REINSTALL
    if is_still_there(rollout, package):
        return Step.REINSTALL
    is_ours = rollout.state is not RolloutState.ACCEPTED  # another package's run is for who began it
    if package.status != "installed":
        return Step.CONFIGURE_FLAGGED if package.reinstall else Step.CONFIGURE
    if package.interrupted and is_ours:
        return Step.CONFIGURE
    on_trial = rollout.state is RolloutState.TRIAL and package.version == rollout.version
    return Step.WATCH if on_trial else Step.END
