#!/usr/bin/env bash
# voip-utils, Home Assistant's telephone library, allows CANCEL and OPTIONS and answers neither
#
# Software: voip-utils 0.5.0 (PyPI)
# Guess:    Its Allow header lists INVITE, ACK, BYE, CANCEL and OPTIONS, which are the methods that it has (RFC 3261,
#           section 20.5). OPTIONS, by which exchanges ask whether a telephone is still there, is answered as a call
#           would be (section 11.2), and CANCEL, by which a caller gives up, with 200 (section 9.2).
# Seen:     Nothing is sent for either, and on_hangup() isn't called: an exchange takes the telephone for gone, and an
#           assistant that takes its time answers a caller who isn't there any more.
# Output:   Allow: INVITE, ACK, BYE, CANCEL, OPTIONS
#           OPTIONS: sent 0, on_hangup 0
#           CANCEL: sent 0, on_hangup 0
#           BYE: sent 1, on_hangup 1
# Callbox:  is no SIP telephone; its bot rings it by MQTT or RTVI (docs/rings.md).
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


def message(method, body=""):
    lines = [
        f"{method} sip:box@192.0.2.20 SIP/2.0",
        "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1",
        "Max-Forwards: 70",
        "From: <sip:kitchen@192.0.2.7>;tag=1",
        "To: <sip:box@192.0.2.20>",
        "Call-ID: 1",
        f"CSeq: 1 {method}",
        "Contact: <sip:kitchen@192.0.2.7>",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


def handled(method):
    """How much is sent, and how often on_hangup() is called, for this method after an INVITE."""
    box, ends = phone(), []
    box.on_hangup = ends.append
    box.datagram_received(message("INVITE", SDP), ("192.0.2.7", 5060))
    box.datagram_received(message(method), ("192.0.2.7", 5060))
    return len(box.transport.sent), len(ends)


box = phone()
box.datagram_received(message("INVITE", SDP), ("192.0.2.7", 5060))
box.answer(box.calls[0], 5004)
allowed = re.search(r"^Allow: (.*?)\r", box.transport.sent[0], re.MULTILINE)[1]
print("Allow:", allowed)
seen = {method: handled(method) for method in ("OPTIONS", "CANCEL", "BYE")}
for method, (sent, ends) in seen.items():
    print(f"{method}: sent {sent}, on_hangup {ends}")
if "CANCEL" not in allowed or list(seen.values()) != [(0, 0), (0, 0), (1, 1)]:
    sys.exit("changed: no answer to OPTIONS and CANCEL was expected")
PY
