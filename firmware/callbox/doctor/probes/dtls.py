"""Probe of an encrypted connection within the machine."""

from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import network as evaluate
from callbox.doctor.model.findings import Report, finding

TIMEOUT_S = 5.0


async def dtls(_: Context) -> Report:
    """A handshake within this process. The certificates are made as for a call."""
    try:
        from callbox.doctor.probes import handshake
    except (MemoryError, OSError, ImportError) as error:  # a sandbox may forbid as much as loading the library
        return Report(findings=(finding("DTLS-BLOCKED", f"{type(error).__name__}: {error}"),))
    result = await handshake.handshake(TIMEOUT_S)
    measured = {"handshake_ms": None if result.connected_ms is None else round(result.connected_ms, 1)}
    return Report(measured, tuple(evaluate.dtls(result.connected_ms, result.state)))
