"""systemd's notification protocol: ready, status, watchdog, stopping. See sd_notify(3).

Without systemd (no ``$NOTIFY_SOCKET``) every call does nothing.
"""

import os
import socket
import time

from callbox.text import one_line


class Notifier:
    """Datagrams to the service manager. A manager that is gone is no error. Any thread."""

    def __init__(self, environ: "os._Environ[str] | dict[str, str]" = os.environ) -> None:
        path = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + path[1:] if path.startswith("@") else path
        usec = environ.get("WATCHDOG_USEC", "")
        ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_s = int(usec) / 1e6 if usec.isdecimal() and len(usec) < 20 and ours and self._address else None
        """The manager wants `alive` at least this often, in s; None: it doesn't."""

    @property
    def is_there(self) -> bool:
        """Whether there is a manager, which starts the box again when it ends."""
        return bool(self._address)

    def ready(self) -> None:
        """The button works."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Tell that settings are being read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def status(self, sentence: str) -> None:
        """One line for ``systemctl status``."""
        self._send("STATUS=" + one_line(sentence))

    def alive(self) -> None:
        """The event loop turns."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Tell that the service is ending."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.setblocking(False)
                channel.sendto(message.encode(errors="replace"), self._address)
        except OSError:  # also: no more files may be opened
            pass
