"""Turns inside a session, from the bot's messages and from the sound that is heard.

Pure: times come in, in s of one monotonic clock.
"""

from dataclasses import dataclass, replace

from callbox.control.rate_limit import RateLimit
from callbox.control.status import Speech

AUDIBLE_DBFS = -50.0
"""A louder sample of the loudspeaker is heard. Comfort noise lies below -60."""
SOUND_S = 0.3
"""The bot speaks once it has been heard for so long, whatever its messages say: longer than what an interrupted bot
still had in the network."""
GAP_S = 0.25
"""Shorter silence is within a word."""
TURN_RATE = RateLimit(burst=10, period_s=0.25)
"""How often a turn is reported: a bot may send any number of events."""
SILENCE_S = 1.0
"""A turn in which the bot was heard ends after so much silence. A bot that sends messages ends it sooner."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn of a session, and what was heard meanwhile."""

    speech: Speech = Speech.NONE
    user_muted: bool = False
    """Whether the bot doesn't listen (RTVI user-mute)."""
    sound_since_s: float | None = None
    """Begin of the sound that is heard now; None: silence."""
    audible_s: float | None = None
    """When sound was last heard; None: not in this turn."""

    def reported(self, speech: Speech) -> "Turn":
        """After a message of the bot: it is the turn of `speech`."""
        return replace(self, speech=speech, sound_since_s=None, audible_s=None)

    def sampled(self, now_s: float, *, audible: bool) -> "Turn":
        """After a sample of the loudspeaker's sound."""
        silent_s = now_s - self.audible_s if self.audible_s is not None else 0.0
        if not audible:
            if self.speech is Speech.BOT and silent_s >= SILENCE_S:
                return self.reported(Speech.NONE)
            return replace(self, sound_since_s=None) if silent_s > GAP_S else self
        since_s = now_s if self.sound_since_s is None or silent_s > GAP_S else self.sound_since_s
        speech = Speech.BOT if now_s - since_s >= SOUND_S else self.speech
        return replace(self, speech=speech, sound_since_s=since_s, audible_s=now_s)
