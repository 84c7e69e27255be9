"""Codes of announcements."""

from callbox.doctor.model.codes.code import Code, Severity

_WARNING = Severity.WARNING

ANNOUNCEMENTS = (
    Code(
        "ANNOUNCE-NO-SPEECH",
        "announcements",
        _WARNING,
        "Announcements are allowed, and espeak-ng is not installed: words are refused.",
        "`sudo apt install espeak-ng`; or announce sound files only; or `announce.spoken_by: bot`.",
    ),
    Code(
        "ANNOUNCE-NO-VOICE",
        "announcements",
        _WARNING,
        "espeak-ng doesn't speak with the voice of the settings.",
        "`espeak-ng --voices` lists the voices; set `announce.voice` to one of them.",
    ),
    Code(
        "ANNOUNCE-ORIGIN",
        "announcements",
        _WARNING,
        "A server from which sound files may be downloaded does not answer.",
        "Compare `announce.origins` with the address of the server, and whether it runs.",
    ),
)
