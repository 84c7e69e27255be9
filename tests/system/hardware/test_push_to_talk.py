"""Push-to-talk on the kernel's GPIO and sound card: by the RTP that a bot received, what left of what was captured.

The microphone captures a tone whose frequency rises with time, so that each piece of it that a bot receives tells when it
was captured.
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
from tests.rig.mosquitto import wait_for
from tests.system.hardware.acoustic_loop import IN_THE_BOX, IN_THE_ROOM, PERIOD_FRAMES, is_captured, opened
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, BotProcess, WiredBox
from tests.system.hardware.gpio_actor import BUTTON, ButtonActor, level

from callbox.audio.capture.model.push_to_talk import PREROLL_S, RELEASE_DELAY_S
from callbox.audio.opus import OpusDecoder
from callbox_device.model import pcm

pytestmark = pytest.mark.vpi

RED = 19
LOW_HZ, HZ_PER_S, SWEEP_S = 400.0, 200.0, 30.0
"""The tone begins anew every 30 s: what arrives is of the last 15 s, and of the next as far as the clocks differ."""
AMPLITUDE, SILENT_BELOW = 10_000, 1_000
CLOCK_ERROR_S = 0.06
"""Of the comparison: a jiffy of the loop and a period of the card at each end, one period for where a tone begins and ends."""
BUFFER_PERIODS = 50
"""1 s: a machine that is shared may let it play alone for so long."""
PLAIN = {"echo": "off", "noise_suppression": False, "gain_control": False, "opus": {"complexity": 0}}


class RisingTone:
    """``with RisingTone() as tone``: plays it into the loop; notes which of its frames was played when."""

    def __init__(self) -> None:
        times_s = np.arange(int(SWEEP_S * pcm.RATE_HZ)) / pcm.RATE_HZ
        phases = 2 * np.pi * (LOW_HZ * times_s + HZ_PER_S * times_s**2 / 2)
        self._sound = (AMPLITUDE * np.sin(phases)).astype("<i2").tobytes()
        self.underruns = 0
        self._played: list[tuple[int, float]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._play)

    def _play(self) -> None:
        import alsaaudio  # late, as in `opened`

        device = opened(alsaaudio.PCM_PLAYBACK, IN_THE_ROOM, BUFFER_PERIODS)
        size, written, buffered = PERIOD_FRAMES * pcm.BYTES_PER_FRAME, 0, BUFFER_PERIODS * PERIOD_FRAMES
        try:
            while not self._done.is_set():
                place = written * pcm.BYTES_PER_FRAME % len(self._sound)
                if device.write(self._sound[place : place + size]) != PERIOD_FRAMES:
                    self.underruns += 1
                    continue
                written += PERIOD_FRAMES
                before_s = time.monotonic()
                free = device.avail()
                after_s = time.monotonic()
                if after_s - before_s < 0.002 and 0 <= free < buffered:
                    self._played.append((written - buffered + free, before_s))
        finally:
            device.close()

    def captured_s(self, hz: float, about_s: float) -> float:
        """When the tone had the frequency `hz` (`time.monotonic()`): the time that is next to `about_s`. The loop's clock may be
        late, and is never early: of what was noted in this second the earliest is true.
        """
        frames, times_s = (np.array(values, float) for values in zip(*self._played, strict=True))
        sweep, first = SWEEP_S * pcm.RATE_HZ, (hz - LOW_HZ) / HZ_PER_S * pcm.RATE_HZ
        about = np.interp(about_s, times_s, frames)
        frame = first + round((about - first) / sweep) * sweep
        near = np.abs(frames - frame) < pcm.RATE_HZ / 2
        return float(np.min(times_s[near] + (frame - frames[near]) / pcm.RATE_HZ))

    def __enter__(self) -> Self:
        self._thread.start()
        assert wait_for(lambda: self._played)
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(timeout=10)


@dataclass
class Presses:
    """Presses of a bouncing contact: from before the first edge to after the last one."""

    box: WiredBox
    times_s: list[tuple[float, float]] = field(default_factory=list)

    def press(self, held_s: float) -> None:
        began_s = time.monotonic()
        self.box.button.bounce(7)
        time.sleep(held_s)
        self.box.button.bounce(7, down=False)
        self.times_s.append((began_s, time.monotonic()))

    def may_leave(self, captured_s: float, error_s: float = CLOCK_ERROR_S) -> bool:
        return any(
            began_s - PREROLL_S - error_s <= captured_s <= ended_s + RELEASE_DELAY_S + error_s
            for began_s, ended_s in self.times_s
        )


@dataclass(frozen=True)
class Packet:
    """One packet that the bot received."""

    came_s: float
    hz: float | None
    """Of its tone; None: silence."""


class Recording:
    """The bot's recording, decoded in the order in which it came, as far as it was read."""

    def __init__(self, file: Path) -> None:
        self.packets: list[Packet] = []
        self._path, self._read, self._decoder = file, 0, OpusDecoder()

    def read(self) -> None:
        """What came since the last time; a line that is half written is left."""
        *lines, _ = self._path.read_text().split("\n")
        for line in lines[self._read :]:
            came_s, _, payload = line.split()
            self.packets.append(Packet(float(came_s), frequency(self._decoder.decode(bytes.fromhex(payload)))))
        self._read = len(lines)


def frequency(period: bytes) -> float | None:
    """Of a tone, by a parabola through the highest of its spectrum; None: silence."""
    sound = np.frombuffer(period, "<i2").astype(float)
    if np.abs(sound).max() <= SILENT_BELOW:
        return None
    spectrum = np.log(np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound))) + 1e-9)
    top = int(np.clip(spectrum.argmax(), 1, len(spectrum) - 2))
    before, peak, after = spectrum[top - 1 : top + 2]
    return float((top + (before - after) / (before - 2 * peak + after) / 2) * pcm.RATE_HZ / (8 * len(sound)))


def captured_times(tone: RisingTone, received: list[Packet]) -> list[float]:
    """When the tone of each packet was captured. Where it begins or ends, or a gap is in it, its frequency can't be measured."""
    rise_hz = HZ_PER_S * pcm.PERIOD_MS / 1000
    return [
        tone.captured_s(packet.hz, packet.came_s)
        for before, packet, after in zip(received, received[1:], received[2:], strict=False)
        if before.hz and packet.hz and after.hz
        if abs(packet.hz - before.hz - rise_hz) < rise_hz and abs(after.hz - packet.hz - rise_hz) < rise_hz
    ]


def test_no_sample_from_outside_the_presses_is_in_the_rtp_that_the_bot_receives(broker, tmp_path):
    """A card that loses sound, on a machine that has other things to do, leaves gaps; so there are some tries to find the
    whole of what has to leave, and none to find what must not.
    """
    lamps = {"status": {"pin": STATUS_LAMP, "dimmable": False}, "microphone": {"pin": MICROPHONE_LAMP}}
    talk = {"pin": BUTTON, "on_press": "push_to_talk", "debounce_ms": 100}
    red = ButtonActor(RED)
    red.up()
    with BotProcess(str(tmp_path / "rtp")) as bot, RisingTone() as tone:
        settings: dict[str, Any] = {
            "bot": {"start_url": bot.url, "deadlines": {"start_s": 40, "connect_s": 40, "bot_ready_s": 40}},
            "board": {"button": talk, "buttons": {"red": {"pin": RED, "on_press": "hang_up"}}, "lamps": lamps},
            "microphone": {"device": IN_THE_BOX},
            "speaker": {"device": IN_THE_BOX, "buffer_ms": 200},
            "sound": PLAIN,
        }
        with WiredBox(tmp_path, bot.url, broker.port, **settings) as box:
            presses = Presses(box)
            presses.press(0.3)  # calls
            box.until("ready")
            recording, early_s, late_s = Recording(tmp_path / "rtp"), [], []
            for held_s in (0.3, 1.5, 0.8) * 4:
                time.sleep(1.5)
                assert wait_for(is_captured), box.journal  # an overrun begins anew
                assert level(MICROPHONE_LAMP)
                presses.press(held_s)
                time.sleep(1)
                recording.read()
                captured_s = captured_times(tone, recording.packets)
                outside = [at_s for at_s in captured_s if not presses.may_leave(at_s)]
                assert outside == [], presses.times_s
                began_s, ended_s = presses.times_s[-1]
                if of_press := [at_s for at_s in captured_s if began_s - 0.5 < at_s < ended_s + 0.5]:
                    early_s.append(began_s - min(of_press))
                    late_s.append(max(of_press) - ended_s)
                if len(early_s) >= 3 and max(early_s) > PREROLL_S / 2 and max(late_s) > RELEASE_DELAY_S / 2:
                    break
            red.press()
            box.until("disconnected")
            assert wait_for(lambda: not is_captured() and not level(MICROPHONE_LAMP))
    silent = [packet.hz for packet in recording.packets].count(None)
    before_ms, after_ms = ([round(1000 * one_s) for one_s in times_s] for times_s in (early_s, late_s))
    print(
        f"{len(recording.packets)} packets, {silent} of silence, {len(captured_s)} of a tone whose time can be told, none from outside; "
        f"from {before_ms} ms before presses to {after_ms} ms after them"
    )
    assert len(early_s) >= 3
    assert max(early_s) > PREROLL_S / 2
    assert max(late_s) > RELEASE_DELAY_S / 2
    assert silent > 150
