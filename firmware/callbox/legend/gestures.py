"""Gestures of buttons, switches and dials, as the settings say: for `callbox explain`, card and panel. Pure."""

from dataclasses import dataclass

from callbox.config.schema import BoardSettings, ButtonSettings
from callbox.control.gesture_actions import GestureAction, button_words

_A = GestureAction

MEANINGS: dict[GestureAction, str] = {
    _A.CALL_OR_HANG_UP: "calls; in a call hangs up",
    _A.CALL: "calls",
    _A.HANG_UP: "hangs up",
    _A.MUTE: "mutes; muted: unmutes",
    _A.INTERRUPT: "stops what the bot says",
    _A.NEXT_BOT: "chooses the next bot",
    _A.REPEAT_PROBLEM: "repeats what went wrong",
    _A.VOLUME_UP: "louder",
    _A.VOLUME_DOWN: "softer",
    _A.PUSH_TO_TALK: "calls; hold it to speak",
}
"""What each action does, in a person's words; `none` is not shown."""


@dataclass(frozen=True, slots=True)
class GestureRow:
    """One thing that a person can do at a box."""

    part: str
    """``button``, ``button NAME``, ``mute switch``, ``handset``, ``dial``, ``keypad`` or ``volume knob``."""
    gesture: str
    meaning: str


def gestures(board: BoardSettings) -> list[GestureRow]:
    """All that a person can do at this board; what does nothing is left out."""
    rows = [row for name, button in board.all_buttons.items() for row in _rows(name, button)]
    if switch := board.mute_switch:
        rows.append(GestureRow("mute switch", switch.mutes_when, "switches the microphone off"))
    if board.hook_switch:
        rows += [GestureRow("handset", "lift", "calls"), GestureRow("handset", "put down", "hangs up")]
    meaning = "chooses a bot" if board.hook_switch else "calls a bot"
    if board.rotary_dial:
        rows.append(GestureRow("dial", "a digit", f"{meaning}; in a call a tone"))
    if board.keypad:
        rows.append(GestureRow("keypad", "a key", f"{meaning}; in a call a tone"))
    if board.volume_knob:
        rows.append(GestureRow("volume knob", "clockwise", "louder"))
    return rows


def is_default(board: BoardSettings) -> bool:
    """Whether there is one button, which calls and hangs up, and nothing else."""
    return [(row.gesture, row.meaning) for row in gestures(board)] == [("press", MEANINGS[_A.CALL_OR_HANG_UP])]


def text(rows: list[GestureRow]) -> str:
    """`rows` as lines of columns."""
    widths = [max((len(row.part) for row in rows), default=0), max((len(row.gesture) for row in rows), default=0)]
    return "".join(f"{row.part:{widths[0]}}  {row.gesture:{widths[1]}}  {row.meaning}\n" for row in rows)


def markdown() -> str:
    """Markdown table of each action's effects in ``docs/gestures.md``."""
    rows = "".join(f"| `{action.value}` | {meaning} |\n" for action, meaning in MEANINGS.items())
    return f"| Action | A person's words, as on card, panel and in `callbox explain` |\n|---|---|\n{rows}"


def _rows(name: str, button: ButtonSettings) -> list[GestureRow]:
    actions = {"press": button.on_press, "double press": button.on_double_press, "hold": button.on_hold}
    return [
        GestureRow(button_words(name), gesture, _meaning(GestureAction(action), button.bot))
        for gesture, action in actions.items()
        if action != "none"
    ]


def _meaning(action: GestureAction, bot: str | None) -> str:
    meaning = MEANINGS[action]
    return meaning.replace("calls", f"calls {bot}", 1) if bot else meaning
