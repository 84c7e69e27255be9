"""TCP ports of the host in a virtual Pi: connections share the byte stream of one of its consoles.

A network between host and guest would need rights on the host; a console is one end of a socket pair. In both directions
go frames: the number of a connection, a length, so many bytes. The first frame of a connection is its port, one
without bytes its end. Each frame is acknowledged before the next one is sent: User Mode Linux (6.1) keeps 4096 bytes of a
console that are not read yet, and once these were full it takes no more. Who doesn't read what comes to him holds up all
connections of the guest.

    python -m tests.system.hardware.vpi.ports PORT...     in the guest: listen at 127.0.0.1
"""

import contextlib
import io
import itertools
import os
import socket
import struct
import sys
import threading
import tty
from collections.abc import Callable, Collection

CONSOLE = 2
"""Its number on the kernel's command line; /dev/tty2 in the guest."""
HEADER = struct.Struct(">IH")
MAX_BYTES = 1024
"""Of a frame."""
RECEIVED = HEADER.pack(0, 0xFFFF)
"""What acknowledges a frame."""


class Line:
    """One end of the byte stream: `descriptor`, for both directions, which it closes."""

    def __init__(self, descriptor: int) -> None:
        self._stream = io.FileIO(descriptor, "r+")
        self._writing = threading.Lock()
        self._may_send = threading.Semaphore()
        self._connections: dict[int, socket.socket] = {}

    def send(self, number: int, data: bytes = b"") -> None:
        """Send a frame of the connection `number`; without `data`: it has ended. Nothing, if the line has.

        Any thread but that of `run`, on which it waits.
        """
        self._may_send.acquire()
        self._write(HEADER.pack(number, len(data)) + data)

    def _write(self, frame: bytes) -> None:
        rest = memoryview(frame)
        with self._writing, contextlib.suppress(OSError, ValueError):  # the other end has gone; closed
            while rest:
                rest = rest[self._stream.write(rest) :]

    def add(self, number: int, connection: socket.socket, first: bytes = b"") -> None:
        """Send `first`, then what comes from `connection`, until either end closes it. Any thread."""
        self._connections[number] = connection
        if first:
            self.send(number, first)
        threading.Thread(target=self._forward, args=[number, connection], daemon=True).start()

    def _forward(self, number: int, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(MAX_BYTES):
                self.send(number, data)
        if self._connections.pop(number, None):  # else the other end has closed it
            self.send(number)

    def run(self, connect: Callable[[int, bytes], None]) -> None:
        """Hand on what comes, until the other end has gone. `connect` gets each first frame: number and bytes."""
        with io.BufferedReader(self._stream) as incoming, contextlib.suppress(OSError):
            while len(header := incoming.read(HEADER.size)) == HEADER.size:
                if header == RECEIVED:
                    self._may_send.release()
                    continue
                number, length = HEADER.unpack(header)
                data = incoming.read(length)
                self._write(RECEIVED)
                connection = self._connections.get(number)
                if connection is None:
                    connect(number, data)
                elif data:
                    with contextlib.suppress(OSError):  # it has just ended
                        connection.sendall(data)
                else:
                    self._end(number)
        self._may_send.release(0xFFFF)  # there is none to wait for any more
        for number in list(self._connections):
            self._end(number)

    def _end(self, number: int) -> None:
        if connection := self._connections.pop(number, None):
            with contextlib.suppress(OSError):  # it has ended by itself
                connection.shutdown(socket.SHUT_RDWR)  # ends `_forward`


def listen(descriptor: int, ports: Collection[int], address: str = "127.0.0.1") -> None:
    """The guest's end: listen on `ports` of `address`, until the host's end has gone."""
    line, numbers = Line(descriptor), itertools.count(1)

    def accept(server: socket.socket, port: int) -> None:
        with server, contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                line.add(next(numbers), connection, str(port).encode())

    servers = {port: socket.create_server((address, port)) for port in ports}
    for port, server in servers.items():
        threading.Thread(target=accept, args=[server, port], daemon=True).start()
    line.run(lambda _number, _data: None)  # of a connection that has ended here
    for server in servers.values():
        server.shutdown(socket.SHUT_RDWR)  # ends `accept`


def serve(descriptor: int, ports: Collection[int]) -> None:
    """The host's end: connect with those of `ports` that the guest asks for, until the guest has gone."""
    line, newest = Line(descriptor), 0

    def connect(number: int, data: bytes) -> None:
        nonlocal newest
        if number <= newest:  # it has ended here, and the guest doesn't know yet
            return
        newest = number
        port = int(data)
        try:
            connection = socket.create_connection(("127.0.0.1", port)) if port in ports else None
        except OSError:
            connection = None
        if connection:
            line.add(number, connection)
        else:
            threading.Thread(target=line.send, args=[number], daemon=True).start()

    line.run(connect)


if __name__ == "__main__":
    console = os.open(f"/dev/tty{CONSOLE}", os.O_RDWR | os.O_NOCTTY)
    tty.setraw(console)
    listen(console, [int(port) for port in sys.argv[1:]])
