#!/usr/bin/env bash
# turnutils_stunclient ends with 0 when the STUN server refuses
#
# Software: coturn 4.6.1-1 (Debian 12), its turnutils_stunclient
# Guess:    It asks a STUN server for the own address as the network sees it. 0 says that it was told; with an error
#           response (RFC 8489, section 14.8) the program says so and ends with another status, as commands do.
# Seen:     It writes the error on its standard output and ends with 0. A health check or an installer by status takes a
#           server that answers each request with 500 for a good one.
# Output:   XOR-MAPPED-ADDRESS: status 0, says: 0: : IPv4. UDP reflexive addr: 192.0.2.7:5000
#           ERROR-CODE 500: status 0, says: The response is an error 500 (Server Error)
# Callbox:  asks its STUN and TURN servers itself (`callbox doctor --only stun`, docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root coturn=4.6.1-1 libevent-core-2.1-7 libevent-extra-2.1-7 \
  libevent-openssl-2.1-7 libevent-pthreads-2.1-7
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import socket
import struct
import subprocess
import sys
import threading

COOKIE = 0x2112A442
ADDRESS = struct.unpack(">I", bytes([192, 0, 2, 7]))[0] ^ COOKIE
ANSWERS = {
    "XOR-MAPPED-ADDRESS": (0x0101, struct.pack(">HHBBHI", 0x0020, 8, 0, 1, 5000 ^ COOKIE >> 16, ADDRESS)),
    "ERROR-CODE 500": (0x0111, struct.pack(">HHHBB", 0x0009, 16, 0, 5, 0) + b"Server Error"),
}
statuses = []
for name, (kind, attribute) in ANSWERS.items():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer(server=server, kind=kind, attribute=attribute):
            request, client = server.recvfrom(2048)
            header = struct.pack(">HHI", kind, len(attribute), COOKIE) + request[8:20]
            server.sendto(header + attribute, client)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        words = ["turnutils_stunclient", "-p", str(server.getsockname()[1]), "127.0.0.1"]
        run = subprocess.run(words, capture_output=True, text=True, timeout=30)
        thread.join(30)
    print(f"{name}: status {run.returncode}, says: {run.stdout.strip().splitlines()[0]}")
    statuses.append(run.returncode)
if statuses != [0, 0]:
    sys.exit("changed: the status 0 was expected for an error response, too")
PY
