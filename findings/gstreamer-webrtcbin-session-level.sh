#!/usr/bin/env bash
# GStreamer's webrtcbin refuses an offer whose a=setup stands for all sections, and rejects the section of a=sendrecv
#
# Software: GStreamer 1.22.0 (Debian 12: gstreamer1.0-plugins-bad 1.22.0-4+deb12u8), Debian's Python
# Guess:    a=setup (RFC 4145, section 4) and the direction (RFC 8866, section 6.7) may stand once in the session part,
#           for each section that has none. So may a=ice-ufrag and a=fingerprint.
# Seen:     These two are looked for in the session part. With a=setup there set-remote-description fails ("media 0 is
#           missing or contains an empty 'setup' attribute"); with a=sendrecv there the section is answered with port 0,
#           rejected, which the offering side isn't told as an error.
# Output:   all in the section: m=audio 9
#           a=ice-ufrag and a=ice-pwd in the session part: m=audio 9
#           a=fingerprint in the session part: m=audio 9
#           a=setup in the session part: refused
#           a=sendrecv in the session part: m=audio 0
# Callbox:  aiortc writes its offers, with each of these in each section.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
apt-get download -qq -o APT::Sandbox::User=root libgstreamer1.0-0=1.22.0-2+deb12u1 \
  libgstreamer-plugins-base1.0-0=1.22.0-3+deb12u7 libgstreamer-plugins-bad1.0-0=1.22.0-4+deb12u8 \
  gstreamer1.0-plugins-bad=1.22.0-4+deb12u8 gstreamer1.0-plugins-good=1.22.0-5+deb12u4 gstreamer1.0-nice=0.1.21-1 \
  gir1.2-gstreamer-1.0=1.22.0-2+deb12u1 gir1.2-gst-plugins-base-1.0=1.22.0-3+deb12u7 \
  gir1.2-gst-plugins-bad-1.0=1.22.0-4+deb12u8 python3-gi=3.42.2-3+b1 \
  gir1.2-glib-2.0 libgirepository-1.0-1 libnice10 libgupnp-igd-1.0-4 libgupnp-1.6-0 libgssdp-1.6-0 libsoup-3.0-0 \
  libsrtp2-1 libglib2.0-0 libdw1 libelf1 libunwind8 liborc-0.4-0 libffi8 libpcre2-8-0 libxml2 libicu72 libssl3 \
  libgnutls30 libnghttp2-14 libpsl5 libbrotli1 libsqlite3-0 libgmp10 libnettle8 libhogweed6 libidn2-0 libunistring2 \
  libp11-kit0 libtasn1-6
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu):$(echo "$tmp"/root/lib/*-linux-gnu)
GI_TYPELIB_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu/girepository-1.0)
mkdir plugins
for plugin in coreelements webrtc nice dtls srtp sctp rtp rtpmanager; do
  cp root/usr/lib/*/gstreamer-1.0/libgst$plugin.so plugins
done
export LD_LIBRARY_PATH GI_TYPELIB_PATH PYTHONPATH=$tmp/root/usr/lib/python3/dist-packages
export GST_PLUGIN_SYSTEM_PATH=$tmp/plugins GST_REGISTRY=$tmp/registry GST_REGISTRY_FORK=no
timeout 60 /usr/bin/python3 -W ignore - 2> log <<'PY' || { cat log >&2; exit 1; }
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC

Gst.init(None)
SESSION = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"]
SECTION = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2"]
ATTRIBUTES = {
    "a=ice-ufrag and a=ice-pwd": ["a=ice-ufrag:user", "a=ice-pwd:password-of-22-letters"],
    "a=fingerprint": ["a=fingerprint:sha-256 " + ":".join(["AA"] * 32)],
    "a=setup": ["a=setup:actpass"],
    "a=sendrecv": ["a=sendrecv"],
}


def answer(name):
    """The m= line of the answer to an offer with these attributes in the session part, without its protocol."""
    first = ATTRIBUTES.get(name, [])
    others = [line for key, lines in ATTRIBUTES.items() if key != name for line in lines]
    _, sdp = GstSdp.SDPMessage.new_from_text("\r\n".join([*SESSION, *first, *SECTION, *others, ""]))
    offer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, sdp)
    peer = Gst.parse_launch("webrtcbin name=peer bundle-policy=max-bundle")
    peer.set_state(Gst.State.PLAYING)
    promise = Gst.Promise.new()
    peer.emit("set-remote-description", offer, promise)
    promise.wait()
    reply = promise.get_reply()
    result = "refused"
    if not reply or not reply.n_fields():
        promise = Gst.Promise.new()
        peer.emit("create-answer", None, promise)
        promise.wait()
        reply = promise.get_reply()
        description = reply.get_value("answer")
        text = description.sdp.as_text()
        result = " ".join(next(line for line in text.splitlines() if line.startswith("m=")).split()[:2])
    peer.set_state(Gst.State.NULL)
    return result


seen = []
for name in ("", *ATTRIBUTES):
    seen.append(answer(name))
    print(f"{name} in the session part: {seen[-1]}" if name else f"all in the section: {seen[-1]}")
if seen != ["m=audio 9", "m=audio 9", "m=audio 9", "refused", "m=audio 0"]:
    sys.exit("changed: a refusal of a=setup, and a rejected section, were expected")
PY
