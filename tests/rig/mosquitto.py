"""A real Mosquitto, and a client that records what it gets."""

import asyncio
import contextlib
import getpass
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from tests.rig.ports import free_port, wait_until_open

from callbox.demo.processes import MOSQUITTO


class Mosquitto:
    """A broker of its own on a free port; `stop` and `start` as often as you like. `options`: lines of its config."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self.configure(*(options or ("allow_anonymous true",)))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Nothing, if it runs."""
        if self._process:
            return
        assert MOSQUITTO, "install mosquitto"
        with self._config.with_suffix(".log").open("wb") as log:
            self._process = subprocess.Popen([MOSQUITTO, "-c", self._config], stdout=log, stderr=log)
        wait_until_open(self.port, alive=lambda: self._process.poll() is None)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It hangs: the connections stay, nothing is answered."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def configure(self, *options: str) -> None:
        """Other lines from the next `start` on."""
        lines = (f"listener {self.port} 127.0.0.1", *options, f"user {getpass.getuser()}")
        self._config.write_text("\n".join(lines) + "\n")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def disconnect(client: paho.Client) -> None:
    """Disconnect, and wait for paho's thread."""
    client.disconnect()
    with contextlib.suppress(AttributeError):  # findings/paho-loop-stop-after-disconnect.sh
        client.loop_stop()


class Listener:
    """Records every message of a broker, from now on; retained ones first."""

    def __init__(self, port: int) -> None:
        self.messages: list[tuple[str, bytes, bool]] = []
        """(topic, payload, retained) in their order."""
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        subscribed = []
        self._client.on_subscribe = lambda *_: subscribed.append(True)
        self._client.on_message = lambda _, __, m: self.messages.append((m.topic, bytes(m.payload), m.retain))
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe("#", qos=1)
        assert wait_for(lambda: subscribed)

    def of(self, topic: str) -> list[bytes]:
        return [payload for received, payload, _ in self.messages if received == topic]

    async def until_online(self, box: str) -> None:
        """Until `box` takes commands: what is retained may be of an earlier one."""
        async with asyncio.timeout(60):
            while self.of(f"{box}/status")[-1:] != [b"online"]:
                await asyncio.sleep(0.01)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(60)

    def close(self) -> None:
        disconnect(self._client)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


CONNECT = bytes.fromhex("10 0c 0004 4d515454 04 02 0000 0000")
"""MQTT 3.1.1: clean session, no keep alive, the broker chooses the client's id."""


@contextlib.contextmanager
def filled(port: int) -> Iterator[None]:
    """A broker with `max_connections` in its config refuses connections: as many clients as it takes are connected.

    Mosquitto 2.0.11 takes one more than it is set to, 2.0.21 doesn't.
    """
    with contextlib.ExitStack() as clients:
        for _ in range(10):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            with contextlib.suppress(ConnectionError):  # it closes a connection that is one too many
                client.sendall(CONNECT)
                if client.recv(4):
                    continue
            yield
            return
        raise AssertionError("the broker has no limit")


def wait_for(condition, within_s: float = 60, every_s: float = 0.01):
    """What `condition` returns as soon as it is true; the last it returned when time is up. For threads only.

    `every_s`: how often it is looked, longer for what takes processor time itself.
    """
    give_up_s = time.monotonic() + within_s
    while not (result := condition()) and time.monotonic() < give_up_s:
        time.sleep(every_s)
    return result
