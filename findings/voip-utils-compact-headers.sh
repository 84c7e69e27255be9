#!/usr/bin/env bash
# voip-utils, Home Assistant's telephone library, doesn't know the compact names of headers
#
# Software: voip-utils 0.5.0 (PyPI)
# Guess:    "v:", "f:", "t:", "i:" and "m:" are Via, From, To, Call-ID and Contact. Some telephones write them to keep
#           a call within one datagram, and who receives must take both names in any mixture (RFC 3261, section 7.3.3).
# Seen:     They are other headers: the call is told, with an address made of where it came from in the place of the
#           caller's, so a list of known telephones doesn't find it. answer() raises KeyError: nobody answers.
# Output:   long names: caller kitchen, answer sent
#           compact names: caller None, answer raises KeyError: 'to'
# Callbox:  is no SIP telephone; a dialled digit goes to the bot as DTMF by RTVI (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check voip-utils==0.5.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from voip_utils.sip import SdpInfo, SipDatagramProtocol

SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"
)
NAMES = {"Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m", "Content-Type": "c"}
HEADERS = {
    "Via": "SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1",
    "Max-Forwards": "70",
    "From": "<sip:kitchen@192.0.2.7>;tag=1",
    "To": "<sip:box@192.0.2.20>",
    "Call-ID": "1",
    "CSeq": "1 INVITE",
    "Contact": "<sip:kitchen@192.0.2.7>",
    "Content-Type": "application/sdp",
    "Content-Length": len(SDP),
}


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


def called(names):
    """Who calls with these names of headers, and what comes of answering."""
    lines = [f"{names.get(name, name)}: {value}" for name, value in HEADERS.items()]
    box = phone()
    message = "\r\n".join(["INVITE sip:box@192.0.2.20 SIP/2.0", *lines, "", SDP])
    box.datagram_received(message.encode(), ("192.0.2.7", 5060))
    try:
        box.answer(box.calls[0], 5004)
        answer = "sent"
    except KeyError as error:
        answer = f"raises KeyError: {error}"
    return box.calls[0].caller_endpoint.username, answer


long, compact = called({}), called(NAMES)
print(f"long names: caller {long[0]}, answer {long[1]}")
print(f"compact names: caller {compact[0]}, answer {compact[1]}")
if long != ("kitchen", "sent") or compact[0] == "kitchen" or compact[1] == "sent":
    sys.exit("changed: no caller and no answer were expected with compact names")
PY
