"""SDP of an audio call: Opus only, its parameters, and whether an answer takes audio."""

import re

from aiortc import RTCRtpCodecCapability, RTCRtpSender


def opus_only() -> list[RTCRtpCodecCapability]:
    """For an offer whose packets are Opus, whatever is answered."""
    return [codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType == "audio/opus"]


def add_opus_fmtp(sdp: str) -> str:
    """An offer that says what Opus we want: mono, and each packet with the one before it inside (RFC 7587, 6.1)."""

    def wish(rtpmap: re.Match[str]) -> str:
        return f"{rtpmap[0]}a=fmtp:{rtpmap[1]} useinbandfec=1;stereo=0;sprop-stereo=0\r\n"

    return re.sub(r"a=rtpmap:(\d+) opus/48000/2\r\n(?!.*a=fmtp:\1 )", wish, sdp, flags=re.DOTALL)


def answers_audio(sdp: str) -> bool:
    """Whether an SDP answer accepts audio: an m=audio section that is neither rejected nor inactive.

    RFC 3264, sections 6 and 6.1: port 0 rejects.
    """
    for section in sdp.replace("\r\n", "\n").split("\nm=")[1:]:
        lines = section.splitlines()
        if lines[0].startswith("audio "):
            return lines[0].split()[1:2] != ["0"] and "a=inactive" not in lines
    return False
