"""What can be wrong, as one value: a code for machines, words for people, blinks for the lamp. Pure."""

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """The classes of fault; the number is how often the status lamp blinks after the error sign."""

    BOT_UNREACHABLE = 1
    """Nobody answers at the bot's address."""
    BOT_REFUSED = 2
    """The bot's server answered, and did not let us in (404, 500, a web page in place of JSON)."""
    BOT_TIMEOUT = 3
    """The server accepted the call, and the bot never became ready, or media never came up."""
    BOT_FAILED = 4
    """The bot broke down or left without a word in the middle of a call."""
    NO_MICROPHONE = 5
    NO_SPEAKER = 6
    NO_GPIO = 7
    INTERNAL = 8
    """A defect of Callbox itself."""
    SETTINGS_WRONG = 9
    """The settings in /etc are wrong; the box works with the last good ones, or not at all."""

    @property
    def code(self) -> str:
        """The word used in MQTT and in the journal."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong now."""

    fault: Fault
    text: str
    """What is wrong and what to do, in one or two sentences. Holds no secret."""

    @property
    def code(self) -> str:
        """The fault's word, as MQTT tells it."""
        return self.fault.code
