"""Permission, limits and sounds of rings and alarms, from the settings."""

from callbox.app.alarm_clock import AlarmConfig
from callbox.app.ringer import Cadence
from callbox.app.ringing import RingConfig
from callbox.config import Settings
from callbox.control.rate_limit import RateLimit


def ring_config(settings: Settings) -> RingConfig:
    """Permission, limits and sounds of rings."""
    ring = settings.ring
    return RingConfig(
        ring.allow_ring,
        ring.ring_s,
        ring.volume_percent,
        RateLimit(ring.burst, ring.period_s),
        ring.quiet_hours,
        cadence(settings),
        settings.announce.voice,
    )


def alarm_config(settings: Settings) -> AlarmConfig:
    """Permission, limits and sounds of alarms."""
    alarm = settings.alarm
    return AlarmConfig(
        alarm.allow_alarm,
        alarm.ring_s,
        alarm.snooze_s,
        alarm.volume_percent,
        RateLimit(alarm.burst, alarm.period_s),
        cadence(settings),
        alarm.time_zone,
    )


def cadence(settings: Settings) -> Cadence:
    """Cadence of the bell."""
    bell = settings.board.bell
    return Cadence(bell.on_ms / 1000, bell.off_ms / 1000) if bell else Cadence()
