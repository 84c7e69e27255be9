"""One check that aiortc (1.16) and aioice (0.13) still have the private parts that `aiortc_patches` uses.

All or nothing: with a library that has changed, calls use its public interface only. They still work, connect later,
cost more processor time and are sent without copies.
"""

import functools
import importlib
import inspect
import logging
from collections.abc import Mapping
from types import CodeType, MappingProxyType
from typing import Any

log = logging.getLogger(__name__)

USED_MODULES: Mapping[str, tuple[str, ...]] = {
    "aioice.ice": ("CandidatePair", "Connection", "StunProtocol"),
    "aioice.mdns": ("is_mdns_hostname",),
    "aioice.stun": ("Class", "Message", "Method", "TransactionError", "TransactionFailed", "TransactionTimeout"),
    "aioice.turn": ("TurnClientMixin", "TurnTransport", "create_turn_endpoint"),
    "aiortc.rtcrtpreceiver": ("StreamStatistics",),
    "aiortc.rtcsctptransport": ("SCTP_DATA_LAST_FRAG", "WEBRTC_DCEP", "CookieEchoChunk", "DataChunk"),
    "aiortc.rtp": ("RtcpReceiverInfo", "RtcpRrPacket", "RtcpSrPacket", "RtpPacket", "is_rtcp"),
    "pylibsrtp": ("Error",),
}
"""Modules below the public interface, with the names that are imported from them."""

USED_NAMES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aiortc.RTCRtpReceiver": (
        ("__init__", "_RTCRtpReceiver__jitter_buffer"),
        ("_handle_rtp_packet", "_RTCRtpReceiver__jitter_buffer"),
        ("_handle_rtp_packet", "_RTCRtpReceiver__remote_streams"),
    ),
    "aiortc.RTCRtpSender": (
        ("_next_encoded_frame", "_RTCRtpSender__encoder"),
        ("_run_rtp", "_send_rtp"),
        ("_run_rtp", "_RTCRtpSender__packet_count"),
        ("_run_rtp", "_RTCRtpSender__octet_count"),
        ("_run_rtp", "_RTCRtpSender__rtp_timestamp"),
        ("_run_rtp", "_RTCRtpSender__ntp_timestamp"),
    ),
    "aiortc.RTCDtlsTransport": (
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
    "aiortc.RTCIceTransport": (("start", "_connection"),),
    "aiortc.RTCSctpTransport": (
        ("_receive_chunk", "_send_chunk"),
        ("_transmit", "_send_chunk"),
        ("_transmit", "_sent_queue"),
        ("_transmit", "_outbound_queue"),
        ("_data_channel_flush", "_data_channel_queue"),
        ("_data_channel_send", "_data_channel_flush"),
        ("_set_state", "_association_state"),
        ("_set_state", "ESTABLISHED"),
    ),
    "aiortc.rtcsctptransport.DataChunk": (("__bytes__", "flags"), ("__bytes__", "protocol")),
    "aiortc.rtp.RtcpReceiverInfo": (
        ("__bytes__", "ssrc"),
        ("__bytes__", "packets_lost"),
        ("__bytes__", "highest_sequence"),
        ("__bytes__", "jitter"),
    ),
    "aiortc.rtcrtpreceiver.StreamStatistics": (("add", "sequence_number"), ("add", "timestamp")),
    "aioice.ice.CandidatePair": (("__init__", "protocol"), ("__init__", "remote_candidate")),
    "aioice.turn.TurnClientMixin": (("connect", "lifetime"), ("connect", "request_with_retry")),
    "aioice.ice.Connection": (
        ("close", "_protocols"),
        ("close", "_closing"),
        ("add_remote_candidate", "_remote_candidates_resolving"),
        ("sendto", "_nominated"),
        ("connect", "_check_periodic"),
        ("_check_periodic", "_check_list"),
        ("gather_candidates", "get_component_candidates"),
    ),
    "aioice.turn.TurnTransport": (("sendto", "_TurnTransport__inner_protocol"),),
    "aioice.ice.StunProtocol": (
        ("datagram_received", "data_received"),
        ("send_data", "transport"),
        ("connection_lost", "protocol_lost"),
    ),
}
"""Of each class, by its path: a method, and a name that it must look up."""

USED_PARAMETERS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "aiortc.RTCRtpSender": (("_handle_rtcp_packet", ("self", "packet")),),
    "aiortc.RTCDtlsTransport": (("_send_rtp", ("self", "data")),),
    "aiortc.RTCSctpTransport": (
        ("_send_chunk", ("self", "chunk")),
        ("_data_channel_send", ("self", "channel", "data")),
    ),
    "aioice.ice.Connection": (
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


def check(replaced: Mapping[str, Any] = MappingProxyType({})) -> str | None:
    """The first difference to `USED_MODULES`, `USED_NAMES` and `USED_PARAMETERS`, as text; None: none.

    `replaced`: another class to look at in the place of one of the tables.
    """
    for module, names in USED_MODULES.items():
        for name in names:
            if find(f"{module}.{name}") is None:
                return f"{module} has no {name}"
    for path, used in USED_NAMES.items():
        kind = replaced.get(path) or find(path)
        for method, name in used:
            code = getattr(getattr(kind, method, None), "__code__", None)
            if kind is None or code is None or name not in _looked_up(code):
                return f"{path.rpartition('.')[2]}.{method} does not use {name}"
    for path, methods in USED_PARAMETERS.items():
        known: Any = find(path)
        kind = replaced.get(path, known)
        for method, parameters in methods:
            function = getattr(kind, method, None)
            is_same_kind = inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(
                getattr(known, method, None)
            )
            if function is None or not is_same_kind or tuple(inspect.signature(function).parameters) != parameters:
                takes = ", ".join(parameters[1:]) or "no argument"
                return f"{path.rpartition('.')[2]}.{method} does not take {takes}"
    return None


def find(path: str) -> Any:
    """An attribute of a module of aiortc or aioice, by its path; None: it isn't there."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def _looked_up(code: CodeType) -> set[str]:
    """What a function looks up; before Python 3.12 a comprehension is a function of its own inside it."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_looked_up, inner))
