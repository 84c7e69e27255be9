"""Watch for uevents in the event loop."""

import asyncio
import logging
from collections.abc import Callable

from callbox_device.uevents import UeventSocket

log = logging.getLogger(__name__)

SETTLE_S = 0.5
"""After a uevent: a card, its PCMs and the permissions that udev gives come one by one."""


def watch_uevents(uevents: UeventSocket | None, changed: Callable[[], None], what: str) -> Callable[[], None]:
    """Call `changed` from now on, whenever `uevents` tell of a device. Returns what ends it and closes them.

    None: it is never called. `what`: begins the sentence of the log when they can't be read any more. Event loop only.
    """
    if uevents is None:
        return lambda: None
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            is_changed = uevents.read()
        except OSError as error:
            log.warning("%s are not noticed any more: %s", what, error)
            loop.remove_reader(uevents.fileno())
            return
        if is_changed:
            changed()

    def end() -> None:
        loop.remove_reader(uevents.fileno())
        uevents.close()

    loop.add_reader(uevents.fileno(), read)
    return end
