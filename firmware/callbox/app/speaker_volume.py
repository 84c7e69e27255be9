"""The loudspeaker's volume: what was asked for, within the limits that apply at the moment."""

import logging

from callbox_device.interfaces import Speaker
from callbox_device.model.volume import limited

log = logging.getLogger(__name__)


class SpeakerVolume:
    """Volume of the loudspeaker within its limits. Event loop only. `max_percent`: ``speaker.max_volume_percent``, 1 to
    100.
    """

    def __init__(self, speaker: Speaker, max_percent: int) -> None:
        self.wanted_percent = speaker.volume_percent
        """What was asked for; None: as the card was left."""
        self._quiet_percent: int | None = None
        self.use(speaker, self.wanted_percent, max_percent)

    def use(self, speaker: Speaker, wanted_percent: int | None, max_percent: int) -> None:
        """Set the volume of `speaker` from now on."""
        self._speaker, self._max_percent = speaker, max_percent
        self.wanted_percent = limited(wanted_percent, max_percent)
        self._apply()

    @property
    def max_percent(self) -> int:
        """The loudest at this moment."""
        return self._max_percent if self._quiet_percent is None else min(self._max_percent, self._quiet_percent)

    @property
    def percent(self) -> int | None:
        """Volume that is set at the card; None: as the card was left."""
        return self._speaker.volume_percent

    def set(self, percent: int) -> None:
        """Set `percent`, 0 to 100; what is more than a limit is that limit, and a line in the log.

        The limit of quiet hours applies while they last, and what was asked for after that.
        """
        if percent > self._max_percent:
            log.warning(
                "A volume of %d %% was ordered; speaker.max_volume_percent allows %d %%", percent, self._max_percent
            )
        elif self._quiet_percent is not None and percent > self._quiet_percent:
            log.warning(
                "A volume of %d %% was ordered; quiet_hours.max_volume_percent allows %d %% until they end",
                percent, self._quiet_percent,
            )  # fmt: skip
        self.wanted_percent = limited(percent, self._max_percent)
        self._apply()

    def limit(self, quiet_percent: int | None) -> None:
        """Apply the limit of quiet hours, or none."""
        self._quiet_percent = quiet_percent
        self._apply()

    def _apply(self) -> None:
        percent = self.wanted_percent
        self._speaker.volume_percent = percent if self._quiet_percent is None else limited(percent, self._quiet_percent)
