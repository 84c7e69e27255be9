"""Findings from the permissions of the bot's tools. Pure."""

from collections.abc import Sequence

from callbox.doctor.model.findings import Finding, finding


def tools(*, next_bot: bool, bots: int, topics: Sequence[str], discovery_prefix: str | None) -> list[Finding]:
    """Findings from settings: `topics` of the messages that the bot may send; no `discovery_prefix`: None."""
    found = []
    if next_bot and bots < 2:
        found.append(finding("TOOLS-ONE-BOT", f"{bots} bot in the settings"))
    made = [topic for topic in topics if discovery_prefix and f"{topic}/".startswith(f"{discovery_prefix}/")]
    return found + [finding("TOOLS-DISCOVERY", topic) for topic in made]
