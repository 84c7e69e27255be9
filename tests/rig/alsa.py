"""A real ALSA microphone and loudspeaker on a machine without a sound card, in real time.

alsa-lib's `file` plugin puts a recording in the microphone's place and writes down what the loudspeaker plays.
It has no clock of its own, so its slave is a private PulseAudio daemon with two sinks that go nowhere, at a
card's pace. The microphone hears the recording from each opening on, then silence. The two PCMs in stereo have no pace.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

RATE_HZ = 48_000
SETTLES_S = 2.5
"""PulseAudio's null sink begins two seconds ahead; after that it keeps pace."""
_CONFIG = """\
pcm.to_nowhere {{ type pulse server "unix:{folder}/pulse" device nowhere }}
pcm.from_silence {{ type pulse server "unix:{folder}/pulse" device silence.monitor }}
pcm.callbox_mic {{
  type file
  slave.pcm from_silence
  file /dev/null
  infile {folder}/microphone.raw
  format raw
}}
pcm.callbox_speaker {{
  type file
  slave.pcm to_nowhere
  file {folder}/speaker.raw
  format raw
}}
pcm.to_nowhere_by_channel {{ type mmap_emul slave.pcm to_nowhere }}
pcm.callbox_stereo_mic {{
  type file
  slave.pcm {{
    type multi
    slaves.a {{ pcm null channels 2 }}
    bindings.0 {{ slave a channel 0 }}
    bindings.1 {{ slave a channel 1 }}
  }}
  file /dev/null
  infile {folder}/microphone.raw
  format raw
}}
pcm.callbox_stereo_speaker {{
  type file
  slave.pcm {{
    type multi
    slaves.a {{ pcm null channels 2 }}
    bindings.0 {{ slave a channel 0 }}
    bindings.1 {{ slave a channel 1 }}
  }}
  file {folder}/speaker.raw
  format raw
}}
ctl.callbox_mixer {{ type pulse server "unix:{folder}/pulse" device nowhere source silence.monitor }}
ctl.callbox_two_masters {{
  type remap
  child {{ type pulse server "unix:{folder}/pulse" device nowhere source silence.monitor }}
  remap {{
    "name='Capture Volume'" "name='Master Playback Volume',index=1"
    "name='Capture Switch'" "name='Master Playback Switch',index=1"
  }}
}}
pcm.callbox_digital_speaker {{ type iec958 slave {{ pcm to_nowhere_by_channel format S16_LE }} }}
"""


class SoundCard:
    """``with SoundCard(folder, recording) as card``: programs started with `card.env` find the two PCMs."""

    MICROPHONE = "callbox_mic"
    SPEAKER = "callbox_speaker"

    def __init__(self, folder: Path, recording: bytes = b"") -> None:
        self._folder = folder
        self._recording = recording
        system = next(path for path in Path("/usr/share/alsa").glob("alsa.conf"))
        (folder / "asound.conf").write_text(f"<{system}>\n{_CONFIG.format(folder=folder)}")
        (folder / "microphone.raw").write_bytes(recording)
        # libpulse waits without end for shared memory of a daemon that was killed.
        (folder / "client.conf").write_text("enable-shm = no\n")
        self.env = {
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "PULSE_CLIENTCONFIG": str(folder / "client.conf"),
        }

    @property
    def played(self) -> bytes:
        """What the loudspeaker has played since it was opened last, s16le mono 48 kHz."""
        file = self._folder / "speaker.raw"
        return file.read_bytes() if file.exists() else b""

    @property
    def pid(self) -> int:
        """Of the sound server."""
        return self._daemon.pid

    def freeze(self) -> None:
        """The card is there, and delivers and takes nothing any more."""
        self._daemon.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._daemon.send_signal(signal.SIGCONT)

    def unplug(self) -> None:
        """The card is pulled out."""
        self._daemon.kill()
        self._daemon.wait()
        (self._folder / "pulse").unlink(missing_ok=True)

    def plug_in(self) -> None:
        """It is there, after some seconds."""
        program = shutil.which("pulseaudio")
        assert program, "install pulseaudio"
        sink = f"module-null-sink rate={RATE_HZ} channels=1 format=s16le sink_name="
        modules = (
            f"module-native-protocol-unix socket={self._folder}/pulse auth-anonymous=1",
            sink + "nowhere",
            sink + "silence",
            # Keeps both at a card's latency; alone they would work two seconds ahead.
            "module-loopback source=silence.monitor sink=nowhere latency_msec=20",
        )
        options = [option for module in modules for option in ("-L", module)]
        private = {name: str(self._folder) for name in ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH")}
        with (self._folder / "pulseaudio.log").open("wb") as log:
            self._daemon = subprocess.Popen(
                [program, "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *options],
                env={**os.environ, **private},
                stdout=log,
                stderr=log,
            )
        give_up_s = time.monotonic() + 60
        while not (self._folder / "pulse").exists():
            assert self._daemon.poll() is None, (self._folder / "pulseaudio.log").read_text()
            assert time.monotonic() < give_up_s, "PulseAudio did not start"
            time.sleep(0.02)
        time.sleep(SETTLES_S)

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()
