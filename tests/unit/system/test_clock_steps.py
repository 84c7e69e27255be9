"""Steps of the wall clock. A test may not step it: what the kernel reports then is written in by hand."""

import asyncio
import errno
import os

from callbox.system import clock_steps
from callbox.system.clock_steps import ClockSteps


async def test_the_kernel_watches_the_clock(caplog):
    caplog.set_level("INFO")
    steps = ClockSteps(lambda: None)
    steps.close()
    steps.close()
    assert not caplog.messages


async def test_a_step_is_reported_and_the_next_one_too(monkeypatch):
    """A pipe that can be read in place of the timer; reading it is cancelled, as the timer's is by a step."""
    readable, written = os.pipe2(os.O_NONBLOCK)
    stepped: asyncio.Queue[bool] = asyncio.Queue()
    read = os.read

    def cancelled(fd, size):
        read(fd, size)
        raise OSError(errno.ECANCELED, os.strerror(errno.ECANCELED))

    armed = []
    monkeypatch.setattr(ClockSteps, "_arm", lambda self: armed.append(self))
    steps = ClockSteps(lambda: stepped.put_nowait(True))
    asyncio.get_running_loop().remove_reader(steps._fd)
    os.close(steps._fd)
    steps._fd = readable
    asyncio.get_running_loop().add_reader(readable, steps._on_readable)
    monkeypatch.setattr("callbox.system.clock_steps.os.read", cancelled)
    for count in (2, 3):
        os.write(written, b"x")
        async with asyncio.timeout(60):
            await stepped.get()
        assert len(armed) == count
    steps.close()
    os.close(written)


async def test_where_the_kernel_denies_it_the_log_says_so(monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr(clock_steps, "_TFD_FLAGS", -1)
    ClockSteps(lambda: None).close()
    assert caplog.messages == ["Steps of the clock are noticed late: [Errno 22] Invalid argument"]
