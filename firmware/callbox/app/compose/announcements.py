"""Permission, limits and sound of announcements, from the settings."""

from callbox.app.announcing import AnnounceConfig
from callbox.config import Settings
from callbox.control.rate_limit import RateLimit


def announce_config(settings: Settings) -> AnnounceConfig:
    """Permission, limits and sound of announcements."""
    announce = settings.announce
    return AnnounceConfig(
        announce.allow_announce,
        announce.volume_percent,
        announce.max_s,
        announce.wait_s,
        RateLimit(announce.burst, announce.period_s),
        announce.quiet_hours,
        tuple(announce.origins),
        announce.voice,
        announce.spoken_by == "bot",
    )
