"""Watch over the sound cards that come and go, by uevents. Event loop only."""

import asyncio
import logging
from collections.abc import Callable

from callbox_device.uevents import open_uevents

log = logging.getLogger(__name__)

SETTLE_S = 0.5
"""After the last uevent: a card, its PCMs and the permissions that udev gives come one by one."""


def watch_cards(changed: Callable[[], None]) -> Callable[[], None]:
    """Call `changed` from now on, once, when sound cards have come or gone. Returns what ends it.

    Where there are no uevents (no Linux, a sandbox that forbids netlink) it is never called; nor in a container, which
    the kernel sends none.
    """
    uevents = open_uevents(("sound",))
    if uevents is None:
        return lambda: None
    loop = asyncio.get_running_loop()
    settling: asyncio.TimerHandle | None = None

    def read() -> None:
        nonlocal settling
        try:
            is_changed = uevents.read()
        except OSError as error:
            log.warning("Sound cards that come or go are not noticed any more: %s", error)
            loop.remove_reader(uevents.fileno())
            return
        if is_changed:
            if settling:
                settling.cancel()
            settling = loop.call_later(SETTLE_S, changed)

    def end() -> None:
        loop.remove_reader(uevents.fileno())
        uevents.close()
        if settling:
            settling.cancel()

    loop.add_reader(uevents.fileno(), read)
    return end
