"""The same board in memory: for the demo, and for a machine without GPIO."""

from callbox_device.simulated.board import SimulatedButton, SimulatedLamp
from callbox_device.simulated.keypad import SimulatedKeypad
from callbox_device.simulated.paced_thread import SIMULATED
from callbox_device.simulated.sound import SimulatedMicrophone, SimulatedSpeaker
from callbox_device.simulated.telephone import SimulatedKnob, SimulatedRotaryDial

__all__ = [
    "SIMULATED",
    "SimulatedButton",
    "SimulatedKeypad",
    "SimulatedKnob",
    "SimulatedLamp",
    "SimulatedMicrophone",
    "SimulatedRotaryDial",
    "SimulatedSpeaker",
]
