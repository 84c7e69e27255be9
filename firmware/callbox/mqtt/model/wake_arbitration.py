"""Arbitration of wake words: one of the boxes that detect one answers. Pure: times are given, in s, monotonic.

Each box publishes its detection as a claim, and waits `WINDOW_S` for those of others, or until each box that listens
for the word has claimed. The one with the best claim answers. Claims that take `MAX_TRANSIT_S` at most reach every box
that claims before its window ends: who detects the word `CONTEND_S` after another's claim yields, and claims nothing.
So of boxes whose claims are in time exactly one answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topics
from callbox.text import parse_json

WINDOW_S = 0.14
MAX_TRANSIT_S = 0.025
"""From one box over the broker to another."""
CONTEND_S = WINDOW_S - 2 * MAX_TRANSIT_S
REMEMBERED_S = 2.0
"""A claim means a detection of the same utterance, so long."""
MAX_BOXES = 256
"""Of so many the claims and words are known; what others tell is ignored."""
_MAX_NUMBER = 1e9


class ClaimVerdict(Enum):
    """Decision about a box's own detection."""

    ANSWER = "answer"
    YIELD = "yield"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Claim:
    """A detection of one box."""

    box: str
    word: str
    """Name of the model: a file's without folder and suffix."""
    score: float
    level_dbfs: float
    at_s: float
    """When it was detected, or arrived."""

    @property
    def rank(self) -> tuple[float, float, str]:
        """Order of claims, the best one last. Scores are of steps of 0.05: what is less says nothing."""
        return round(20 * self.score) / 20, self.level_dbfs, self.box


class WakeArbitration:
    """Knowledge of the other boxes of a broker and a group, and decisions about own detections.

    `box`: own device id.
    """

    def __init__(self, box: str) -> None:
        self._box = box
        self._offline: set[str] = set()
        self._words: dict[str, frozenset[str]] = {}
        self._claims: dict[str, Claim] = {}

    def forget(self) -> None:
        """Forget everything: the connection has ended. Without one a box answers."""
        self._offline.clear()
        self._words.clear()
        self._claims.clear()

    def on_status(self, box: str, *, online: bool) -> None:
        """Note whether another box is online."""
        if online:
            self._offline.discard(box)
        elif len(self._offline) < MAX_BOXES:
            self._offline.add(box)

    def on_words(self, box: str, words: frozenset[str]) -> None:
        """Note what another box listens for at this moment; empty: nothing, or it is of another group."""
        if not words:
            self._words.pop(box, None)
        elif box != self._box and (box in self._words or len(self._words) < MAX_BOXES):
            self._words[box] = words

    def on_claim(self, claim: Claim) -> None:
        """Note a claim of another box, in place of its last one."""
        if claim.box != self._box and (claim.box in self._claims or len(self._claims) < MAX_BOXES):
            self._claims[claim.box] = claim

    def is_late(self, own: Claim) -> bool:
        """Whether another box has claimed this utterance so long ago that it is decided. Then nothing is claimed."""
        return any(own.at_s - claim.at_s > CONTEND_S for claim in self._rivals(own))

    def verdict(self, own: Claim, now_s: float) -> ClaimVerdict:
        """Decision about a detection that isn't late, and was claimed."""
        rivals = self._rivals(own)
        if any(claim.rank > own.rank for claim in rivals):
            return ClaimVerdict.YIELD
        listening = {box for box, words in self._words.items() if own.word in words} - self._offline
        if listening <= {claim.box for claim in rivals} or now_s - own.at_s >= WINDOW_S:
            return ClaimVerdict.ANSWER
        return ClaimVerdict.WAIT

    def _rivals(self, own: Claim) -> list[Claim]:
        return [
            claim for claim in self._claims.values() if claim.word == own.word and own.at_s - claim.at_s <= REMEMBERED_S
        ]


def claim_payload(claim: Claim, group: str) -> Mapping[str, str | float]:
    """`claim` as `topics.EVENT_WAKE` tells it."""
    return {
        "event_type": "detected",
        "word": claim.word,
        "score": round(claim.score, 3),
        "level_dbfs": round(claim.level_dbfs, 1),
        "group": group,
    }


def patterns(topics_: Topics) -> list[str]:
    """Topic filters of what other boxes tell."""
    return [f"{topics_.prefix}/+/{topic.suffix}" for topic in (topics.STATUS, topics.WAKE, topics.EVENT_WAKE)]


def take_message(arbitration: WakeArbitration, topics_: Topics, group: str, message: "BoxMessage") -> bool:
    """Note what another box tells. Returns whether it concerns wake words; what can't be read says nothing."""
    prefix, box, suffix = _split(message.topic, topics_.prefix)
    if prefix != topics_.prefix or box == topics_.device_id:
        return False
    if suffix == topics.STATUS.suffix:
        arbitration.on_status(box, online=message.payload == topics.ONLINE)
        return True
    fields = _fields(message.payload)
    is_ours = fields.get("group") == group
    if suffix == topics.WAKE.suffix:
        words = fields.get("words")
        found = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
        arbitration.on_words(box, frozenset(found[:8]) if is_ours else frozenset())
        return True
    if suffix != topics.EVENT_WAKE.suffix:
        return False
    word, score, level = fields.get("word"), _number(fields.get("score")), _number(fields.get("level_dbfs"))
    if is_ours and not message.retained and isinstance(word, str) and score is not None and level is not None:
        arbitration.on_claim(Claim(box, word, score, level, message.at_s))
    return True


@dataclass(frozen=True, slots=True)
class BoxMessage:
    """A message from the broker, and when it arrived."""

    topic: str
    payload: bytes
    retained: bool
    at_s: float


def _split(topic: str, prefix: str) -> tuple[str, str, str]:
    begin, rest = topic[: len(prefix)], topic[len(prefix) + 1 :]
    box, _, suffix = rest.partition("/")
    return begin, box, suffix


def _fields(payload: bytes) -> dict[str, object]:
    try:
        fields = parse_json(payload)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MAX_NUMBER:
        return None
    return float(value)
