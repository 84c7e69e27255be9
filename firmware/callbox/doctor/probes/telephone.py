"""Hook switch, rotary dial and volume knob: one movement of each, by somebody who stands beside the box."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from callbox.config.schema import HookSwitchSettings, RotaryDialSettings, VolumeKnob
from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import telephone as evaluate
from callbox.doctor.model.evaluate.button import QUIET_MS, bursts
from callbox.doctor.model.findings import Report, Value
from callbox.doctor.probes import gpio
from callbox_device.gpio import GpioButton
from callbox_device.interfaces import Edge

DIGIT = "5"
DETENTS = 4
HOOK_QUIET_S = 2 * QUIET_MS / 1000
DIAL_QUIET_S = 0.6
KNOB_QUIET_S = 2.0
"""Without an edge for so long a movement is over. People turn a knob by one detent after the other."""


async def telephone(context: Context) -> Report:
    """Each part of a telephone that the settings name, one after the other."""
    gpio.require_pins(context)
    parts = _parts(context)
    if not parts:
        return Report(skipped="the settings name no hook switch, rotary dial or volume knob on pins")
    if not context.press_s:
        needed = " and ".join(request for _, request, _ in parts)
        return Report(skipped=f"needs somebody to {needed}: `callbox doctor --only telephone` at a terminal")
    return await gpio.examine_each((name, examine) for name, _, examine in parts)


def _parts(context: Context) -> list[tuple[str, str, Callable[[], Awaitable[Report]]]]:
    """Name of each, what somebody has to do, and what examines it."""
    board = context.require_parts().board
    parts: list[tuple[str, str, Callable[[], Awaitable[Report]]]] = []
    if (hook := board.hook_switch) and hook.pin is not None:
        parts.append(("hook switch", "lift the handset", functools.partial(_hook_switch, context, hook, hook.pin)))
    if dial := board.rotary_dial:
        parts.append(("rotary dial", "dial a digit", functools.partial(_rotary_dial, context, dial)))
    if knob := board.volume_knob:
        parts.append(("volume knob", "turn the volume knob", functools.partial(_volume_knob, context, knob)))
    return parts


async def _hook_switch(context: Context, hook: HookSwitchSettings, pin: int) -> Report:
    async with _contacts(context, "hook switch", [(pin, hook.pull)]) as ([closed], [edges]):

        def is_done() -> bool:
            return evaluate.changes(bursts(tuple(edges), closed)) >= 2

        within = f"within {context.press_s:g} s"
        context.tell(f"The handset must be on the hook. Lift it now, and put it down again, {within}.")
        waited_s = await gpio.watch([edges], is_done, HOOK_QUIET_S, context.press_s)
        found = bursts(tuple(edges), closed)
    measured: dict[str, Value] = {
        "pin": pin,
        "on_hook": "closed" if closed else "open",
        "changes": evaluate.changes(found),
        "longest_bounce_ms": max((round(burst.bounce_ms, 1) for burst in found), default=None),
        "debounce_ms": hook.debounce_ms,
    }
    return Report(measured, tuple(evaluate.hook_switch(found, closed, hook.off_hook_when, hook.debounce_ms, waited_s)))


async def _rotary_dial(context: Context, dial: RotaryDialSettings) -> Report:
    pins = [(pin, "up") for pin in (dial.pulse_pin, dial.off_normal_pin) if pin is not None]
    async with _contacts(context, "rotary dial", pins) as (closed, edges):
        context.tell(f"Dial {DIGIT} now, within {context.press_s:g} s.")
        waited_s = await gpio.watch(edges, lambda: bool(edges[0]), DIAL_QUIET_S, context.press_s)
    reading = evaluate.read_dial(edges[0])
    measured: dict[str, Value] = {
        "pins": [pin for pin, _ in pins],
        "pulses": reading.pulses,
        "pulses_per_s": reading.pulses_per_s and round(reading.pulses_per_s, 1),
        "break_ratio": reading.break_ratio and round(reading.break_ratio, 2),
    }
    off_normal = len(edges[1]) if len(edges) > 1 else None
    findings = evaluate.rotary_dial(reading, DIGIT, waited_s, closed_at_start=closed[0], off_normal_edges=off_normal)
    return Report(measured, tuple(findings))


async def _volume_knob(context: Context, knob: VolumeKnob) -> Report:
    pins = [(knob.a_pin, "up"), (knob.b_pin, "up")]
    async with _contacts(context, "volume knob", pins) as (closed, edges):
        context.tell(f"Turn the volume knob clockwise by {DETENTS} detents now, within {context.press_s:g} s.")
        waited_s = await gpio.watch(edges, lambda: any(edges), KNOB_QUIET_S, context.press_s)
    reading = evaluate.read_knob(edges[0], edges[1], (closed[0], closed[1]))
    measured: dict[str, Value] = {
        "pins": [pin for pin, _ in pins],
        "edges": reading.edges,
        "rejected": reading.rejected,
        "edges_per_detent": knob.edges_per_detent,
    }
    moved = (bool(edges[0]), bool(edges[1]))
    findings = evaluate.volume_knob(reading, moved, DETENTS, knob.edges_per_detent, waited_s, is_reversed=knob.reversed)
    return Report(measured, tuple(findings))


@asynccontextmanager
async def _contacts(
    context: Context, name: str, pins: list[tuple[int, str]]
) -> AsyncIterator[tuple[list[bool], list[list[Edge]]]]:
    """Whether each of these contacts is closed now, and its edges while the block runs."""
    taken: list[GpioButton] = []
    edges: list[list[Edge]] = [[] for _ in pins]
    try:
        for pin, pull in pins:
            taken.append(await gpio.take_part(functools.partial(gpio.take_contact, pin, pull), context, name))
        yield [contact.start(seen.append) for contact, seen in zip(taken, edges, strict=True)], edges
    finally:
        for contact in taken:
            contact.close()
