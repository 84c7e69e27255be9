"""Findings from words that were spoken, and servers that were asked. Pure."""

from collections.abc import Mapping

from callbox.doctor.model.findings import Finding, finding


def announcements(*, can_speak: bool, wrong_voice: str | None, silent: Mapping[str, str]) -> list[Finding]:
    """Findings. `can_speak`: whether espeak-ng is installed, or the bot speaks; `wrong_voice`: espeak-ng's error, None:
    none; `silent`: why a server doesn't answer, by its origin.
    """
    found = []
    if not can_speak:
        found.append(finding("ANNOUNCE-NO-SPEECH", "no espeak-ng in PATH"))
    if wrong_voice:
        found.append(finding("ANNOUNCE-NO-VOICE", wrong_voice))
    return found + [finding("ANNOUNCE-ORIGIN", why) for why in silent.values()]
