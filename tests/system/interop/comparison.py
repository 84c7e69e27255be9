"""Two traces side by side, and the reason for each line that only one of them has."""

import difflib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the comparison. ``both`` or one of the two is set."""

    theirs: str | None
    ours: str | None
    reason: str | None = None

    @property
    def differs(self) -> bool:
        return self.theirs != self.ours


def compare(scenario: str, theirs: list[str], ours: list[str]) -> list[Line]:
    """Align the traces; every difference gets its reason, or None."""
    lines = []
    matcher = difflib.SequenceMatcher(a=theirs, b=ours, autojunk=False)
    for _, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        left, right = theirs[a_start:a_end], ours[b_start:b_end]
        if left == right:
            lines += [Line(line, line) for line in left]
            continue
        lines += [Line(line, None, reason(scenario, "theirs", line)) for line in left]
        lines += [Line(None, line, reason(scenario, "ours", line)) for line in right]
    return lines


def reason(scenario: str, side: str, line: str) -> str | None:
    """Why only `side` has `line` in `scenario`; None: unknown."""
    row = row_for(scenario, side, line)
    return REASONS[row][3] if row is not None else None


def row_for(scenario: str, side: str, line: str) -> int | None:
    """Which row of `REASONS` explains the line: the first that fits."""
    for number, (where, whose, pattern, _) in enumerate(REASONS):
        if whose in (side, "both") and re.fullmatch(where, scenario) and re.fullmatch(pattern, line):
            return number
    return None


READY = "ready means here that bot-ready has arrived; there, that client-ready was sent"
STICKY = "a failure is the state error until the next call, so that a lamp can show it; there it passes at once"
STATE_FIRST = "the state is set before anything is told of it: who reads client.state in a callback reads the truth"
SETTLED = "a call that disconnect() has overtaken ends with an error of its own; there it never settles"
RESURRECTED = "there the call comes up after disconnect(), microphone and all: a defect"
GHOST = "there the state says ready after disconnect(): a defect"
ENDED = "the end of every attempt is told; there only from connecting on"
DEVICES = "microphone and loudspeaker are closed with the session, and opened again for the next; there they stay open"
NOTHING = "nothing is open, so nothing happens"
VANISHED = "a connection that the bot closed is over, and is told so; there the state is still ready 15 s later"
DEADLINE = "every phase has a deadline; there connect() waits for ever"
JSON_ERROR = "an answer that is not JSON is a StartBotError; there a raw SyntaxError, and the state sticks"
REPORTED = "every failure is told as on_error; there only some are"
EXCEPTION = "Python raises exceptions; there the promise is rejected with the message itself"
ANSWERED = "the event is declared there, but never told"

REASONS: tuple[tuple[str, str, str, str], ...] = (
    # (scenario, who has the line, the line, why)
    (".*", "ours", "TrackStopped audio local", DEVICES),
    ("connect_again", "ours", "state initializing|TrackStarted audio local|state initialized", DEVICES),
    ("disconnect_when_disconnected", "theirs", "state (disconnecting|disconnected)", NOTHING),
    ("disconnect_while_the_start_request_waits", "ours", "< start_bot_and_connect SessionAbortedError", SETTLED),
    ("disconnect_while_the_start_request_waits", "ours", "Disconnected", ENDED),
    ("disconnect_while_the_start_request_waits", "theirs", "(?!state disc).*", RESURRECTED),
    ("disconnect_while_connecting", "ours", "< start_bot_and_connect SessionAbortedError", SETTLED),
    ("disconnect_while_connecting", "theirs", "state ready", GHOST),
    ("start_refused", "theirs", "< start_bot_and_connect SyntaxError", JSON_ERROR),
    ("start_refused", "ours", "state error|Error|< start_bot_and_connect StartBotError", JSON_ERROR),
    ("offer_refused", "ours", "Error", REPORTED),
    ("bot_never_ready", "theirs", "state ready", READY),
    ("bot_never_ready", "ours", "state error|Error|< start_bot_and_connect ConnectionTimeoutError", DEADLINE),
    ("requests", "ours", "ServerResponse", ANSWERED),
    ("requests", "theirs", "< send_client_request error-response", EXCEPTION),
    ("requests", "ours", "< send_client_request BotResponseError", EXCEPTION),
    ("request_pending_at_the_end", "ours", "< send_client_request SessionAbortedError", SETTLED),
    ("bot_leaves|disconnect_bot", "both", "state disconnecting|BotDisconnected", STATE_FIRST),
    ("bot_vanishes", "ours", "state error|Error|Disconnected|state disconnected", VANISHED),
    ("bot_vanishes", "theirs", "state disconnect.*|Disconnected", VANISHED),
    (".*", "ours", "state error", STICKY),
    (
        "start_(?!bot).*|no_one_there|offer_refused|fatal_error|bot_never_ready",
        "theirs",
        "state disconnect(ing|ed)",
        STICKY,
    ),
    (
        "start_(?!bot).*|no_one_there|offer_refused|fatal_error|bot_never_ready",
        "both",
        "Disconnected|< disconnect ok",
        STICKY,
    ),
    (".*", "both", "state disconnected|Disconnected", STATE_FIRST),
)
