"""What is mutated, and which tests judge it. Rename a module or a test file: this table is the one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Modules that are mutated, by name, and the test files that must notice; paths from the project's root."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "lifecycle": Room(("callbox.rtvi.protocol.lifecycle",), ("tests/unit/rtvi/test_lifecycle.py",)),
    "controller": Room(("callbox.control.call_control",), ("tests/unit/control/test_call_control.py",)),
    "gate": Room(
        (
            "callbox.audio.capture.mic_gate",
            "callbox.audio.capture.model.gate_states",
            "callbox.audio.capture.model.push_to_talk",
        ),
        (
            "tests/unit/audio/test_mic_gate.py",
            "tests/unit/audio/test_wake_word_gate.py",
            "tests/unit/audio/test_gate_states.py",
            "tests/unit/audio/test_push_to_talk.py",
        ),
    ),
    "decisions": Room(("callbox.audio.playout.model.decision_logic",), ("tests/unit/audio/test_decision_logic.py",)),
    "gestures": Room(("callbox_device.model.gestures",), ("tests/unit/device/test_gestures.py",)),
    "redundancy": Room(("callbox.transports.rtp.redundancy",), ("tests/unit/transports/test_redundancy.py",)),
    "tools": Room(
        ("callbox.control.tool_arguments", "callbox.control.deferred_hang_up"), ("tests/unit/control/test_tools.py",)
    ),
    "outbox": Room(
        ("callbox.mqtt.model.outbox",), ("tests/unit/mqtt/test_outbox.py", "tests/unit/mqtt/test_inbound.py")
    ),
}
LEAST_SCORE = 0.95
"""Of all mutants of a room that can be imported, so many must be killed."""
