#!/usr/bin/env bash
# voip-utils, Home Assistant's telephone library, never notices who answers with another word than OK
#
# Software: voip-utils 0.5.0 (PyPI)
# Guess:    200 says that the call is answered. The words behind it are for people: they may be any, in any language
#           (RFC 3261, section 7.2).
# Seen:     An answer counts with "OK" only, in capitals. With "200 Answered" or "200 Ok" no ACK is sent and on_call()
#           isn't called: the telephone repeats its 200 for half a minute, and the person who has lifted it hears
#           nothing.
# Output:   200 OK: on_call True, sent: ACK
#           200 Ok: on_call False, sent: nothing
#           200 Answered: on_call False, sent: nothing
# Callbox:  is no SIP telephone; its bot rings it by MQTT or RTVI (docs/rings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check voip-utils==0.5.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from voip_utils.sip import SdpInfo, SipDatagramProtocol, get_sip_endpoint

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


def answered(words):
    """Whether on_call() was called for an answer with these words, and what was sent then."""
    box = phone()
    here, there = get_sip_endpoint("192.0.2.20", username="box"), get_sip_endpoint("192.0.2.7", username="kitchen")
    call = box.outgoing_call(here, there, 5004)
    lines = [
        f"SIP/2.0 200 {words}",
        f"Via: {call.headers['Via']}",
        f"From: {call.headers['From']}",
        f"To: {call.headers['To']};tag=2",
        f"Call-ID: {call.headers['Call-ID']}",
        "CSeq: 50 INVITE",
        "Contact: <sip:kitchen@192.0.2.7>",
        "Content-Type: application/sdp",
        f"Content-Length: {len(SDP)}",
    ]
    box.datagram_received("\r\n".join([*lines, "", SDP]).encode(), ("192.0.2.7", 5060))
    return bool(box.calls), [message.split()[0] for message in box.transport.sent[1:]]


seen = {words: answered(words) for words in ("OK", "Ok", "Answered")}
for words, (told, sent) in seen.items():
    print(f"200 {words}: on_call {told}, sent: {', '.join(sent) or 'nothing'}")
if list(seen.values()) != [(True, ["ACK"]), (False, []), (False, [])]:
    sys.exit("changed: an answer was expected to count with OK only")
PY
