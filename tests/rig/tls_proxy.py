"""A reverse proxy that ends TLS before an HTTP server, as nginx or Caddy does."""

import asyncio
import contextlib
import re
import ssl
from pathlib import Path

from tests.rig.tcp_server import tcp_server
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
        self._running = contextlib.AsyncExitStack()
        self.port = 0

    async def __aenter__(self):
        self.port = await self._running.enter_async_context(tcp_server(self._serve, tls=self._context))
        return self

    async def __aexit__(self, *_):
        await self._running.aclose()

    async def _serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        upstream, upstream_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            upstream_writer.write(self._rewrite(head))
            await asyncio.gather(_pipe(reader, upstream_writer), _pipe(upstream, writer))
        finally:
            upstream_writer.close()

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
