#!/usr/bin/env bash
# rtcpxr-collector tells the other side's quality in place of the telephone's, and refuses the report of the RFC
#
# Software: rtcpxr-collector 0.1.7 (PyPI)
# Guess:    A telephone's report at the end of a call has what it has heard itself, LocalMetrics, and what the other side
#           has told, RemoteMetrics, with the same names of lines (RFC 6035, section 4.6). Both can be had, and so can the
#           address alice@example.org of the RFC's example, whose PUBLISH has no User-Agent, which is optional.
# Seen:     Both parts go into one dictionary, so the later one stays: a MOS of 4.2 and a loss of 5 % are 3.4 and 1 %.
#           Without a User-Agent there is a KeyError, and of an address with a name that isn't hexadecimal there is False.
# Output:   local MOSLQ=4.2 NLR=5.0, remote MOSLQ=3.4 NLR=1.0: told MOSLQ 3.4, NLR 1.0
#           LocalID Alice <sip:alice@example.org>: False
#           without User-Agent: KeyError: 'user-agent'
# Callbox:  tells its own loss and jitter by MQTT, by names of their own (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check rtcpxr-collector==0.1.7
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from rtcpxr_collector import sip, sipparser

REPORT = [
    "VQSessionReport: CallTerm",
    "CallID: 6dg37f1890463",
    "LocalID: Alice <sip:alice@example.org>",
    "LocalMetrics:",
    "PacketLoss:NLR=5.0 JDR=2.0",
    "QualityEst:MOSLQ=4.2 MOSCQ=4.3",
    "RemoteMetrics:",
    "PacketLoss:NLR=1.0 JDR=0.0",
    "QualityEst:MOSLQ=3.4 MOSCQ=3.3",
    "",
]


def told(*extra):
    body = "\r\n".join(REPORT)
    lines = ["PUBLISH sip:collector@example.org SIP/2.0", "Via: SIP/2.0/UDP pc22.example.org;branch=z9hG4bK3343d7"]
    lines += ["To: <sip:proxy@example.org>", "From: Alice <sip:alice@example.org>;tag=1", "Call-ID: 1890463548"]
    lines += ["CSeq: 1 PUBLISH", "Contact: <sip:alice@192.0.2.7>", "Event: vq-rtcpxr", "Max-Forwards: 70", *extra]
    lines += ["Content-Type: application/vq-rtcpxr", f"Content-Length: {len(body)}", "", body]
    return sipparser.parsesip(sip.Request("\r\n".join(lines).encode()))


found = told("User-Agent: telephone")
seen = found["QualityEst"]["MOSLQ"], found["PacketLoss"]["NLR"]
print(f"local MOSLQ=4.2 NLR=5.0, remote MOSLQ=3.4 NLR=1.0: told MOSLQ {seen[0]}, NLR {seen[1]}")
print(f"LocalID Alice <sip:alice@example.org>: {found['LocalID']}")
try:
    told()
    without = "read"
except KeyError as error:
    without = f"{type(error).__name__}: {error}"
print(f"without User-Agent: {without}")
if seen != ("3.4", "1.0") or found["LocalID"] is not False or not without.startswith("KeyError"):
    sys.exit("changed: the remote numbers, False and KeyError were expected")
PY
