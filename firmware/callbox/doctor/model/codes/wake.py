"""Codes of the wake word."""

from callbox.doctor.model.codes.code import Code, Severity

_, _WARNING, _ = Severity

WAKE = (
    Code(
        "WAKE-MEMORY",
        "wake",
        _WARNING,
        "The last seconds before a wake word can't be locked in memory: they may be written to swap.",
        "Raise the limit: `LimitMEMLOCK=1M` in the service's unit, or `ulimit -l`; or switch swap off.",
    ),
    Code(
        "WAKE-FALSE",
        "room",
        _WARNING,
        "A wake word was detected in the room, in which no one said it.",
        "Set the word's `threshold` in `wake.words` to the one that is proposed; or choose another word.",
    ),
)
