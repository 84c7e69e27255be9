"""A fleet's key, what it signs, and an HTTP server with ETags from which boxes fetch it."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from callbox.config.model.signed import SignedSettings
from callbox.config.signed_file import sign


class FleetKey:
    """An Ed25519 key pair in `folder`."""

    def __init__(self, folder: Path, name: str = "fleet") -> None:
        key = Ed25519PrivateKey.generate()
        self._private, self.public = folder / f"{name}.pem", folder / f"{name}.pub"
        private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self._private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *private))
        public = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public.write_bytes(key.public_key().public_bytes(*public))

    def sign(self, version: int, body: str, percent: int = 100) -> bytes:
        return bytes(sign(SignedSettings(version, percent, body.encode()), self._private))


class SettingsServer:
    """Serves `content` at any path; 404 while it is empty. `port`: 0: a free one."""

    def __init__(self, port: int = 0) -> None:
        self.content = b""
        self.answers: list[int] = []
        """Status codes, in their order."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = server.content
                etag = f'"{hashlib.sha256(content).hexdigest()[:8]}"'
                code = 404 if not content else 304 if self.headers["If-None-Match"] == etag else 200
                body = content if code == 200 else b""
                self.send_response(code)
                self.send_header("ETag", etag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                server.answers.append(code)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/fleet.yaml"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the port. Again: nothing."""
        self._http.shutdown()
        self._http.server_close()
