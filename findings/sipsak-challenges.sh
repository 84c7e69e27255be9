#!/usr/bin/env bash
# sipsak cuts a realm off at its comma, and gives up when a server offers SHA-256 before MD5
#
# Software: sipsak 0.9.8.1-1 (Debian 12)
# Guess:    sipsak -u box -a secret answers a 401 with what was in quotation marks there, commas too (RFC 3261, section
#           25.1: quoted-string), and of several challenges takes the first one whose algorithm it knows (RFC 8760,
#           section 2.4), so a server that knows SHA-256 and MD5 gets MD5.
# Seen:     Realm and nonce end at their comma, without the closing quotation mark, so the header can't be read, and the
#           digest is another one. Before a second challenge it stops: "unsupported authentication algorithm", status 2.
# Output:   Digest realm="Kitchen", nonce="n1": answers realm="Kitchen", nonce="n1", status 0
#           Digest realm="Box, kitchen", nonce="n,1": answers realm="Box, nonce="n, status 0
#           SHA-256 first, MD5 second: answers nothing, status 2
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root sipsak=0.9.8.1-1 libc-ares2
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH PATH=$tmp/root/usr/bin:$PATH
python3 - <<'PY'
import re
import socket
import subprocess
import sys
import threading

KITCHEN = 'Digest realm="Kitchen", nonce="n1"'
CASES = {
    KITCHEN: [KITCHEN],
    'Digest realm="Box, kitchen", nonce="n,1"': ['Digest realm="Box, kitchen", nonce="n,1"'],
    "SHA-256 first, MD5 second": [f"{KITCHEN}, algorithm=SHA-256", f"{KITCHEN}, algorithm=MD5"],
}
seen = []
for name, challenges in CASES.items():
    requests = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(3)

        def serve(server=server, requests=requests, challenges=challenges):
            lines = [f"WWW-Authenticate: {challenge}" for challenge in challenges]
            for first, extra in (("401 Unauthorized", lines), ("200 OK", [])):
                try:
                    request, client = server.recvfrom(65535)
                except TimeoutError:
                    return
                requests.append(request.decode())
                copied = re.findall(r"^((?:Via|From|To|Call-ID|CSeq): .*)\r$", requests[-1], re.MULTILINE)
                answer = [f"SIP/2.0 {first}", *copied, *extra, "Content-Length: 0", "", ""]
                server.sendto("\r\n".join(answer).encode(), client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        target = f"sip:box@127.0.0.1:{server.getsockname()[1]}"
        words = ["sipsak", "-u", "box", "-a", "secret", "-s", target]
        status = subprocess.run(words, capture_output=True, timeout=60).returncode
        thread.join(10)
    said = "nothing"
    if len(requests) > 1:
        header = re.search(r"^Authorization: (.*)\r$", requests[1], re.MULTILINE)[1]
        said = re.search('realm=.*?(?=, response|, qop)', header)[0]
    seen.append((said, status))
    print(f"{name}: answers {said}, status {status}")
if seen != [('realm="Kitchen", nonce="n1"', 0), ('realm="Box, nonce="n', 0), ("nothing", 2)]:
    sys.exit("changed: a cut realm was expected of the second one, no answer to the third one")
PY
