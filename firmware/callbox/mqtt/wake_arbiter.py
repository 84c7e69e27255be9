"""Claims of wake words over the broker: which of the boxes that detect one answers."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from callbox.audio.capture.model.detection import Detection
from callbox.mqtt.model import topics, wake_arbitration
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.model.wake_arbitration import BoxMessage, Claim, ClaimVerdict, WakeArbitration
from callbox.system.event_loop import is_set_within


@dataclass(frozen=True, slots=True)
class WakeGroup:
    """Wake words of a box, and the group of boxes in which one answers."""

    name: str
    words: tuple[str, ...]
    """Models, as in the settings."""

    @property
    def word_names(self) -> tuple[str, ...]:
        """Names as other boxes know them."""
        return tuple(word_name(word) for word in self.words)


def word_name(model: str) -> str:
    """Name of a model, wherever its file lies."""
    return PurePath(model).stem


class WakeArbiter:
    """Arbiter between boxes of a group that detect the same wake word. Event loop only. `publish` returns whether the
    message went to the broker.
    """

    def __init__(
        self,
        group: WakeGroup,
        topics_: Topics,
        publish: Callable[[Publication], bool],
    ) -> None:
        self._group, self._topics, self._publish = group, topics_, publish
        self._arbitration = WakeArbitration(topics_.device_id)
        self._changed = asyncio.Event()

    @property
    def patterns(self) -> list[str]:
        """Topic filters to subscribe to."""
        return wake_arbitration.patterns(self._topics)

    def on_message(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Take a message. Returns whether it was another box's about wake words."""
        message = BoxMessage(topic, payload, retained, time.monotonic())
        taken = wake_arbitration.take_message(self._arbitration, self._topics, self._group.name, message)
        if taken:
            self._changed.set()
        return taken

    def on_disconnected(self) -> None:
        """Forget the other boxes."""
        self._arbitration.forget()
        self._changed.set()

    async def answers(self, detection: Detection) -> bool:
        """Whether this box answers. At once if no other one listens for the word, within `WINDOW_S` otherwise."""
        box, word, now_s = self._topics.device_id, word_name(detection.word), time.monotonic()
        own = Claim(box, word, detection.score, detection.level_dbfs, now_s)
        if self._arbitration.is_late(own):
            return False
        fields = wake_arbitration.claim_payload(own, self._group.name)
        if not self._publish(self._topics.publication(topics.EVENT_WAKE, fields)):
            return True  # no other box learns of it
        while (verdict := self._arbitration.verdict(own, time.monotonic())) is ClaimVerdict.WAIT:
            self._changed.clear()
            await is_set_within(self._changed, max(0.0, own.at_s + wake_arbitration.WINDOW_S - time.monotonic()))
        return verdict is ClaimVerdict.ANSWER
