"""A reverse proxy that ends TLS before an HTTP server, as nginx or Caddy does."""

import asyncio
import contextlib
import re
import ssl
from pathlib import Path

from tests.rig.tls import make_certificate


class TlsProxy:
    """``async with TlsProxy(folder, port) as proxy``: `proxy.port` leads to `port` of 127.0.0.1.

    `prefix`: a path that is stripped. `keeps_host`: whether `Host` is passed on; else it names the server behind, which is
    nginx's default.
    """

    def __init__(self, folder: Path, port: int, *, prefix: str = "", keeps_host: bool = True) -> None:
        self._upstream, self._prefix, self._keeps_host = port, prefix.encode(), keeps_host
        certificate, key = make_certificate(folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self.client_context = ssl.create_default_context(cafile=str(certificate))
        self.client_context.check_hostname = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            with contextlib.suppress(AttributeError):  # of Python 3.11.2, Bookworm's: it is closed
                writer.transport.abort()
        for writer in self._writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _on_connection(self, reader, writer):
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.append(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                head = await reader.readuntil(b"\r\n\r\n")
                upstream, upstream_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
                self._writers.append(upstream_writer)
                upstream_writer.write(self._rewrite(head))
                await asyncio.gather(_pipe(reader, upstream_writer), _pipe(upstream, writer))
                upstream_writer.close()
        finally:
            writer.close()

    def _rewrite(self, head: bytes) -> bytes:
        head = head.replace(b" " + self._prefix + b"/", b" /", 1)
        if not self._keeps_host:
            head = re.sub(rb"(?im)^host: [^\r]*", b"Host: 127.0.0.1:%d" % self._upstream, head)
        return head.replace(b"\r\n\r\n", b"\r\nX-Forwarded-Proto: https\r\n\r\n")


async def _pipe(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof() if writer.can_write_eof() else writer.close()
