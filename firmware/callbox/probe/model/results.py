"""Results of a probe: turns, percentiles, checks against limits. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callbox.probe.model.segments import Segment


@dataclass(frozen=True, slots=True)
class MeasuredTurn:
    """One utterance of the caller, and the bot's answer."""

    utterance: Segment
    answer: Segment | None
    """None: the bot did not answer."""

    @property
    def latency_ms(self) -> float | None:
        """From the caller's last loud sample to the bot's first. None: no answer, or it spoke before."""
        if self.answer is None or self.answer.begin_s < self.utterance.end_s:
            return None
        return (self.answer.begin_s - self.utterance.end_s) * 1000


@dataclass(frozen=True, slots=True)
class MeasuredInterruption:
    """The caller speaks while the bot does."""

    utterance: Segment
    bot: Segment

    @property
    def duration_ms(self) -> float | None:
        """From the caller's first loud sample to the bot's last. None: the bot had ended before."""
        if self.bot.end_s < self.utterance.begin_s:
            return None
        return (self.bot.end_s - self.utterance.begin_s) * 1000


@dataclass(frozen=True, slots=True)
class SoundReport:
    """Sound that was received, by the client's jitter buffer."""

    packets: int = 0
    lost: int = 0
    gaps: int = 0
    """Intervals in which packets were missing while the bot spoke."""
    concealed_percent: float | None = 0.0
    """None: there was no jitter buffer."""


@dataclass(frozen=True, slots=True)
class Results:
    """All of one call. Times in ms."""

    phases_ms: Mapping[str, float]
    """Since connect(): each state, and ``first_audio``."""
    turns: Sequence[MeasuredTurn]
    interruption: MeasuredInterruption | None = None
    sound: SoundReport = field(default_factory=SoundReport)
    first_word: bool | None = None
    """Whether the bot heard the caller's first word, by its transcript; None: no transcript, or unknown words."""
    bot_first_word: bool | None = None
    """Whether the beginning of the bot's first utterance arrived: silence before it. None: it said nothing."""

    @property
    def latencies_ms(self) -> list[float]:
        """Voice-to-voice latency of each turn that has one."""
        return [turn.latency_ms for turn in self.turns if turn.latency_ms is not None]

    def summary(self) -> dict[str, Any]:
        """Figures by name; None: not measured."""
        latencies = self.latencies_ms
        interruption = self.interruption.duration_ms if self.interruption else None
        return {
            "ready_ms": _rounded(self.phases_ms.get("ready")),
            "latency_p50_ms": _rounded(percentile(latencies, 50)),
            "latency_p95_ms": _rounded(percentile(latencies, 95)),
            "latency_max_ms": _rounded(max(latencies, default=None)),
            "answered": sum(turn.answer is not None for turn in self.turns),
            "turns": len(self.turns),
            "interruption_ms": _rounded(interruption),
            "caller_first_word_heard": self.first_word,
            "bot_first_word_whole": self.bot_first_word,
            "packets": self.sound.packets,
            "lost_packets": self.sound.lost,
            "gaps": self.sound.gaps,
            "concealed_percent": _rounded(self.sound.concealed_percent),
        }


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """A figure against its limit."""

    name: str
    value: float | None
    limit: float

    @property
    def passed(self) -> bool:
        """Whether it was measured, and is within the limit."""
        return self.value is not None and self.value <= self.limit

    @property
    def text(self) -> str:
        """For people."""
        value = "not measured" if self.value is None else f"{self.value:g}"
        return f"{self.name}: {value}, limit {self.limit:g}"


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Percentile by linear interpolation between the closest ranks (NIST, 1.3.5.6). None: no values."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def checks(results: Results, limits: Mapping[str, float]) -> list[LimitCheck]:
    """A check for each of `limits`, by a figure's name, and one that every turn was answered."""
    summary = results.summary()
    unanswered = LimitCheck("unanswered", len(results.turns) - summary["answered"], 0)
    return [unanswered, *(LimitCheck(name, summary[name], limit) for name, limit in limits.items())]


def bot_first_word(stream_began_s: float | None, segments: Sequence[Segment]) -> bool | None:
    """Whether the first of `segments` has its beginning: the stream isn't loud at `stream_began_s`, when it begins."""
    if stream_began_s is None or not segments:
        return None
    return segments[0].begin_s - stream_began_s >= 0.005


def first_word(words: str, transcript: str) -> bool | None:
    """Whether `transcript` begins with the first of `words`, by letters and digits. None: one is empty."""
    wanted, received = (_words(text) for text in (words, transcript))
    return wanted[0] == received[0] if wanted and received else None


def _words(text: str) -> list[str]:
    return "".join(letter.lower() if letter.isalnum() else " " for letter in text).split()


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
