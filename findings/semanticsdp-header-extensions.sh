#!/usr/bin/env bash
# semanticsdp, the Python package, reads no section without header extensions, and no keys of a telephone
#
# Software: semanticsdp 0.1.0b9 (PyPI)
# Guess:    SDPInfo.parse() reads a section that has no a=extmap, which is optional (RFC 8285, section 5), such as that of
#           a data channel, and the format of telephone-event, which is a list without an equals sign (RFC 4733, section
#           2.4.1).
# Seen:     A section without a=extmap raises KeyError: 'ext', so no offer with a data channel can be read, and a=fmtp:101
#           0-16 raises ValueError. With one extension in each section, and without the keys, it reads the session; a=ice-lite
#           is lost even so.
# Output:   a=extmap in the section: read, codecs opus telephone-event, ice-lite False
#           no a=extmap: KeyError: 'ext'
#           a data channel beside it: KeyError: 'ext'
#           a=fmtp:101 0-16: ValueError: not enough values to unpack (expected 2, got 1)
# Callbox:  makes offers with a data channel, which aiortc writes and reads; it offers no telephone-event.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check semanticsdp==0.1.0b9
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from semanticsdp import SDPInfo

SESSION = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"]
TRANSPORT = ["c=IN IP4 0.0.0.0", "a=ice-ufrag:user", "a=ice-pwd:password-of-22-letters", "a=setup:actpass"]
TRANSPORT += ["a=fingerprint:sha-256 " + ":".join(["AA"] * 32)]
AUDIO = ["m=audio 9 UDP/TLS/RTP/SAVPF 111 101", "a=mid:0", "a=sendrecv", *TRANSPORT, "a=rtcp-mux"]
AUDIO += ["a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1", "a=rtpmap:101 telephone-event/8000"]
EXTENSION = ["a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"]
CHANNEL = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "a=mid:1", *TRANSPORT, "a=sctp-port:5000"]
OFFERS = {
    "a=extmap in the section": [*AUDIO, *EXTENSION],
    "no a=extmap": AUDIO,
    "a data channel beside it": [*AUDIO, *EXTENSION, *CHANNEL],
    "a=fmtp:101 0-16": [*AUDIO, *EXTENSION, "a=fmtp:101 0-16"],
}
seen = []
for name, lines in OFFERS.items():
    try:
        session = SDPInfo.parse("\r\n".join([*SESSION, *lines, ""]))
        codecs = " ".join(codec.codec for codec in session.medias[0].codecs.values())
        seen.append("read")
        print(f"{name}: read, codecs {codecs}, ice-lite {session.ice.lite}")
    except (KeyError, ValueError) as error:
        seen.append(type(error).__name__)
        print(f"{name}: {seen[-1]}: {error}")
if seen != ["read", "KeyError", "KeyError", "ValueError"]:
    sys.exit("changed: only the first one was expected to be read")
PY
