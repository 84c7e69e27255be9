"""``callbox run``: the box.

Nothing heavy is imported before the button works: asyncio and pydantic are heavy.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import EX_CONFIG, EX_OK, EX_SOFTWARE, EX_TEMPFAIL, add_config, stop_on_signals

if TYPE_CHECKING:
    from callbox.cli.common import Commands

SHOW_ERROR_S = 12.0
"""How long wrong settings are shown at most; once around takes 8.8 s."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    run = commands.add_parser("run", help="be the box, until SIGTERM; SIGHUP reads the settings again")
    add_config(run)
    run.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    from callbox.app import early_boot

    of = early_boot.fingerprint(options.config, options.set)
    state = early_boot.folder("STATE_DIRECTORY")
    light = early_boot.first_light(state, of)

    import asyncio
    import logging

    from callbox.app import compose
    from callbox.app.flight_recorder import Recorder
    from callbox.app.persistent_state import Memory
    from callbox.app.reload import first_plan
    from callbox.app.run import serve
    from callbox.config import Loaded, SettingsError, load_all
    from callbox.doctor.remote_jobs import errands_of
    from callbox.system import journal
    from callbox_device import lamps_off

    def load() -> Loaded:
        return load_all(options.config, options.set)

    try:
        plan, problem = first_plan(load, state)
    except SettingsError as error:
        if light:
            light.release()
        journal.say(str(error))
        asyncio.run(_show(error.errors, options.config))
        return EX_CONFIG
    if problem is None:
        try:
            early_boot.note(state, plan.settings, of)
        except OSError as error:
            journal.log.warning("Where the button is can't be noted for the next start: %s", error)

    async def work() -> int:
        lamps_off.note(compose.wired_lamps(plan.settings))
        recorder = Recorder(early_boot.folder("RUNTIME_DIRECTORY"), state)
        for name in ("callbox", "callbox_device"):  # not at the root, which a reload sets up anew
            logging.getLogger(name).addHandler(recorder)
        box = await serve(
            plan,
            load,
            stop_on_signals(),
            problem=problem,
            state=state,
            light=light,
            memory=Memory(state),
            observers=[recorder],
            errands=errands_of(options.config, options.set, recorder),
        )
        return EX_TEMPFAIL if box.restart_ordered else EX_OK  # systemd starts what has failed, and nothing else

    try:
        return asyncio.run(work())
    except Exception:
        journal.log.critical("A defect of Callbox", exc_info=True)
        return EX_SOFTWARE


async def _show(errors: list[str], config: Path) -> None:
    """Once on the status lamp, if it can be found, that the settings are wrong: the box is about to end."""
    import asyncio

    from callbox.app import compose
    from callbox.app.lamp_task import LampPlayer
    from callbox.config import readable
    from callbox.control.faults import problem_from_settings
    from callbox.control.lamps import error_pattern

    lamp = compose.find_status_lamp(readable(config))
    if lamp is None:
        return
    stop = stop_on_signals()
    pattern = error_pattern(problem_from_settings(errors))
    player = LampPlayer(lamp)
    player.show(pattern)
    showing = asyncio.create_task(player.run())
    once_s = (pattern.length_ms - 50) / 1000  # into the last pause: not with the flash that begins the next round
    try:
        async with asyncio.timeout(min(once_s, SHOW_ERROR_S)):
            await stop.wait()
    except TimeoutError:
        pass
    showing.cancel()
    await asyncio.wait([showing])
    lamp.close()
