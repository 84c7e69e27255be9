"""Writes firmware/callbox/assets/spoken_causes from the table of sentences: `make speech`. Needs espeak-ng.

Ogg Opus (RFC 7845), mono, 12 kbit/s, packets of 20 ms.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import av

from callbox.control.spoken_causes import SENTENCES

FOLDER = Path(__file__).parents[2] / "firmware/callbox/assets/spoken_causes"
_VOICES = {"en": "en-gb", "de": "de"}
_WORDS_PER_MINUTE = 150


def main() -> None:
    """Write each file anew."""
    for language, sentences in SENTENCES.items():
        for fault, sentence in sentences.items():
            with tempfile.NamedTemporaryFile(suffix=".wav") as spoken:
                subprocess.run(  # noqa: S603 - words of ours
                    ["espeak-ng", "-v", _VOICES[language], "-s", str(_WORDS_PER_MINUTE), "-w", spoken.name, sentence],  # noqa: S607
                    check=True,
                )
                (FOLDER / language).mkdir(parents=True, exist_ok=True)
                _encode(spoken.name, FOLDER / language / f"{fault.code}.opus")


def _encode(wav: str, to: Path) -> None:
    with av.open(wav) as source, av.open(str(to), "w", format="ogg", options={"fflags": "+bitexact"}) as target:
        stream: Any = target.add_stream("libopus", rate=48_000)
        stream.bit_rate, stream.layout = 12_000, "mono"
        stream.options = {"application": "voip", "frame_duration": "20"}
        stream.codec_context.flags |= 1 << 23  # bitexact: no version of the library in the file
        resampler = av.AudioResampler("s16", "mono", 48_000)
        frames: list[Any] = [out for frame in source.decode(audio=0) for out in resampler.resample(frame)]
        for frame in (*frames, *resampler.resample(None), None):
            target.mux(stream.encode(frame))


if __name__ == "__main__":
    main()
