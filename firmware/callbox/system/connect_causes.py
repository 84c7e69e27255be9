"""Causes of a TCP or TLS connection that failed, by the names of their rows in the tables of causes. Any thread.

The tables: `callbox.rtvi.protocol.http_errors`, `callbox.mqtt.model.broker_errors`.
"""

import errno
import socket
import ssl


def certificate_cause(error: BaseException) -> tuple[str, str] | None:
    """The row for an error of TLS, and OpenSSL's word for it; None: it is none."""
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = f"CERTIFICATE_VERIFY_FAILED: {error.verify_message}"
        return _VERIFY_CODES.get(error.verify_code, "certificate authority unknown"), detail
    if isinstance(error, ssl.SSLError):
        reason = error.reason or str(error)
        return ("no tls" if reason in _PLAIN_TEXT else "tls failed"), reason
    return None


_VERIFY_CODES = {
    9: "certificate not yet valid",
    10: "certificate expired",
    62: "certificate of another name",
    64: "certificate of another name",
}
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH; the others of a
chain (18 to 21: self-signed, unknown issuer) are the authority's.
"""
_PLAIN_TEXT = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
    "RECORD_LAYER_FAILURE",
}


def network_cause(error: BaseException) -> tuple[str, str] | None:
    """The row for an error of the resolver or of TCP, and a detail; None: it is another one."""
    match error:
        case socket.gaierror(errno=code) if code in (socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM):
            return "dns silent", ""
        case socket.gaierror() | UnicodeError():  # the latter: an empty label, or one that is too long
            return "name unknown", ""
        case ConnectionRefusedError():
            return "refused", ""
        case OSError(errno=errno.EHOSTUNREACH | errno.ENETUNREACH):
            return "unreachable", ""
        case OSError(errno=errno.ETIMEDOUT):
            return "timed out", ""
        case ConnectionResetError() | BrokenPipeError():
            return "connection closed", "connection reset"
        case _:
            return None
