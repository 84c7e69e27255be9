"""Trimming of the pre-roll, which is captured between the press and `ready` and sent when the bot is ready. Pure.

Only the words are sent: silence before and after them is left out, and long pauses are shortened, so that the bot
catches up sooner.
"""

from collections.abc import Sequence

from callbox_device.model import pcm

LIMIT_PERIODS = 3000 // pcm.PERIOD_MS
"""3 s. What does not fit is not sent in part: half a sentence misleads more than none."""
LEAD_PERIODS = 10
"""200 ms before a word: a voice begins softly."""
PAUSE_PERIODS = 10
"""Of a pause after a word so much is kept, so that the bot doesn't hear two sentences in one."""
ABOVE_QUIET_DB = 12.0
"""A period so much louder than the quietest one holds speech."""
MIN_SPEECH_DBFS = -50.0
"""Below this nothing counts as speech."""


def trim(periods: Sequence[bytes]) -> list[bytes]:
    """Periods that are worth sending, in order; none if there is no speech."""
    spoken = detect_speech([pcm.peak_dbfs(period) for period in periods])
    return [period for period, sent in zip(periods, keep_mask(spoken), strict=True) if sent]


def detect_speech(levels_dbfs: Sequence[float]) -> list[bool]:
    """Whether each period holds speech, by its peak level."""
    threshold_dbfs = max(MIN_SPEECH_DBFS, min(levels_dbfs, default=0.0) + ABOVE_QUIET_DB)
    return [level >= threshold_dbfs for level in levels_dbfs]


def keep_mask(spoken: Sequence[bool]) -> list[bool]:
    """Whether each period belongs to a word: the word itself, what leads up to it, a short pause after it."""
    return [any(spoken[max(0, place - PAUSE_PERIODS) : place + LEAD_PERIODS + 1]) for place in range(len(spoken))]
