"""Where the log goes: to the journal with systemd's priorities, or to a terminal with the time."""

import logging
import os
import sys

log = logging.getLogger("callbox")

_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7))
"""syslog(3), as sd-daemon(3) wants them at the head of a line."""

_CHATTY = ("aioice", "aiortc", "httpx", "httpcore", "asyncio")


class JournalFormatter(logging.Formatter):
    """``<4>callbox.rtvi: sentence``, every line of it with the priority. The journal adds the time."""

    def format(self, record: logging.LogRecord) -> str:
        """One record."""
        return _with_priority(super().format(record), record.levelno)


def set_up(level: str) -> None:
    """Log to standard error from `level` up; other people's libraries from one level above ours."""
    handler = logging.StreamHandler(sys.stderr)
    if _is_journal():
        handler.setFormatter(JournalFormatter("%(name)s: %(message)s"))
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level.upper()) + 10, logging.WARNING))


def say(text: str, level: int = logging.ERROR) -> None:
    """Write `text` to standard error as it is: for what ends a command. In the journal each line has its priority."""
    print(_with_priority(text, level) if _is_journal() else text, file=sys.stderr)


def _with_priority(text: str, level: int) -> str:
    priority = next((number for limit, number in _PRIORITIES if level >= limit), 7)
    return "\n".join(f"<{priority}>{line}" for line in text.splitlines())


def _is_journal() -> bool:
    """Whether standard error is the journal's own stream (systemd.exec(5), ``$JOURNAL_STREAM``)."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        stream = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return device == str(stream.st_dev) and inode == str(stream.st_ino)
