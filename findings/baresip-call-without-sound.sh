#!/usr/bin/env bash
# baresip lets a call ring on without an answer when its microphone has another sample rate
#
# Software: baresip-core 1.0.0-4+b3, libre0 1.1.0-1+b2, librem0 0.6.0-4 (Debian 12)
# Guess:    A box that answers by itself (answermode=auto) and can't open its microphone for the codec says so to the
#           caller: a final answer such as 488 or 500 comes for each INVITE (RFC 3261, section 13.3.1), or it is accepted
#           without sound. Its microphone is a file here, with the rate of the codec or another one.
# Seen:     It says 180 Ringing and then nothing more, for the 10 s that were waited: the caller hears the ringing tone of a
#           box that has given up with "audio: start_source failed". The next call at the same time is accepted as usual.
# Output:   microphone of 8000 Hz, PCMU: 180, 200
#           microphone of 48000 Hz, PCMU: 180, then nothing for 10 s
# Callbox:  opens microphone and loudspeaker before it calls (docs/lifecycle.md), and tells why one fails (docs/sound).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root baresip-core=1.0.0-4+b3 libre0=1.1.0-1+b2 librem0=0.6.0-4
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH PATH=$tmp/root/usr/bin:$PATH HOME=$tmp
python3 - <<'PY'
import re
import socket
import subprocess
import sys
import time
import wave
from pathlib import Path


def request(method, name, own, port, body="", extra=()):
    lines = [f"{method} sip:box@127.0.0.1:{port} SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{name}"]
    lines += ["From: <sip:peer@127.0.0.1>;tag=1", "To: <sip:box@127.0.0.1>", f"Call-ID: {name}", f"CSeq: 1 {method}"]
    lines += ["Max-Forwards: 70", f"Contact: <sip:peer@127.0.0.1:{own}>", *extra]
    lines += ["Content-Type: application/sdp"] * bool(body) + [f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(lines).encode()


def answers(rate):
    """The status of each response to a call to a baresip with a microphone of that rate."""
    with wave.open(f"{rate}.wav", "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(2 * rate * 5))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    Path("config").write_text(
        f"sip_listen 127.0.0.1:{port}\nmodule_path root/usr/lib/baresip/modules\naudio_source aufile,{rate}.wav\naudio_player aufile,out.wav\n"
        "module g711.so\nmodule aufile.so\nmodule_app account.so\nmodule_app menu.so\n"
    )
    Path("accounts").write_text("<sip:box@127.0.0.1>;regint=0;answermode=auto\n")
    sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n"
    found = []
    with open(f"{rate}.log", "w") as log, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        process = subprocess.Popen(["baresip", "-f", "."], stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            time.sleep(2)
            own = peer.getsockname()[1]
            peer.sendto(request("INVITE", "call", own, port, sdp), ("127.0.0.1", port))
            peer.settimeout(10)
            while not found or found[-1] < 200:
                found.append(int(re.match(rb"SIP/2.0 (\d+)", peer.recv(65535))[1]))
        except TimeoutError:
            pass
        finally:
            process.kill()
            process.wait(30)
    return found


seen = []
for rate in (8000, 48000):
    seen.append(answers(rate))
    text = ", ".join(map(str, seen[-1])) or "nothing"
    print(f"microphone of {rate} Hz, PCMU: {text}" + ("" if seen[-1][-1:] > [199] else ", then nothing for 10 s"))
if seen != [[180, 200], [180]]:
    sys.exit("changed: 180 and 200 were expected of the first call, 180 alone of the second one")
PY
