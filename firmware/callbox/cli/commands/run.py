"""``callbox run``: the box.

Nothing heavy is imported before the button works: asyncio is heavy.
"""

import argparse
import signal
from typing import TYPE_CHECKING, Any

from callbox.cli.common import EX_CONFIG, EX_OK, EX_SOFTWARE, EX_TEMPFAIL, add_config, event_on_signals

if TYPE_CHECKING:
    from callbox.cli.common import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    run = commands.add_parser("run", help="run the box until SIGTERM; SIGHUP reloads the settings")
    add_config(run)
    run.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    import gc
    import os

    from callbox.app import early_boot, rollout_store
    from callbox.system.files import service_folder

    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # until there is a simulated button that it presses
    gc.disable()  # what is imported is no garbage; `run_until` enables it
    # The canceller's numpy computes nothing here; its threads, one a core, would spin while it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    store = rollout_store.at_start(options.config)
    of = early_boot.fingerprint(options.config, options.set)
    state = service_folder("STATE_DIRECTORY")
    early_button = early_boot.open_early_button(state, of)

    import asyncio
    import logging

    from callbox.app import compose
    from callbox.app.flight_recorder import FlightRecorder
    from callbox.app.persistent_state import PersistentState
    from callbox.app.reload import load_initial
    from callbox.app.run import run_until
    from callbox.config import Loaded, SettingsError, load_all, readable
    from callbox.doctor.remote_jobs import fleet_parts, job_runner
    from callbox.system import journal
    from callbox.system.daemon_executor import DaemonExecutor
    from callbox_device import lamps_off

    def load() -> Loaded:
        return load_all(options.config, options.set)

    try:
        composition, problem = load_initial(load, state, store)
    except SettingsError as error:
        if early_button:
            early_button.release()
        journal.say(str(error))
        asyncio.run(_show(error.errors, readable(options.config, options.set)))
        return EX_CONFIG
    if problem is None:
        try:
            early_boot.note(state, composition.settings, of)
        except OSError as error:
            journal.log.warning("Where the button is can't be noted for the next start: %s", error)

    async def work() -> int:
        # asyncio.run would wait for threads that hang in name resolution.
        asyncio.get_running_loop().set_default_executor(DaemonExecutor())
        try:
            lamps_off.save(compose.wired_lamps(composition.settings.board))
        except OSError as error:
            journal.log.warning("Lamps can't be turned off after a crash: %s", error)
        recorder = FlightRecorder(service_folder("RUNTIME_DIRECTORY"), state)
        for name in ("callbox", "callbox_device"):  # not at the root, which a reload sets up anew
            logging.getLogger(name).addHandler(recorder)
        box = await run_until(
            composition,
            load,
            event_on_signals(signal.SIGTERM, signal.SIGINT),
            event_on_signals(signal.SIGHUP),  # before systemd hears that the box is ready
            problem=problem,
            state=state,
            early_button=early_button,
            saved=PersistentState(state),
            observers=[recorder],
            jobs=job_runner(options.config, options.set, recorder),
            fleet=fleet_parts(options.config, options.set, store) if store else None,
            runtime=service_folder("RUNTIME_DIRECTORY"),
        )
        return EX_TEMPFAIL if box.restart_ordered else EX_OK  # systemd starts what has failed, and nothing else

    try:
        return asyncio.run(work())
    except Exception:
        journal.log.critical("A defect of Callbox", exc_info=True)
        return EX_SOFTWARE


async def _show(errors: list[str], data: Any) -> None:
    """Once on the status lamp, if it can be found, that the settings are wrong: the box is about to end."""
    import asyncio

    from callbox.app import compose
    from callbox.app.lamp_task import LampTask
    from callbox.control.faults import problem_from_settings
    from callbox.control.lamps import error_pattern

    lamp = compose.find_status_lamp(data)
    if lamp is None:
        return
    stop = event_on_signals(signal.SIGTERM, signal.SIGINT)
    showing = asyncio.create_task(LampTask(lamp).play(error_pattern(problem_from_settings(errors))))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([showing, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (showing, stopping):
        task.cancel()
    await asyncio.wait([showing, stopping])
    lamp.close()
