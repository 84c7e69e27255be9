"""The thread that opens a PCM, moves its sound, and closes it."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future

from callbox_device import alsa_names
from callbox_device.alsa_pcm import open_pcm
from callbox_device.board import BoardError
from callbox_device.card_pcm import CardPcm
from callbox_device.futures import own, settle

log = logging.getLogger(__name__)


class PcmThread:
    """One PCM at a time, each with a thread of its own. Start and stop in any order, from any thread."""

    def __init__(self, direction: str, device: str, period_ms: int, buffer_ms: int) -> None:
        self.direction = direction
        self.device = device
        self._period_ms = period_ms
        self._buffer_ms = buffer_ms
        self._lock = threading.Lock()
        self._leave = threading.Event()
        self._is_started = False
        self._stopped: Future[None] = Future()
        self._stopped.set_result(None)
        self.is_open = False

    def start(
        self, prepare: Callable[[CardPcm], Callable[[], None]], failed: Callable[[BoardError], None]
    ) -> Future[None]:
        """Open the PCM in a new thread; `prepare` gives what that thread then does over and over, 100 ms at most."""
        with self._lock:
            if self._is_started:
                raise RuntimeError(f"{self.device} is already started")
            self._is_started = True
            self._leave = threading.Event()
            opened: Future[None] = Future()
            self._stopped = Future()
            threading.Thread(
                target=self._live,
                args=(prepare, failed, opened, self._leave, self._stopped),
                name=f"alsa {self.direction}",
                daemon=True,  # a card that hangs in the kernel must not keep the process
            ).start()
            return opened

    def stop(self) -> Future[None]:
        """Ask the thread to close the PCM and end."""
        with self._lock:
            self._leave.set()
            return own(self._stopped)

    def _live(
        self,
        prepare: Callable[[CardPcm], Callable[[], None]],
        failed: Callable[[BoardError], None],
        opened: "Future[None]",
        leave: threading.Event,
        stopped: "Future[None]",
    ) -> None:
        device = self.device
        try:
            pcm = open_pcm(self.direction, device, self._period_ms, self._buffer_ms)
        except BoardError as error:
            self._is_started = False
            stopped.set_result(None)
            settle(opened, error)
            return
        trouble: BoardError | None = None
        try:
            work = prepare(pcm)
            self.is_open = True
            settle(opened, None)
            while not leave.is_set():
                work()
        except BoardError as error:
            trouble = error
        except Exception as error:
            log.debug("%s", device, exc_info=True)
            trouble = alsa_names.broken(self.direction, device, str(error))
        pcm.close()
        self.is_open = self._is_started = False  # before it is told: who hears of a failure may start anew at once
        if trouble and not leave.is_set():
            failed(trouble)
        stopped.set_result(None)
