"""Another anchor: the same call by GStreamer's webrtcbin, all of its media path in C.

``/usr/bin/python3 benchmarks/sound/gstreamer.py OFFER_URL MICROPHONE.wav FOLDER``: Debian's Python, which has the
bindings (python3-gi). Ends when its standard input does. Encodes as Callbox does: 32 kb/s, complexity 5, voice.
"""

import json
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

LATENCY_MS = 40
"""Of its jitter buffer, which is of a fixed length."""


class Call:
    """One call. Everything in the main loop, except where noted."""

    def __init__(self, url: str, microphone: str, received: Path) -> None:
        self._url, self._received = url, received
        self._loop = GLib.MainLoop()
        self._offered = False
        self._pipeline = Gst.parse_launch(
            f"webrtcbin name=rtc bundle-policy=max-bundle latency={LATENCY_MS} "
            f"filesrc location={microphone} ! wavparse ! clocksync "
            "! opusenc bitrate=32000 complexity=5 audio-type=voice inband-fec=true frame-size=20 ! rtpopuspay pt=96 "
            "! application/x-rtp,media=audio,encoding-name=OPUS,payload=96 ! rtc."
        )
        self._rtc = self._pipeline.get_by_name("rtc")
        self._rtc.connect("pad-added", self._on_pad)
        self._rtc.connect("on-negotiation-needed", self._on_negotiation)
        self._rtc.connect("notify::ice-gathering-state", self._on_gathering)
        bus = self._pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", self._on_error)

    def run(self) -> None:
        """Until standard input ends."""
        self._pipeline.set_state(Gst.State.READY)
        self._channel = self._rtc.emit("create-data-channel", "chat", None)
        self._channel.connect("on-open", self._on_open)
        self._pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=self._until_end, daemon=True).start()
        self._loop.run()
        self._pipeline.set_state(Gst.State.NULL)

    def _until_end(self) -> None:
        sys.stdin.read()
        self._loop.quit()

    def _on_open(self, channel: Any) -> None:
        ready = {"label": "rtvi-ai", "type": "client-ready", "id": "1", "data": {"version": "2.0.0"}}
        channel.emit("send-string", json.dumps(ready))

    def _on_error(self, _: object, message: Any) -> None:
        print(message.parse_error(), file=sys.stderr)
        self._loop.quit()

    def _on_pad(self, _: object, pad: Any) -> None:
        if pad.direction != Gst.PadDirection.SRC:
            return
        receiver = Gst.parse_bin_from_description(
            "rtpopusdepay ! opusdec plc=true ! audioconvert ! audio/x-raw,format=S16LE,channels=1,rate=48000 ! wavenc "
            f"! filesink location={self._received}",
            True,
        )
        self._pipeline.add(receiver)
        receiver.sync_state_with_parent()
        pad.link(receiver.get_static_pad("sink"))

    def _on_negotiation(self, rtc: Any) -> None:
        if not self._offered:
            self._offered = True
            rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self._on_offer, None))

    def _on_offer(self, promise: Any, _: object) -> None:
        self._offer = promise.get_reply()  # keeps what it holds
        self._rtc.emit("set-local-description", self._offer.get_value("offer"), None)

    def _on_gathering(self, rtc: Any, _: object) -> None:
        if rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            threading.Thread(target=self._exchange, daemon=True).start()

    def _exchange(self) -> None:
        # A thread of its own: the main loop must not wait for HTTP.
        sdp = self._rtc.get_property("local-description").sdp.as_text()
        body = json.dumps({"sdp": sdp, "type": "offer"}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        answer = json.loads(urllib.request.urlopen(request, timeout=20).read())
        _, message = GstSdp.SDPMessage.new_from_text(answer["sdp"])
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self._rtc.emit("set-remote-description", description, None)


def main() -> None:
    url, microphone, folder = sys.argv[1:]
    Gst.init(None)
    Call(url, microphone, Path(folder, "gstreamer.wav")).run()
    print(json.dumps({}))


if __name__ == "__main__":
    main()
