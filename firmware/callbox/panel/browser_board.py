"""Board with button, lamps and sound in a page; observable lamp for any board."""

from collections.abc import Callable, Sequence
from pathlib import Path

from callbox.audio.wav_media import speech
from callbox.panel.browser_audio import BROWSER, BrowserMicrophone, BrowserSpeaker
from callbox.panel.device_switch import SelectableMicrophone, SelectableSpeaker
from callbox.system.event_loop import call_in_loop
from callbox_device.interfaces import MAIN_BUTTON, Color, Frame, Lamp, Light, PcmInfo
from callbox_device.simulated import (
    SimulatedButton,
    SimulatedKeypad,
    SimulatedKnob,
    SimulatedMicrophone,
    SimulatedRotaryDial,
    SimulatedSpeaker,
)

RECORDED = PcmInfo("recorded", "a recorded sentence")
FILE = PcmInfo("file", "a WAV file")

Send = Callable[[dict[str, str] | bytes], None]
"""Sends to the page whose audio is used. Event loop only."""


class ObservableLamp:
    """Lamp with a callback for its brightness, called after the lamp was set: a lamp that fails publishes nothing."""

    def __init__(self, lamp: Lamp, on_brightness: Callable[[float], None]) -> None:
        self._lamp = lamp
        self._on_brightness = on_brightness

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`."""
        self._lamp.set(brightness)
        self._on_brightness(brightness)

    def dim_to(self, brightness: float) -> None:
        """As `interfaces.Lamp.dim_to`; the page shows the lamp as before."""
        self._lamp.dim_to(brightness)

    def close(self) -> None:
        """As `interfaces.Lamp.close`."""
        self._lamp.close()
        self._on_brightness(0.0)


class ObservableLight(ObservableLamp):
    """Light (`interfaces.Light`) with a callback for the colour and brightness of its brightest pixel."""

    def __init__(self, light: Light, on_brightness: Callable[[float], None], on_color: Callable[[Color], None]) -> None:
        super().__init__(light, on_brightness)
        self._light, self._on_color = light, on_color

    @property
    def pixels(self) -> int:
        """As `interfaces.Light.pixels`."""
        return self._light.pixels

    @property
    def has_red(self) -> bool:
        """As `interfaces.Light.has_red`."""
        return self._light.has_red

    def show(self, frame: Frame) -> None:
        """As `interfaces.Light.show`."""
        self._light.show(frame)
        self._on_color(max(frame, key=max))

    def speech_pixel(self) -> int | None:
        """As `interfaces.Light.speech_pixel`."""
        return self._light.speech_pixel()

    def resend(self) -> None:
        """As `interfaces.Light.resend`."""
        self._light.resend()


class PageBoard:
    """Button, microphone and loudspeaker of a box in a page. Make it in the running loop.

    Until a page offers its audio the microphone plays `sentence`, a WAV file, from each press on, and the loudspeaker
    records into `answer`; None: the last minute in memory. `further`: names of contacts beside the button.
    `rotary_dial`, `volume_knob`, `keypad`: None: there is none.
    """

    def __init__(
        self,
        sentence: Path,
        answer: Path | None = None,
        further: Sequence[str] = (),
        rotary_dial: SimulatedRotaryDial | None = None,
        volume_knob: SimulatedKnob | None = None,
        keypad: SimulatedKeypad | None = None,
    ) -> None:
        self.contacts = {name: SimulatedButton() for name in (MAIN_BUTTON, *further)}
        """Buttons, mute switch and hook switch, by name."""
        self.rotary_dial, self.volume_knob, self.keypad = rotary_dial, volume_knob, keypad
        self.button = self.contacts[MAIN_BUTTON]
        self.browser_microphone, self.browser_speaker = BrowserMicrophone(), BrowserSpeaker()
        self.microphone = SelectableMicrophone(
            {RECORDED: SimulatedMicrophone(speech(sentence)), BROWSER: self.browser_microphone}
        )
        self.speaker = SelectableSpeaker({FILE: SimulatedSpeaker(answer), BROWSER: self.browser_speaker})
        self._links: tuple[_BrowserLink, _BrowserLink] | None = None

    def attach(self, send: Send) -> None:
        """Use the audio of the page that `send` goes to; another page is detached."""
        if self.is_attached(send):
            return
        self._links = (_BrowserLink("microphone", send), _BrowserLink("speaker", send))
        self.browser_microphone.attach(self._links[0])
        self.browser_speaker.attach(self._links[1])

    def detach(self, send: Send) -> None:
        """The page that `send` goes to is closed."""
        if self.is_attached(send):
            self._links = None
            self.browser_microphone.attach(None)
            self.browser_speaker.attach(None)

    def use_recordings(self) -> None:
        """Use recording and file from the next call on."""
        self.microphone.use(RECORDED.name)
        self.speaker.use(FILE.name)

    def is_attached(self, send: Send) -> bool:
        """Whether this page's audio is used."""
        return self._links is not None and self._links[0].send == send

    @property
    def uses_browser(self) -> bool:
        """Whether the next call uses a page's microphone or loudspeaker."""
        return BROWSER.name in (self.microphone.device, self.speaker.device)

    @property
    def has_browser(self) -> bool:
        """Whether any page is attached."""
        return self._links is not None


class _BrowserLink:
    """Fulfils `browser_audio.AudioPeer`: from the device's thread into the event loop."""

    def __init__(self, part: str, send: Send) -> None:
        self.send = send
        self._part = part
        self._send_in_loop = call_in_loop(send)

    def open(self) -> None:
        self._post({"type": "open", "part": self._part})

    def close(self) -> None:
        self._post({"type": "close", "part": self._part})

    def play(self, period: bytes) -> None:
        self._post(period)

    def flush(self) -> None:
        self._post({"type": "flush"})

    def _post(self, message: dict[str, str] | bytes) -> None:
        self._send_in_loop(message)
