"""The dial and the knob of the demo are read by the decoders of real ones."""

import pytest

from callbox_device.interfaces import Edge
from callbox_device.model.quadrature import QuadratureDecoder, Turned
from callbox_device.model.rotary_dial import DialEvent, Dialled, RotaryDial
from callbox_device.simulated import SimulatedKnob, SimulatedRotaryDial


@pytest.mark.parametrize("has_off_normal", [True, False])
def test_each_digit_is_read_as_it_was_dialled(has_off_normal):
    dial = SimulatedRotaryDial(has_off_normal=has_off_normal)
    decoder = RotaryDial(has_off_normal=has_off_normal)
    events: list[DialEvent] = []

    def on_pulse(edge: Edge) -> None:
        events.extend(decoder.pulse(edge))

    def on_off_normal(edge: Edge) -> None:
        events.extend(decoder.off_normal(edge))

    for contact, on_edge in zip(dial.contacts, (on_pulse, on_off_normal), strict=False):
        contact.start(on_edge)
    decoder.start(*(0 for _ in dial.contacts), 0.0)
    assert dial.is_at_rest
    ends_s = [dial.dial(digit) for digit in "1234567890"][-1]
    events += decoder.tick(ends_s + 1)
    assert "".join(event.digit if isinstance(event, Dialled) else "?" for event in events) == "1234567890"


def test_a_dial_that_turns_is_not_at_rest():
    dial = SimulatedRotaryDial()
    dial.dial("1")
    is_at_rest = dial.is_at_rest
    assert not is_at_rest


@pytest.mark.parametrize("is_reversed", [True, False])
@pytest.mark.parametrize("edges_per_detent", [1, 2, 4])
def test_each_detent_is_one_in_its_direction(edges_per_detent, is_reversed):
    knob = SimulatedKnob(edges_per_detent, is_reversed=is_reversed)
    decoder = QuadratureDecoder(edges_per_detent, reversed_=is_reversed)
    turned: list[Turned] = []

    def on_a(edge: Edge) -> None:
        turned.extend(decoder.a(edge))

    def on_b(edge: Edge) -> None:
        turned.extend(decoder.b(edge))

    for contact, on_edge in zip(knob.contacts, (on_a, on_b), strict=True):
        contact.start(on_edge)
    for detents in (3, -2, -4, 1):
        turned.clear()
        knob.turn(detents)
        assert len(turned) == abs(detents)
        assert all((event.steps > 0) == (detents > 0) for event in turned)
    assert decoder.rejected == 0
