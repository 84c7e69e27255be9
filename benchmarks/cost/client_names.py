"""The clients that are compared, as people read them. The tables need no more to be made."""

NAMES = {
    "floor": "the floor: libopus, SRTP and UDP in C",
    "ours": "Callbox, the client",
    "gstreamer": "GStreamer webrtcbin",
    "stock": "aiortc, stock",
    "bare": "Callbox, the whole box, echo: off",
    "box": "Callbox, the whole box as delivered",
    "stock_box": "the same appliance as a script, aiortc stock",
    "chromium": "Chromium, official client",
}
