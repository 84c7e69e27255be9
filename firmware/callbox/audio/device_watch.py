"""Watch over the sound cards that come and go, by uevents; `SETTLE_S` after the last one. Event loop only."""

import asyncio
from collections.abc import Callable

from callbox.system.uevent_watch import SETTLE_S, watch_uevents
from callbox_device.uevents import open_uevents


def watch_cards(changed: Callable[[], None]) -> Callable[[], None]:
    """Call `changed` from now on, once, when sound cards have come or gone. Returns what ends it.

    Where there are no uevents (no Linux, a sandbox that forbids netlink) it is never called; nor in a container, which
    the kernel sends none.
    """
    loop = asyncio.get_running_loop()
    settling: asyncio.TimerHandle | None = None

    def settle() -> None:
        nonlocal settling
        if settling:
            settling.cancel()
        settling = loop.call_later(SETTLE_S, changed)

    end_watch = watch_uevents(open_uevents(("sound",)), settle, "Sound cards that come or go")

    def end() -> None:
        end_watch()
        if settling:
            settling.cancel()

    return end
