"""Whether what is behind a PCM answers: asked so that a sound server which hangs can't stop the whole program.

``default`` may be PulseAudio or PipeWire. alsa-lib waits for them without end in opening and closing, and pyalsaaudio
lets no other thread run meanwhile. ctypes does, so a probe opens the PCM through it first, from a thread that
may wait as long as it likes. A card of its own (``plughw:``) has no server and is not probed.
"""

import ctypes
import threading

_CAPTURE, _PLAYBACK, _NONBLOCK = 1, 0, 1  # alsa-lib, pcm.h

_lock = threading.Lock()
_probes: dict[tuple[str, str], "_OpenProbe"] = {}


class _OpenProbe(threading.Thread):
    def __init__(self, direction: str, device: str) -> None:
        super().__init__(name=f"alsa {direction} probe", daemon=True)
        self._asked = (direction, device)
        self.answer: str | None = None

    def run(self) -> None:
        self.answer = _open_and_close(*self._asked)


def answer(direction: str, device: str, timeout_s: float) -> str | None:
    """Open and close a PCM: "" if it can be opened, else ALSA's reason; None: no answer within `timeout_s`."""
    with _lock:
        knock = _probes.get((direction, device))
        if not knock or not knock.is_alive():  # at most one blocked probe thread per device
            knock = _probes[direction, device] = _OpenProbe(direction, device)
            knock.start()
    knock.join(timeout_s)
    return knock.answer


def _open_and_close(direction: str, device: str) -> str:
    try:
        library = ctypes.CDLL("libasound.so.2")
    except OSError:  # pyalsaaudio brings its own: then it goes unasked
        return ""
    handle = ctypes.c_void_p()
    stream = _CAPTURE if direction == "capture" else _PLAYBACK
    result = library.snd_pcm_open(ctypes.byref(handle), device.encode(), stream, _NONBLOCK)
    if result < 0:
        library.snd_strerror.restype = ctypes.c_char_p
        return bytes(library.snd_strerror(result)).decode(errors="replace")
    library.snd_pcm_close(handle)
    return ""
