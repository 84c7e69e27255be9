"""Configuration of a box, as far as it may change while the box runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from callbox.app.alarm_clock import AlarmConfig
from callbox.app.announcing import AnnounceConfig
from callbox.app.bot_tools import ToolConfig
from callbox.app.chimes import ChimeConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.app.ringing import RingConfig
from callbox.app.telephone import TelephoneConfig
from callbox.app.wake_word import WakeConfig
from callbox.audio.media import AudioConfig
from callbox.control.quiet_hours import QuietHours


@dataclass(frozen=True, slots=True)
class ApplianceConfig:
    """Configuration of each part. By default nothing is done that has to be allowed."""

    connection: Mapping[str, ConnectionConfig] | ConnectionConfig
    """Of each bot by its name, or of the only one."""
    audio: AudioConfig = field(default_factory=AudioConfig)
    chimes: ChimeConfig = field(default_factory=ChimeConfig)
    max_volume_percent: int = 100
    """The loudest that anything may set."""
    quiet_hours: QuietHours | None = None
    """None: there are none."""
    telephone: TelephoneConfig = field(default_factory=TelephoneConfig)
    ring: RingConfig = field(default_factory=RingConfig)
    announce: AnnounceConfig = field(default_factory=AnnounceConfig)
    alarm: AlarmConfig = field(default_factory=AlarmConfig)
    tools: ToolConfig = field(default_factory=ToolConfig)
    wake: WakeConfig = field(default_factory=WakeConfig)
