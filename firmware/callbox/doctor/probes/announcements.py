"""Probe of announcements: a word is spoken into nothing, and each server of sound files is asked."""

import asyncio

from callbox.app import speech
from callbox.app.download import DownloadError
from callbox.app.sound_download import download_sound
from callbox.app.speech import SpeechError
from callbox.doctor.context import Context
from callbox.doctor.model.evaluate import announcements as evaluate
from callbox.doctor.model.findings import Report, Value

MAX_BYTES = 64 * 1024
"""Of an answer: that there is one is enough."""


async def announcements(context: Context) -> Report:
    """Speak, ask, and tell what is allowed. Nothing is played."""
    settings = context.require_settings().settings
    announce = settings.announce
    if not announce.allow_announce:
        return Report({"allowed": False}, skipped="announce.allow_announce is false")
    is_installed, wrong_voice = speech.is_installed(), None
    if is_installed:
        try:
            await speech.speak("one", announce.voice, 1.0)
        except SpeechError as error:
            wrong_voice = str(error)
    answers = await asyncio.gather(*(_answer(origin) for origin in announce.origins))
    silent = {origin: why for origin, why in zip(announce.origins, answers, strict=True) if why}
    measured: dict[str, Value] = {"allowed": True, "speech": is_installed, "origins": list(announce.origins)}
    measured["spoken_by"] = announce.spoken_by
    can_speak = is_installed or announce.spoken_by == "bot"
    findings = evaluate.announcements(can_speak=can_speak, wrong_voice=wrong_voice, silent=silent)
    return Report({**measured, "quiet_hours": announce.quiet_hours if settings.quiet_hours else None}, tuple(findings))


async def _answer(origin: str) -> str | None:
    try:
        await download_sound(f"{origin}/", MAX_BYTES)
    except DownloadError as error:
        return None if error.answered else str(error)
    return None
