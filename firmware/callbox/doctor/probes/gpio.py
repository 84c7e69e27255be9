"""Button, lamps and bell: are the pins to be had, what does the contact do, do the lamps follow."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import TypeVar

from callbox.app.compose.lamps import light_spec, microphone_pixels
from callbox.config.schema import Amplifier, Bell, ButtonSettings, KeypadSettings, SharedLampSettings
from callbox.control.gesture_actions import button_words
from callbox.doctor.context import Context, in_thread
from callbox.doctor.model.evaluate import button as evaluate
from callbox.doctor.model.findings import CannotMeasure, Finding, Report, Value, finding
from callbox.doctor.probes import inputs, service
from callbox.doctor.probes.machine import closed_files
from callbox_device import gpio as part
from callbox_device import interfaces
from callbox_device.color_light import ColorLight
from callbox_device.input_keys import InputReader
from callbox_device.interfaces import BoardError, Edge, PartBusy, PartMissing
from callbox_device.interfaces import Lamp as LampPart
from callbox_device.lights import LightPlaces, open_light
from callbox_device.model import light_specs
from callbox_device.model.led_patterns import GREEN
from callbox_device.model.light_specs import LightSpec, PinLamp

REST_S = 1.0
"""How long the contact is watched before presses are asked for."""
PRESSES = 5
LIT_S = 0.4
T = TypeVar("T")


async def gpio(context: Context) -> Report:
    """Take each pin that the settings name, and give it back."""
    require_pins(context)
    count, closed = await in_thread(lambda: closed_files(context.root / "dev", "gpiochip*"))
    measured: dict[str, Value] = {"chips": count, "pins": list(_pins(context))}
    findings: list[Finding] = []
    wired_lamps = [(name, lamp) for name, lamp in _lamps(context) if light_specs.pins_of(lamp)]
    lamps_: list[tuple[str, Callable[[Context], LampPart]]]
    lamps_ = [(f"{name} lamp", functools.partial(_lamp, lamp)) for name, lamp in wired_lamps]
    lamps_ += [(name, functools.partial(_output, wired)) for name, wired in _outputs(context)]
    buttons_ = [(name, functools.partial(_button, wired)) for name, wired in _buttons(context) if wired.key is None]
    contacts_ = [(name, functools.partial(take_contact, pin, pull)) for name, pin, pull in _contacts(context)]
    parts: list[tuple[str, Callable[[Context], interfaces.Button | part.GpioKeypad | LampPart]]] = [
        *buttons_,
        *lamps_,
        *contacts_,
    ]
    if keypad := context.require_parts().board.keypad:
        parts.append(("keypad", functools.partial(_keypad, keypad)))
    for name, take in parts:
        try:
            taken = take(context)
            if isinstance(taken, part.GpioButton) and name in dict(contacts_):
                measured[name.replace(" ", "_")] = "closed" if taken.start(lambda _: None) else "open"
            if isinstance(taken, part.GpioKeypad) and keypad:
                down = [keypad.layout[row][column] for row, column in sorted(taken.scan().closed)]
                measured["keys_down"] = list(down)
                findings += [finding("KEYPAD-SHORT", f"down: {', '.join(down)}")] if down else []
            taken.close()
        except BoardError as error:
            problem = fault(error, context, count, closed, name)
            if problem.code not in [known.code for known in findings]:
                findings.append(problem)
    return Report(measured, tuple(findings))


async def button(context: Context) -> Report:
    """At rest, then, if somebody is there, while pressed. Of several buttons one after the other."""
    require_pins(context)
    buttons_ = _buttons(context)
    if len(buttons_) == 1:
        return await _examine(*buttons_[0], context)
    return await examine_each((name, functools.partial(_examine, name, wired, context)) for name, wired in buttons_)


async def examine_each(parts: Iterable[tuple[str, Callable[[], Awaitable[Report]]]]) -> Report:
    """Examine each of `parts` (name, what examines it), one after the other, and join the reports."""
    measured: dict[str, Value] = {}
    findings: list[Finding] = []
    for name, examine in parts:
        try:
            report = await examine()
        except CannotMeasure as end:
            report = end.report
        measured[name.replace(" ", "_")] = report.measured
        findings += [
            replace(found, detail=f"{name}: {found.detail.removeprefix(f'{name}: ')}") for found in report.findings
        ]
    return Report(measured, tuple(findings))


async def _examine(name: str, wired: ButtonSettings, context: Context) -> Report:
    edges: list[Edge] = []
    if wired.key is not None and (
        problem := await in_thread(lambda: inputs.fault(context, wired, inputs.devices(context)))
    ):
        raise CannotMeasure(Report(findings=(problem,)))
    contact = await take_part(functools.partial(_button, wired), context, name)
    try:
        closed = contact.start(edges.append)
        if context.press_s:
            context.tell(f"Don't touch the {name} for {REST_S:g} s.")
        await asyncio.sleep(REST_S)
        at_rest = evaluate.bursts(tuple(edges), closed)
        findings = evaluate.at_rest(at_rest, closed, REST_S)
        place: dict[str, Value] = {"pin": wired.pin} if wired.key is None else {"key": wired.key}
        measured: dict[str, Value] = {**place, "closed": closed, "edges_at_rest": len(edges)}
        if findings or not context.press_s:
            return Report(measured, tuple(findings))
        edges.clear()
        context.tell(f"Press the {name} {PRESSES} times now, within {context.press_s:g} s.")
        await watch([edges], lambda: _pressed_enough(edges), 2 * evaluate.QUIET_MS / 1000, context.press_s)
    finally:
        contact.close()
    contacts = evaluate.bursts(tuple(edges), closed_at_start=False)
    bounces_ms = [round(burst.bounce_ms, 1) for burst in contacts]
    measured["presses"] = len(evaluate.presses(contacts))
    measured["edges"] = [burst.edges for burst in contacts]
    measured["bounces_ms"] = list(bounces_ms)
    measured["longest_bounce_ms"] = max(bounces_ms, default=None)
    measured["debounce_ms"] = wired.debounce_ms
    return Report(measured, tuple(evaluate.pressed(contacts, wired.debounce_ms, context.press_s)))


def _pressed_enough(edges: list[Edge]) -> bool:
    contacts = evaluate.bursts(tuple(edges), closed_at_start=False)
    return len(evaluate.presses(contacts)) >= PRESSES and not contacts[-1].closed_after


async def lamps(context: Context) -> Report:
    """Each lit in turn, at full brightness, and what its pin says meanwhile; so the bell. Cancelled, they are off."""
    require_pins(context)
    findings: list[Finding] = []
    read: dict[str, Value] = {}
    for name, wired in _lamps(context):
        if isinstance(wired, PinLamp):
            take = functools.partial(_pin_lamp, wired)
            text = f"The {name} lamp (GPIO {wired.pin}) is lit."
            read[name], problem = await _switched(context, take, f"{name} lamp", wired, text)
        else:
            read[name], problem = await _light(context, name, wired)
        findings += [problem] if problem else []
    if bell := context.require_parts().board.bell:
        text = f"The bell (GPIO {bell.pin}) rings."
        read["bell"], problem = await _switched(context, functools.partial(_output, bell), "bell", bell, text)
        findings += [problem] if problem else []
    if not read:
        return Report(skipped="the settings name no lamp and no bell")
    return Report(read, tuple(findings))


async def _switched(
    context: Context, take: Callable[[Context], part.GpioLamp], name: str, wired: PinLamp | Bell, text: str
) -> tuple[str, Finding | None]:
    """A part at a pin, switched on and off: whether the pin follows. `text` tells that it is on."""
    output = await take_part(take, context, name)
    try:
        readings = []
        for level in (1.0, 0.0):
            output.set(level)
            if level:
                context.tell(text)
            await asyncio.sleep(LIT_S if level else 0.02)
            readings.append(output.is_lit)
    finally:
        output.close()
    if readings == [True, False]:
        return "follows", None
    stays = "high" if readings[1] == wired.active_high else "low"
    held = finding("LAMP-HELD", f"GPIO {wired.pin} ({name}) stays {stays}, whatever it is set to")
    return f"stays {'on' if readings[0] else 'off'}", held


async def _light(context: Context, name: str, spec: LightSpec) -> tuple[str, Finding | None]:
    """A light with colour or of the LED class: lit for somebody to look at. What it does can't be read back."""
    shared = microphone_pixels(context.require_parts().board.lamps) if name == "status" else None
    lamps_: list[LampPart] = []
    try:
        lamps_.append(light := open_light(spec, microphone_pixels=shared, places=_places(context)))
        if isinstance(light, ColorLight):
            await _look(context, f"The {name} lamp shall be green now.", light.show, (GREEN.color,) * light.pixels)
            light.set(0.0)
        if isinstance(light, ColorLight) and shared is not None:
            lamps_.append(light.microphone_lamp())
            await _look(context, "Its part for the microphone shall be red now.", lamps_[-1].set, 1.0)
    except BoardError as error:
        return "failed", light_fault(error, name)
    finally:
        for lamp in lamps_:
            with contextlib.suppress(BoardError):
                lamp.close()
    return "sent", None


async def _look(context: Context, text: str, show: Callable[[T], None], what: T) -> None:
    show(what)
    context.tell(text)
    await asyncio.sleep(LIT_S)


def light_fault(error: BoardError, name: str) -> Finding:
    """Finding for a light that can't be had and is no lamp at a pin."""
    code = "LIGHT-FAILED"
    if isinstance(error.__cause__, PermissionError):
        code = "LIGHT-NO-PERMISSION"
    elif isinstance(error, PartMissing):
        code = "LIGHT-MISSING"
    return finding(code, f"{name} lamp: {error}")


async def watch(edges: Sequence[list[Edge]], is_done: Callable[[], bool], quiet_s: float, limit_s: float) -> float:
    """Wait until the movement is done and no edge has come for `quiet_s`, or `limit_s` is over. Returns how long."""
    loop = asyncio.get_running_loop()
    began_s = quiet_since_s = loop.time()
    before = 0
    while (now_s := loop.time()) < began_s + limit_s:
        if (number := sum(map(len, edges))) != before:
            before, quiet_since_s = number, now_s
        if now_s - quiet_since_s >= quiet_s and is_done():
            break
        await asyncio.sleep(evaluate.QUIET_MS / 1000)
    return round(loop.time() - began_s, 1)


def fault(error: BoardError, context: Context, chips: int, closed: list[str], name: str) -> Finding:
    """Finding about a pin that can't be had."""
    detail = f"{name}: {error}"
    if isinstance(error, PartBusy):
        pid = service.running(context.root)
        return finding("GPIO-IN-USE", f"{name}: held by process {pid}") if pid else finding("GPIO-BUSY", detail)
    if not isinstance(error, PartMissing):
        return finding("GPIO-FAILED", detail)
    if find_spec("gpiozero") is None:
        return finding("GPIO-NO-LIBRARY")
    if not chips:
        return finding("GPIO-NO-CHIP", f"no {context.root / 'dev/gpiochip*'}")
    return finding("GPIO-NO-PERMISSION", ", ".join(closed)) if closed else finding("GPIO-NO-DRIVER", detail)


async def take_part(take: Callable[[Context], T], context: Context, name: str) -> T:
    """A part, or the end of the check with the reason."""
    try:
        return take(context)
    except BoardError as error:
        count, closed = await in_thread(lambda: closed_files(context.root / "dev", "gpiochip*"))
        raise CannotMeasure(Report(findings=(fault(error, context, count, closed, name),))) from None


def require_pins(context: Context) -> None:
    """End the check where the board has no pins."""
    board = context.require_parts().board
    if not board.has_gpio:
        raise CannotMeasure(Report(skipped=f"board.kind is {board.kind}: there are no pins"))


def _pins(context: Context) -> Iterator[int]:
    for _, wired in _buttons(context):
        if wired.pin is not None:
            yield wired.pin
    for _, lamp in _lamps(context):
        yield from light_specs.pins_of(lamp)
    for _, pin, _ in _contacts(context):
        yield pin
    if keypad := context.require_parts().board.keypad:
        yield from (*keypad.row_pins, *keypad.column_pins)
    for _, output in _outputs(context):
        yield output.pin


@contextlib.contextmanager
def amplifier_on(context: Context) -> Iterator[None]:
    """Enable the loudspeaker's amplifier, if a pin does that; the check `gpio` says why it can't be."""
    board = context.require_parts().board
    enable: part.GpioLamp | None = None
    if board.amplifier and board.has_gpio:
        with contextlib.suppress(BoardError):
            enable = _output(board.amplifier, context)
    try:
        if enable:
            enable.set(1.0)
        yield
    finally:
        if enable:
            enable.close()


def _outputs(context: Context) -> list[tuple[str, Amplifier | Bell]]:
    """Name and settings of each output that is no lamp."""
    board = context.require_parts().board
    return [(name, wired) for name, wired in (("amplifier", board.amplifier), ("bell", board.bell)) if wired]


def _output(wired: Amplifier | Bell, context: Context) -> part.GpioLamp:
    return part.GpioLamp(wired.pin, wired.active_high, dimmable=False, pin_factory=context.pin_factory)


def _lamps(context: Context) -> list[tuple[str, LightSpec]]:
    lamps_ = context.require_parts().board.lamps
    wired = (("status", lamps_.status), ("microphone", lamps_.microphone))
    return [(name, light_spec(lamp)) for name, lamp in wired if lamp and not isinstance(lamp, SharedLampSettings)]


def _contacts(context: Context) -> list[tuple[str, int, str]]:
    """Name, pin and pull of each contact that is no button."""
    board = context.require_parts().board
    found: list[tuple[str, int, str]] = []
    if (switch := board.mute_switch) and switch.pin is not None:
        found.append(("mute switch", switch.pin, switch.pull))
    if (hook := board.hook_switch) and hook.pin is not None:
        found.append(("hook switch", hook.pin, hook.pull))
    if dial := board.rotary_dial:
        found.append(("pulse contact", dial.pulse_pin, "up"))
        if dial.off_normal_pin is not None:
            found.append(("off-normal contact", dial.off_normal_pin, "up"))
    if knob := board.volume_knob:
        found += [("volume knob A", knob.a_pin, "up"), ("volume knob B", knob.b_pin, "up")]
    return found


def take_contact(pin: int, pull: str, context: Context) -> part.GpioButton:
    """A contact, not inverted: closed is closed. Raises `BoardError`."""
    return part.GpioButton(pin, pull, pin_factory=context.pin_factory)


def _keypad(wired: KeypadSettings, context: Context) -> part.GpioKeypad:
    return part.GpioKeypad(wired.row_pins, wired.column_pins, pin_factory=context.pin_factory)


def _buttons(context: Context) -> list[tuple[str, ButtonSettings]]:
    board = context.require_parts().board
    return [(button_words(name), wired) for name, wired in board.all_buttons.items()]


def _button(wired: ButtonSettings, context: Context) -> interfaces.Button:
    if wired.key is not None:
        return InputReader(context.input_devices).key(wired.key, wired.input)
    if wired.pin is None:
        raise PartMissing("it has neither pin nor key.")  # the settings' cross checks say so first
    return part.GpioButton(wired.pin, wired.pull, pin_factory=context.pin_factory)


def _lamp(spec: LightSpec, context: Context) -> LampPart:
    return _pin_lamp(spec, context) if isinstance(spec, PinLamp) else open_light(spec, places=_places(context))


def _pin_lamp(wired: PinLamp, context: Context) -> part.GpioLamp:
    # Not dimmed: a pin that pulses can't be read back.
    return part.GpioLamp(wired.pin, wired.active_high, dimmable=False, pin_factory=context.pin_factory)


def _places(context: Context) -> LightPlaces:
    return LightPlaces(context.pin_factory, context.root)
