"""SDP of an audio call: offer of Opus only, and whether an answer is usable. Pure."""

import logging
import re
from typing import TYPE_CHECKING, Any

from aiortc import RTCRtpCodecCapability, RTCRtpSender

from callbox.text import one_line
from callbox.transports.aiortc_patches import compat

if TYPE_CHECKING:
    from aiortc.sdp import MediaDescription, SessionDescription

log = logging.getLogger(__name__)

MAX_ANSWER_CHARS = 65_536
"""An answer with 30 candidates has 6,000."""
_FINGERPRINTS = ("sha-256", "sha-384", "sha-512")


def opus_only() -> list[RTCRtpCodecCapability]:
    """Codec preferences for an offer whose packets are Opus, whatever is answered."""
    return [codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType == "audio/opus"]


def add_opus_fmtp(sdp: str) -> str:
    """`sdp` with parameters of Opus: mono, and each packet with the one before it inside (RFC 7587, 6.1)."""

    def add(rtpmap: re.Match[str]) -> str:
        return f"{rtpmap[0]}a=fmtp:{rtpmap[1]} useinbandfec=1;stereo=0;sprop-stereo=0\r\n"

    return re.sub(r"a=rtpmap:(\d+) opus/48000/2\r\n(?!.*a=fmtp:\1 )", add, sdp, flags=re.DOTALL)


def usable_answer(sdp: str, *, audio: bool) -> str:
    """`sdp`, an answer to an offer with a data channel and, if `audio`, one audio section, as aiortc takes it.

    The direction of each section is written out, since aiortc has no default for it. ValueError, as the end of a
    sentence that begins with the bot's name: what makes a call with this answer impossible. With an aiortc whose parser
    has changed the answer isn't looked into.
    """
    if len(sdp) > MAX_ANSWER_CHARS:
        raise ValueError(f"answered with an SDP of {len(sdp)} characters; at most {MAX_ANSWER_CHARS} are read.")
    sdp = _with_directions(sdp)
    parser = compat.find("aiortc.sdp.SessionDescription")
    if parser is None:
        return sdp
    description = _parse(sdp, parser)
    try:
        _check(description, audio=audio)
    except AttributeError as error:
        log.warning("The bot's answer isn't checked, because aiortc has changed: %s", error)
    return sdp


def _check(description: "SessionDescription", *, audio: bool) -> None:
    channel = _accepted(description, "application")
    sound = _accepted(description, "audio") if audio else None
    if audio:
        if sound is None:
            raise ValueError("answered without audio: it can't be spoken to.")
        # RFC 3264, 6.1: our offer is sendrecv.
        if sound.direction not in ("sendrecv", "recvonly"):
            means = "it speaks, but does not listen" if sound.direction == "sendonly" else "it takes no audio now"
            raise ValueError(f"answered with a={sound.direction}: {means}, so it can't be spoken to.")
    if channel is None:
        raise ValueError("answered without a data channel: no RTVI messages can be exchanged.")
    if channel.profile != "DTLS/SCTP" and channel.sctp_port is None:
        raise ValueError(_cannot_be_used("a=sctp-port is missing"))
    first = sound or channel
    if first.ice is None or not first.ice.usernameFragment or not first.ice.password:
        raise ValueError(_cannot_be_used("a=ice-ufrag or a=ice-pwd is missing"))
    if first.dtls is None:
        raise ValueError(_cannot_be_used("a=setup is missing"))
    if not any(fingerprint.algorithm.lower() in _FINGERPRINTS for fingerprint in first.dtls.fingerprints):
        raise ValueError(_cannot_be_used(f"a=fingerprint with {', '.join(_FINGERPRINTS)} is missing"))


def _accepted(description: "SessionDescription", kind: str) -> "MediaDescription | None":
    """The first section of `kind` that is not rejected by port 0 (RFC 3264, 6)."""
    return next((media for media in description.media if media.kind == kind and media.port), None)


def _with_directions(sdp: str) -> str:
    """`sdp` with a direction in each section: that of the session, or else sendrecv (RFC 8866, 6.7)."""
    session, *sections = re.split(r"^(?=m=)", re.sub(r"[\r\n]+", "\r\n", f"{sdp}\r\n").lstrip(), flags=re.MULTILINE)
    default = _direction(session) or "sendrecv"
    return session + "".join(part if _direction(part) else f"{part}a={default}\r\n" for part in sections)


def _direction(section: str) -> str | None:
    found = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\r\n", section, re.MULTILINE)
    return found[1] if found else None


def _parse(sdp: str, parser: Any) -> "SessionDescription":
    """`sdp` by aiortc's parser. ValueError names the first line that it can't read."""
    failure = _failure(sdp, parser)
    if failure is None:
        description: SessionDescription = parser.parse(sdp)
        return description
    lines = sdp.splitlines(keepends=True)
    good, bad = 0, len(lines)  # so many lines can be read, and can't
    while bad - good > 1:
        middle = (good + bad) // 2
        if _failure("".join(lines[:middle]), parser) is None:
            good = middle
        else:
            bad = middle
    raise ValueError(_cannot_be_used(f"line {bad}, {one_line(lines[bad - 1], 100)!r}")) from failure


def _failure(sdp: str, parser: Any) -> Exception | None:
    try:
        parser.parse(sdp)
    except Exception as error:  # aiortc raises what its parsers happen to raise
        return error
    return None


def _cannot_be_used(reason: str) -> str:
    return f"answered with an SDP that can't be used: {reason}."
