"""Permission, limits and sounds of rings, from the settings."""

from dataclasses import replace

from callbox.app.ringing import RingConfig
from callbox.config import Settings
from callbox.control.rate_limit import RateLimit


def ring_config(settings: Settings) -> RingConfig:
    """Permission, limits and sounds of rings."""
    ring, bell = settings.ring, settings.board.bell
    config = RingConfig(
        ring.allow_ring,
        ring.ring_s,
        0 if settings.board.in_browser else ring.volume_percent,  # its page closes its sound with the call
        RateLimit(ring.burst, ring.period_s),
        ring.quiet_hours,
    )
    return replace(config, bell_on_s=bell.on_ms / 1000, bell_off_s=bell.off_ms / 1000) if bell else config
