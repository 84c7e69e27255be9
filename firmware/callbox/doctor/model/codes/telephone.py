"""Codes of hook switch, rotary dial and volume knob."""

from callbox.doctor.model.codes.code import Code, Severity

_FAILURE, _WARNING, _ = Severity
_WIRE = "Do it while the doctor asks; if it doesn't notice, check the wire against the pin in `board:`."

TELEPHONE = (
    Code(
        "HOOK-NOT-LIFTED",
        "telephone",
        _WARNING,
        "The contact of the hook switch didn't change: the handset was not lifted, or it is another pin.",
        _WIRE,
    ),
    Code(
        "HOOK-REVERSED",
        "telephone",
        _FAILURE,
        "The hook switch is closed where the settings say open: the box calls when the handset is put down.",
        "Set `board.hook_switch.off_hook_when` as measured. The handset must be on the hook when the doctor asks.",
    ),
    Code(
        "HOOK-BOUNCE",
        "telephone",
        _WARNING,
        "The hook switch bounces longer than `board.hook_switch.debounce_ms`: a call may end as it begins.",
        "Set `board.hook_switch.debounce_ms` above the longest bounce.",
    ),
    Code("DIAL-NOT-DIALLED", "telephone", _WARNING, "The pulse contact gave no pulse.", _WIRE),
    Code(
        "DIAL-OPEN",
        "telephone",
        _FAILURE,
        "The pulse contact is open while the dial is at rest: its wire is off, or its pin and that of the off-normal "
        "contact are exchanged.",
        "Exchange `pulse_pin` and `off_normal_pin`, or mend the wire; then `callbox doctor --only telephone` again.",
    ),
    Code(
        "DIAL-WRONG-DIGIT",
        "telephone",
        _FAILURE,
        "The dial gave another number of pulses than the digit has: a worn contact, or another order of digits.",
        "Dial again; if the number differs each time, clean the pulse contact. Where a dial counts differently, as "
        "Sweden's did, give `dial_digit` by the pulses that are read.",
    ),
    Code(
        "DIAL-OFF-NORMAL",
        "telephone",
        _FAILURE,
        "The off-normal contact doesn't move with the dial, so no digit ends.",
        "Check its wire against `board.rotary_dial.off_normal_pin`, or leave that out: a pause ends a digit then.",
    ),
    Code(
        "DIAL-SPEED",
        "telephone",
        _WARNING,
        "The dial's governor runs too fast or too slowly, or its contact breaks for too long or too short a time.",
        "Let the dial run back by itself. If it stays, its governor needs cleaning or adjustment.",
    ),
    Code("KNOB-NOT-TURNED", "telephone", _WARNING, "Neither contact of the volume knob moved.", _WIRE),
    Code(
        "KNOB-ONE-CONTACT",
        "telephone",
        _FAILURE,
        "Of the volume knob one contact moves only: no turn can be read.",
        "Check the other one's wire, and that the encoder's middle pin is connected to ground.",
    ),
    Code(
        "KNOB-REVERSED",
        "telephone",
        _WARNING,
        "Turned clockwise the volume knob makes softer: contacts A and B are exchanged.",
        "Set `board.volume_knob.reversed` as measured, or exchange the wires of A and B.",
    ),
    Code(
        "KNOB-DETENTS",
        "telephone",
        _WARNING,
        "The volume knob makes another number of edges in each detent than the settings say.",
        "Set `board.volume_knob.edges_per_detent` as measured; its datasheet says it too.",
    ),
)
