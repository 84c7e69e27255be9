"""Pages of the panel in a real Chromium."""

import base64
import contextlib
from collections.abc import Iterator
from typing import Any, Self

_LISTEN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode && !window.recording) {
    window.recording = [];
    const tap = window.tap = to.context.createScriptProcessor(2048, 1, 1);
    tap.onaudioprocess = ({ inputBuffer }) => window.recording.push(Int16Array.from(inputBuffer.getChannelData(0), (v) => v * 32767));
    connect.call(this, tap);
    connect.call(tap, to);
  }
  return connect.call(this, to, ...rest);
};
"""
_CAPTURE = """
const media = MediaDevices.prototype.getUserMedia;
window.captured = [];
MediaDevices.prototype.getUserMedia = async function (...wanted) {
  const stream = await media.apply(this, wanted);
  window.captured.push(...stream.getTracks());
  return stream;
};
"""
_BRIGHTNESS = "getComputedStyle(document.getElementById('lamp-{lamp}')).getPropertyValue('--b')"
_RECORDING = """() => {
  const blocks = window.recording ?? []; // the page hasn't begun to play
  const bytes = new Uint8Array(blocks.length * 4096);
  blocks.forEach((block, number) => bytes.set(new Uint8Array(block.buffer), number * 4096));
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}"""


WITHIN_S = 180.0
"""For anything that has to come some day: a browser with a demo is slow on a busy machine."""


class Page:
    """One page. Lamps, sentence and lists as they are on the screen."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._on_console)

    def _on_console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def press(self, hold_ms: float = 80) -> None:
        """Press the button; sooner after the last press it would be a double press."""
        self.page.wait_for_timeout(400)
        self.page.click("#button", delay=hold_ms)

    def until(self, selector: str, text: str, within_s: float = WITHIN_S) -> None:
        """Wait until `text` is in what `selector` shows."""
        self._until(
            "([selector, text]) => document.querySelector(selector)?.innerText.includes(text)", selector, text, within_s
        )

    def until_gone(self, selector: str, text: str, within_s: float = WITHIN_S) -> None:
        """Wait until `text` is not in what `selector` shows."""
        self._until(
            "([selector, text]) => !document.querySelector(selector).innerText.includes(text)", selector, text, within_s
        )

    def until_true(self, expression: str, within_s: float = WITHIN_S) -> None:
        """Wait until `expression`, in JavaScript, is true. As a function: Playwright 1.65 evaluates any other text anew each
        time that it looks, which the panel's Content-Security-Policy allows the first time only.
        """
        with self._explained():
            self.page.wait_for_function(f"() => {expression}", timeout=within_s * 1000)

    def _until(self, function: str, selector: str, text: str, within_s: float) -> None:
        with self._explained():
            self.page.wait_for_function(function, arg=[selector, text], timeout=within_s * 1000)

    def until_state(self, state: str, within_s: float = WITHIN_S) -> None:
        with self._explained():
            self.page.wait_for_selector(f"#state-{state}.now", timeout=within_s * 1000)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """A failure tells what the page showed."""
        try:
            yield
        except Exception as error:
            displayed = "\n".join(
                self.text(part) for part in ("#link", "#sentence", "#problem", "#refused", "#events", "#sound-note")
            )
            message = f"{error}\n{displayed}"
            raise AssertionError(message) from error

    def until_live(self) -> None:
        """Wait until the button may be pressed."""
        self.page.wait_for_selector("#button:enabled")

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def brightness(self, lamp: str) -> float:
        return float(self.page.evaluate(_BRIGHTNESS.format(lamp=lamp)))

    def until_dark(self, lamp: str) -> None:
        """Wait until `lamp` is: the page is told of a lamp and of its rhythm one after the other."""
        self.until_true(f"Number({_BRIGHTNESS.format(lamp=lamp)}) === 0")

    def turn(self, fault: str) -> None:
        """Inject or clear a fault."""
        self.page.click(f"[data-fault={fault}]")

    @property
    def captures(self) -> bool:
        """Whether the browser captures its microphone for this page."""
        return bool(self.page.evaluate("window.captured.some((track) => track.readyState === 'live')"))

    def recording(self) -> bytes:
        """Sound that the page has played, s16le mono 48 kHz."""
        return base64.b64decode(self.page.evaluate(_RECORDING))


class Pages:
    """``with Pages(browser) as pages``: `open` each; closed together. A page with an error fails the test."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._opened: list[Page] = []
        self._contexts: list[Any] = []

    def open(self, url: str, **options: Any) -> Page:
        context = self._browser.new_context(permissions=["microphone"], **options)
        self._contexts.append(context)
        context.set_default_timeout(WITHIN_S * 1000)
        context.add_init_script(_LISTEN + _CAPTURE)
        page = Page(context.new_page())
        self._opened.append(page)
        page.page.goto(url)
        return page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        errors = [error for page in self._opened for error in page.errors]
        for context in self._contexts:
            context.close()
        assert failed[0] or not errors, errors
