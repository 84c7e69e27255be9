"""The roll-out of a fleet's settings, kept on the disk so that the power may go at any moment.

One rename decides: before it the old version is in force, after it the new one.

    1. settings-8.yaml
    2. rollout.json, which says that version 8 is in force, on trial, and 7 before    <- here
    3. files of versions that it doesn't name are removed
"""

import json
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path

from callbox.control.rollout import Rollout, RolloutAction, RolloutEvent, RolloutState
from callbox.system.fetched_settings import RECORD, folder, name_of
from callbox.system.files import Disk
from callbox.text import parse_json

log = logging.getLogger(__name__)


def at_start(config: Path, environ: Mapping[str, str] = os.environ) -> "RolloutStore | None":
    """The roll-out of the box with the settings file `config`, whose program has just started; None: it keeps none."""
    place = folder(config, environ)
    if place is None:
        return None
    store = RolloutStore(place)
    try:
        store.on(RolloutEvent.STARTED)
    except OSError as error:
        log.warning("That the program has started can't be counted: %s", error)
    return store


class RolloutStore:
    """The roll-out in the folder `place`. A record that can't be read is as good as none. Any one thread at a time."""

    def __init__(self, place: Path, disk: Disk | None = None) -> None:
        self._folder = place
        self._disk = disk or Disk()
        self.rollout = self._read()

    def _read(self) -> Rollout[int]:
        try:
            fields = parse_json(self._disk.read(self._folder / RECORD) or b"{}")
            versions = {name: int(fields.get(name) or 0) or None for name in ("version", "previous", "highest")}
            starts = int(fields.get("starts", 0))
            known, reason = tuple(map(str, fields.get("known", ()))), str(fields.get("reason", ""))
            state = RolloutState(fields.get("state", RolloutState.ACCEPTED))
            return Rollout(state, **versions, starts=starts, known=known, reason=reason)
        except (OSError, ValueError, TypeError, AttributeError) as error:
            log.warning("%s: %s; no version of the fleet's settings counts", self._folder / RECORD, error)
            return Rollout()

    def take(self, version: int, content: bytes, known: Collection[str]) -> None:
        """Put a signed file with this version in force, on trial. Raises OSError; then nothing has changed."""
        self._disk.make_folder(self._folder, 0o755)
        # The folder above is root's alone. `sudo callbox check` may run without the right to read all files.
        self._disk.put(self._folder / name_of(version), content, 0o644)
        self._write(self.rollout.on(RolloutEvent.NEW_VERSION, version, known)[0])

    def on(self, event: RolloutEvent, reason: str = "") -> RolloutAction | None:
        """Keep what becomes of the roll-out by `event`, and return what was done. Raises OSError; then nothing."""
        rollout, action = self.rollout.on(event, reason=reason)
        if action:
            self._write(rollout)
        return action

    def _write(self, rollout: Rollout[int]) -> None:
        self._disk.put(self._folder / RECORD, json.dumps(asdict(rollout)).encode(), 0o644)
        self.rollout = rollout
        kept = {RECORD, *(name_of(version) for version in (rollout.version, rollout.previous) if version)}
        for name in self._disk.names(self._folder):
            if name not in kept:
                self._disk.remove(self._folder / name)
