"""TLS with a broker: one context for all connections, made anew when its files change.

To read the system's certificates takes a Pi Zero longer than all else of an attempt, and a box may try once a second.
"""

import functools
import os
import ssl
from pathlib import Path

Stamp = tuple[str, int, int, int] | None
"""A file as it is now: path, time of change in ns, length, number. None: there is none."""


def context(ca_file: str | None, cert_file: str | None, key_file: str | None, *, insecure: bool) -> ssl.SSLContext:
    """For these PEM files; without `ca_file` the system's certificates. `insecure`: whoever answers is believed.

    Raises `OSError` (with the file's name) and `ValueError`.
    """
    system = ssl.get_default_verify_paths()
    vouching = (ca_file,) if ca_file else (system.cafile, system.capath)
    stamps = tuple(_stamp(file) for file in (*vouching, cert_file, key_file))
    return _context(ca_file, cert_file, key_file, insecure, stamps)


@functools.lru_cache(maxsize=4)
def _context(
    ca_file: str | None, cert_file: str | None, key_file: str | None, insecure: bool, _stamps: tuple[Stamp, ...]
) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if cert_file:
        made.load_cert_chain(cert_file, key_file)
    if insecure:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    elif ca_file:
        made.load_verify_locations(ca_file)
    else:
        made.load_default_certs()
    return made


def _stamp(file: str | None) -> Stamp:
    if file is None:
        return None
    if Path(file).is_dir():
        seen = Path(file).stat()
    else:
        with Path(file).open("rb") as opened:  # a file that we may not read is told by its name: ssl names none
            seen = os.fstat(opened.fileno())
    return file, seen.st_mtime_ns, seen.st_size, seen.st_ino
