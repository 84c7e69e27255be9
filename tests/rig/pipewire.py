"""A private PipeWire with a null sink and a null source, and ALSA's configuration for programs that use it.

PCMs `pipewire_mic` and `pipewire_speaker` are PipeWire's plugin alone. `callbox_mic` reads a recording and
`callbox_speaker` writes down what is played, at PipeWire's pace, by alsa-lib's `file` plugin.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
_DAEMON = """\
context.properties = {{ core.daemon = true core.name = pipewire-0 support.dbus = false default.clock.rate = 48000 }}
context.spa-libs = {{ audio.convert.* = audioconvert/libspa-audioconvert support.* = support/libspa-support }}
context.modules = [ {modules} ]
context.objects = [
  {{ factory = adapter args = {{
    factory.name = support.null-audio-sink node.name = nowhere media.class = Audio/Sink audio.position = [ MONO ] }} }}
  {{ factory = adapter args = {{
    factory.name = support.null-audio-sink node.name = silence media.class = Audio/Source/Virtual
    audio.position = [ MONO ] }} }}
]
"""
_MODULES = (
    "protocol-native",
    "metadata",
    "spa-node-factory",
    "client-node",
    "client-device",
    "access",
    "adapter",
    "link-factory",
    "session-manager",
)
_ALSA = """\
<{system}>
pcm_type.pipewire {{ lib "{plugin}" }}
pcm.pipewire_mic {{ type pipewire capture_node silence }}
pcm.pipewire_speaker {{ type pipewire playback_node nowhere }}
pcm.callbox_mic {{
  type file
  slave.pcm pipewire_mic
  file /dev/null
  infile {folder}/microphone.raw
  format raw
}}
pcm.callbox_speaker {{ type file slave.pcm pipewire_speaker file {folder}/speaker.raw format raw }}
"""


class PipeWire:
    """``with PipeWire(folder, recording) as pipewire``: programs started with `pipewire.env` find its PCMs."""

    def __init__(self, folder: Path, recording: bytes = b"") -> None:
        self._folder = folder
        self._socket = folder / "pipewire-0"
        (folder / "pipewire").mkdir()
        modules = " ".join(f"{{ name = libpipewire-module-{name} }}" for name in _MODULES)
        (folder / "pipewire/pipewire.conf").write_text(_DAEMON.format(modules=modules))
        plugin = _plugin()
        (folder / "asound.conf").write_text(
            _ALSA.format(system="/usr/share/alsa/alsa.conf", plugin=plugin, folder=folder)
        )
        (folder / "microphone.raw").write_bytes(recording)
        private = ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
        self.env = {name: str(folder) for name in private} | {"ALSA_CONFIG_PATH": str(folder / "asound.conf")}
        self._daemon: subprocess.Popen[bytes] | None = None
        self._session_manager: subprocess.Popen[bytes] | None = None
        self._listener: socket.socket | None = None

    @property
    def played(self) -> bytes:
        """What `callbox_speaker` has played since it was opened last, s16le mono 48 kHz."""
        file = self._folder / "speaker.raw"
        return file.read_bytes() if file.exists() else b""

    def start(self) -> None:
        """The daemon, then the session manager, which links streams to nodes."""
        self.start_daemon()
        self.start_session_manager()

    def start_daemon(self) -> None:
        """The daemon alone: streams are taken, and linked to nothing."""
        self._daemon = self._run("pipewire")
        self._wait_for(self._socket.exists)

    def start_session_manager(self) -> None:
        """From now on streams are linked."""
        version = subprocess.run(["wireplumber", "--version"], capture_output=True, text=True, check=True).stdout
        # Without devices: 0.4 has a file for that, 0.5 a profile.
        alone = ["-c", "policy.conf"] if "0.4." in version else ["--profile=policy"]
        self._session_manager = self._run("wireplumber", *alone)
        self._wait_for(lambda: "WirePlumber" in self._ask("pw-cli", "ls", "Client"))

    def end(self) -> None:
        """Both end, as in an upgrade or restart; the socket is gone."""
        for process in (self._session_manager, self._daemon):
            if process:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                process.wait()
        self._session_manager = self._daemon = None
        self._socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """The daemon is there, and answers nothing any more."""
        assert self._daemon
        self._daemon.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._daemon
        self._daemon.send_signal(signal.SIGCONT)

    def listen_only(self) -> None:
        """In the daemon's place a socket that takes connections and never answers."""
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._socket))
        self._listener.listen()

    def close_listener(self) -> None:
        """The socket that never answers is gone."""
        if self._listener:
            self._listener.close()
            self._listener = None
            self._socket.unlink()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen([program, *arguments], env=self._environment(), stdout=log, stderr=log)

    def _ask(self, *command: str) -> str:
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False)
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.env, "HOME": str(self._folder), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}

    def _wait_for(self, condition: Callable[[], object]) -> None:
        give_up_s = time.monotonic() + 60
        while not condition():
            logs = [file.read_text(errors="replace") for file in self._folder.glob("*.log")]
            assert time.monotonic() < give_up_s, logs
            time.sleep(0.05)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close_listener()
        self.end()


def _plugin() -> Path:
    """ALSA's plugin: the system's, or Debian's package unpacked here, which can't be installed beside PulseAudio."""
    assert shutil.which("pipewire"), "install pipewire"
    assert shutil.which("wireplumber"), "install wireplumber"
    for root in (Path("/"), ROOT / ".pipewire"):
        for file in root.glob("usr/lib/*/alsa-lib/libasound_module_pcm_pipewire.so"):
            return file
    raise AssertionError("unpack pipewire-alsa into .pipewire (deploy/bootstrap.sh test-all)")
