"""Every state of the package in dpkg's words, at every state of the roll-out: what the gate does next."""

from itertools import product

import pytest

from callbox.control.rollout import Rollout, RolloutState
from callbox.upgrade.steps import GONE, Package, Step, due

S = RolloutState
OLD, NEW, OTHER = "0.1.0", "0.2.0", "0.3.0"
ROLLOUTS = {
    S.ACCEPTED: Rollout(version=OLD, highest=OLD),
    S.TRIAL: Rollout(S.TRIAL, NEW, OLD, NEW),
    S.ROLLED_BACK: Rollout(S.ROLLED_BACK, OLD, highest=NEW, reason="no broker"),
}
STATES = ("half-installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending", "installed", *GONE)


def wanted(state, package):
    if package.status in GONE:
        return Step.END
    if package.status == "half-installed" or (state is S.ROLLED_BACK and package.version == NEW):
        return Step.REINSTALL
    if package.status == "installed":
        if package.interrupted and state is not S.ACCEPTED:
            return Step.CONFIGURE
    elif package.reinstall:
        return Step.CONFIGURE_FLAGGED
    else:
        return Step.CONFIGURE
    return Step.WATCH if state is S.TRIAL and package.version == NEW else Step.END


@pytest.mark.parametrize("state", S)
def test_every_state_has_its_step(state):
    for status, version, interrupted, reinstall in product(STATES, (OLD, NEW, OTHER), (False, True), (False, True)):
        package = Package(status, version, interrupted, reinstall)
        assert due(ROLLOUTS[state], package) is wanted(state, package), package


@pytest.mark.parametrize("state", S)
def test_a_step_leads_to_the_end_or_to_the_trial(state):
    """What each step makes of the package, if it works, needs no further step of its kind."""
    for status, version, reinstall in product(STATES, (OLD, NEW), (False, True)):
        package = Package(status, version, interrupted=True, reinstall=reinstall)
        for _ in range(3):
            step = due(ROLLOUTS[state], package)
            is_flagged = package.reinstall and package.status != "installed"
            if step is Step.CONFIGURE_FLAGGED or (step is Step.CONFIGURE and not is_flagged):
                package = Package("installed", package.version)
            elif step is Step.REINSTALL:
                package = Package("installed", OLD)
        assert due(ROLLOUTS[state], package) in (Step.END, Step.WATCH), (status, version)
        if state is S.ROLLED_BACK and status not in GONE:
            assert package == Package("installed", OLD)
