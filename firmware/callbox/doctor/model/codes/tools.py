"""Codes of the tools of the bot."""

from callbox.doctor.model.codes.code import Code, Severity

_WARNING = Severity.WARNING

TOOLS = (
    Code(
        "TOOLS-ONE-BOT",
        "tools",
        _WARNING,
        "The bot may choose the next bot, and there is one only.",
        "Add one to `bots`, or set `tools.next_bot` to false.",
    ),
    Code(
        "TOOLS-DISCOVERY",
        "tools",
        _WARNING,
        "The bot may publish where Home Assistant looks for devices: a message there makes or removes one.",
        "Take a topic of your own in `tools.publish`, such as home/kitchen/light, and let an automation act on it.",
    ),
)
