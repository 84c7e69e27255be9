"""One check that aiortc (1.16) and aioice (0.13) still have the private parts that `aiortc_patches` uses.

All or nothing: with a library that has changed, calls use its public interface only. They still work, connect later,
cost more processor time and are sent without copies.
"""

import functools
import inspect
import logging
from collections.abc import Mapping
from types import CodeType, MappingProxyType

from aioice import Connection
from aioice.ice import StunProtocol
from aioice.turn import TurnTransport
from aiortc import RTCDtlsTransport, RTCIceTransport, RTCRtpReceiver, RTCRtpSender, RTCSctpTransport

log = logging.getLogger(__name__)

USED_NAMES: Mapping[type, tuple[tuple[str, str], ...]] = {
    RTCRtpReceiver: (
        ("__init__", "_RTCRtpReceiver__jitter_buffer"),
        ("_handle_rtp_packet", "_RTCRtpReceiver__jitter_buffer"),
        ("_handle_rtp_packet", "_RTCRtpReceiver__remote_streams"),
    ),
    RTCRtpSender: (
        ("_next_encoded_frame", "_RTCRtpSender__encoder"),
        ("_run_rtp", "_send_rtp"),
        ("_run_rtp", "_RTCRtpSender__packet_count"),
        ("_run_rtp", "_RTCRtpSender__octet_count"),
        ("_run_rtp", "_RTCRtpSender__rtp_timestamp"),
        ("_run_rtp", "_RTCRtpSender__ntp_timestamp"),
    ),
    RTCDtlsTransport: (
        ("_handle_rtcp_data", "_handle_rtcp_packet"),
        ("_setup_srtp", "allow_repeat_tx"),
        ("_recv_next", "_RTCDtlsTransport__rx_packets"),
        ("_recv_next", "_RTCDtlsTransport__rx_bytes"),
        ("_recv_next", "_rx_srtp"),
        ("_send_rtp", "_tx_srtp"),
        ("_send_rtp", "_RTCDtlsTransport__tx_bytes"),
        ("_send_rtp", "_RTCDtlsTransport__tx_packets"),
        ("_set_state", "_state"),
    ),
    RTCIceTransport: (("start", "_connection"),),
    RTCSctpTransport: (
        ("_receive_chunk", "_send_chunk"),
        ("_transmit", "_send_chunk"),
        ("_transmit", "_sent_queue"),
        ("_transmit", "_outbound_queue"),
        ("_data_channel_flush", "_data_channel_queue"),
        ("_data_channel_send", "_data_channel_flush"),
        ("_set_state", "_association_state"),
    ),
    Connection: (
        ("close", "_protocols"),
        ("close", "_closing"),
        ("add_remote_candidate", "_remote_candidates_resolving"),
        ("sendto", "_nominated"),
        ("connect", "_check_periodic"),
        ("_check_periodic", "_check_list"),
        ("gather_candidates", "get_component_candidates"),
    ),
    TurnTransport: (("sendto", "_TurnTransport__inner_protocol"),),
    StunProtocol: (
        ("datagram_received", "data_received"),
        ("send_data", "transport"),
        ("connection_lost", "protocol_lost"),
    ),
}
"""Of each class: a method, and a name that it must look up."""

USED_PARAMETERS: Mapping[type, tuple[tuple[str, tuple[str, ...]], ...]] = {
    RTCRtpSender: (("_handle_rtcp_packet", ("self", "packet")),),
    RTCDtlsTransport: (("_send_rtp", ("self", "data")),),
    RTCSctpTransport: (("_send_chunk", ("self", "chunk")), ("_data_channel_send", ("self", "channel", "data"))),
    Connection: (
        ("get_component_candidates", ("self", "component", "addresses", "timeout")),
        ("_check_periodic", ("self",)),
    ),
}
"""Of each class: methods that are called or replaced, with the parameters that they must have."""


@functools.cache
def unsupported_reason() -> str | None:
    """Change in aiortc or aioice that matters; None: there is none. Looked up once a process; logs it then."""
    reason = check()
    if reason is not None:
        log.warning("Calls use aiortc's public interface only, because aiortc or aioice has changed: %s", reason)
    return reason


def check(replaced: Mapping[type, type] = MappingProxyType({})) -> str | None:
    """The first difference to `USED_NAMES` and `USED_PARAMETERS`, as text; None: none.

    `replaced`: another class to look at in the place of one of the tables.
    """
    for known, names in USED_NAMES.items():
        kind = replaced.get(known, known)
        for method, name in names:
            code = getattr(getattr(kind, method, None), "__code__", None)
            if code is None or name not in _looked_up(code):
                return f"{kind.__name__}.{method} does not use {name}"
    for known, methods in USED_PARAMETERS.items():
        kind = replaced.get(known, known)
        for method, parameters in methods:
            function = getattr(kind, method, None)
            same_kind = inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(getattr(known, method))
            if function is None or not same_kind or tuple(inspect.signature(function).parameters) != parameters:
                return f"{kind.__name__}.{method} does not take {', '.join(parameters[1:]) or 'no argument'}"
    return None


def _looked_up(code: CodeType) -> set[str]:
    """What a function looks up; before Python 3.12 a comprehension is a function of its own inside it."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_looked_up, inner))
