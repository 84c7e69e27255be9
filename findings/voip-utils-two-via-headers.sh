#!/usr/bin/env bash
# voip-utils, Home Assistant's telephone library, answers through one proxy of two
#
# Software: voip-utils 0.5.0 (PyPI)
# Guess:    A call that came through a proxy has a Via header for each hop, and the answer has all of them in the same
#           order, for each proxy takes its own one off and sends the rest on (RFC 3261, sections 8.2.6.2 and 16.7).
# Seen:     Headers are kept in a dict, so of several with one name the last is left: the answer has the telephone's own
#           Via alone. The proxy, which looks for its own on top, drops such an answer; the caller hears it ring until
#           it gives up. Of two Record-Route headers one is lost in the same way.
# Output:   Via headers of the call: 192.0.2.1, 192.0.2.7; of the answer: 192.0.2.7
# Callbox:  is no SIP telephone; a dialled digit goes to the bot as DTMF by RTVI (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check voip-utils==0.5.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys

from voip_utils.sip import SdpInfo, SipDatagramProtocol

SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"
)
LINES = [
    "INVITE sip:box@192.0.2.20 SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK2",
    "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1",
    "Max-Forwards: 69",
    "From: <sip:kitchen@192.0.2.7>;tag=1",
    "To: <sip:box@192.0.2.20>",
    "Call-ID: 1",
    "CSeq: 1 INVITE",
    "Contact: <sip:kitchen@192.0.2.7>",
    "Content-Type: application/sdp",
    f"Content-Length: {len(SDP)}",
]
INVITE = "\r\n".join([*LINES, "", SDP])


class Phone(SipDatagramProtocol):
    """Notes the calls that it is told of."""

    def __init__(self):
        super().__init__(SdpInfo("box", 1, "call", "1"))
        self.calls = []

    def on_call(self, call_info):
        self.calls.append(call_info)


class Wire:
    """What the phone sends, as texts."""

    def __init__(self):
        self.sent = []

    def get_extra_info(self, _name):
        return "192.0.2.20", 5060

    def sendto(self, data, _address):
        self.sent.append(data.decode())


def phone():
    result = Phone()
    result.connection_made(Wire())
    return result


def vias(message):
    return re.findall(r"^Via: SIP/2.0/UDP ([\d.]+)", message, re.MULTILINE)


box = phone()
box.datagram_received(INVITE.encode(), ("192.0.2.1", 5060))
box.answer(box.calls[0], 5004)
asked, answered = vias(INVITE), vias(box.transport.sent[0])
print(f"Via headers of the call: {', '.join(asked)}; of the answer: {', '.join(answered)}")
if answered != ["192.0.2.7"]:
    sys.exit("changed: the last Via header alone was expected in the answer")
PY
